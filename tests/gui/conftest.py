"""Fixtures of the window's tests."""

import pytest

from .gui_desk import Station, make_station


@pytest.fixture
def station(qtbot, tmp_path) -> Station:
    """A village station that is open; its lanes are stopped afterwards."""
    made = make_station(qtbot, tmp_path / "vault")
    yield made
    made.session.tasks.stop()
