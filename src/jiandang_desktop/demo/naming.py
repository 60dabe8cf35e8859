"""What generated people are called: by ethnic group, sex, year of birth and family."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from jiandang_desktop.domain.names import MIDDLE_DOT

HAN = "01"
_TWO_CHARACTERS = 0.78


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name, what of it goes to children (surname, or the father's own name), and the ethnic group."""

    full: str
    inherited: str
    group: str


class Naming:
    """Makes names from the words of ``resources/demo/people.toml``."""

    def __init__(self, rng: Random, words: Mapping[str, Any]) -> None:
        self._rng = rng
        self._han = words["han"]
        self._groups: dict[str, Mapping[str, Any]] = {group["code"]: group for group in words["group"]}
        self._rare: list[str] = words["rare"]["given"]

    def some_group(self) -> str:
        """An ethnic group by weight."""
        weights = [group["weight"] for group in self._groups.values()]
        return self._rng.choices(list(self._groups), weights)[0]

    def name(self, group: str, sex: str, born: int, father: PersonName | None) -> PersonName:
        """A name for somebody of a group; of the father's family where he is known and of the same group."""
        kind = self._groups[group]
        if father is not None and father.group != group:
            father = None
        if kind["style"] == "surname":
            surname = father.inherited if father else self._surname(kind)
            return PersonName(surname + self._given(sex, born), surname, group)
        own = self._rng.choice(kind["men" if sex == "1" else "women"])
        if kind["style"] == "single":
            return PersonName(own, "", group)
        fathers = father.inherited if father else self._rng.choice(kind["men"])
        return PersonName(own + MIDDLE_DOT + fathers, own, group)

    def with_rare_character(self, name: PersonName, place: int) -> PersonName:
        """The same family name with a given name that few fonts can draw."""
        return PersonName(name.inherited + self._rare[place % len(self._rare)], name.inherited, name.group)

    def rare_names(self) -> int:
        """How many rare given names there are."""
        return len(self._rare)

    def _surname(self, kind: Mapping[str, Any]) -> str:
        if "surnames" in kind:
            return str(self._rng.choice(kind["surnames"]))
        names, weights = zip(*self._han["surnames"], strict=True)
        return str(self._rng.choices(names, weights)[0])

    def _given(self, sex: str, born: int) -> str:
        era = next(era for era in self._han["given"] if born <= era["until"])
        characters = era["men" if sex == "1" else "women"].split()
        count = 2 if self._rng.random() < _TWO_CHARACTERS else 1
        return "".join(self._rng.sample(characters, count))
