"""Fixtures of the window's tests."""

import gc
from collections.abc import Iterator

import pytest

from .gui_desk import Station, make_station


@pytest.fixture(autouse=True)
def garbage_of_the_window() -> Iterator[None]:
    """As in the program: no lane may destroy a widget because Python happens to collect in it (gui.garbage)."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def station(qtbot, tmp_path) -> Station:
    """A village station that is open; its lanes are stopped afterwards."""
    made = make_station(qtbot, tmp_path / "vault")
    yield made
    made.session.tasks.stop()
