"""Who lives together: the shapes of village households, from a widow alone to three generations."""

from dataclasses import dataclass
from random import Random

HEAD, HUSBAND, WIFE, SON, DAUGHTER = "02", "11", "12", "20", "30"
DAUGHTER_IN_LAW, GRANDSON, GRANDDAUGHTER, FATHER, MOTHER = "38", "41", "42", "51", "52"
MALE, FEMALE = "1", "2"


@dataclass(frozen=True, slots=True)
class Place:
    """One person's place in a household. ``father`` and ``mother`` are places in the same list."""

    relation: str
    sex: str
    age: int
    married_in: bool = False
    """True: of another family than the head, so with another surname."""
    father: int | None = None
    mother: int | None = None
    spouse: int | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """The places of a household and how its old people live (code of ``household.living_arrangement``)."""

    places: tuple[Place, ...]
    arrangement: str = ""


def some_family(rng: Random) -> Family:
    """A household of a shape that villages have, by how often they have it."""
    (shape,) = rng.choices(
        (_three_generations, _couple_with_children, _old_couple, _alone, _left_behind), weights=(30, 24, 26, 11, 9)
    )
    return shape(rng)


def _three_generations(rng: Random) -> Family:
    old = rng.randint(54, 80)
    middle = old - rng.randint(22, 27)
    older_head = rng.random() < 0.55
    head, wife = _couple(rng, old, HEAD if older_head else FATHER, WIFE if older_head else MOTHER, 0)
    places = [head, wife] if rng.random() < 0.75 else [Place(head.relation, MALE, old)]
    mother = 1 if len(places) == 2 else None
    first = len(places)
    son = Place(SON if older_head else HEAD, MALE, middle, father=0, mother=mother, spouse=first + 1)
    bride = Place(DAUGHTER_IN_LAW if older_head else WIFE, FEMALE, _near(rng, middle), married_in=True, spouse=first)
    words = (GRANDSON, GRANDDAUGHTER) if older_head else (SON, DAUGHTER)
    children = _children(rng, min(middle, bride.age), first, first + 1, words)
    return Family((*places, son, bride, *children), "2" if old >= 60 else "")


def _couple_with_children(rng: Random) -> Family:
    age = rng.randint(27, 52)
    husband, wife = _couple(rng, age, HEAD, WIFE, 0)
    return Family((husband, wife, *_children(rng, min(age, wife.age), 0, 1, (SON, DAUGHTER))))


def _old_couple(rng: Random) -> Family:
    return Family(_couple(rng, rng.randint(56, 84), HEAD, WIFE, 0), "3")


def _alone(rng: Random) -> Family:
    sex = MALE if rng.random() < 0.35 else FEMALE
    return Family((Place(HEAD, sex, rng.randint(60, 93)),), "4")


def _left_behind(rng: Random) -> Family:
    """Grandparents with the grandchild whose parents work in town."""
    husband, wife = _couple(rng, rng.randint(52, 68), HEAD, WIFE, 0)
    sex = rng.choice((MALE, FEMALE))
    child = Place(GRANDSON if sex == MALE else GRANDDAUGHTER, sex, rng.randint(1, min(15, husband.age - 44)))
    return Family((husband, wife, child))


def _couple(rng: Random, age: int, his: str, hers: str, start: int) -> tuple[Place, Place]:
    return (
        Place(his, MALE, age, spouse=start + 1),
        Place(hers, FEMALE, _near(rng, age), married_in=True, spouse=start),
    )


def _children(rng: Random, parents_age: int, father: int, mother: int, words: tuple[str, str]) -> tuple[Place, ...]:
    oldest = min(parents_age - 21, 24)
    count = min(rng.choice((1, 1, 2, 2, 3)), oldest // 3 + 1) if oldest >= 0 else 0
    ages = sorted(rng.sample(range(oldest + 1), min(count, oldest + 1)), reverse=True)
    sexes = [rng.choice((MALE, FEMALE)) for _ in ages]
    return tuple(
        Place(words[0] if sex == MALE else words[1], sex, age, father=father, mother=mother)
        for sex, age in zip(sexes, ages, strict=True)
    )


def _near(rng: Random, age: int) -> int:
    return max(20, age + rng.choice((-4, -3, -2, -1, -1, 0, 0, 1, 2)))
