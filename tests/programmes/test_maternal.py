"""Pregnancies: five checks by the last period, care after delivery, ends, and one after another."""

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, WOMAN, Book, duties, holding, last, owed, states, the_duty, window

LMP = "2026-01-05"


def booked(book: Book, day: str = "2026-03-02", lmp: str = LMP, **answers: object) -> None:
    book.add("antenatal_first_visit", day, **{"last_menstrual_period": lmp, "referral": "1", **answers})


@pytest.mark.parametrize(
    ("name", "opens", "closes", "lapses"),
    [
        ("anc1", "2026-01-05", "2026-04-05", "2026-04-27"),
        ("anc2", "2026-04-27", "2026-05-31", "2026-06-01"),
        ("anc3", "2026-06-01", "2026-06-28", "2026-07-20"),
        ("anc4", "2026-07-20", "2026-09-20", "2026-09-21"),
        ("anc5", "2026-09-21", "2026-10-18", "2027-01-24"),
    ],
)
def test_antenatal_windows(programmes: Programmes, name: str, opens: str, closes: str, lapses: str) -> None:
    """Before 13 weeks (day 90), weeks 16-20, 21-24, 28-36, 37-40; each until the next one opens."""
    book = Book()
    book.decide("maternal", "1", "2026-02-02", lmp_date=LMP)
    duty = the_duty(programmes.care(WOMAN, book.records), "maternal", name)
    assert (duty.opens, duty.closes, duty.lapses) == (opens, closes, lapses)


def test_booked_late_the_first_check_is_owed_at_the_first_contact(programmes: Programmes) -> None:
    """antenatal_first_visit, late_rule: filled in at the first contact and marked as late."""
    book = Book()
    book.decide("maternal", "1", "2026-05-20", lmp_date=LMP)
    care = programmes.care(WOMAN, book.records)
    first = the_duty(care, "maternal", "anc1")
    assert (*window(first), first.lapses, first.reason) == (
        "2026-05-20",
        "2026-05-20",
        "2026-06-03",
        "2027-01-24",
        "anc1_late",
    )
    assert owed(care, "maternal", "2026-05-20") == {"anc1", "anc2"}
    booked(book, "2026-05-25")
    care = programmes.care(WOMAN, book.records)
    assert owed(care, "maternal", "2026-05-24") == {"anc1", "anc2"}
    assert the_duty(care, "maternal", "anc1").done_on == "2026-05-25"
    assert owed(care, "maternal", "2026-05-25") == {"anc2"}


def test_who_comes_with_a_later_check_had_the_first_one_elsewhere(programmes: Programmes) -> None:
    book = Book()
    book.decide("maternal", "1", "2026-05-20", lmp_date=LMP)
    book.add("antenatal_visits_2_5", "2026-05-25", visit_no="v2", gestational_weeks=20, referral="1")
    care = programmes.care(WOMAN, book.records)
    assert owed(care, "maternal", "2026-05-24") == {"anc1", "anc2"}
    assert owed(care, "maternal", "2026-05-25") == set()


def test_ultrasound_corrects_the_anchor(programmes: Programmes) -> None:
    """anchor_note: expected day of delivery - 280 days."""
    book = Book()
    booked(book, expected_delivery_date="2026-10-22", edd_corrected_by_ultrasound=True)
    care = programmes.care(WOMAN, book.records)
    assert care.memberships[0].anchor == "2026-01-15"
    assert the_duty(care, "maternal", "anc2").opens == "2026-05-07"


def test_unknown_period_counts_from_the_expected_day(programmes: Programmes) -> None:
    book = Book()
    book.add("antenatal_first_visit", "2026-03-02", lmp_unknown=True, expected_delivery_date="2026-10-22")
    assert programmes.care(WOMAN, book.records).memberships[0].anchor == "2026-01-15"


def test_weeks_serve_where_no_first_visit_is_there(programmes: Programmes) -> None:
    """A woman who came with a booklet from elsewhere: 17 weeks + 2 days on 7 May."""
    book = Book()
    book.add("antenatal_visits_2_5", "2026-05-07", visit_no="v2", gestational_weeks=17, gestational_days=2)
    care = programmes.care(WOMAN, book.records)
    assert care.memberships[0].anchor == "2026-01-06"
    assert owed(care, "maternal", "2026-05-08") == set()


