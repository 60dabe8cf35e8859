"""The bare stack: the same work with sqlcipher3, zstd, age and reportlab alone, no rule checked, no right asked.

It is the least that the work can cost with these libraries, not a program anybody could use.
"""

import hashlib
import io
import json
import secrets
from pathlib import Path
from typing import Any

import argon2.low_level
import pyrage
import sqlcipher3
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks import measure, people

ROOT = Path(__file__).parents[1]
FORM_BYTES = 2_000
"""Canonical size of one filled form."""
EMPTY_WINDOW = (
    "import sys; from PySide6.QtWidgets import QApplication, QLabel; application = QApplication(sys.argv); "
    "label = QLabel('1'); label.show(); application.exec()"
)
SCHEMA = """
create table resident (id text primary key, name text, household integer, id_no text, body blob) without rowid;
create table term (term text, id text, primary key (term, id)) without rowid;
create table record (number integer primary key, resident text, body blob);
create index record_resident on record (resident);
create table due (ends text, resident text, what text, opens text, closes text, primary key (ends, resident, what))
    without rowid;
create table audit (number integer primary key, line text);
"""


class Floor:
    """One bare clinic and what is measured on it."""

    def __init__(self, folder: Path, count: int, changed: int) -> None:
        self.path = folder / "bare.db"
        self.key = secrets.token_hex(32)
        self.salt = secrets.token_bytes(16)
        self.changed = changed
        self.database = self._open()
        self.database.executescript(SCHEMA)
        self.people = list(people.people(count))
        self._fill()
        self.identity = pyrage.x25519.Identity.generate()
        self.signing = Ed25519PrivateKey.generate()
        self.bundle = b""
        self.signature = b""

    def run(self, figures: measure.Figures) -> None:
        """Measure everything once (short works many times, and take the median)."""
        seconds, memory = measure.window(["-c", EMPTY_WINDOW])
        figures.values |= {"start": seconds, "memory of the window": memory}
        figures.values["memory of a command"] = measure.command(["-c", "import sqlcipher3, orjson"])[1]
        figures.time("unlock to first list", self.unlock, repeat=3)
        figures.time("save", lambda: [self.save() for _ in range(100)])
        figures.time("find by name", lambda: [self.find(person.name[:2]) for person in self.people[:100]])
        figures.time("find by number", lambda: [self.find(person.id_no) for person in self.people[:100]])
        figures.time("open a folder", lambda: [self.folder(f"{number:08}") for number in range(100)])
        for name in ("save", "find by name", "find by number", "open a folder"):
            figures.values[name] /= 100
        figures.time("worklist", self.worklist, repeat=3)
        figures.time("export", self.export)
        figures.time("intake", self.intake)
        figures.time("folder PDF", pdf)

    def unlock(self) -> None:
        """Derive a key, open, read the first 200 rows."""
        argon2.low_level.hash_secret_raw(b"password", self.salt, 3, 65536, 1, 32, argon2.low_level.Type.ID)
        with self._open() as database:
            database.execute("select id, name, id_no from resident limit 200").fetchall()

    def save(self) -> None:
        """One record and one audit line, durable."""
        self.database.execute("begin immediate")
        self.database.execute("insert into record (resident, body) values (?, ?)", ("00000000", _form(1)))
        self.database.execute("insert into audit (line) values ('save')")
        self.database.execute("commit")

    def find(self, text: str) -> list[Any]:
        """Rows with a term that begins with ``text``."""
        return self.database.execute(
            "select resident.* from term join resident using (id) where term >= ? and term < ? limit 50",
            (text, text + "\U0010ffff"),
        ).fetchall()

    def folder(self, resident: str) -> list[Any]:
        """A resident's records, parsed."""
        rows = self.database.execute("select body from record where resident = ?", (resident,)).fetchall()
        return [json.loads(zstandard.decompress(body)) for (body,) in rows]

    def worklist(self) -> None:
        """What is open today: how much of each kind, and the first 200 with name and household."""
        joined = "from due join resident on resident.id = due.resident"
        open_ = f"{joined} where ends > '2026-11-24' and opens <= '2026-11-30'"
        self.database.execute(f"select closes < '2026-11-24', what, count(*) {open_} group by 1, 2").fetchall()
        self.database.execute(f"select due.*, name, household {open_} order by household, name limit 200").fetchall()

    def export(self) -> None:
        """Compress, encrypt and sign the changed residents' forms."""
        rows = self.database.execute("select body from record order by number limit ?", (self.changed * 2,))
        lines = b"\n".join(zstandard.decompress(body) for (body,) in rows)
        self.bundle = pyrage.encrypt(zstandard.compress(lines, 3), [self.identity.to_public()])
        self.signature = self.signing.sign(hashlib.sha256(self.bundle).digest())

    def intake(self) -> None:
        """Verify, decrypt, decompress, parse, store."""
        self.signing.public_key().verify(self.signature, hashlib.sha256(self.bundle).digest())
        lines = zstandard.decompress(pyrage.decrypt(self.bundle, [self.identity])).split(b"\n")
        self.database.execute("begin immediate")
        for line in lines:
            json.loads(line)
            self.database.execute(
                "insert into record (resident, body) values ('in', ?)", (zstandard.compress(line, 3),)
            )
        self.database.execute("commit")

    def _open(self) -> Any:
        database = sqlcipher3.connect(str(self.path), isolation_level=None)
        database.execute(f"pragma key = \"x'{self.key}'\"")
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute("pragma cache_size = -65536")
        return database

    def _fill(self) -> None:
        self.database.execute("begin immediate")
        for number, person in enumerate(self.people):
            key = f"{number:08}"
            self.database.execute(
                "insert into resident values (?, ?, ?, ?, ?)",
                (key, person.name, person.household, person.id_no, _form(number)),
            )
            terms = {person.name, person.name[1:], person.id_no, person.id_no[::-1], person.phone}
            self.database.executemany("insert into term values (?, ?)", [(term, key) for term in terms])
            self.database.executemany(
                "insert into due values ('9999', ?, ?, '2026-01-01', ?)",
                [(key, "exam", "2026-12-31"), (key, "visit", f"2026-{number % 12 + 1:02}-15")],
            )
            self.database.executemany(
                "insert into record (resident, body) values (?, ?)", [(key, _form(number)), (key, _form(number + 1))]
            )
        self.database.execute("commit")


def pdf(pages: int = 100) -> bytes:
    """Pages of 140 texts and 80 lines in the body font."""
    if "Body" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Body", str(ROOT / "resources" / "fonts" / "NotoSansSC_400Regular.ttf")))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, initialFontName="Body")
    for page in range(pages):
        text = canvas.beginText()
        text.setFont("Body", 9)
        for cell in range(140):
            text.setTextOrigin(40 + cell % 4 * 130, 800 - cell // 4 * 21)
            text.textOut(f"{people.FAMILY[cell % 20]}{people.GIVEN[(page + cell) % 24]}血压项目{page * cell % 997}")
        canvas.drawText(text)
        canvas.lines([(36, 812 - row * 9, 560, 812 - row * 9) for row in range(80)])
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _form(number: int) -> bytes:
    """A compressed form of about FORM_BYTES."""
    draw = hashlib.sha256(str(number).encode()).hexdigest() * 4
    fields = {f"field_{index:02}": draw[index * 3 : index * 3 + 18] for index in range(55)}
    text = json.dumps({"resident": number, "answers": fields}, sort_keys=True).encode()
    return zstandard.compress(text.ljust(FORM_BYTES), 3)
