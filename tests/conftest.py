"""What all tests share: no display is needed, and nothing touches this person's own vault."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import HealthCheck, settings

# How fast examples are made depends on who else uses the machine, and says nothing about the program.
settings.register_profile("jiandang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jiandang")