def test_the_last_period_may_become_known_later(programmes: Programmes) -> None:
    """Registered without, dated at the first check."""
    book = Book()
    book.decide("maternal", "1", "2026-02-10")
    assert duties(programmes.care(WOMAN, book.records), "maternal") == []
    booked(book)
    care = programmes.care(WOMAN, book.records)
    assert (care.memberships[0].opened_on, care.memberships[0].anchor) == ("2026-02-10", LMP)
    assert the_duty(care, "maternal", "anc2").known_from == "2026-03-02"


def test_checks_go_by_their_column(programmes: Programmes) -> None:
    """D51: the column that the doctor chose."""
    book = Book()
    booked(book)
    check = book.add("antenatal_visits_2_5", "2026-05-07", visit_no="v2", gestational_weeks=17, referral="1")
    care = programmes.care(WOMAN, book.records)
    assert the_duty(care, "maternal", "anc1").done_on == "2026-03-02"
    assert the_duty(care, "maternal", "anc2").done_by == check.record_id
    assert owed(care, "maternal", "2026-06-15") == {"anc3"}


def test_a_referral_is_followed_up_within_two_weeks(programmes: Programmes) -> None:
    """异常转诊, 2周内随访转诊结果."""
    book = Book()
    booked(book, referral="2")
    recall = last(programmes.care(WOMAN, book.records), "maternal")
    assert (recall.form_id, window(recall)) == ("antenatal_visits_2_5", ("2026-03-02", "2026-03-16", "2026-03-16"))
    book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02", return_date="2026-03-10")
    assert last(programmes.care(WOMAN, book.records), "maternal").done_on == "2026-03-10"


def test_a_pregnancy_at_risk_is_checked_more_often(programmes: Programmes) -> None:
    """产前随访服务记录表: 高危孕妇按需增加, on the days that the doctor writes; a referral has its two weeks."""
    book = Book()
    booked(book)
    check = {"visit_no": "v4", "gestational_weeks": 29, "referral": "1"}
    book.add("antenatal_visits_2_5", "2026-07-27", **check, next_visit_date="2026-08-10")
    care = programmes.care(WOMAN, book.records)
    extra = the_duty(care, "maternal", "appointment")
    assert (extra.form_id, window(extra)) == ("antenatal_visits_2_5", ("2026-08-03", "2026-08-10", "2026-08-10"))
    assert owed(care, "maternal", "2026-08-11") == {"appointment"}
    book.add("antenatal_visits_2_5", "2026-08-10", **{**check, "referral": "2"}, next_visit_date="2026-08-24")
    care = programmes.care(WOMAN, book.records)
    assert owed(care, "maternal", "2026-08-11") == {"recall"}
    assert the_duty(care, "maternal", "appointment").done_on == "2026-08-10"


def test_delivery_is_asked_for_from_the_expected_day(programmes: Programmes) -> None:
    """Without it the visit at home can't be planned (practice)."""
    book = Book()
    booked(book)
    duty = the_duty(programmes.care(WOMAN, book.records), "maternal", "delivery")
    assert (duty.opens, duty.closes) == ("2026-10-12", "2026-10-26")


@pytest.mark.parametrize(
    ("discharge", "expected"),
    [("", ("2026-10-04", "2026-10-04", "2026-10-15")), ("2026-10-05", ("2026-10-05", "2026-10-05", "2026-10-12"))],
)
def test_home_visit_after_delivery(programmes: Programmes, discharge: str, expected: tuple[str, str, str]) -> None:
    """Within 7 days of discharge; unknown: day 3 to 14 after delivery (D28). No antenatal check is due any more."""
    book = Book()
    booked(book)
    more = {"discharge_date": discharge} if discharge else {}
    book.decide("maternal", "1", "2026-10-02", lmp_date=LMP, delivery_date="2026-10-01", **more)
    care = programmes.care(WOMAN, book.records)
    assert window(the_duty(care, "maternal", "pnc_home")) == expected
    assert window(the_duty(care, "maternal", "pnc_42")) == ("2026-11-12", "2026-11-12", "2026-11-26")
    assert owed(care, "maternal", "2026-10-06") == {"pnc_home"}
    assert the_duty(care, "maternal", "delivery").done_on == "2026-10-02"


