"""The generated people: repeatable, believable, artificial, and fit for every form."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.demo.artificial import ArtificialNumbers
from jiandang_desktop.demo.people import GeneratedHousehold, GeneratedResident, Village
from jiandang_desktop.demo.records import GeneratedRecord, records_for
from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.domain.divisions import Divisions
from jiandang_desktop.domain.identity import IdDocuments
from jiandang_desktop.domain.names import clean_name
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import FormContext, require_valid

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
TODAY = date(2026, 11, 24)
STATION = {"level": "village", "name": "河湾嘎查卫生室", "doctor": "白玉梅", "scheme": "17"}


@pytest.fixture(scope="module")
def village() -> Village:
    return Village.load(RESOURCES, 7, TODAY)


@pytest.fixture(scope="module")
def households(village: Village) -> tuple[GeneratedHousehold, ...]:
    return village.generate(600)


@pytest.fixture(scope="module")
def people(households: tuple[GeneratedHousehold, ...]) -> list[GeneratedResident]:
    return [member for household in households for member in household.members]


@pytest.fixture(scope="module")
def forms() -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))


def test_the_same_seed_gives_the_same_village() -> None:
    first, second = (Village.load(RESOURCES, 3, TODAY).generate(100) for _ in range(2))
    other = Village.load(RESOURCES, 4, TODAY).generate(100)
    assert first == second
    assert first != other


def test_there_are_as_many_residents_as_asked_for(people: list[GeneratedResident]) -> None:
    """Households stay whole, so there may be a few more."""
    assert 600 <= len(people) < 612


def test_every_number_passes_every_check_and_says_what_the_person_says(people: list[GeneratedResident]) -> None:
    documents = IdDocuments.load(RESOURCES / "codes" / "id_documents.toml", Divisions.load(RESOURCES / "divisions"))
    for person in people:
        if "id_no" not in person.answers:
            assert person.answers["no_id_reason"] == "1"
            continue
        reading = documents.read(person.answers["id_type"], person.answers["id_no"], TODAY.isoformat())
        assert reading.findings == ()
        if person.answers["id_type"] == "01":
            assert (reading.birth_date, reading.sex) == (person.answers["birth_date"], person.sex)


def test_every_number_is_recognisably_artificial_and_given_once(
    people: list[GeneratedResident], households: tuple[GeneratedHousehold, ...]
) -> None:
    """docs/generated-people.md: 460302 and an order of 9xx; phones of eleven digits in 14000; certificates Z99."""
    numbers = [person.answers["id_no"] for person in people if "id_no" in person.answers]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number.startswith("Z99") or (number.startswith("460302") and number[14] == "9")
    phones = [person.answers["phone"] for person in people if "phone" in person.answers]
    assert len(set(phones)) == len(phones)
    contacts = [person.contact_phone for person in people] + [home.answers["phone"] for home in households]
    assert all(phone.startswith("14000") and len(phone) == 11 for phone in phones + contacts)


def test_a_day_has_room_for_fifty_births_of_one_sex() -> None:
    numbers = ArtificialNumbers()
    made = {numbers.id_number(TODAY, sex) for sex in "12" for _ in range(50)}
    assert len(made) == 100
    with pytest.raises(ValueError, match="too many"):
        numbers.id_number(TODAY, "1")


def test_families_are_believable(households: tuple[GeneratedHousehold, ...]) -> None:
    for household in households:
        relations = Counter(member.answers["relation_to_head"] for member in household.members)
        assert relations["02"] == 1
        assert relations["11"] + relations["12"] <= 1
        head = next(member for member in household.members if member.answers["relation_to_head"] == "02")
        for member in household.members:
            match member.answers["relation_to_head"]:
                case "20" | "30":
                    assert head.age - member.age >= 18
                case "41" | "42":
                    assert head.age - member.age >= 36
                case "51" | "52":
                    assert member.age - head.age >= 18
        assert household.answers["present_persons"] == len(household.members)


def test_relations_state_the_right_sex(people: list[GeneratedResident]) -> None:
    relations = load_code_tables(RESOURCES / "codes")["family_relation"]
    for person in people:
        stated = relations.mapped(person.answers["relation_to_head"], "sex")
        assert stated in {None, person.sex}


def test_ages_are_those_of_a_village(people: list[GeneratedResident]) -> None:
    old = sum(person.age >= 60 for person in people) / len(people)
    small = sum(person.age < 7 for person in people) / len(people)
    assert 0.2 < old < 0.5
    assert 0.03 < small < 0.25
    assert max(person.age for person in people) < 100
    for person in people:
        years = TODAY.year - person.born.year - ((TODAY.month, TODAY.day) < (person.born.month, person.born.day))
        assert years == person.age


def test_names_are_clean_and_of_many_kinds(people: list[GeneratedResident]) -> None:
    names = [person.answers["name"] for person in people]
    assert all(clean_name(name) == name for name in names)
    assert any("·" in name for name in names)
    assert any(ord(character) >= 0x20000 for name in names for character in name)
    assert len({person.answers["ethnicity"] for person in people}) >= 5
    assert len({(person.answers["name"], person.born) for person in people}) == len(people)


def test_even_a_small_village_has_rare_characters() -> None:
    members = [member for home in Village.load(RESOURCES, 11, TODAY).generate(60) for member in home.members]
    rare = Village.load(RESOURCES, 11, TODAY).words["rare"]["given"]
    assert sum(member.answers["name"][-1] in rare for member in members) >= 1


def test_children_carry_the_fathers_surname(households: tuple[GeneratedHousehold, ...]) -> None:
    """Where the group has surnames: a head and the children of the head."""
    seen = 0
    for household in households:
        head = next(member for member in household.members if member.answers["relation_to_head"] == "02")
        for member in household.members:
            if (
                member.answers["relation_to_head"] in {"20", "30"}
                and head.answers["ethnicity"] == "01"
                and head.sex == "1"
            ):
                assert member.answers["name"][0] == head.answers["name"][0]
                seen += 1
    assert seen > 20


def test_illness_and_age_go_together(people: list[GeneratedResident]) -> None:
    grown = [person for person in people if person.age >= 35]
    share = sum(person.traits.has("2") for person in grown) / len(grown)
    assert 0.2 < share < 0.5
    assert not any(person.traits.has("2") or person.traits.has("3") for person in people if person.age < 35)


def test_households_and_residents_fit_the_registry_forms(
    forms: FormCatalog, households: tuple[GeneratedHousehold, ...]
) -> None:
    for household in households:
        require_valid(forms.current("household"), household.answers, FormContext(TODAY.isoformat(), station=STATION))
        for member in household.members:
            context = FormContext(TODAY.isoformat(), household=household.answers, station=STATION)
            filed = require_valid(forms.current("resident"), member.answers, context)
            assert {key: filed[key] for key in member.answers} == dict(member.answers)


def filed_records(
    forms: FormCatalog, village: Village, person: GeneratedResident
) -> Iterator[tuple[GeneratedRecord, dict[str, Any]]]:
    """A person's records, filed one after another as a clinic files them."""
    resident = {**person.answers, "record_code": "15222319920100001", "record_code_short": "201-00001"}
    known: dict[str, dict[str, Any]] = {}
    for record in records_for(person, village.words, TODAY):
        form = forms.current(record.form_id)
        previous = known.get(record.form_id, {}) if form.repeats else {}
        context = FormContext(TODAY.isoformat(), resident, person.household, STATION, previous, dict(known))
        try:
            known[record.form_id] = require_valid(form, record.answers, context)
        except Problem as problem:
            pytest.fail(f"{person.number} {record.form_id} {record.answers}: {problem.code} {problem.findings}")
        yield record, known[record.form_id]


