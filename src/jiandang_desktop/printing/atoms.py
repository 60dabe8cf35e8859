"""What a paragraph is made of: running text with blanks, answers on lines and code boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiandang_desktop.printing.display import Weight
from jiandang_desktop.printing.line_breaks import leading_marks


@dataclass(frozen=True, slots=True)
class Words:
    """Printed text; ``whole``: moved to the next line rather than broken."""

    text: str
    whole: bool = False
    weight: Weight = "regular"
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """An answer on a line, or the empty line; ``width`` in sizes, ``stretch`` takes what is left of the line."""

    text: str = ""
    width: float = 4.0
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Boxes:
    """Code boxes joined by ``joint``; ``codes`` are written into them."""

    codes: tuple[str, ...]
    count: int = 1
    joint: str = "/"


@dataclass(frozen=True, slots=True)
class Cross:
    """Four short texts around a cross: upper left, upper right, lower left, lower right."""

    texts: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Together:
    """Atoms that stay on one line where they can: a box and its word, an option and its blank."""

    atoms: tuple[Words | Blank | Boxes, ...]


Atom = Words | Blank | Boxes | Cross | Together


@dataclass(frozen=True, slots=True)
class Run:
    """Atoms of one paragraph and the boxes at its right end."""

    atoms: tuple[Atom, ...]
    boxes: tuple[Boxes, ...] = ()


def marks_from(atoms: Sequence[Atom], place: int = 0) -> str:
    """The marks that the atoms from ``place`` on begin with; they stay with what stands before them."""
    marks = ""
    for number in range(place, len(atoms)):
        atom = atoms[number]
        if isinstance(atom, Together):
            return marks + marks_from(atom.atoms)
        if not isinstance(atom, Words):
            return marks
        lead = leading_marks(atom.text)
        marks += atom.text if lead and atom.whole else lead
        if len(lead) < len(atom.text):
            return marks
    return marks
