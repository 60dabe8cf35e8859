"""A complete examination keyed in at the real window: key events alone, and what is stored is what was meant."""

import importlib.util
from pathlib import Path

from .form_desk import dress

_FILE = Path(__file__).parents[2] / "dev" / "key_exam.py"


def test_a_physical_exam_by_keys_alone(qtbot, tmp_path):
    spec = importlib.util.spec_from_file_location("key_exam", _FILE)
    key_exam = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(key_exam)
    dress()
    keyed = key_exam.key_form("physical_exam", tmp_path)
    assert keyed.stored == keyed.wanted
    assert len(keyed.stored) > 120
    assert keyed.keystrokes < 900
    assert keyed.longest < 0.5  # 0.2 s on a quiet machine
