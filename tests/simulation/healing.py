"""What people do until everything has arrived everywhere, and what must be so then."""

import dataclasses
from datetime import timedelta

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, RevisionId, StationId, SubjectId
from jiandang_desktop.ports.vault import Reader, Verdict
from jiandang_desktop.services import decisions, enrolment, losses, submission
from jiandang_desktop.services.desk import Desk

from . import handing_over, steps
from .world import ModelError, Place, World

_ROUNDS = 12


def settle(world: World) -> None:
    """Carry until nothing waits anywhere; whoever is told that something was lost does what the words say."""
    world.clock.stop_in, world.clock.shift = 0, timedelta()
    for v in range(len(world.villages)):
        # The next month comes: a station that lost something finds out when it hears of somebody.
        steps.register(world, v, 0, 1)
    quiet = 0
    for _ in range(_ROUNDS):
        before = [(place.believed.has, place.believed.up) for place in world.places]
        for place in world.villages:
            handing_over.finish(world, place)
        done = [_round(world, v) for v in range(len(world.villages))]
        for _ in range(len(decisions.waiting(world.town.desk))):
            # Deciding one may settle others.
            if cases := decisions.waiting(world.town.desk):
                steps.decide_case(world, cases[0], 1)
        after = [(place.believed.has, place.believed.up) for place in world.places]
        quiet = quiet + 1 if all(done) and before == after else 0
        if quiet == 2:
            return
    raise ModelError("it doesn't come to rest", [submission.pending(place.desk) for place in world.villages])


def _round(world: World, v: int) -> bool:
    """Down, up, and the receipt home; whether nothing stood in the way and nothing is left."""
    place = world.villages[v]
    papers = len(world.papers[v])
    steps.send_down(world, v, 0, 0)
    smooth = all(_home(world, v, paper) for paper in world.papers[v][papers:])
    _send_again(world, place)
    if steps.export(world, v, 0, 0):
        papers = len(world.papers[v])
        for line in steps.take_in(world, v, world.sticks[v][-1:]):
            if line.problem is not None:
                smooth = False
                _heal_above(world, place, line.problem)
        smooth = all([smooth, *(_home(world, v, paper) for paper in world.papers[v][papers:])])
    steps.honest(place)
    return smooth and submission.pending(place.desk).entries == 0


def _home(world: World, v: int, paper: steps.Downward) -> bool:
    problem = steps.apply(world, v, paper)
    if problem is not None:
        _heal_below(world, world.villages[v], problem)
    return problem is None


def _send_again(world: World, place: Place) -> None:
    """The township lost something: it goes again."""
    if submission.pending(place.desk).missing_above is None:
        return
    missing = losses.send_again(place.desk)
    place.believed = dataclasses.replace(place.believed, acked=missing.first - 1)


def _heal_above(world: World, place: Place, problem: Problem) -> None:
    """What people do when the township refuses a village's bundle."""
    match problem.code:
        case "STATE_OLD" | "STATE_REPLACED":
            steps.begin(world.town)
        case "BUNDLE_FORK":
            steps.begin(place)
        case "BUNDLE_REVOKED" | "BUNDLE_REPLACED" | "BUNDLE_SENDER":
            _enrol_anew(world, place)
        case "BUNDLE_DECRYPT":
            # Written for keys that the township lost: it makes new ones and introduces itself again.
            steps.rotate_at(world.town)
            _introduce(world, place)


def _heal_below(world: World, place: Place, problem: Problem) -> None:
    """What people do when a village refuses what the township wrote."""
    match problem.code:
        case "STATE_OLD" | "STATE_REPLACED" | "RECEIPT_NOT_OURS" | "BUNDLE_GAP":
            steps.begin(place)
        case "BUNDLE_FORK":
            steps.begin(world.town)
        case "BUNDLE_REVOKED" | "BUNDLE_REPLACED":
            steps.rotate_at(world.town)
            _introduce(world, place)
        case "BUNDLE_SENDER":
            _introduce(world, place)
        case "BUNDLE_DECRYPT":
            _enrol_anew(world, place)


def _introduce(world: World, place: Place) -> None:
    """The same trust again: the village learns the township's newest keys."""
    try:
        answer = enrolment.approve(world.town.desk, enrolment.request(place.desk).data)
        enrolment.accept(place.desk, answer.data)
    except Problem:
        _enrol_anew(world, place)


