"""Jiandang Desktop (村医建档): residents' health records for village clinics."""

from datetime import date

__version__ = "0.1.0"
MADE_ON = date(2026, 11, 1)
"""No honest clock shows a day before this version was made; set anew with the version."""
