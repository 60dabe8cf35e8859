"""Numbers that no real person has, and that pass every check all the same (docs/generated-people.md).

Identity numbers begin with 460302, a district founded in 2020 in which next to nobody lives, and have an order from
900 to 999. Phones begin with 14000: numbers in 140 have 13 digits and belong to machines, so 11 digits reach nobody.
Birth certificates begin with Z99.
"""

from collections import Counter
from datetime import date

BIRTHPLACE = "460302"
FIRST_ORDER = 900
ORDERS_PER_SEX = 50
PHONE_BEGINS = "14000"
CERTIFICATE_BEGINS = "Z99"


class ArtificialNumbers:
    """Hands out numbers, each once."""

    def __init__(self) -> None:
        self._births: Counter[tuple[date, str]] = Counter()
        self._phones = 0
        self._certificates = 0

    def id_number(self, born: date, sex: str) -> str:
        """An identity number; at most fifty of one sex can be born on one day (ValueError)."""
        place = self._births[(born, sex)]
        if place >= ORDERS_PER_SEX:
            raise ValueError("too many births on one day")
        self._births[(born, sex)] += 1
        order = FIRST_ORDER + 2 * place + (1 if sex == "1" else 0)
        first = f"{BIRTHPLACE}{born:%Y%m%d}{order}"
        return first + _check_character(first)

    def phone(self) -> str:
        """A phone number."""
        self._phones += 1
        return f"{PHONE_BEGINS}{self._phones:06d}"

    def birth_certificate(self) -> str:
        """A number of a birth certificate, for a newborn without identity number."""
        self._certificates += 1
        return f"{CERTIFICATE_BEGINS}{self._certificates:07d}"


def _check_character(first: str) -> str:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first))
    return "10X98765432"[total % 11]