def _enrol_anew(world: World, place: Place) -> None:
    """New keys under the same name."""
    steps.rotate_at(place)
    steps.enrol_again(world, place, StationId(place.id))


def require_whole(world: World) -> None:
    """Nothing lost, nothing twice, states honest, both ends the same."""
    town = world.town.believed
    alive = town.has | town.waits
    for place in world.villages:
        if place.believed.has - alive:
            raise ModelError("lost at the township", place.believed.has - alive)
        _require_same(world, place)
        _require_states(world, place)
    _require_once(world)
    handing_over.require_handed_over(world)
    for place in world.places:
        faults = place.desk.vault.check().faults
        if faults:
            raise ModelError("a vault with faults", (place.name, faults))


def _state(desk: Desk, station: str) -> dict[RecordId, tuple[frozenset[RevisionId], frozenset[RevisionId]]]:
    """Of everybody whom a station keeps: each record's revisions and heads."""
    found = {}
    with desk.vault.read() as reader:
        residents = [row.id for row in reader.residents(limit=10_000) if row.station_id == station]
        households = [row.id for row in reader.households(limit=10_000) if row.station_id == station]
        for subject in (*residents, *households):
            for record in reader.records_of(subject):
                history = frozenset(revision.id for revision in reader.history(record.record_id))
                found[record.record_id] = (history, frozenset(record.heads))
    return found


def _require_same(world: World, place: Place) -> None:
    above, below = _state(world.town.desk, place.id), _state(place.desk, place.id)
    waits = world.town.believed.waits
    if place.desk.station.handed_to:
        # Nobody writes there any more, and it isn't told of what happens elsewhere.
        if above:
            raise ModelError("kept by a village that closed", list(above))
        return
    for record, (history, heads) in above.items():
        if record not in below:
            raise ModelError("the keeper lacks a record", record)
        has, has_heads = below[record]
        if history - has:
            raise ModelError("the keeper lacks revisions", (record, history - has))
        if has - history - waits:
            raise ModelError("the township lacks revisions", (record, has - history))
        if has == history and heads != has_heads:
            raise ModelError("another state above and below", record)
    with world.town.desk.vault.read() as reader, place.desk.vault.read() as own:
        for row in own.residents(limit=10_000):
            known = reader.resident(row.id)
            if known is not None and (row.station_id == place.id) != (known.station_id == place.id):
                raise ModelError("two keepers of one resident, or none", (row.id, row.station_id, known.station_id))
    for record, (history, _) in below.items():
        if record not in above and history - waits:
            raise ModelError("the township lacks a record", (record, history - waits))


def _require_states(world: World, place: Place) -> None:
    """Each revision that was sent has its word, and the word is true."""
    town = world.town.believed
    with place.desk.vault.read() as reader:
        said = {revision: verdict for revision, verdict, *_ in reader.verdicts()}
        sent = reader.stream_revision_ids(place.desk.station.up_stream, 1, len(place.believed.up))
    for revision in sent:
        verdict = said.get(revision, "")
        if not verdict:
            raise ModelError("sent and never answered", revision)
        if verdict == Verdict.ARCHIVED and revision not in town.has:
            raise ModelError("called archived and isn't", revision)
        if verdict == Verdict.QUARANTINED and revision not in town.waits | town.has:
            raise ModelError("called waiting and doesn't", revision)


def _history(reader: Reader, resident: SubjectId) -> list[RevisionId]:
    return [revision.id for revision in reader.history(RecordId(resident))]


def _require_once(world: World) -> None:
    for place in world.places:
        with place.desk.vault.read() as reader:
            stream = place.desk.station.up_stream
            ids = steps.written_in(reader, stream)
            if len(set(ids)) != len(ids):
                raise ModelError("twice in one stream", (place.name, stream))
            rows = [row for row in reader.residents(limit=10_000) if row.record_code]
            # Given out twice by a village that was restored: one of the two waits above for a person.
            waits = world.town.believed.waits
            codes = [row.record_code for row in rows if not waits & set(_history(reader, row.id))]
        if len(set(codes)) != len(codes):
            raise ModelError("a record code twice", place.name)
