"""jiandang referral …, jiandang consultation …: slips that go out and come back answered."""

import argparse
from functools import partial
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.services import records, referrals, referring
from jiandang_desktop.services.referrals import Slip


def referral_propose(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Whether a visit asks for a referral, and why."""
    found = referring.proposal(session.desk, RecordId(arguments.VISIT))
    if found is None:
        return Outcome({"proposal": None}, (session.words("referral.not_proposed"),))
    key = "referral.urgent" if found.urgent else "referral.proposed"
    data = {
        "urgent": found.urgent,
        "written": found.written,
        "reasons": list(found.reasons),
        "referral": found.slip,
    }
    return Outcome({"proposal": data}, (session.words(key), *found.reasons))


def referral_new(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The slip after a visit: what is known, and the answers given; filed."""
    typed = session.answers(arguments.ANSWERS) if arguments.ANSWERS else {}
    entry = referring.begin(session.desk, RecordId(arguments.VISIT))
    filed = confirming(
        session,
        arguments,
        lambda confirmed: records.file_record(session.desk, entry, {**entry.answers, **typed}, confirmed),
    )
    return _one(session, referrals.show(session.desk, filed.record.record_id))


def referral_accept(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The patient has been seen where the slip sent him."""
    return _one(session, referrals.accept(session.desk, RecordId(arguments.RECORD), arguments.date, arguments.by))


def referral_track(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What became of the patient was learnt otherwise."""
    return _one(session, referrals.track(session.desk, RecordId(arguments.RECORD), arguments.result, arguments.date))


def _list(kind: str, session: Session, arguments: argparse.Namespace) -> Outcome:
    found = referrals.listing(session.desk, kind, everything=arguments.everything)
    if arguments.waiting or arguments.answered:
        found = [slip for slip in found if slip.waits == arguments.waiting]
    if arguments.overdue:
        found = [slip for slip in found if slip.overdue]
    lines = tuple(_line(session, slip) for slip in found) or (session.words("referral.none"),)
    return Outcome(shapes.listed("slips", [_shape(slip) for slip in found]), lines)


def _show(kind: str, session: Session, arguments: argparse.Namespace) -> Outcome:
    slip = _of_kind(kind, referrals.show(session.desk, RecordId(arguments.RECORD)))
    form = session.desk.forms.edition(slip.record.form_id, slip.record.form_version)
    told = (f"{label}: {words}" for label, words in records.answers_in_words(form, slip.answers))
    data = {"slip": _shape(slip), "record": shapes.record(slip.record)}
    return Outcome(data, (_line(session, slip), *told))


def _answer(kind: str, session: Session, arguments: argparse.Namespace) -> Outcome:
    record_id, typed = RecordId(arguments.RECORD), session.answers(arguments.ANSWERS)
    _of_kind(kind, referrals.show(session.desk, record_id))
    done = confirming(session, arguments, lambda confirmed: referrals.answer(session.desk, record_id, typed, confirmed))
    return _one(session, done)


referral_list, referral_show, referral_answer = (partial(do, "referral") for do in (_list, _show, _answer))
consultation_list, consultation_show, consultation_answer = (
    partial(do, "consultation") for do in (_list, _show, _answer)
)


def _of_kind(kind: str, slip: Slip) -> Slip:
    if slip.kind.id != kind:
        raise Problem("NO_SUCH_SLIP")
    return slip


def _one(session: Session, slip: Slip) -> Outcome:
    return Outcome({"slip": _shape(slip)}, (_line(session, slip),))


def _line(session: Session, slip: Slip) -> str:
    return session.words(
        "referral.line",
        id=slip.record.record_id,
        date=slip.asked_on,
        name=slip.resident.name,
        to=slip.to,
        state=referrals.state_words(session.desk, slip),
    )


def _shape(slip: Slip) -> dict[str, Any]:
    return {
        "record": slip.record.record_id,
        "kind": slip.kind.id,
        "resident": slip.resident.id,
        "name": slip.resident.name,
        "state": slip.state.value,
        "overdue": slip.overdue,
        "asked_on": slip.asked_on,
        "answer_by": slip.answer_by,
        "from": slip.sender,
        "to": slip.to,
        "about": slip.about,
        "answered_on": slip.answered_on,
        "result": slip.result,
    }
