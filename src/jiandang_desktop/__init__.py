"""Jiandang Desktop (村医建档): residents' health records for village clinics."""

__version__ = "0.1.0"
