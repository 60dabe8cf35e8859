"""A township of many villages over a year: every bundle genuine, every step by the program's own services."""
