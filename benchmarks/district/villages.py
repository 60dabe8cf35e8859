"""The district's villages: real stations with vaults and keys of their own, each submitting its own people."""

from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.district.copies import Copy, numbers_beside
from benchmarks.district.year import DAYS, DEAD, MonthClock, VillageYear, village_year
from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.loop import TOWNSHIP
from jiandang_desktop.domain.chain import read_entry
from jiandang_desktop.domain.records import Revision, SubjectId
from jiandang_desktop.forms.validator import require_valid
from jiandang_desktop.services import enrolment, life_events, receipts, registration, registry, submission
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.records import entry_in, file_in
from jiandang_desktop.services.registration import NewMember
from jiandang_desktop.services.stations import NewStation, create_station

PASSWORD = "xiangcun-2026-bench"
DOCTOR = "白玉梅"
FIRST_SEGMENT = 201
_AT_ONCE = 50
"""Visits in one transaction, as a clinic that takes a day's paper over."""
_AWAY = {"destination_address": "外地"}


class Villages:
    """``count`` villages of ``residents`` people: the first is filled in form by form, the others copy it."""

    def __init__(self, folder: Path, count: int, residents: int) -> None:
        self._clock = MonthClock()
        self._bench = make_workbench(clock=self._clock)
        self._desks = [self._station(folder, number) for number in range(1, count + 1)]
        year = village_year(self._bench.resources, residents)
        self._first = FirstVillage(self._desks[0], year)
        numbers = numbers_beside([member.person for member in year.members])
        self._copies = [Copy(number, desk, self._desks[0], numbers) for number, desk in enumerate(self._desks[1:], 2)]
        self._told = 0

    def ask_to_enrol(self, folder: Path) -> None:
        """Write each village's enrolment request."""
        for number, desk in enumerate(self._desks, 1):
            (folder / f"{number}.request").write_bytes(enrolment.request(desk).data)

    def accept(self, folder: Path) -> None:
        """Take the township's answers home."""
        for number, desk in enumerate(self._desks, 1):
            enrolment.accept(desk, (folder / f"{number}.answer").read_bytes())

    def write_month(self, month: int, stick: Path, late: Path) -> list[str]:
        """Do a month in every village and submit it: the bundles' names. The last village only has a first month.

        That one's bundle lies in ``late``.
        """
        self._clock.day = DAYS[month]
        self._first.live(month)
        revisions = self._new_revisions()
        for copy in self._copies[: None if month == 0 else -1]:
            copy.write(revisions)
        if month == 0:
            submission.export(self._desks[-1], late)
        return [submission.export(desk, stick).path.name for desk in self._desks[:-1]]

    def apply(self, receipts_: list[Path]) -> None:
        """Take each village's receipt home."""
        for desk, receipt in zip(self._desks, receipts_, strict=False):
            receipts.apply(desk, receipt.read_bytes())

    def counts(self) -> dict[str, int]:
        """What the villages' vaults hold together, and what of it has no receipt yet; without the last village."""
        total: Counter[str] = Counter()
        for desk in self._desks[:-1]:
            with desk.vault.read() as reader:
                total.update(reader.counts())
            total["waiting"] += submission.pending(desk).entries
        return dict(total)

    def _new_revisions(self) -> list[Revision]:
        """What the first village filed since the last time."""
        found = []
        with self._desks[0].vault.read() as reader:
            for number, line in reader.stream_lines(self._desks[0].station.up_stream, self._told):
                entry = read_entry(line)
                if entry.kind == "revision":
                    found.append(Revision.from_parsed(entry.body, entry.body_bytes))
                self._told = number
        return found

    def _station(self, folder: Path, number: int) -> Desk:
        division = f"{TOWNSHIP}{FIRST_SEGMENT + number - 1}"
        new = NewStation("village", f"河湾嘎查{number}卫生室", division, DOCTOR, PASSWORD)
        return create_station(self._bench, folder / f"{number:02}", new).desk


class FirstVillage:
    """The village that is filled in as its people would do it, through the services and all their checks."""

    def __init__(self, desk: Desk, year: VillageYear) -> None:
        self._desk = desk
        self._year = year
        self._households: dict[int, SubjectId] = {}
        self._residents: dict[int, SubjectId] = {}

    def live(self, month: int) -> None:
        """Register who came, file the month's visits, change what changed."""
        self._register(month)
        visits = [(number, record.form_id, record.answers) for number, record in self._year.visits(month)]
        for start in range(0, len(visits), _AT_ONCE):
            self._file(visits[start : start + _AT_ONCE])
        self._change(month)

    def _register(self, month: int) -> None:
        for household, numbers in self._year.newcomers(month).items():
            members = [self._new_member(number, month) for number in numbers]
            home = self._households.get(household)
            if home is None:
                answers = self._year.households[household].answers
                done = registration.register_household(self._desk, answers, members)
                self._households[household] = done.household_id
                self._residents |= dict(zip(numbers, done.resident_ids, strict=True))
                continue
            for number, member in zip(numbers, members, strict=True):
                self._residents[number] = registry.add_resident(self._desk, home, member.answers).id
                self._file([(number, form, answers) for form, answers in member.records])

    def _new_member(self, number: int, month: int) -> NewMember:
        member = self._year.members[number]
        papers = member.records().get(month, ())
        return NewMember(member.person.answers, [(paper.form_id, paper.answers) for paper in papers])

    def _file(self, papers: list[tuple[int, str, Any]]) -> None:
        with self._desk.vault.work("file_records") as work:
            for number, form_id, answers in papers:
                entry = entry_in(self._desk, work, form_id, self._residents[number])
                file_in(self._desk, work, entry, require_valid(entry.form, answers, entry.context))
            work.commit()

    def _change(self, month: int) -> None:
        for number, phone in self._year.phones[month].items():
            registry.edit_resident(self._desk, self._residents[number], {"phone": phone})
        for number, status in self._year.gone[month].items():
            day, resident = DAYS[month].isoformat(), self._residents[number]
            if status == DEAD:
                life_events.death(self._desk, resident, {"death_date": day, "death_cause": "病故"})
            else:
                life_events.moved_away(self._desk, resident, {"move_out_date": day, **_AWAY, "handover_date": day})
