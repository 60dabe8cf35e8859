"""How the window looks: one palette, one scale, one style sheet (resources/window.qss).

Sizes: spacing 4/8/16/24 px, type 12 pt for lists and 14 pt in forms. One accent colour; red only for what is
wrong, amber only for what is due, green words only for what the township confirmed.
"""

import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

TIGHT, SMALL, MEDIUM, LARGE = 4, 8, 16, 24
"""The spacing scale, in pixels."""

BODY_POINTS, FORM_POINTS = 12, 14


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour of the program; the style sheet names them with ``@``."""

    ground: str = "#f4f6f5"
    surface: str = "#ffffff"
    line: str = "#dfe5e2"
    line_strong: str = "#b9c4be"
    text: str = "#1c2522"
    quiet: str = "#55635d"
    faint: str = "#8a968f"
    accent: str = "#1f7a53"
    accent_dark: str = "#186343"
    accent_soft: str = "#e3f1ea"
    row_odd: str = "#f9fbfa"
    rail: str = "#1b3a2e"
    rail_hover: str = "#274d3e"
    rail_text: str = "#cfe0d7"
    wrong: str = "#b3261e"
    wrong_soft: str = "#fcebea"
    due: str = "#a2540b"
    due_soft: str = "#fdf0e1"
    confirmed: str = "#1f7a53"
    focus: str = "#0f5fa8"


COLOURS = Colours()

_FONT_FILES = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf", "HanaMinB.ttf")


def colour(name: str) -> QColor:
    """One of ``Colours`` by its name."""
    return QColor(getattr(COLOURS, name))


def apply_theme(app: QApplication, resources: Path) -> None:
    """Dress the whole application; called once, before the first widget."""
    app.setStyle("Fusion")
    app.setFont(QFont(font(load_families(resources))))
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet(resources))
    _speak_chinese(app)


def load_families(resources: Path) -> tuple[str, ...]:
    """Load the program's own fonts and name their families; rare characters come from the second one."""
    return _load_families(resources / "fonts")


@cache
def _load_families(folder: Path) -> tuple[str, ...]:
    families: list[str] = []
    for name in _FONT_FILES:
        number = QFontDatabase.addApplicationFont(str(folder / name))
        for family in QFontDatabase.applicationFontFamilies(number) if number >= 0 else ():
            if family not in families:
                families.append(family)
    return tuple(families)


def font(families: tuple[str, ...], points: int = BODY_POINTS) -> QFont:
    """The program's font at a size in points."""
    made = QFont()
    if families:
        made.setFamilies(list(families))
    made.setPointSize(points)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return made


def style_sheet(resources: Path) -> str:
    """The style sheet with its colour names filled in."""
    text = (resources / "window.qss").read_text(encoding="utf-8")
    names = asdict(COLOURS)
    icons = (resources / "icons").as_posix()
    text = re.sub(r"@icons\b", icons, text)
    return re.sub(r"@([a-z_]+)", lambda found: names[found.group(1)], text)


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: COLOURS.ground,
        QPalette.ColorRole.WindowText: COLOURS.text,
        QPalette.ColorRole.Base: COLOURS.surface,
        QPalette.ColorRole.AlternateBase: COLOURS.row_odd,
        QPalette.ColorRole.Text: COLOURS.text,
        QPalette.ColorRole.Button: COLOURS.surface,
        QPalette.ColorRole.ButtonText: COLOURS.text,
        QPalette.ColorRole.Highlight: COLOURS.accent_soft,
        QPalette.ColorRole.HighlightedText: COLOURS.text,
        QPalette.ColorRole.PlaceholderText: COLOURS.faint,
        QPalette.ColorRole.ToolTipBase: COLOURS.text,
        QPalette.ColorRole.ToolTipText: COLOURS.surface,
        QPalette.ColorRole.Link: COLOURS.accent,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(COLOURS.faint))
    return palette


def _speak_chinese(app: QApplication) -> None:
    """Qt's own words (file dialogs, context menus) in Chinese."""
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
