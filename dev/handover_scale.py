"""Hand a village of 3,000 residents over and compare everything at the successor, counted here and not by the services.

    PYTHONPATH=src python dev/handover_scale.py [--residents 3000] [--out FOLDER]

Generated people with their records, part of them never submitted; a new computer of the same village takes them over.
Says what each step cost and fails where a revision, the state of a record, a line of a journal stream, a verdict or an
audit entry differs or is missing. There are no attachments in format 1; the list says 0 of them.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.loop import PASSWORD, run_demo
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_line
from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.services import enrolment, handover, sign_in, stations, takeover
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover_packet import ATTACHMENTS, AUDIT, STREAM

Found = TypeVar("Found")


def main() -> int:
    """Do it once and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=3000)
    parser.add_argument("--out", type=Path, default=None)
    arguments = parser.parse_args()
    if arguments.out is not None:
        return hand_over(arguments.out, arguments.residents)
    with tempfile.TemporaryDirectory() as folder:
        return hand_over(Path(folder), arguments.residents)


def hand_over(folder: Path, residents: int) -> int:
    """Make the stations, hand over, compare."""
    bench = make_workbench()
    made = timed("people", lambda: run_demo(bench, folder / "demo", residents=residents, seed=1).data)
    village = sign_in.sign_in(bench, Path(made["village_vault"]), bench.text("demo", "staff.village"), PASSWORD)
    township = sign_in.sign_in(bench, Path(made["township_vault"]), bench.text("demo", "staff.township"), PASSWORD)
    place = village.station
    new = stations.NewStation("village", "新卫生室", place.division_code, "乌云", PASSWORD, place.scheme_id)
    successor = stations.create_station(bench, folder / "successor", new).desk
    enrolment.accept(successor, enrolment.approve(township, enrolment.request(successor).data).data)
    stick = folder / "stick"
    stick.mkdir()
    card = handover.read_invitation(village, handover.invite(successor).data).card
    audit = audited(village)  # closing itself is audited after the packet is made
    timed("close", lambda: handover.begin(village, card, "换电脑"))
    parts = timed("write", lambda: handover.write(village, stick).paths)
    packet = timed("verify", lambda: takeover.verify(successor, parts))
    taken = timed("take", lambda: takeover.take(successor, parts, compared=True))
    timed("confirm", lambda: handover.confirm(village, taken.receipt))
    before, after = {**counted(village), "audit": audit}, {**counted(successor), **carried(successor)}
    wrong = {what: missing(found, after[what]) for what, found in before.items()}
    faults = [*village.vault.check().faults, *successor.vault.check().faults]
    say(
        residents=residents,
        items=len(packet.items),
        attachments=sum(item.count for item in packet.items if item.name == ATTACHMENTS),
        files=len(parts),
        megabytes=round(sum(path.stat().st_size for path in parts) / 1e6, 1),
        waiting=sum(packet.waiting.values()),
        faults=len(faults),
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
    say(compared={what: len(found) for what, found in before.items()}, differing=wrong)
    for desk in (village, township, successor):
        sign_in.lock(desk)
    return 1 if any(wrong.values()) or faults or packet.waiting else 0


def counted(desk: Desk) -> dict[str, dict[str, str]]:
    """Everything that goes over, by what it is: a name for each and the hash of its bytes."""
    found: dict[str, dict[str, str]] = {"revisions": {}, "records": {}, "verdicts": {}, "lines": {}}
    records = set()
    with desk.vault.read() as reader:
        for name, body in reader.revision_bodies():
            found["revisions"][name] = digest(body)
            records.add(RecordId(json.loads(body)["record"]))
        for record_id in records:
            row = reader.record(record_id)
            if row is not None:
                state = [row.form_id, row.subject_id, sorted(row.heads), row.revision_id, row.answers]
                found["records"][record_id] = digest(canonical.encode(state))
        for name, *said in reader.verdicts():
            found["verdicts"][name] = digest(canonical.encode(said))
        for stream, generation in reader.streams():
            if "/over/" not in stream:
                for number, line in reader.stream_lines(stream, 0, generation):
                    found["lines"][f"{stream} {number}"] = digest(line)
    return found


def audited(desk: Desk) -> dict[str, str]:
    """The audit log up to now."""
    with desk.vault.read() as reader:
        rows = reader.audit_facts(limit=1_000_000)
    return {digest(canonical.encode(list(row))): "" for row in rows}


def carried(desk: Desk) -> dict[str, dict[str, str]]:
    """Journal lines and audit log of the closed station, as the successor keeps them in the packet's stream."""
    lines, audit = {}, {}
    with desk.vault.read() as reader:
        bodies = dict(reader.revision_bodies())
        over = next(stream for stream, _ in reader.streams() if "/over/" in stream)
        before: dict[str, str] = {}
        for _, line in reader.stream_lines(over):
            entry = json.loads(line)
            body = entry["body"]
            if entry["kind"] == AUDIT:
                audit |= {digest(canonical.encode(row)): "" for row in body["rows"]}
            if entry["kind"] == STREAM:
                stream = body["stream"]
                for number, (kind, revision, stored) in enumerate(body["rows"], body["first"]):
                    inside = bodies[revision] if revision else canonical.encode(stored)
                    made = entry_line(stream, number, before.get(stream, NO_HASH), kind, inside)
                    before[stream] = lines[f"{stream} {number}"] = digest(made)
    return {"lines": lines, "audit": audit}


def missing(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """How many are missing or other than they were."""
    return sum(after.get(name) != found for name, found in before.items())


def digest(data: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(data).hexdigest()


def timed(step: str, work: Callable[[], Found]) -> Found:
    """Do a step and say how long it took."""
    wall, busy = time.perf_counter(), time.process_time()
    found = work()
    say(step=step, seconds=round(time.perf_counter() - wall, 1), processor=round(time.process_time() - busy, 1))
    return found


def say(**figures: object) -> None:
    """A line of JSON."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
