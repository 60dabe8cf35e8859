"""Qt list models over plain tuples of rows."""