def test_the_check_at_42_days_closes(programmes: Programmes) -> None:
    """处理 1结案."""
    book = Book()
    booked(book)
    book.add("postpartum_visit", "2026-10-08", delivery_date="2026-10-01", referral="1")
    book.add("postpartum_42d_check", "2026-11-13", delivery_date="2026-10-01", handling="1")
    care = programmes.care(WOMAN, book.records)
    assert states(care, "maternal") == [("open", "2026-03-02"), ("closed", "2026-11-13")]
    assert owed(care, "maternal", "2026-11-13") == set()


def test_not_recovered_is_referred_and_stays(programmes: Programmes) -> None:
    """处理 2转诊: the result within two weeks; 90 days after delivery the stay ends (practice)."""
    book = Book()
    booked(book)
    book.add("postpartum_42d_check", "2026-11-13", delivery_date="2026-10-01", handling="2")
    care = programmes.care(WOMAN, book.records)
    assert owed(care, "maternal", "2026-11-20") >= {"recall"}
    assert states(care, "maternal")[-1] == ("closed", "2026-12-30")


@pytest.mark.parametrize("reason", ["pregnancy_ended", "stillbirth"])
def test_termination_and_stillbirth_close(programmes: Programmes, reason: str) -> None:
    """rules 3.2: closed with the reason; nothing is due any more, late papers of it open nothing."""
    book = Book()
    booked(book)
    book.decide("maternal", "3", "2026-04-20", closing_reason=reason, lmp_date=LMP)
    book.add("antenatal_visits_2_5", "2026-04-28", visit_no="v2", gestational_weeks=16)
    care = programmes.care(WOMAN, book.records)
    closed = holding(care, "maternal", "2027-12-31")
    assert closed is not None
    assert (closed.state.value, closed.since, closed.reason) == ("closed", "2026-04-20", reason)
    assert owed(care, "maternal", "2026-05-01") == set()


def test_one_record_tells_a_whole_stay(programmes: Programmes) -> None:
    """The record that opened it, revised to close it."""
    book = Book()
    book.decide("maternal", "3", "2026-04-20", enrolled_on="2026-02-02", lmp_date=LMP, closing_reason="pregnancy_ended")
    assert states(programmes.care(WOMAN, book.records), "maternal") == [
        ("open", "2026-02-02"),
        ("closed", "2026-04-20"),
    ]


def test_a_second_pregnancy_is_a_second_stay(programmes: Programmes) -> None:
    """The first closed by hand or not, its days never end the second."""
    book = Book()
    booked(book, "2025-03-02", "2025-01-05")
    booked(book, "2026-03-02", "2026-01-05")
    care = programmes.care(WOMAN, book.records)
    assert states(care, "maternal") == [
        ("open", "2025-03-02"),
        ("closed", "2026-01-24"),
        ("open", "2026-03-02"),
        ("closed", "2027-01-24"),
    ]
    assert [duty.done_on for duty in duties(care, "maternal", "anc1")] == ["2025-03-02", "2026-03-02"]


def test_pregnant_again_before_the_first_was_closed(programmes: Programmes) -> None:
    """Delivered in October, pregnant again in December: the next one takes the place of the first."""
    book = Book()
    booked(book)
    book.add("postpartum_visit", "2026-10-08", delivery_date="2026-10-01")
    booked(book, "2026-12-20", "2026-11-15")
    care = programmes.care(WOMAN, book.records)
    assert states(care, "maternal")[:2] == [("open", "2026-03-02"), ("open", "2026-12-20")]
    assert care.memberships[0].until == "2026-12-20"
    assert owed(care, "maternal", "2026-12-20") == set()
    assert owed(care, "maternal", "2027-03-10") == {"anc2"}


