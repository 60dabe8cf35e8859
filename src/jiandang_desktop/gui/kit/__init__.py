"""The few widgets that every page is built from, so that it looks like one program in every place."""

from jiandang_desktop.gui.kit.badges import Badge, Tone
from jiandang_desktop.gui.kit.buttons import LinkButton, MenuButton, PlainButton, PrimaryButton, PrimaryMenuButton
from jiandang_desktop.gui.kit.dialog import Dialog
from jiandang_desktop.gui.kit.inputs import LabelledRow, SearchBox, line_edit
from jiandang_desktop.gui.kit.labels import ElidedLabel
from jiandang_desktop.gui.kit.progress import ProgressPanel
from jiandang_desktop.gui.kit.surfaces import (
    Card,
    EmptyState,
    MessageBar,
    Page,
    SectionTitle,
    StatusStrip,
    column,
    quiet_label,
    row,
    scrolled,
)
from jiandang_desktop.gui.kit.table import DataTable

__all__ = [
    "Badge",
    "Card",
    "DataTable",
    "Dialog",
    "ElidedLabel",
    "EmptyState",
    "LabelledRow",
    "LinkButton",
    "MenuButton",
    "MessageBar",
    "Page",
    "PlainButton",
    "PrimaryButton",
    "PrimaryMenuButton",
    "ProgressPanel",
    "SearchBox",
    "SectionTitle",
    "StatusStrip",
    "Tone",
    "column",
    "line_edit",
    "quiet_label",
    "row",
    "scrolled",
]
