"""Who is due for what, from data files."""
