"""The shipped forms, and residents to fill them in for."""

import os
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import FormContext

REPOSITORY = Path(__file__).resolve().parents[2]
RESOURCES = REPOSITORY / "resources"


@pytest.fixture(scope="session")
def tables() -> Any:
    return load_code_tables(RESOURCES / "codes")


@pytest.fixture(scope="session")
def forms(tables: Any) -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", tables)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The form catalogue that the definitions were made from."""
    folder = Path(os.environ.get("JIANDANG_REFERENCE", REPOSITORY.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("the reference catalogue isn't on this computer (JIANDANG_REFERENCE)")
    return folder


RESIDENT = {
    "name": "巴特尔·其其格",
    "sex": "1",
    "birth_date": "1950-03-01",
    "id_type": "01",
    "id_no": "15012519500301001X",
    "ethnicity": "05",
    "phone": "13900000001",
    "relation_to_head": "02",
    "current_address": "一组3号",
    "registered_address": "一组3号",
    "residence_type": "1",
    "record_code": "15012520020100001",
    "record_code_short": "201-00001",
    "filing_date": "2026-01-05",
    "filing_institution": "某村卫生室",
    "filing_person": "王医生",
    "responsible_doctor": "王医生",
    "status": "1",
}


@pytest.fixture
def make_context() -> Any:
    def make(today: str = "2026-11-22", previous: Any = None, records: Any = None, **resident: Any) -> FormContext:
        return FormContext(
            today=today,
            resident={**RESIDENT, **resident},
            household={"fuel_type": "2"},
            station={"name": "某村卫生室", "level": "village", "doctor": "王医生"},
            previous=previous or {},
            records=records or {},
        )

    return make
