"""Damaged files at the doors of real stations: the services that a window or a command calls with a file.

Nothing may get in, and nothing but a Problem may come out; what was there before stays what it was.
"""

from pathlib import Path

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.services import enrolment, intake, keys, receipts, registry, sign_in, stations, submission
from jiandang_desktop.services.desk import Desk

from .subjects import Subject

PASSWORD = "correct horse"
RESIDENT = {
    "name": "王小满",
    "sex": "2",
    "birth_date": "1962-03-05",
    "no_id_reason": "4",
    "id_type": "99D",
    "ethnicity": "01",
    "relation_to_head": "02",
    "residence_type": "1",
    "filing_source": "1",
    "consent": "1",
    "consent_date": "2026-11-24",
    "consent_by": "1",
}


class Doors:
    """A township and two villages; a bundle, a receipt and enrolment files are on the way between them."""

    def __init__(self, folder: Path) -> None:
        bench = make_workbench()

        def station(name: str, level: str, division: str) -> Desk:
            new = stations.NewStation(level, "和平村卫生室", division, "王秀兰", PASSWORD)
            return stations.create_station(bench, folder / name, new).desk

        village = station("village", "village", "150421204203")
        township = station("township", "township", "150421204")
        newcomer = station("newcomer", "village", "150421204204")
        self._desks = (village, township, newcomer)
        stick = folder / "stick"
        stick.mkdir()
        enrolment.accept(village, enrolment.approve(township, enrolment.request(village).data).data)
        request = enrolment.request(newcomer).data
        answer = enrolment.approve(township, request).data
        household = registry.add_household(village, {"address": "和平村3组12号"})
        resident = registry.add_resident(village, household.id, RESIDENT)
        first = submission.export(village, stick).path.read_bytes()
        receipt = intake.archive(township, intake.plan(township, first)).receipt
        keys.rotate(village)
        registry.edit_resident(village, resident.id, {"phone": "14000000001"})
        bundle = submission.export(village, stick).path.read_bytes()
        self._subjects = (
            Subject("enrolment request at the door", request, lambda data: enrolment.approve(township, data)),
            Subject("enrolment answer at the door", answer, lambda data: enrolment.accept(newcomer, data)),
            Subject("bundle with new keys at the door", bundle, lambda data: intake.plan(township, data)),
            Subject("receipt at the door", receipt, lambda data: receipts.apply(village, data)),
        )
        self._before = self._state()

    def subjects(self) -> tuple[Subject, ...]:
        """What comes to a door, with the door."""
        return self._subjects

    def unchanged(self) -> bool:
        """Whether the stations hold exactly what they held, but for the audit log."""
        return self._state() == self._before

    def close(self) -> None:
        """Sign out."""
        for desk in self._desks:
            sign_in.lock(desk)

    def _state(self) -> list[object]:
        found: list[object] = []
        for desk in self._desks:
            with desk.vault.read() as reader:
                counts = {name: value for name, value in reader.counts().items() if name != "audit"}
                known = [reader.stations(), reader.station_keys(), reader.bundles("in"), reader.bundles("out")]
                found.append((counts, known))
        return found
