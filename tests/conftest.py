"""What all tests share: no display is needed, and nothing touches this person's own vault."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
