"""The same services at a terminal."""
