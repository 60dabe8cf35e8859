"""The shipped tables, loaded once, and the reference they were built from where it is at hand."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from jiandang_desktop.domain.code_tables import CodeTable, load_code_tables
from jiandang_desktop.domain.divisions import Divisions
from jiandang_desktop.domain.identity import IdDocuments
from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.record_codes import RecordCodeScheme, load_schemes

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"


@pytest.fixture(scope="session")
def divisions() -> Divisions:
    return Divisions.load(RESOURCES / "divisions")


@pytest.fixture(scope="session")
def documents(divisions: Divisions) -> IdDocuments:
    return IdDocuments.load(RESOURCES / "codes" / "id_documents.toml", divisions)


@pytest.fixture(scope="session")
def pinyin() -> Pinyin:
    return Pinyin.load(RESOURCES / "codes")


@pytest.fixture(scope="session")
def schemes() -> Mapping[str, RecordCodeScheme]:
    return load_schemes(RESOURCES / "codes" / "record_code_schemes.toml")


@pytest.fixture(scope="session")
def tables() -> Mapping[str, CodeTable]:
    return load_code_tables(RESOURCES / "codes")


@pytest.fixture(scope="session")
def reference() -> Path:
    folder = Path(os.environ.get("JIANDANG_REFERENCE", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("the reference catalogue is not at hand (JIANDANG_REFERENCE)")
    return folder
