"""The pinned Qt paints for long enough.

One release of the bindings lost a reference to ``None`` at each painting call and ended the process after some
thousand of them; a short run of tests didn't show it.
"""

import os
import subprocess
import sys

PROGRAM = """
from PySide6.QtGui import QGuiApplication, QImage, QPainter
application = QGuiApplication([])
image = QImage(200, 200, QImage.Format.Format_RGB32)
image.fill(0)
painter = QPainter(image)
for number in range(50_000):
    painter.drawLine(0, number % 200, 199, (number * 7) % 200)
painter.end()
print("painted")
"""


def test_fifty_thousand_lines_are_painted() -> None:
    """A process paints 50,000 lines and ends by itself."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "painted"), done.stderr
