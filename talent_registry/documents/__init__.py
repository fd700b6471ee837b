"""Files in and out: rolls and rosters, encodings, romanised names."""
