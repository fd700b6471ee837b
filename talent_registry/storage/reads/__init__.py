"""Reads planned as one statement, in which the database writes the JSON of the answer."""
