"""A township of real stations: vaults in folders, bundles on sticks, a clock that jumps, computers that stop.

Beside each station stands what a plain model says of it: which revisions it has, what it wrote upward, what the
township said to have. Everything that is asked of the program is asked of its services.
"""

import dataclasses
import hashlib
import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.bundles import Header
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.records import RevisionId
from jiandang_desktop.services import enrolment, sign_in, stations
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench
from jiandang_desktop.storage import key_slots

PASSWORD = "correct horse"
PERSON = "王秀兰"
FIRST_VILLAGE = 150421204201


class ModelError(AssertionError):
    """The program did what the model forbids. ``kind`` tells failures of one sort from others."""

    def __init__(self, kind: str, detail: object = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


class Stopped(BaseException):
    """The computer went off: no code of the program handles this."""


class Clock:
    """Tells a time that steps may shift. Asked often inside units of work, so the computer may stop here."""

    def __init__(self) -> None:
        self.shift = timedelta()
        self.stop_in = 0
        self.when_stopped: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """The time, or the end of this computer's day."""
        self.tick()
        return datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=8))) + self.shift

    def today(self) -> date:
        """The local date."""
        return self.now().date()

    def tick(self) -> None:
        """Stop the computer if that was wanted about now; the disk stays as it is at this moment."""
        if self.stop_in:
            self.stop_in -= 1
            if not self.stop_in:
                self.when_stopped()
                raise Stopped


class Medium(FileMedium):
    """A stick at which the computer may stop before and after a file is written."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def write_file(self, place: Any, name: str, data: bytes) -> Path:
        """As always."""
        self._clock.tick()
        path = super().write_file(place, name, data)
        self._clock.tick()
        return path


@dataclasses.dataclass(frozen=True)
class Answer:
    """One receipt: for which bundle of which village, and that one's stream to its end."""

    number: int
    village: int
    digest: str
    prefix: tuple[str, ...]
    place: int
    """Its number in the stream to the village."""


@dataclasses.dataclass
class Believed:
    """What the model says that a station has; goes back with the station when that is restored."""

    has: frozenset[RevisionId] = frozenset()
    waits: frozenset[RevisionId] = frozenset()
    """At the township: what it keeps beside its records until something or somebody comes."""
    up: tuple[str, ...] = ()
    """The stream upward: revisions, and names for entries that are none."""
    acked: int = 0
    """How much of it a receipt covers."""
    told: frozenset[RevisionId] = frozenset()
    """What the township had when it wrote what has been applied here."""
    answers: tuple["Answer", ...] = ()
    """At the township: the receipts that it wrote; in a village: those that were applied."""


@dataclasses.dataclass
class Place:
    """A station, its model and the copies that were made of it."""

    name: str
    desk: Desk
    believed: Believed = dataclasses.field(default_factory=Believed)
    backups: list[tuple[Path, Believed]] = dataclasses.field(default_factory=list)
    disturbed: bool = False
    """Restored, lost or revoked at some time: some files of before may be refused."""

    @property
    def id(self) -> str:
        """The station's id."""
        return str(self.desk.station.id)


@dataclasses.dataclass(frozen=True)
class Upward:
    """A bundle that a village wrote."""

    data: bytes = dataclasses.field(repr=False)
    name: str
    header: Header
    prefix: tuple[str, ...]
    """The stream as it was, to the bundle's end."""

    @property
    def digest(self) -> str:
        """What the township knows it by."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def revisions(self) -> frozenset[RevisionId]:
        """Those among its entries."""
        return frozenset(RevisionId(label) for label in self.prefix[self.header.first - 1 :] if ":" not in label)


@dataclasses.dataclass(frozen=True)
class Downward:
    """A receipt or another bundle that the township wrote for a village."""

    data: bytes = dataclasses.field(repr=False)
    had: frozenset[RevisionId]
    kept: frozenset[RevisionId]
    """What waits there beside the records."""
    answers: tuple[Answer, ...]


@dataclasses.dataclass(frozen=True)
class Packet:
    """A handover's files as a closing village wrote them."""

    folder: Path
    closing: int
    successor: int
    has: frozenset[RevisionId]
    """All revisions in it."""
    told: frozenset[RevisionId]
    """What the township was said to have, and the packet says again."""


