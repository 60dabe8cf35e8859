"""The shipped programmes, and the reference they were made from where it is at hand."""

import os
from pathlib import Path

import pytest

from jiandang_desktop.programmes.programme import Programmes

REPOSITORY = Path(__file__).resolve().parents[2]
RESOURCES = REPOSITORY / "resources"


@pytest.fixture(scope="session")
def reference() -> Path:
    folder = Path(os.environ.get("JIANDANG_REFERENCE", REPOSITORY.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("the reference catalogue is not at hand (JIANDANG_REFERENCE)")
    return folder


@pytest.fixture(scope="session")
def programmes() -> Programmes:
    return Programmes.load(RESOURCES / "programmes")
