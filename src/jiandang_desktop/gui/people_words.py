"""How lists write a person: sex and age in words."""

from datetime import date

from jiandang_desktop.gui.pages.resident_head import age_words as words_of_age
from jiandang_desktop.gui.session import Session


def sex_words(session: Session, code: str) -> str:
    """The word for a GB/T 2261.1 code, '' for one that isn't there."""
    return session.text(f"sex.{code}") if code in ("0", "1", "2", "9") else ""


def age_words(session: Session, birth_date: str, today: date) -> str:
    """Years, or months for a small child; '' without a whole birth date."""
    if len(birth_date) != 10:
        return ""
    return words_of_age(birth_date, today, lambda key, **values: session.bench.text("form_window", key, **values))
