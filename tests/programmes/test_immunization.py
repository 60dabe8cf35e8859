"""The immunization programme: its data are the reference's, and golden cases of due, overdue, too early."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.programmes.immunization import Entry, Given, ImmunizationSchedule, Interval, State

from .conftest import RESOURCES

SCHEDULE = ImmunizationSchedule.load(RESOURCES / "programmes")
CARDS = {"je_live": "jel", "je_inactivated": "jei", "mpsv_a": "mpsva", "mpsv_ac": "mpsvac"}
CARDS |= {"hepa_live": "hepal", "hepa_inactivated": "hepai"}
CODES = [rule.code for version in SCHEDULE.versions for vaccine in version.vaccines for rule in vaccine.doses]


def entry(code: str, birth: str, today: str, *doses: tuple[str, str], sex: str = "1") -> Entry:
    found = SCHEDULE.plan(birth, sex, [Given(*dose) for dose in doses], today).entries
    return next(one for one in found if one.rule.code == code)


def test_the_data_are_the_references(reference: Path) -> None:
    """Each version, vaccine and dose of immunization_schedule.yaml, with ages and intervals."""
    raw = yaml.safe_load((reference / "forms" / "immunization_schedule.yaml").read_text("utf-8"))
    assert [version.id for version in SCHEDULE.versions] == [one["id"] for one in raw["versions"]]
    for version, theirs in zip(SCHEDULE.versions, raw["versions"], strict=True):
        assert (version.title, version.valid_from) == (theirs["title_zh"], theirs["valid_from"])
        assert version.valid_to == (theirs["valid_to"] or "")
        assert [vaccine.code for vaccine in version.vaccines] == [one["code"] for one in theirs["vaccines"]]
        for vaccine, told in zip(version.vaccines, theirs["vaccines"], strict=True):
            names = (vaccine.name, vaccine.abbreviation, vaccine.route, vaccine.amount, vaccine.note)
            assert names == (told["name_zh"], told["abbrev"], told["route_zh"], told["amount"], told["note_zh"])
            assert vaccine.valid_from == told.get("valid_from", "")
            for rule, dose in zip(vaccine.doses, told["doses"], strict=True):
                assert rule.code == f"{CARDS.get(vaccine.code, vaccine.code)}_{dose['dose']}"
                assert rule.earliest_months == dose["age_months"]
                assert rule.before_months == dose.get("complete_before_months")
                assert rule.within_hours == dose.get("complete_within_hours")
                assert rule.interval == interval(dose.get("min_interval"))
                assert rule.other_interval == interval(dose.get("min_interval_alternative"))
                assert rule.longest_interval == interval(dose.get("max_interval"))
                assert rule.interval_words == dose.get("interval_note_zh", "")
                assert rule.sex == ("2" if dose.get("sex") == "female" else "")


def interval(raw: dict[str, Any] | None) -> Interval | None:
    if raw is None:
        return None
    vaccine, _, number = raw.get("after", "").partition(" dose ")
    after = f"{CARDS.get(vaccine, vaccine)}_{number}" if vaccine else ""
    return Interval(raw.get("days", 0), raw.get("months", 0), after)


def test_every_dose_has_its_place_on_the_card() -> None:
    """Codes of the programme are options of the vaccination card."""
    text = (RESOURCES / "forms" / "vaccination_card.toml").read_text("utf-8")
    assert [code for code in CODES if f'code = "{code}"' not in text] == []


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2020-12-31", None),
        ("2021-01-01", "nip_2021"),
        ("2024-12-31", "nip_2021"),
        ("2025-01-01", "nip_2025"),
        ("2026-06-16", "nip_2025"),
        ("2026-06-17", "nip_2026"),
    ],
)
def test_version_in_force(day: str, version: str | None) -> None:
    """D54: versions go by dates."""
    found = SCHEDULE.version_on(day)
    assert (found.id if found else None) == version


@pytest.mark.parametrize(
    ("code", "today", "doses", "state", "earliest", "latest"),
    [
        # Hepatitis B at birth within 24 hours: on time until the day after.
        ("hepb_1", "2026-01-31", (), State.DUE, "2026-01-31", "2026-02-01"),
        ("hepb_1", "2026-02-02", (), State.OVERDUE, "2026-01-31", "2026-02-01"),
        # Born on 31 January, one month old on 28 February (D11); 28 days after dose 1 fall on the same day.
        ("hepb_2", "2026-02-27", (("hepb_1", "2026-01-31"),), State.UPCOMING, "2026-02-28", ""),
        ("hepb_2", "2026-02-28", (("hepb_1", "2026-01-31"),), State.DUE, "2026-02-28", ""),
        # Dose 1 late: the interval decides.
        ("hepb_2", "2026-03-10", (("hepb_1", "2026-02-20"),), State.UPCOMING, "2026-03-20", ""),
        # Nothing given: dose 2 waits for dose 1.
        ("hepb_2", "2026-03-10", (), State.WAITING, "2026-02-28", ""),
        # BCG before 3 months; overdue from then on; not given from 4 years.
        ("bcg_1", "2026-04-29", (), State.DUE, "2026-01-31", "2026-04-29"),
        ("bcg_1", "2026-04-30", (), State.OVERDUE, "2026-01-31", "2026-04-29"),
        ("bcg_1", "2030-01-30", (), State.OVERDUE, "2026-01-31", "2026-04-29"),
        ("bcg_1", "2030-01-31", (), State.TOO_OLD, "2026-01-31", "2026-04-29"),
        # DTaP from 2 months since 2025; without a limit of its own it is overdue when its series is.
        ("dtap_1", "2026-03-30", (), State.UPCOMING, "2026-03-31", ""),
        ("dtap_1", "2026-03-31", (), State.DUE, "2026-03-31", ""),
        ("dtap_1", "2027-01-30", (), State.DUE, "2026-03-31", ""),
        ("dtap_1", "2027-01-31", (), State.OVERDUE, "2026-03-31", ""),
        ("dtap_3", "2027-01-31", (), State.OVERDUE, "2026-07-31", "2027-01-30"),
        # Live vaccines: MMR 10 days ago, encephalitis 28 days after it or on the same day.
        ("jel_1", "2026-10-01", (("mmr_1", "2026-10-01"),), State.DUE, "2026-09-30", "2027-01-30"),
        ("jel_1", "2026-10-11", (("mmr_1", "2026-10-01"),), State.UPCOMING, "2026-10-29", "2027-01-30"),
        ("jel_1", "2026-10-29", (("mmr_1", "2026-10-01"),), State.DUE, "2026-09-30", "2027-01-30"),
        ("jel_1", "2026-10-11", (("mmr_1", "2026-09-29"),), State.UPCOMING, "2026-10-27", "2027-01-30"),
        # The other vaccine of a pair.
        ("jei_1", "2026-11-01", (), State.ALTERNATIVE, "", ""),
        ("jel_1", "2026-11-01", (("jei_1", "2026-10-01"),), State.ALTERNATIVE, "", "2027-01-30"),
        ("jei_2", "2026-10-07", (("jei_1", "2026-10-01"),), State.UPCOMING, "2026-10-08", ""),
        # Meningococcal A isn't given from 24 months; then A+C doesn't wait for it.
        ("mpsva_1", "2028-01-31", (), State.TOO_OLD, "2026-07-31", "2027-01-30"),
        ("mpsvac_1", "2029-01-31", (), State.DUE, "2029-01-31", "2030-01-30"),
        ("mpsvac_1", "2029-01-31", (("mpsva_2", "2027-12-31"),), State.DUE, "2029-01-31", "2030-01-30"),
        # From 18 years nothing is made up for.
        ("mmr_1", "2044-01-30", (), State.OVERDUE, "2026-09-30", "2027-01-30"),
        ("mmr_1", "2044-01-31", (), State.TOO_OLD, "2026-09-30", "2027-01-30"),
    ],
)
def test_a_child_born_on_31_january_2026(
    code: str, today: str, doses: tuple[tuple[str, str], ...], state: State, earliest: str, latest: str
) -> None:
    """immunization_schedule.yaml due_rule: earliest, latest, interval, overdue."""
    found = entry(code, "2026-01-31", today, *doses)
    assert (found.state, found.earliest, found.latest) == (state, earliest, latest)


@pytest.mark.parametrize(
    ("birth", "code", "doses", "state"),
    [
        # Least age, no tolerance (D57): polio at 2 months.
        ("2026-01-10", "polio_1", (("polio_1", "2026-03-10"),), State.GIVEN),
        ("2026-01-10", "polio_1", (("polio_1", "2026-03-09"),), State.TOO_EARLY),
        # Least interval: 28 days.
        ("2026-01-10", "polio_2", (("polio_1", "2026-03-20"), ("polio_2", "2026-04-17")), State.GIVEN),
        ("2026-01-10", "polio_2", (("polio_1", "2026-03-20"), ("polio_2", "2026-04-16")), State.TOO_EARLY),
        # Given again in time: the second one counts.
        ("2026-01-10", "polio_1", (("polio_1", "2026-03-09"), ("polio_1", "2026-04-08")), State.GIVEN),
        # DTaP at 2 months: too early by the programme of 2021, right by that of 2025 (D56: the day of the dose).
        ("2024-10-20", "dtap_1", (("dtap_1", "2024-12-25"),), State.TOO_EARLY),
        ("2024-10-20", "dtap_1", (("dtap_1", "2025-01-01"),), State.GIVEN),
        # Months of interval: DTaP 4 half a year after DTaP 3.
        ("2024-06-15", "dtap_4", (("dtap_3", "2025-08-31"), ("dtap_4", "2026-02-28")), State.GIVEN),
        ("2024-06-15", "dtap_4", (("dtap_3", "2025-08-31"), ("dtap_4", "2026-02-27")), State.TOO_EARLY),
        # Before the first version that is known nothing is judged.
        ("2020-01-10", "dtap_1", (("dtap_1", "2020-03-10"),), State.GIVEN),
        # The interval to the last dose given, where the one between is missing.
        ("2026-01-10", "polio_3", (("polio_1", "2026-05-01"), ("polio_3", "2026-05-20")), State.TOO_EARLY),
        # DT in place of the fifth DTaP.
        ("2018-01-10", "dtap_5", (("dt_1", "2024-02-10"),), State.GIVEN),
        # An older measles vaccine is a dose of the series.
        ("2019-01-10", "mmr_1", (("mr_1", "2019-09-10"), ("mmr_1", "2020-07-10")), State.GIVEN),
        ("2019-01-10", "mmr_2", (("mr_1", "2019-09-10"), ("mmr_1", "2020-07-10")), State.GIVEN),
    ],
)
def test_doses_on_the_card(birth: str, code: str, doses: tuple[tuple[str, str], ...], state: State) -> None:
    """What counts as given; as of 22 November 2026."""
    assert entry(code, birth, "2026-11-22", *doses).state == state


def test_dt_under_the_programme_of_2021() -> None:
    """DT at 6 years: 12 months after DTaP 4; half a year after DTaP 3 where there were only three."""
    four = (("dtap_3", "2018-09-01"), ("dtap_4", "2023-08-01"))
    assert entry("dt_1", "2018-01-10", "2024-03-01", *four).earliest == "2024-08-01"
    assert entry("dt_1", "2018-01-10", "2024-03-01", ("dtap_3", "2023-10-01")).earliest == "2024-04-01"


def test_hpv_is_for_girls_from_its_day() -> None:
    """HPV since 10 November 2025, for girls of 13 born from 10 November 2011 on."""

    def codes(birth: str, sex: str, today: str) -> set[str]:
        return {one.rule.code for one in SCHEDULE.plan(birth, sex, [], today).entries if "hpv" in one.rule.code}

    assert codes("2012-11-10", "2", "2025-11-10") == {"hpv2_1", "hpv2_2"}
    assert codes("2012-11-10", "2", "2025-11-09") == set()
    assert codes("2012-11-10", "1", "2025-11-10") == set()
    assert codes("2011-11-09", "2", "2026-11-10") == set()
    assert entry("hpv2_1", "2012-11-10", "2025-11-10", sex="2").state == State.DUE
    second = entry("hpv2_2", "2012-11-10", "2026-05-10", ("hpv2_1", "2025-12-01"), sex="2")
    assert (second.state, second.earliest) == (State.UPCOMING, "2026-06-01")


def test_hints_stop_nothing() -> None:
    """D82: hepatitis B 3 less than four months after dose 1; live vaccines less than 28 days apart."""
    doses = (("hepb_1", "2026-03-01"), ("hepb_2", "2026-04-01"), ("hepb_3", "2026-06-30"))
    third = entry("hepb_3", "2025-12-01", "2026-11-22", *doses)
    assert (third.state, third.hints) == (State.GIVEN, ("advised_interval",))
    live = (("mmr_1", "2026-08-01"), ("jel_1", "2026-08-28"))
    assert entry("jel_1", "2025-12-01", "2026-11-22", *live).hints == ("live_interval",)
    apart = (("mmr_1", "2026-08-01"), ("jel_1", "2026-08-29"))
    assert entry("jel_1", "2025-12-01", "2026-11-22", *apart).hints == ()


def test_what_can_be_given_today() -> None:
    """Catching up at 14 months with nothing but the doses of birth: the first of each series, not those that wait."""
    plan = SCHEDULE.plan("2025-09-01", "1", [Given("hepb_1", "2025-09-01"), Given("bcg_1", "2025-09-01")], "2026-11-22")
    assert [one.rule.code for one in plan.now("2026-11-22")] == [
        "hepb_2", "polio_1", "dtap_1", "mmr_1", "jel_1", "mpsva_1",
    ]  # fmt: skip
    assert plan.next_day("2026-11-22") == "2026-11-22"
    done = [Given(code, "2026-01-01") for code in ("hepb_1", "bcg_1")]
    assert SCHEDULE.plan("2026-01-01", "1", done, "2026-01-05").next_day("2026-01-05") == "2026-02-01"


DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 1, 1))


@given(DAYS, DAYS, st.sampled_from("0129"), st.lists(st.tuples(st.sampled_from([*CODES, "mr_1", "other"]), DAYS)))
def test_any_card_gives_a_plan(birth: Any, today: Any, sex: str, doses: list[tuple[str, Any]]) -> None:
    """Whatever a card says, each dose of the programme has one state, and what is given has a day."""
    cards = [Given(code, day.isoformat()) for code, day in doses]
    plan = SCHEDULE.plan(birth.isoformat(), sex, cards, today.isoformat())
    codes = [one.rule.code for one in plan.entries]
    assert len(codes) == len(set(codes))
    assert all(bool(one.given_on) for one in plan.of(State.GIVEN, State.TOO_EARLY))
