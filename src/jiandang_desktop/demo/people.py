"""Generated people: a village of believable households whose every fact is invented.

The same seed, day and number of residents give the same village. Answers carry the ids of the registry forms
(``household``, ``resident``) and are what a clerk would type: no record code, no card token, nothing that the
program issues.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from jiandang_desktop.demo.artificial import ArtificialNumbers
from jiandang_desktop.demo.families import MALE, Family, Place, some_family
from jiandang_desktop.demo.naming import HAN, Naming, PersonName
from jiandang_desktop.demo.traits import Traits, some_traits

ADULT = 18
CAME_OF_AGE = 20 * 366
"""Days after which somebody without parents in the household can have a record opened in it."""
REFUSES = 0.01
NOT_REGISTERED_HERE = 0.03
HAS_PHONE_FROM = 16
RARE_SHARE = 0.015
FILING_BEGAN = date(2012, 3, 1)


@dataclass(frozen=True, slots=True)
class GeneratedResident:
    """One person. ``answers`` is the registry form; the rest lets further records fit the person."""

    number: int
    answers: Mapping[str, Any]
    born: date
    age: int
    traits: Traits
    household: Mapping[str, Any]
    contact_name: str
    contact_phone: str
    married: str
    """Code of ``personal_info.marital_status``."""
    parents: tuple[Traits | None, Traits | None] = (None, None)
    children: tuple[Traits, ...] = ()

    @property
    def sex(self) -> str:
        """1 male, 2 female."""
        return str(self.answers["sex"])

    @property
    def refuses(self) -> bool:
        """Whether the person declined a record: then there is none."""
        return bool(self.answers["consent"] == "2")

    @property
    def filed_on(self) -> date:
        """The day on which the record was opened."""
        return date.fromisoformat(self.answers["filing_date"])


@dataclass(frozen=True, slots=True)
class GeneratedHousehold:
    """One household with its members, the head first as the family lists them."""

    answers: Mapping[str, Any]
    members: tuple[GeneratedResident, ...]


@dataclass(slots=True)
class _Draft:
    """A person while the household is being put together."""

    place: Place
    born: date
    age: int
    name: PersonName
    traits: Traits
    phone: str = ""
    filed_on: date = FILING_BEGAN


@dataclass(slots=True)
class Village:
    """Makes the people of one village."""

    seed: int
    words: Mapping[str, Any]
    today: date
    _rng: Random = field(init=False)
    _numbers: ArtificialNumbers = field(init=False, default_factory=ArtificialNumbers)
    _naming: Naming = field(init=False)
    _taken: set[tuple[str, date]] = field(init=False, default_factory=set)
    _made: int = field(init=False, default=0)
    _rare: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)  # noqa: S311 - repeatable on purpose, nothing secret
        self._naming = Naming(self._rng, self.words)

    @classmethod
    def load(cls, resources: Path, seed: int, today: date) -> "Village":
        """A village from the words in ``resources/demo/people.toml``."""
        return cls(seed, load_words(resources), today)

    def generate(self, residents: int = 300) -> tuple[GeneratedHousehold, ...]:
        """Whole households until there are at least so many residents (at most a household more)."""
        made: list[GeneratedHousehold] = []
        while self._made < residents:
            made.append(self._household(len(made) + 1))
        return tuple(made)

    def _household(self, number: int) -> GeneratedHousehold:
        family = some_family(self._rng)
        group = self._rng.choice(self.words["place"]["groups"])
        answers = self._household_answers(family, group, number)
        drafts = self._drafts(family, date.fromisoformat(answers["filing_date"]))
        answers["phone"] = next((draft.phone for draft in drafts if draft.phone), self._numbers.phone())
        members = tuple(self._resident(drafts, place, answers) for place in range(len(drafts)))
        return GeneratedHousehold(answers, members)

    def _household_answers(self, family: Family, group: str, number: int) -> dict[str, Any]:
        rng, place, life = self._rng, self.words["place"], self.words["life"]
        door = place["door"].format(number=number)
        here = len(family.places)
        answers = {
            "address": self._address(group, door),
            "village_group": group,
            "door": door,
            "hukou_no": f"{place['county_code']}{number:06d}",
            "responsible_doctor": self._doctor(group),
            "household_type": [rng.choice(life["household_types"])],
            "total_persons": here + (1 if rng.random() < 0.2 else 0),
            "present_persons": here,
            "annual_income_per_person": rng.choice("3445555"),
            "housing_type": rng.choice(life["housing"]),
            "housing_area": rng.choice((56, 64, 72, 80, 96, 120)),
            "filing_date": self._filing_day(family).isoformat(),
            "filing_institution": place["clinic"],
            "filing_person": self._doctor(group),
            "kitchen_exhaust": rng.choice("2344"),
            "fuel_type": rng.choice("12255"),
            "drinking_water": rng.choice("1113"),
            "toilet": rng.choice("1225"),
            "livestock_pen": rng.choice("1224"),
        }
        if family.arrangement:
            answers["living_arrangement"] = family.arrangement
        return answers

    def _drafts(self, family: Family, filed_on: date) -> list[_Draft]:
        own_group = self._naming.some_group()
        drafts: list[_Draft] = []
        for place in family.places:
            born = self._birthday(place.age)
            group = self._group_of(place, own_group)
            father = drafts[place.father].name if place.father is not None else None
            traits = some_traits(self._rng, place.sex, born, place.age, self.today)
            draft = _Draft(place, born, place.age, self._name(place, group, born, father), traits)
            if place.age >= HAS_PHONE_FROM and self._rng.random() < 0.9:
                draft.phone = self._numbers.phone()
            came = timedelta(days=25 if place.father is not None else CAME_OF_AGE)
            draft.filed_on = min(max(filed_on, born + came), self.today)
            drafts.append(draft)
        return drafts

    def _group_of(self, place: Place, own_group: str) -> str:
        mixed = place.married_in and self._rng.random() < 0.2
        return self._naming.some_group() if mixed else own_group

    def _name(self, place: Place, group: str, born: date, father: PersonName | None) -> PersonName:
        while True:
            name = self._naming.name(group, place.sex, born.year, father)
            if group == HAN and self._wants_rare_character():
                name = self._naming.with_rare_character(name, self._rare)
                self._rare += 1
            if (name.full, born) not in self._taken:
                self._taken.add((name.full, born))
                return name

    def _wants_rare_character(self) -> bool:
        return self._rare < self._made // 60 + 1 or self._rng.random() < RARE_SHARE

    def _resident(self, drafts: list[_Draft], number: int, household: Mapping[str, Any]) -> GeneratedResident:
        draft = drafts[number]
        contact = self._contact(drafts, number)
        self._made += 1
        return GeneratedResident(
            number=self._made,
            answers=dict(self._registry_answers(draft, drafts, household)),
            born=draft.born,
            age=draft.age,
            traits=draft.traits,
            household=household,
            contact_name=contact.name.full if contact else self._name(draft.place, HAN, draft.born, None).full,
            contact_phone=(contact.phone if contact else "") or self._numbers.phone(),
            married=self._married(draft),
            parents=(_traits(drafts, draft.place.father), _traits(drafts, draft.place.mother)),
            children=tuple(other.traits for other in drafts if number in (other.place.father, other.place.mother)),
        )

    def _registry_answers(
        self, draft: _Draft, drafts: list[_Draft], household: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        place = self.words["place"]
        local = self._rng.random() >= NOT_REGISTERED_HERE
        yield "name", draft.name.full
        if draft.age >= 40 and draft.place.sex != MALE and self._rng.random() < 0.08:
            yield "former_names", self._naming.name(HAN, "2", 1960, None).full
        yield from self._document(draft)
        yield "sex", draft.place.sex
        yield "birth_date", draft.born.isoformat()
        yield "ethnicity", draft.name.group
        if draft.phone:
            yield "phone", draft.phone
        yield "relation_to_head", draft.place.relation
        yield "current_address", household["address"]
        yield "registered_address", household["address"] if local else self._rng.choice(place["elsewhere"])
        yield "village_group", household["village_group"]
        yield "residence_type", "1" if local else "2"
        yield "filing_date", draft.filed_on.isoformat()
        yield "filing_source", self._rng.choice("11234")
        yield from self._consent(draft, drafts)
        yield "responsible_doctor", household["responsible_doctor"]
        yield "filing_person", household["filing_person"]
        yield "filing_institution", place["clinic"]
        yield "township_name", place["township_name"]
        yield "village_name", place["village_name"]
        yield "status", "1"

    def _document(self, draft: _Draft) -> Iterator[tuple[str, str]]:
        if draft.age == 0 and self._rng.random() < 0.5:
            yield "id_type", "99C"
            yield "id_no", self._numbers.birth_certificate()
        elif draft.age <= 1 and self._rng.random() < 0.2:
            yield "id_type", "99D"
            yield "no_id_reason", "1"
        else:
            yield "id_type", "01"
            yield "id_no", self._numbers.id_number(draft.born, draft.place.sex)

    def _consent(self, draft: _Draft, drafts: list[_Draft]) -> Iterator[tuple[str, str]]:
        yield "consent", "2" if draft.age >= ADULT and self._rng.random() < REFUSES else "1"
        yield "consent_date", draft.filed_on.isoformat()
        guardian = next((other for other in drafts if other is not draft and _grown(other, draft.filed_on)), None)
        if guardian is not None and not _grown(draft, draft.filed_on):
            yield "consent_by", "2"
            yield "guardian_name", guardian.name.full
        else:
            yield "consent_by", "1"

    def _contact(self, drafts: list[_Draft], number: int) -> _Draft | None:
        return next((other for place, other in enumerate(drafts) if place != number and other.age >= ADULT), None)

    def _married(self, draft: _Draft) -> str:
        if draft.place.spouse is not None:
            return "2"
        if draft.age < 24:
            return "1"
        weights = (5, 90, 5) if draft.age >= 55 else (70, 5, 25)
        return self._rng.choices(("1", "3", "4"), weights)[0]

    def _address(self, group: str, door: str) -> str:
        place = self.words["place"]
        return str(
            place["address"].format(
                county=place["county_name"],
                township=place["township_name"],
                village=place["village_name"],
                group=group,
                door=door,
            )
        )

    def _doctor(self, group: str) -> str:
        place = self.words["place"]
        doctors: list[str] = place["doctors"]
        return doctors[int(place["groups"].index(group)) % len(doctors)]

    def _birthday(self, age: int) -> date:
        newest = self.today - timedelta(days=int(age * 365.25) + 1)
        born = newest - timedelta(days=self._rng.randint(5, 350))
        return born if age else self.today - timedelta(days=self._rng.randint(30, 330))

    def _filing_day(self, family: Family) -> date:
        oldest = max(place.age for place in family.places)
        first = max(FILING_BEGAN, self.today - timedelta(days=max(200, int((oldest - 20) * 365.25))))
        last = self.today - timedelta(days=120)
        return first + timedelta(days=self._rng.randint(0, max(0, (last - first).days)))


def load_words(resources: Path) -> Mapping[str, Any]:
    """The words that generated people are made of."""
    with (resources / "demo" / "people.toml").open("rb") as file:
        return tomllib.load(file)


def _traits(drafts: list[_Draft], place: int | None) -> Traits | None:
    return None if place is None else drafts[place].traits


def _grown(draft: _Draft, day: date) -> bool:
    return day >= draft.born + timedelta(days=int(ADULT * 365.25) + 1)