class World:
    """A township, its villages and what lies on sticks."""

    def __init__(self, folder: Path, template: "Template") -> None:
        self.folder = folder
        self.clock, self.bench = template.clock, template.bench
        self.clock.shift, self.clock.stop_in = timedelta(), 0
        shutil.copytree(template.folder, folder)
        self.town = Place("township", self._open("township"))
        self.villages = [Place(name, self._open(name)) for name in template.villages]
        self.sticks: list[list[Upward]] = [[] for _ in self.villages]
        self.papers: list[list[Downward]] = [[] for _ in self.villages]
        self.written: dict[str, tuple[int, Upward]] = {}
        """Every bundle that a village ever wrote, by digest."""
        self.packets: list[Packet] = []
        self.heirs: dict[int, int] = {}
        """By village that closes or is about to, the one that goes on with it."""
        self.given: dict[int, frozenset[RevisionId]] = {}
        """What a village had when it closed, or closed again."""
        self.made: set[RevisionId] = set()
        self.answers = 0
        self.acting: Place = self.town
        self.clock.when_stopped = self._keep_disk
        self._copies = 0

    @property
    def places(self) -> list[Place]:
        """All stations."""
        return [*self.villages, self.town]

    def close(self) -> None:
        """Close all vaults."""
        for place in self.places:
            sign_in.lock(place.desk)
        shutil.rmtree(self.folder)

    def new_folder(self, what: str) -> Path:
        """A path that nothing has yet."""
        self._copies += 1
        return self.folder / f"{what} {self._copies}"

    @contextmanager
    def at(self, place: Place) -> Iterator[Desk]:
        """Whose computer stops if one does; a stopped one starts again from its disk."""
        self.acting = place
        try:
            yield place.desk
        except Stopped:
            self._start_again(place)
            raise

    def crash(self, place: Place) -> None:
        """The computer goes off between two things that it does."""
        self.acting, self.clock.stop_in = place, 0
        self._keep_disk()
        self._start_again(place)

    def copy(self, place: Place) -> None:
        """Copy a station's folder while it is closed, as a backup would."""
        target = self.new_folder(f"backup of {place.name}")
        here = place.desk.vault.folder
        sign_in.lock(place.desk)
        shutil.copytree(here, target)
        place.desk = self._open(place.name)
        place.backups.append((target, dataclasses.replace(place.believed)))

    def put_back(self, place: Place, which: int) -> None:
        """Put an older copy of a station's folder in its place."""
        backup, believed = place.backups[which % len(place.backups)]
        here = place.desk.vault.folder
        sign_in.lock(place.desk)
        shutil.rmtree(here)
        shutil.copytree(backup, here)
        place.desk = self._open(place.name)
        place.believed = dataclasses.replace(believed)

    def replace_computer(self, place: Place) -> None:
        """An empty vault in place of a lost one."""
        here = place.desk.vault.folder
        division = place.desk.station.division_code
        sign_in.lock(place.desk)
        shutil.rmtree(here)
        place.desk = _new_station(self.bench, here, "village", division)
        place.believed = Believed()

    def _open(self, name: str) -> Desk:
        return sign_in.sign_in(self.bench, self.folder / name, PERSON, PASSWORD)

    def _keep_disk(self) -> None:
        shutil.copytree(self.acting.desk.vault.folder, self.folder / "disk")

    def _start_again(self, place: Place) -> None:
        here = place.desk.vault.folder
        sign_in.lock(place.desk)
        shutil.rmtree(here)
        (self.folder / "disk").rename(here)
        place.desk = self._open(place.name)


@dataclasses.dataclass
class Template:
    """Enrolled, empty stations, made once and copied for each history."""

    folder: Path
    bench: Workbench
    clock: Clock
    villages: tuple[str, ...]


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Stretch passwords hardly at all: a simulation opens vaults thousands of times."""
    before = key_slots._MEBIBYTES, key_slots._PASSES
    key_slots._MEBIBYTES, key_slots._PASSES = 1, 1
    try:
        yield
    finally:
        key_slots._MEBIBYTES, key_slots._PASSES = before


@contextmanager
def drawn(seed: int) -> Iterator[None]:
    """Ids and skipped numbers from a seed, so that a history runs the same again (keys stay real)."""
    source = random.Random(seed)
    before = secrets.token_hex, secrets.randbelow
    secrets.token_hex = lambda size=32: source.randbytes(size).hex()
    secrets.randbelow = source.randrange
    try:
        yield
    finally:
        secrets.token_hex, secrets.randbelow = before


def make_template(folder: Path, villages: int) -> Template:
    """A township and its villages, enrolled."""
    clock = Clock()
    bench = make_workbench(clock=clock, medium=Medium(clock))
    names = tuple(f"village {number}" for number in range(villages))
    town = _new_station(bench, folder / "township", "township", "150421204")
    for number, name in enumerate(names):
        village = _new_station(bench, folder / name, "village", str(FIRST_VILLAGE + number))
        enrolment.accept(village, enrolment.approve(town, enrolment.request(village).data).data)
        sign_in.lock(village)
    sign_in.lock(town)
    return Template(folder, bench, clock, names)


def _new_station(bench: Workbench, folder: Path, level: str, division: str) -> Desk:
    new = stations.NewStation(level, "和平村卫生室", division, PERSON, PASSWORD)
    return stations.create_station(bench, folder, new).desk
