"""A registry of researchers and credentials that two provinces recognise on both sides of their border."""