def test_registered_again_without_a_date_after_a_loss(programmes: Programmes) -> None:
    """Lost in April, registered anew in August before anybody knows the last period: another pregnancy."""
    book = Book()
    booked(book)
    book.decide("maternal", "3", "2026-04-20", closing_reason="pregnancy_ended", enrolled_on="2026-03-02")
    book.decide("maternal", "1", "2026-08-10")
    care = programmes.care(WOMAN, book.records)
    assert states(care, "maternal")[:3] == [("open", "2026-03-02"), ("closed", "2026-04-20"), ("open", "2026-08-10")]
    assert holding(care, "maternal", "2027-02-01").state.value == "open"  # type: ignore[union-attr]


def test_no_news_of_the_delivery_for_long(programmes: Programmes) -> None:
    """384 days after the last period (practice) the stay ends by itself and says why."""
    book = Book()
    booked(book)
    care = programmes.care(WOMAN, book.records)
    closed = holding(care, "maternal", "2027-01-24")
    assert closed is not None
    assert (closed.state.value, closed.reason) == ("closed", "outcome_unknown")
    assert the_duty(care, "maternal", "delivery").state("2027-01-23") is DutyState.OVERDUE


@pytest.mark.parametrize(
    ("form_id", "answers"),
    [
        ("hypertension_followup", {"emergency_signs": ["pregnancy"], "visit_classification": "2"}),
        ("maternal_risk_grading", {"risk_color": "green"}),
        ("encounter_record", {"assessment": "早孕，停经50天"}),
        ("physical_exam", {"abnormality_1": "孕12周"}),
    ],
)
def test_a_pregnancy_without_file_is_pointed_out(
    programmes: Programmes, form_id: str, answers: dict[str, object]
) -> None:
    """First-time finding; after 300 days nobody asks any more."""
    book = Book()
    book.add(form_id, "2026-03-02", **answers)
    care = programmes.care(WOMAN, book.records)
    proposed = holding(care, "maternal", "2026-03-02")
    assert proposed is not None
    assert (proposed.state.value, proposed.reason) == ("proposed", "pregnancy_noted")
    assert holding(care, "maternal", "2026-12-27") is None
    booked(book)
    assert states(programmes.care(WOMAN, book.records), "maternal")[0] == ("open", "2026-03-02")


@pytest.mark.parametrize(
    "words",
    [
        "未孕",
        "排除妊娠",
        "否认怀孕",
        "妊娠期糖尿病史",
        "月经不调",
        "早孕试验阴性",
        "尿妊娠试验（-）",
        "异位妊娠",
        "早孕流产后",
        "计划怀孕",
        "孕前检查",
        "孕2产1",
    ],
)
def test_words_that_deny_it_propose_nothing(programmes: Programmes, words: str) -> None:
    book = Book()
    book.add("encounter_record", "2026-03-02", assessment=words)
    assert states(programmes.care(WOMAN, book.records), "maternal") == []


def test_not_for_men(programmes: Programmes) -> None:
    book = Book()
    booked(book)
    assert states(programmes.care(MAN, book.records), "maternal") == []


def test_an_older_childs_registration_isn_t_this_pregnancys_delivery(programmes: Programmes) -> None:
    """Neither where the last period is known nor where it isn't."""
    for dated in ({"lmp_date": LMP}, {}):
        book = Book()
        book.decide("maternal", "1", "2026-02-02", **dated)
        book.add("resident", "2021-05-02", birth_date="2021-05-02", filing_date="2026-03-01", status="1")
        care = programmes.care(WOMAN, book.records)
        assert states(care, "maternal")[0] == ("open", "2026-02-02")
        assert holding(care, "maternal", "2026-08-01") is not None
        assert "pnc_42" not in {duty.id for duty in duties(care, "maternal")}
        book.add("resident", "2026-10-05", birth_date="2026-10-05", filing_date="2026-10-08", status="1")
        assert "pnc_42" in {duty.id for duty in duties(programmes.care(WOMAN, book.records), "maternal")}
