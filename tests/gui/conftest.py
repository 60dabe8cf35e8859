"""Fixtures of the window's tests."""

import gc
import itertools
from collections.abc import Iterator

import pytest

from .gui_desk import Station, make_station

_EVERY = 8
_tests = itertools.count(1)


@pytest.fixture(autouse=True)
def garbage_of_the_window() -> Iterator[None]:
    """As in the program: no lane may destroy a widget because Python happens to collect in it (gui.garbage).

    A station holds 20 MB of definitions; now and then those of the tests before go.
    """
    gc.disable()
    yield
    gc.enable()
    if next(_tests) % _EVERY == 0:
        gc.collect()


@pytest.fixture
def station(qtbot, tmp_path) -> Station:
    """A village station that is open; its lanes are stopped afterwards."""
    made = make_station(qtbot, tmp_path / "vault")
    yield made
    made.session.tasks.stop()
