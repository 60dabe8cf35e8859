"""The district's township: a real station that takes bundle after bundle in, and says what each cost."""

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.district.processes import memory
from benchmarks.district.villages import DOCTOR, PASSWORD
from benchmarks.district.year import DAYS, MonthClock
from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.loop import TOWNSHIP
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import enrolment, receiving, sign_in
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keys import own_identities
from jiandang_desktop.services.receiving import Outcome
from jiandang_desktop.services.stations import NewStation, create_station


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking one bundle in led to and cost, the receipt on the stick included."""

    records: int
    archived: int
    megabytes: float
    wall: float
    """Seconds."""
    processor: float
    """Seconds of this process."""
    resident: float
    """MiB of this process afterwards."""
    receipt: Path


def create(folder: Path, requests: Path, count: int) -> None:
    """Make the township and register the villages whose requests are there."""
    desk = create_station(
        make_workbench(clock=MonthClock()), folder, NewStation("township", "云杉镇卫生院", TOWNSHIP, DOCTOR, PASSWORD)
    ).desk
    for number in range(1, count + 1):
        answer = enrolment.approve(desk, (requests / f"{number}.request").read_bytes())
        (requests / f"{number}.answer").write_bytes(answer.data)
    sign_in.lock(desk)


class Township:
    """The township's program, signed in."""

    def __init__(self, folder: Path) -> None:
        self._clock = MonthClock()
        self._folder = folder
        self._desk: Desk = sign_in.sign_in(make_workbench(clock=self._clock), folder, DOCTOR, PASSWORD)
        self._desk.forms.all()

    def secrets(self) -> list[str]:
        """What opens the bundles, for the bare stack that opens the same ones."""
        with self._desk.vault.read() as reader:
            return [identity.secret for identity in own_identities(reader)]

    def take(self, path: Path, month: int, receipts: Path) -> Taken:
        """Take one bundle in and write its receipt (RuntimeError where not all of it was archived)."""
        self._clock.day = DAYS[month]
        wall, busy = time.perf_counter(), time.process_time()
        reception = receiving.receive(self._desk, receiving.find(self._desk, [path]), receipts_to=receipts)
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        (line,) = reception.lines
        if line.outcome is not Outcome.ARCHIVED or not reception.receipts:
            raise RuntimeError(f"{line.outcome} {line.problem or reception.unwritten}")
        megabytes = path.stat().st_size / 1e6
        archived = line.counts.get(Verdict.ARCHIVED, 0)
        return Taken(sum(line.counts.values()), archived, megabytes, wall, busy, memory()[0], reception.receipts[0])

    def state(self) -> dict[str, float]:
        """What the vault holds, its size and this process's memory in MiB."""
        with self._desk.vault.read() as reader:
            counts = reader.counts()
        now, most = memory()
        size = sum(file.stat().st_size for file in self._folder.glob("vault.db*")) / 2**20
        return {**counts, "vault": size, "resident": now, "peak": most}

    def check(self) -> tuple[float, int]:
        """Check every revision: processor seconds and how many faults."""
        busy = time.process_time()
        found = self._desk.vault.check()
        return time.process_time() - busy, len(found.faults)

    def close(self) -> None:
        """Sign out."""
        sign_in.lock(self._desk)
