"""The words in a file that a person wrote."""

from jiandang_desktop.domain.problems import Problem


def text_of(data: bytes, file: str) -> str:
    """UTF-8, with or without the mark that Windows' editor puts first (TEXT_NOT_UTF8)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("TEXT_NOT_UTF8", file=file) from error
