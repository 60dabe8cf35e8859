"""A station with the people of the filled examples: the same facts around each form as its example has."""

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.cli.main import run
from jiandang_desktop.demo.examples import Example
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import records, registry, sign_in, stations
from jiandang_desktop.services.desk import Desk

PERSON, PASSWORD = "白玉梅", "correct horse"
_ISSUED = ("record_code", "record_code_short", "record_code_scheme", "card_token", "status_date", "status_reason")
_CONSENT = {"filing_source": "1", "consent": "1", "consent_by": "1", "registered_address": "一组"}


class SetClock:
    """A clock that stands where the example was filled in."""

    def __init__(self) -> None:
        self.day = date(2026, 11, 24)

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 9, 0).astimezone()

    def today(self) -> date:
        return self.day


@dataclass
class ExampleDesk:
    """An open desk whose clock can be set."""

    desk: Desk
    clock: SetClock
    folder: Path
    people: int = 0

    def subject(self, form_id: str, example: Example) -> SubjectId:
        """Whoever the form is about, with the example's facts and its other forms."""
        self.people += 1
        self.clock.day = date.fromisoformat(example.today)
        kind = self.desk.bench.forms.current(form_id).subject
        if kind == "station":
            return SubjectId(self.desk.station.id)
        home = dict(example.household)
        home.pop("household_no", None)
        house = registry.add_household(self.desk, {"address": example.resident["current_address"], **home})
        resident_id = self._resident(house.id, example.resident)
        subject = house.id if kind == "household" else resident_id
        for other, answers in example.records.items():
            self._put_as_it_is(other, subject, answers)
        return subject

    def file(self, form_id: str, subject: SubjectId, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """File answers that come as data, confirming what is rare; gives what is stored."""
        as_data = json.loads(json.dumps(answers, ensure_ascii=False))
        return _sure(lambda confirmed: records.put_record(self.desk, form_id, subject, as_data, None, confirmed))

    def file_at_the_terminal(self, form_id: str, subject: SubjectId, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """File an answers file with ``record put``; gives what the command says is stored."""
        folder = self.folder.parent
        (folder / "answers.json").write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        sign_in.lock(self.desk)
        said = io.StringIO()
        place = ["--vault", str(self.folder), "--password-file", str(folder / "password"), "--yes", "--json"]
        words = ["record", "put", form_id, str(subject), str(folder / "answers.json"), *place]
        with contextlib.redirect_stdout(said):
            code = run(words, lambda: self.desk.bench, self.folder, lambda _vault: 0)
        self.desk = sign_in.sign_in(self.desk.bench, self.folder, PERSON, PASSWORD)
        assert code == 0
        stored: Mapping[str, Any] = json.loads(said.getvalue())["record"]["answers"]
        return stored

    def file_entry(self, entry: records.Entry, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """File what a panel holds."""
        return _sure(lambda confirmed: records.file_record(self.desk, entry, answers, confirmed))

    def _resident(self, household_id: SubjectId, answers: Mapping[str, Any]) -> SubjectId:
        known = {key: value for key, value in answers.items() if key not in _ISSUED}
        known["id_no"] = self._number(answers)
        relation = self.desk.bench.forms.current("resident").field("relation_to_head")
        if not any(option.code == known["relation_to_head"] and option.selectable for option in relation.options):
            known["relation_to_head"] = registry.HEAD  # an example needn't say with whom its person lives
        known["filing_date"] = max(known["filing_date"], known["birth_date"])
        filed = {**_CONSENT, "consent_date": known["filing_date"], **known, "status": "1"}
        sure = frozenset({"twin"})
        for _ in range(2):
            try:
                return registry.add_resident(self.desk, household_id, filed, sure).id
            except Problem as problem:
                if problem.code != "ANSWERS_UNSURE":
                    raise AssertionError([finding.message for finding in problem.findings]) from problem
                sure |= {finding.key for finding in problem.findings}
        raise AssertionError("confirmed warnings must do")

    def _number(self, answers: Mapping[str, Any]) -> str:
        """A number like the example's that nobody else has: several examples are about the same person."""
        number = str(answers.get("id_no", ""))
        if len(number) != 18:
            return number
        serial = 2 * (self.people % 500) + (1 if int(number[16]) % 2 else 0)
        first = f"{number[:14]}{serial:03d}"
        return first + self.desk.bench.id_documents.check_character(first)

    def _put_as_it_is(self, form_id: str, subject: SubjectId, answers: Mapping[str, Any]) -> None:
        """Another form's answers, as few as the example names."""
        with self.desk.vault.work("file_record") as work:
            entry = records.entry_in(self.desk, work, form_id, subject)
            records.file_in(self.desk, work, entry, {**entry.answers, **answers})
            work.commit()


def make_example_desk(folder: Path) -> ExampleDesk:
    clock = SetClock()
    bench = make_workbench(clock=clock)
    new = stations.NewStation("village", "河湾嘎查卫生室", "150102001201", PERSON, PASSWORD)
    return ExampleDesk(stations.create_station(bench, folder, new).desk, clock, folder)


def _sure(filing: Any) -> Mapping[str, Any]:
    try:
        return filing(frozenset()).record.answers
    except Problem as problem:
        if problem.code != "ANSWERS_UNSURE":
            raise AssertionError([finding.message for finding in problem.findings] or problem.code) from problem
        return filing(frozenset(finding.key for finding in problem.findings)).record.answers
