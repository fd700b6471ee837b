"""The law and the life of things: pure functions and frozen data, no framework."""
