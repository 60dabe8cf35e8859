"""The whole loop on generated people: register, submit, archive, receipt, change, and again."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from jiandang_desktop.demo.people import Village
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import (
    enrolment,
    intake,
    prints,
    receipts,
    registration,
    registry,
    sign_in,
    stations,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registration import NewMember
from jiandang_desktop.services.workbench import Workbench

PASSWORD = "yanshi-2026"  # noqa: S105 - printed for everybody: only generated people are behind it
VILLAGE = "152223199201"
"""A county that exists and a township and village in it that don't: nobody lives there."""
TOWNSHIP = VILLAGE[:9]
CHANGED = 10
"""Residents whose telephone number changes between the two submissions."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was made: data for ``--json``, lines for people."""

    data: Mapping[str, Any]
    lines: tuple[str, ...]


class _Demo:
    """One run: the two desks, the folder that acts as the stick, the lines to say."""

    def __init__(self, bench: Workbench, folder: Path, say: Say | None) -> None:
        self.bench = bench
        self.folder = folder
        self.stick = folder / "stick"
        self.printed = folder / "printed"
        self.lines: list[str] = []
        self._say = say
        for place in (self.stick, self.printed):
            place.mkdir(parents=True)

    def tell(self, key: str, **values: object) -> None:
        line = self.bench.text("demo", key, **values)
        self.lines.append(line)
        if self._say is not None:
            self._say(line)

    def station(self, level: str, division: str) -> Desk:
        new = stations.NewStation(
            level=level,
            name=self.bench.text("demo", f"station.{level}"),
            division_code=division,
            staff_name=self.bench.text("demo", f"staff.{level}"),
            password=PASSWORD,
        )
        return stations.create_station(self.bench, self.folder / level, new).desk


def run_demo(
    bench: Workbench, out: Path, *, residents: int, seed: int, program: str = "jiandang", say: Say | None = None
) -> DemoSummary:
    """Play the loop into a fresh folder beside or in ``out`` and say what was made (DEMO_FOLDER).

    An existing folder with something in it is left alone: a number is added to the name. ``program`` is what to type
    at a terminal to open the window on what was made.
    """
    started = monotonic()
    try:
        demo = _Demo(bench, fresh_folder(out), say)
    except OSError as error:
        raise Problem("DEMO_FOLDER", folder=out) from error
    demo.tell("folder", folder=demo.folder)
    village, township = demo.station("village", VILLAGE), demo.station("township", TOWNSHIP)
    try:
        _enrol(demo, village, township)
        household, people = _register(demo, village, residents, seed)
        _round(demo, village, township)
        _change(demo, village, people[:CHANGED])
        _round(demo, village, township)
        pages = _print(demo, village, household)
        summary = _summary(demo, village, township, pages, monotonic() - started, program)
    finally:
        sign_in.lock(village)
        sign_in.lock(township)
    return summary


def fresh_folder(out: Path) -> Path:
    """``out`` itself where it is absent or empty, else the first free ``out-2``, ``out-3`` …"""
    number = 1
    while True:
        folder = out if number == 1 else out.with_name(f"{out.name}-{number}")
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return folder.resolve()
        number += 1


def _enrol(demo: _Demo, village: Desk, township: Desk) -> None:
    medium = demo.bench.medium
    request = enrolment.request(village)
    medium.write_file(demo.stick, request.file_name, request.data)
    answer = enrolment.approve(township, request.data)
    medium.write_file(demo.stick, answer.file_name, answer.data)
    enrolment.accept(village, answer.data)
    demo.tell("enrolled", request=" ".join(request.fingerprint), answer=" ".join(answer.fingerprint))


def _register(demo: _Demo, village: Desk, residents: int, seed: int) -> tuple[SubjectId, list[SubjectId]]:
    """Register everybody; returns the household with the most papers and all residents."""
    today = demo.bench.clock.today()
    generated = Village.load(demo.bench.resources, seed, today)
    people: list[SubjectId] = []
    fullest, most, filed = SubjectId(""), -1, 0
    for household in generated.generate(residents):
        members = [
            NewMember(
                person.answers,
                [(item.form_id, item.answers) for item in records_for(person, generated.words, today, seed)],
            )
            for person in household.members
        ]
        done = registration.register_household(village, household.answers, members)
        people += done.resident_ids
        filed += done.records
        if done.records > most:
            fullest, most = done.household_id, done.records
    demo.tell("registered", residents=len(people), records=filed)
    return fullest, people


def _round(demo: _Demo, village: Desk, township: Desk) -> None:
    """Village to township and back: export, intake, receipt."""
    exported = submission.export(village, demo.stick)
    demo.tell("exported", entries=exported.bundle.summary["entries"], file=exported.path.name)
    data = demo.bench.medium.read_file(exported.path, 512 * 1024 * 1024)
    archived = intake.archive(township, intake.plan(township, data))
    path = demo.bench.medium.write_file(demo.stick, archived.receipt_name, archived.receipt)
    demo.tell("archived", count=sum(archived.counts.values()), file=path.name)
    applied = receipts.apply(village, demo.bench.medium.read_file(path, 512 * 1024 * 1024))
    demo.tell("applied", up_to=applied.up_to)


def _change(demo: _Demo, village: Desk, people: list[SubjectId]) -> None:
    for number, resident_id in enumerate(people):
        registry.edit_resident(village, resident_id, {"phone": f"140009{number:05d}"})
    demo.tell("changed", count=len(people))


def _print(demo: _Demo, village: Desk, household: SubjectId) -> int:
    printed = prints.print_households(village, [household])
    demo.bench.medium.write_file(demo.printed, "folder.pdf", printed.pdf)
    prints.note(village, printed.rows)
    demo.tell("printed", pages=printed.pages)
    return printed.pages


def _summary(demo: _Demo, village: Desk, township: Desk, pages: int, seconds: float, program: str) -> DemoSummary:
    with village.vault.read() as reader:
        counts = reader.counts()
    with township.vault.read() as reader:
        archived = reader.counts()
    waiting = submission.pending(village)
    demo.tell(
        "summary",
        residents=counts["residents"],
        revisions=counts["revisions"],
        archived=archived["revisions"],
        waiting=waiting.entries,
        seconds=f"{seconds:.1f}",
    )
    vault = shlex.quote(str(demo.folder / "village"))
    demo.tell("sign_in", program=program, village=vault, person=village.staff.name, password=PASSWORD)
    demo.bench.medium.write_file(demo.folder, "summary.txt", ("\n".join(demo.lines) + "\n").encode())
    data = {
        "folder": str(demo.folder),
        "village_vault": str(demo.folder / "village"),
        "township_vault": str(demo.folder / "township"),
        "stick": str(demo.stick),
        "village": counts,
        "township": archived,
        "waiting": waiting.entries,
        "folder_pages": pages,
        "seconds": round(seconds, 1),
    }
    return DemoSummary(data, tuple(demo.lines))
