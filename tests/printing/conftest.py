"""Real fonts, real form definitions, artificial residents; PDFs are read back with Poppler."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.printing import FontBook, Page, PaperContext, write_pdf

RESOURCES = Path(__file__).parents[2] / "resources"


@pytest.fixture(scope="session")
def fonts() -> FontBook:
    return FontBook(RESOURCES / "fonts")


@pytest.fixture(scope="session")
def catalog() -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))


@pytest.fixture
def context() -> PaperContext:
    return PaperContext(
        name="乌云其木格",
        short_code="201-00018",
        station="红星村卫生室",
        printed_by="王医生",
        printed_at="2026-11-25T09:30:00",
    )


ReadBack = Callable[[list[Page]], str]


@pytest.fixture
def read_back(fonts: FontBook, tmp_path: Path) -> ReadBack:
    """The text of pages after a round through the PDF, without blanks."""

    def read(pages: list[Page]) -> str:
        path = tmp_path / "pages.pdf"
        path.write_bytes(write_pdf(pages, fonts, "pages"))
        done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
        return re.sub(r"\s", "", done.stdout.decode())

    return read