def test_every_record_is_filed_without_a_question(
    forms: FormCatalog, village: Village, people: list[GeneratedResident]
) -> None:
    counted: Counter[str] = Counter()
    for person in people:
        for record, filed in filed_records(forms, village, person):
            counted[record.form_id] += 1
            assert set(record.answers) <= set(filed)
    assert min(counted[form] for form in ("personal_info", "physical_exam", "health_record_card")) > 100
    assert counted["hypertension_followup"] > 100
    assert counted["type2_diabetes_followup"] > 30
    assert counted["encounter_record"] > 20


def test_nothing_is_dated_before_the_record_was_opened_or_after_today(
    village: Village, people: list[GeneratedResident]
) -> None:
    for person in people:
        days = [record.day for record in records_for(person, village.words, TODAY)]
        assert all(person.filed_on <= day <= TODAY for day in days)
        assert days == sorted(days)


def test_who_declines_or_is_small_has_no_records(village: Village) -> None:
    members = [member for home in Village.load(RESOURCES, 5, TODAY).generate(600) for member in home.members]
    declining = [member for member in members if member.refuses]
    assert declining
    for member in members:
        if member.refuses or member.age < 7:
            assert records_for(member, village.words, TODAY) == ()


@pytest.mark.parametrize("form_id", ["hypertension_followup", "type2_diabetes_followup"])
def test_some_followups_are_overdue_and_some_not_controlled(
    form_id: str, village: Village, people: list[GeneratedResident]
) -> None:
    """So that a worklist has something to show."""
    visits = [
        [record.answers for record in records_for(person, village.words, TODAY) if record.form_id == form_id]
        for person in people
    ]
    last = [seen[-1] for seen in visits if seen]
    assert sum(answers["next_visit_date"] < TODAY.isoformat() for answers in last) > 3
    assert any(answers["visit_classification"] == "2" for seen in visits for answers in seen)
    assert any("referral_reason" in answers for seen in visits for answers in seen)


def test_who_has_both_illnesses_has_one_pressure_a_day(village: Village, people: list[GeneratedResident]) -> None:
    both = 0
    for person in people:
        by_day: dict[date, list[Any]] = {}
        for record in records_for(person, village.words, TODAY):
            if record.form_id in ("hypertension_followup", "type2_diabetes_followup"):
                by_day.setdefault(record.day, []).append(record.answers)
        both += person.traits.has("2") and person.traits.has("3") and len(by_day) > 1
        for answers in by_day.values():
            assert len({(found["systolic_bp"], found["diastolic_bp"], found["weight"]) for found in answers}) == 1
    assert both > 3


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 12, 31)])
def test_any_day_of_the_year_will_do(forms: FormCatalog, today: date) -> None:
    village = Village.load(RESOURCES, 2, today)
    for household in village.generate(60):
        for member in household.members:
            context = FormContext(today.isoformat(), household=household.answers, station=STATION)
            require_valid(forms.current("resident"), member.answers, context)
            assert all(record.day <= today for record in records_for(member, village.words, today))


def test_three_thousand_residents_are_made_fast() -> None:
    """The bar is two seconds on the development machine; best of two, so that a busy machine doesn't decide."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        Village.load(RESOURCES, 1, TODAY).generate(3000)
        taken.append(time.process_time() - start)
    assert min(taken) < 5
