"""Two stations with fixed keys, and a short piece of a journal between them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jiandang_desktop.bundles import Identity, Sealed, SigningKey, StationCard, TrustedSender, open_sealed, seal
from jiandang_desktop.bundles.opening import VerifiedBundle
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line

GENERATION = "0123456789abcdef0123456789abcdef"
MADE_AT = "2026-11-24T22:40:00+08:00"


@dataclass(frozen=True)
class Side:
    """One station of the tests."""

    station: str
    name: str
    level: str
    division_code: str
    signing: SigningKey = field(repr=False)
    identity: Identity = field(repr=False)

    @property
    def card(self) -> StationCard:
        return StationCard(
            self.station, self.name, self.level, self.division_code, self.signing.public, self.identity.recipient
        )

    @property
    def trusted(self) -> TrustedSender:
        return TrustedSender(self.station, self.signing.public, name=self.name)


def make_side(name: str, level: str, division_code: str) -> Side:
    signing = SigningKey.from_seed(hashlib.sha256(name.encode()).digest())
    station = hashlib.sha256(b"station" + name.encode()).hexdigest()[:16]
    return Side(station, name, level, division_code, signing, Identity.generate())


def journal(stream: str, bodies: list[dict[str, Any]], first: int = 1, previous: str = NO_HASH) -> list[bytes]:
    """Chained entry lines for the bodies."""
    lines = []
    for number, body in enumerate(bodies, start=first):
        lines.append(entry_line(stream, number, previous, "revision", canonical.encode(body)))
        previous = entry_hash(lines[-1])
    return lines


@pytest.fixture(scope="session")
def village() -> Side:
    return make_side("向阳村卫生室", "village", "150423100201")


@pytest.fixture(scope="session")
def township() -> Side:
    return make_side("红旗镇卫生院", "township", "150423100")


@pytest.fixture(scope="session")
def stranger() -> Side:
    return make_side("青山村卫生室", "village", "150423100202")


@pytest.fixture(scope="session")
def lines(village: Side) -> list[bytes]:
    return journal(f"{village.station}/up", [{"text": f"第{n}条"} for n in range(3)])


@pytest.fixture(scope="session")
def submission(village: Side, township: Side, lines: list[bytes]) -> Sealed:
    return seal(
        kind="submission",
        sender=village.station,
        signing=village.signing,
        recipients=[(township.station, township.identity.recipient)],
        stream=f"{village.station}/up",
        generation=GENERATION,
        first=1,
        previous=NO_HASH,
        lines=lines,
        made_at=MADE_AT,
    )


@pytest.fixture(scope="session")
def opened(village: Side, township: Side) -> Callable[[bytes], VerifiedBundle]:
    """Opens at the township, which trusts the village."""

    def open_here(data: bytes) -> VerifiedBundle:
        return open_sealed(
            data,
            trust={village.signing.key_id: village.trusted},
            own=[township.identity],
            own_station=township.station,
        )

    return open_here
