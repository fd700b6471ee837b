"""Keys, tokens, sealing of identity numbers, password hashes."""
