"""What may happen in a township. A step is its name and three numbers, each of which picks among what there is.

A step that can't be done is passed over; a refusal must be one that is allowed there. After every step the model
and the stations must agree.
"""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.domain.chain import Entry, read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, RevisionId, StationId, SubjectId
from jiandang_desktop.ports.vault import Reader, Verdict
from jiandang_desktop.services import (
    decisions,
    dispatch,
    duplicates,
    enrolment,
    generations,
    keys,
    moving,
    receipts,
    receiving,
    records,
    registry,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.freshness import is_replaced

from .world import Answer, Believed, Downward, ModelError, Place, Stopped, Upward, World

Step = tuple[str, int, int, int]

VISIT = {"subjective": "咳", "objective": "红", "assessment": "感冒", "plan": "水", "doctor": "王秀兰"}
_BY_CLOCK = {"ANSWERS_INVALID", "ANSWERS_UNSURE"}
_NO_STATION = {"NO_SUCH_STATION", "MOVE_TO_CLOSED"}
AFTER_LOSS = {
    "BUNDLE_FORK",
    "BUNDLE_GAP",
    "BUNDLE_SENDER",
    "BUNDLE_REVOKED",
    "BUNDLE_REPLACED",
    "BUNDLE_DECRYPT",
    "STATE_OLD",
    "STATE_REPLACED",
    "RECEIPT_NOT_OURS",
}
"""Refusals that a restored, lost or revoked station meets until people have healed it."""


# What a station has, as the program says


def revisions_of(desk: Desk) -> frozenset[RevisionId]:
    """All revisions in a vault."""
    with desk.vault.read() as reader:
        return frozenset(revision_id for revision_id, _ in reader.revision_bodies())


def waiting_at(desk: Desk) -> frozenset[RevisionId]:
    """Revisions that wait beside the records."""
    with desk.vault.read() as reader:
        return frozenset(row.revision_id for row in reader.held())


def people_at(desk: Desk) -> list[SubjectId]:
    """Residents whom this station keeps, or all at the township."""
    with desk.vault.read() as reader:
        rows = reader.residents(limit=10_000)
    mine = [row for row in rows if desk.station.level == "township" or row.station_id == desk.station.id]
    return [row.id for row in mine]


def _forms_at(desk: Desk, form: str) -> list[tuple[SubjectId, RecordId]]:
    with desk.vault.read() as reader:
        return [
            (resident, row.record_id)
            for resident in people_at(desk)
            for row in reader.records_of(resident)
            if row.form_id == form
        ]


def label(entry: Entry) -> str:
    """What the model calls an entry: the revision in it, or a name for what is none."""
    return Revision.read(entry.body_bytes).id if entry.kind == "revision" else f"{entry.kind}:{entry.number}"


def written_in(reader: Reader, stream: str, generation: str | None = None) -> list[RevisionId]:
    """The revisions in a stream, in order, those that wait beside the records too."""
    entries = [read_entry(line) for _, line in reader.stream_lines(stream, 0, generation)]
    bodies = [entry.body_bytes for entry in entries if entry.kind == "revision"]
    return [Revision.read(body).id for body in bodies]


# Saving


def save(world: World, place: Place, action: Callable[[Desk], Any], allowed: set[str] = _BY_CLOCK) -> None:
    """One save: its revisions are there and last in the stream, or nothing happened."""
    before = place.believed
    stream = place.desk.station.up_stream
    with place.desk.vault.read() as reader:
        length = reader.stream_head(stream).number
    try:
        with world.at(place) as desk:
            action(desk)
    except Problem as problem:
        closed = problem.code == "STATION_CLOSED" and place.desk.station.handed_to
        if problem.code not in allowed and not closed:
            raise ModelError(f"refused {problem.code}", problem.values_) from problem
    except Stopped:
        pass
    now = revisions_of(place.desk)
    waits = waiting_at(place.desk) if place is world.town else before.waits
    if before.has - now or before.waits - waits - now:
        raise ModelError("a save lost revisions", before.has - now or before.waits - waits - now)
    new = now - before.has - before.waits
    with place.desk.vault.read() as reader:
        tail = [label(read_entry(line)) for _, line in reader.stream_lines(stream, length)]
    # What waited may be written here once more: with the clock standing still the same decision is the same revision.
    if {each for each in tail if ":" not in each} - before.waits != new:
        raise ModelError("a saved revision isn't in the stream", new)
    world.made |= new
    place.believed = dataclasses.replace(before, has=now, waits=waits, up=(*before.up, *tail))


def register(world: World, v: int, which: int, how: int) -> None:
    """A new household with somebody in it; now and then with a number that another village knows."""
    place = world.villages[v % len(world.villages)]
    number = "46030219900101" + f"{which % 4:03}" if how % 5 == 0 else ""
    if number:
        number += world.bench.id_documents.check_character(number)

    def action(desk: Desk) -> None:
        today = desk.today()
        answers = {
            "name": ("王小满", "魏雪梅", "吴䶮妹", "巴特尔")[which % 4],
            "ethnicity": "01",
            "relation_to_head": "02",
            "residence_type": "1",
            "filing_source": "1",
            "consent": "1",
            "consent_date": today,
            "consent_by": "1",
        }
        if number:
            answers |= {"id_type": "01", "id_no": number}
        else:
            answers |= {"id_type": "99D", "no_id_reason": "4", "sex": "2"}
            answers["birth_date"] = f"19{40 + which % 50}-{1 + which % 12:02}-{1 + how % 28:02}"
        home = registry.add_household(desk, {"address": f"和平村3组{which}号", "village_group": "3", "door": "1"})
        registry.add_resident(desk, home.id, answers, frozenset({"twin"}))

    save(world, place, action, _BY_CLOCK | {"RESIDENT_SAME_NUMBER", "RESIDENT_LIKE_ANOTHER"})


def edit(world: World, s: int, which: int, how: int) -> None:
    """A telephone number, changed by the keeper or above."""
    place = world.places[s % len(world.places)]
    found = people_at(place.desk)
    if found:
        change = {"phone": f"139{how % 10**8:08}"}
        save(world, place, lambda desk: registry.edit_resident(desk, found[which % len(found)], change))


def visit(world: World, s: int, which: int, how: int) -> None:
    """A new record of a visit."""
    place = world.places[s % len(world.places)]
    found = people_at(place.desk)
    if not found:
        return

    def action(desk: Desk) -> None:
        answers = {**VISIT, "plan": f"水 {how}", "encounter_date": desk.today()}
        records.put_record(desk, "encounter_record", found[which % len(found)], answers)

    save(world, place, action)


def correct(world: World, s: int, which: int, how: int) -> None:
    """A record of a visit, corrected."""
    place = world.places[s % len(world.places)]
    found = _forms_at(place.desk, "encounter_record")
    if not found:
        return
    resident, record = found[which % len(found)]

    def action(desk: Desk) -> None:
        answers = {**VISIT, "plan": f"茶 {how}", "encounter_date": desk.today()}
        records.put_record(desk, "encounter_record", resident, answers, record)

    save(world, place, action)


# Carrying


def export(world: World, v: int, _which: int, _how: int) -> bool:
    """A bundle on a stick; whether there was something to send."""
    v %= len(world.villages)
    place = world.villages[v]
    stick = world.new_folder("stick")
    stick.mkdir()
    had = place.believed
    try:
        with world.at(place) as desk:
            submission.export(desk, stick)
    except Problem as problem:
        if problem.code != "NOTHING_TO_SUBMIT":
            raise ModelError(f"export refused {problem.code}", problem.values_) from problem
        if had.acked != len(had.up):
            raise ModelError("something to send was called nothing", had.up[had.acked :]) from problem
        return False
    except Stopped:
        pass
    for path in stick.iterdir():
        header = bundles.read_header(path.read_bytes())
        if (header.first, header.last) != (had.acked + 1, len(had.up)):
            raise ModelError("a bundle holds something else than what has no receipt", header)
        bundle = Upward(path.read_bytes(), path.name, header, had.up)
        world.sticks[v].append(bundle)
        world.written[bundle.digest] = (v, bundle)
    return True


def lose(world: World, v: int, which: int, _how: int) -> None:
    """A stick is lost for good, or a receipt is."""
    v %= len(world.villages)
    for lost in (world.sticks[v], world.papers[v]):
        if lost and which % 2:
            lost.pop(which % len(lost))


def carry(world: World, v: int, which: int, how: int) -> None:
    """Bundles to the township: any that were ever written and aren't lost, again and in any order."""
    v %= len(world.villages)
    chosen = world.sticks[v][-1 - how % 3 :] if how % 2 else world.sticks[v][which % (len(world.sticks[v]) or 1) :][:1]
    take_in(world, v, chosen)


def carry_all(world: World, _v: int, which: int, _how: int) -> None:
    """One stick with a bundle or two of each village."""
    for v, stick in enumerate(world.sticks):
        take_in(world, v, stick[-1 - (which >> v) % 2 :])


def take_in(world: World, v: int, chosen: list[Upward]) -> list[receiving.Line]:
    """Intake of some bundles of a village; each is archived, known, parked or refused by what it is."""
    if not chosen:
        return []
    town, place = world.town, world.villages[v]
    before = town.believed
    stick = world.new_folder("stick at the township")
    stick.mkdir()
    for each in chosen:
        (stick / each.name).write_bytes(each.data)
    lines: tuple[receiving.Line, ...] = ()
    try:
        with world.at(town) as desk:
            lines = receiving.receive(desk, receiving.find(desk, [stick])).lines
    except Stopped:
        pass
    has, waits = revisions_of(town.desk), waiting_at(town.desk)
    disturbed = place.disturbed or town.disturbed
    for line in lines:
        if line.problem is not None and not (disturbed and line.problem.code in AFTER_LOSS):
            raise ModelError(f"intake refused {line.problem.code}", line.problem.values_)
    if before.has - has or before.waits - waits - has:
        raise ModelError("an intake lost revisions", before.has - has or before.waits - waits - has)
    world.made |= has - before.has
    town.believed = dataclasses.replace(before, has=has, waits=waits, answers=_answers(world))
    _keep_papers(world, v, [path for path in stick.iterdir() if path.name not in {each.name for each in chosen}])
    return list(lines)


def _answers(world: World) -> tuple[Answer, ...]:
    """The receipts that the township wrote until now; what they speak of is there."""
    known = world.town.believed.answers
    found = list(known)
    with world.town.desk.vault.read() as reader:
        rows = {row.digest for row in reader.bundles("in") if row.state == "archived"}
        lines = [line for place in world.villages for _, line in reader.stream_lines(_down(world, place))]
        entries = [entry for entry in map(read_entry, lines) if entry.kind == "receipt"]
    places = {str(entry.body["bundle"]): entry.number for entry in entries}
    there = revisions_of(world.town.desk) | waiting_at(world.town.desk)
    for digest in rows - {answer.digest for answer in known}:
        v, bundle = world.written[digest]
        if bundle.revisions - there:
            raise ModelError("a taken bundle isn't at the township", bundle.revisions - there)
        world.answers += 1
        found.append(Answer(world.answers, v, digest, bundle.prefix, places[digest]))
    return tuple(found)


def _keep_papers(world: World, v: int, files: list[Path]) -> None:
    town = world.town.believed
    for path in files:
        last = bundles.read_header(path.read_bytes()).last
        answers = tuple(answer for answer in town.answers if answer.village == v and answer.place <= last)
        world.papers[v].append(Downward(path.read_bytes(), town.has, town.waits, answers))


def _down(world: World, place: Place) -> str:
    return f"{world.town.id}/down/{place.id}"


def send_down(world: World, v: int, _which: int, _how: int) -> None:
    """What waits for a village, on a stick."""
    v %= len(world.villages)
    stick = world.new_folder("stick from the township")
    stick.mkdir()
    try:
        with world.at(world.town) as desk:
            dispatch.send(desk, StationId(world.villages[v].id), stick)
    except Problem as problem:
        ended = problem.code == "SEND_KEY_ENDED" and world.villages[v].disturbed
        if problem.code != "NOTHING_TO_SEND" and not ended:
            raise ModelError(f"send refused {problem.code}", problem.values_) from problem
    except Stopped:
        pass
    _keep_papers(world, v, list(stick.iterdir()))


def bring_home(world: World, v: int, which: int, how: int) -> None:
    """A receipt to its village: the last, or any that was ever written."""
    v %= len(world.villages)
    papers = world.papers[v]
    if papers:
        apply(world, v, papers[-1] if how % 2 else papers[which % len(papers)])


def apply(world: World, v: int, paper: Downward) -> Problem | None:
    """Apply a receipt; the mark moves for nothing else, and as far as it says.

    What a township confirmed before it was put back counts no more once the village has heard of that.
    """
    place = world.villages[v]
    before = place.believed
    with place.desk.vault.read() as reader:
        outdated = is_replaced(reader, bundles.read_header(paper.data).generation)
    try:
        with world.at(place) as desk:
            receipts.apply(desk, paper.data)
    except Problem as problem:
        if problem.code not in AFTER_LOSS or not (place.disturbed or world.town.disturbed):
            raise ModelError(f"receipt refused {problem.code}", problem.values_) from problem
        _same(place, before)
        return problem
    except Stopped:
        _same(place, before)
        return None
    has = revisions_of(place.desk)
    if before.has - has:
        raise ModelError("a receipt lost revisions", before.has - has)
    if has - before.has - world.made:
        raise ModelError("revisions that nobody made", has - before.has - world.made)
    new = [answer for answer in paper.answers if answer not in before.answers and not outdated]
    covered = [len(answer.prefix) for answer in new if before.up[: len(answer.prefix)] == answer.prefix]
    place.believed = dataclasses.replace(
        before,
        has=has,
        up=(*before.up, *_given_up(world, place, before)),
        told=before.told | paper.had | paper.kept,
        acked=max([before.acked, *covered]),
        answers=(*before.answers, *new),
    )
    return None


def _given_up(world: World, place: Place, before: Believed) -> list[RevisionId]:
    """What a restored township had sent down and lost goes up again behind the village's own.

    And what waited in a packet that the village took over, for something that has come now.
    """
    with place.desk.vault.read() as reader:
        ids = written_in(reader, place.desk.station.up_stream)
        down = f"{place.desk.station.parent_id}/down/{place.id}"
        came = {each for generation in reader.generations(down) for each in written_in(reader, down, generation)}
    came |= {each for packet in world.packets if world.villages[packet.successor] is place for each in packet.has}
    mine = [label for label in before.up if ":" not in label]
    more = ids[len(mine) :]
    if ids[: len(mine)] != mine:
        raise ModelError("a receipt changed the village's own stream")
    if set(more) & set(mine) or set(more) - came:
        raise ModelError("given up what the township never sent", more)
    return more


def _same(place: Place, before: Believed) -> None:
    if revisions_of(place.desk) != before.has:
        raise ModelError("a refusal changed something")


# Decisions of the township


def move_household(world: World, v: int, which: int, _how: int) -> None:
    """A household to another village."""
    target = world.villages[v % len(world.villages)]
    with world.town.desk.vault.read() as reader:
        found = [row.id for row in reader.households(limit=10_000) if row.station_id != target.id]
    if found:

        def action(desk: Desk) -> None:
            moving.move_household(desk, found[which % len(found)], StationId(target.id))

        save(world, world.town, action, _BY_CLOCK | _NO_STATION)


def move_resident(world: World, v: int, which: int, how: int) -> None:
    """Somebody into a household of another village."""
    target = world.villages[v % len(world.villages)]
    with world.town.desk.vault.read() as reader:
        found = [row.id for row in reader.residents(limit=10_000) if row.station_id != target.id]
        homes = [row.id for row in reader.households(limit=10_000) if row.station_id == target.id]
    if found and homes:

        def action(desk: Desk) -> None:
            home = homes[how % len(homes)]
            moving.move_resident(desk, found[which % len(found)], StationId(target.id), household_id=home)

        save(world, world.town, action, _BY_CLOCK | _NO_STATION)


def judge_pair(world: World, _s: int, which: int, how: int) -> None:
    """Two folders that look like one person's: one person, or two."""
    pairs = duplicates.waiting(world.town.desk)
    if pairs:
        pair = pairs[which % len(pairs)]
        decide = duplicates.two_people if how % 3 == 0 else duplicates.same_person
        save(world, world.town, lambda desk: decide(desk, pair.first.id, pair.second.id))


def separate(world: World, _s: int, which: int, _how: int) -> None:
    """A merge of folders, undone."""
    with world.town.desk.vault.read() as reader:
        merged = [row.id for row in reader.residents(limit=10_000) if row.merged_into]
    if merged:
        save(world, world.town, lambda desk: duplicates.separate(desk, merged[which % len(merged)]))


def decide(world: World, _s: int, which: int, how: int) -> None:
    """One of the cases that wait for the archivist."""
    cases = decisions.waiting(world.town.desk)
    if cases:
        decide_case(world, cases[which % len(cases)], how)


def decide_case(world: World, case: decisions.Case, how: int) -> None:
    """Choose a side for each open question; take a late change, or send it back."""

    def action(desk: Desk) -> None:
        if case.reason != "parallel":
            if how % 3:
                decisions.adopt(desk, case.revision_id)
            else:
                decisions.send_back(desk, case.revision_id, "请核对")
            return
        sheet = decisions.show(desk, case.record_id)
        side = sheet.sides[how % len(sheet.sides)].revision.id
        decisions.resolve(desk, case.record_id, {question.field: side for question in sheet.questions if question.open})

    save(world, world.town, action, _BY_CLOCK | {"CASE_INCOMPLETE"})


def undo(world: World, _s: int, which: int, how: int) -> None:
    """A record as it was before."""
    people = people_at(world.town.desk)
    if people:
        resident = people[which % len(people)]
        with world.town.desk.vault.read() as reader:
            chosen = [row.record_id for row in reader.records_of(resident)]
            record = chosen[how % len(chosen)]
            earlier = [revision.id for revision in reader.history(record)]
        save(world, world.town, lambda desk: decisions.undo(desk, record, earlier[how % len(earlier)]))


def send_back(world: World, _s: int, which: int, how: int) -> None:
    """A record goes back to be corrected."""
    people = people_at(world.town.desk)
    if people:
        with world.town.desk.vault.read() as reader:
            rows = reader.records_of(people[which % len(people)])
        save(world, world.town, lambda desk: decisions.send_back(desk, rows[how % len(rows)].revision_id, "请核对"))


# Accidents


def crash(world: World, s: int, which: int, how: int) -> None:
    """A computer goes off: now, or in the middle of what somebody does there next."""
    if how % 3 == 0:
        world.crash(world.places[s % len(world.places)])
    else:
        world.clock.stop_in = 1 + which % 9


def jump(world: World, _s: int, which: int, _how: int) -> None:
    """Somebody sets a clock wrong."""
    days = (-3650, -400, -1, 0, 0, 1, 45, 700)[which % 8]
    world.clock.shift = timedelta(days=days, hours=which % 24 - 12)


def back_up(world: World, s: int, _which: int, _how: int) -> None:
    """A copy of a station's folder."""
    world.copy(world.places[s % len(world.places)])


def restore(world: World, s: int, which: int, how: int) -> None:
    """An older copy in place of a station's folder; people know that they did it, or don't tell the program."""
    place = world.places[s % len(world.places)]
    if place.backups:
        place.disturbed = True
        world.put_back(place, which)
        if how % 3:
            begin(place)


def begin(place: Place) -> None:
    """A new generation."""
    begun = generations.begin(place.desk)
    place.believed = dataclasses.replace(place.believed, up=(*place.believed.up, f"generation:{begun.generation}"))


def rotate(world: World, s: int, _which: int, _how: int) -> None:
    """New keys."""
    rotate_at(world.places[s % len(world.places)])


def rotate_at(place: Place) -> None:
    """New keys; announced upward by a village."""
    card = keys.rotate(place.desk).card
    if place.desk.station.level == "village":
        place.believed = dataclasses.replace(place.believed, up=(*place.believed.up, f"card:{card.key_id}"))


def lose_computer(world: World, v: int, _which: int, _how: int) -> None:
    """A village's computer is lost; it enrols anew and is given all that the township has."""
    place = world.villages[v % len(world.villages)]
    if v % len(world.villages) in world.heirs:
        return  # nobody gets a new computer for a station that closes
    known = StationId(place.id)
    place.disturbed = True
    world.replace_computer(place)
    enrol_again(world, place, known)


def enrol_again(world: World, place: Place, known: StationId) -> None:
    """New trust for a known station whose keys are lost or ended."""
    request = enrolment.request(place.desk)
    answer = enrolment.approve(world.town.desk, request.data, known, "电脑坏了")
    enrolment.accept(place.desk, answer.data)


def revoke(world: World, v: int, _which: int, _how: int) -> None:
    """The township ends a village's keys."""
    if v % len(world.villages) in world.heirs:
        return
    place = world.villages[v % len(world.villages)]
    place.disturbed = True
    enrolment.revoke(world.town.desk, StationId(place.id), "电脑被盗")


def honest(place: Place) -> None:
    """Archived is what a receipt says is at the township; the mark is where the receipts put it."""
    believed = place.believed
    with place.desk.vault.read() as reader:
        stream = place.desk.station.up_stream
        mark = reader.mark(stream, "received")
        head = reader.stream_head(stream).number
        said = {revision for revision, verdict, *_ in reader.verdicts() if verdict == Verdict.ARCHIVED}
    if head != len(believed.up):
        raise ModelError("the stream has another length", (head, len(believed.up)))
    if (mark.number if mark else 0) != believed.acked:
        raise ModelError("the mark is elsewhere than the receipts say", (mark, believed.acked))
    if said - believed.told:
        raise ModelError("called archived without being at the township", said - believed.told)
