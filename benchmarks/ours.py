"""The program itself, through its services, on as many people as the bare stack has."""

from pathlib import Path
from typing import Any

from benchmarks import measure

PASSWORD = "xiangcun-2026-bench"
DOCTOR = "陈大夫"
WITH_PAPERS = 20
"""Households that are printed, and so have papers."""


class Ours:
    """A village and its township, filled through the services."""

    def __init__(self, folder: Path, count: int, changed: int) -> None:
        from jiandang_desktop.bootstrap import make_workbench
        from jiandang_desktop.services import enrolment

        self.home = folder
        self.changed = changed
        self.bench = make_workbench()
        self.village = self._station("village", "152527201203", "示范村卫生室")
        self.township = self._station("township", "152527201", "示范镇卫生院")
        answer = enrolment.approve(self.township, enrolment.request(self.village).data)
        enrolment.accept(self.village, answer.data)
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.count = count
        self.residents: list[Any] = []
        self.households: list[Any] = []

    def run(self, figures: measure.Figures) -> None:
        """Measure everything; the order matters: people first, then what is done with them."""
        from jiandang_desktop.services import due, intake, receipts, registry, resident_folder, search, submission

        figures.time("take over the people", self._register)
        self._carry(submission, intake, receipts)
        some = self.residents[:100]
        figures.time(
            "save", lambda: [registry.edit_resident(self.village, row.id, {"phone": "14000000001"}) for row in some]
        )
        figures.time("find by name", lambda: [search.find(self.village, row.name[:2]) for row in some])
        figures.time("find by number", lambda: [search.find(self.village, row.record_code) for row in some])
        figures.time("open a folder", lambda: [resident_folder.open_resident(self.village, row.id) for row in some])
        for name in ("save", "find by name", "find by number", "open a folder"):
            figures.values[name] /= len(some)
        figures.time("worklist", lambda: due.worklist(self.village), repeat=3)
        for row in self.residents[: self.changed]:
            registry.edit_resident(self.village, row.id, {"phone": "14000000002"})
        exported: list[Any] = []
        figures.time("export", lambda: exported.append(submission.export(self.village, self.stick)))
        data = exported[0].path.read_bytes()
        figures.time("intake", lambda: intake.archive(self.township, intake.plan(self.township, data)))
        self._print(figures)
        figures.time("unlock to first list", self._unlock, repeat=3)
        self._processes(figures)

    def _register(self) -> None:
        """A generated village; the first households with all their papers, so that there is something to print."""
        from jiandang_desktop.demo.people import Village
        from jiandang_desktop.demo.records import records_for
        from jiandang_desktop.services import registration, registry
        from jiandang_desktop.services.registration import NewMember

        today = self.bench.clock.today()
        generated = Village.load(self.bench.resources, 1, today)
        for number, household in enumerate(generated.generate(self.count)):
            members = []
            for person in household.members:
                papers = records_for(person, generated.words, today) if number < WITH_PAPERS else ()
                members.append(NewMember(person.answers, [(paper.form_id, paper.answers) for paper in papers]))
            done = registration.register_household(self.village, household.answers, members)
            self.households.append(done.household_id)
            self.residents += [registry.show_resident(self.village, resident) for resident in done.resident_ids]

    def _carry(self, submission: Any, intake: Any, receipts: Any) -> None:
        path = submission.export(self.village, self.stick).path
        archived = intake.archive(self.township, intake.plan(self.township, path.read_bytes()))
        receipts.apply(self.village, archived.receipt)

    def _print(self, figures: measure.Figures) -> None:
        """The first folders, counted up to 100 pages."""
        from jiandang_desktop.services import prints

        printed: list[Any] = []
        figures.time(
            "folder PDF", lambda: printed.append(prints.print_households(self.village, self.households[:WITH_PAPERS]))
        )
        figures.values["folder PDF"] *= 100 / printed[0].pages

    def _unlock(self) -> None:
        from jiandang_desktop.services import search, sign_in

        sign_in.lock(self.village)
        self.village = sign_in.sign_in(self.bench, self.home / "village", DOCTOR, PASSWORD)
        search.find(self.village, "", limit=200)

    def _processes(self, figures: measure.Figures) -> None:
        environment = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home), "PYTHONPATH": "src"}
        seconds, memory = measure.window(["-m", "jiandang_desktop"], environment)
        figures.values |= {"start": seconds, "memory of the window": memory}
        figures.values["memory of a command"] = measure.command(
            ["-m", "jiandang_desktop", "form", "list"], environment
        )[1]

    def _station(self, level: str, division: str, name: str) -> Any:
        from jiandang_desktop.services.stations import NewStation, create_station

        return create_station(self.bench, self.home / level, NewStation(level, name, division, DOCTOR, PASSWORD)).desk
