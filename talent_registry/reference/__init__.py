"""Code lists as package data, each row with its trust status."""
