"""Tests of the bundle container."""
