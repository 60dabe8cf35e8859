"""The station's own keys and whom it trusts, as the bundle container wants them."""

from collections.abc import Mapping
from dataclasses import dataclass

from jiandang_desktop.bundles import Identity, SigningKey, StationCard, TrustedSender
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The newest pair."""

    signing: SigningKey
    identity: Identity


def own_keys(reader: Reader) -> StationKeys:
    """The keys that new bundles are made with."""
    newest = reader.own_keys()[0]
    return StationKeys(SigningKey.from_seed(newest.signing_seed), Identity.from_secret(newest.identity_secret))


def own_identities(reader: Reader) -> tuple[Identity, ...]:
    """Every identity that a bundle for us may be encrypted to, newest first."""
    return tuple(Identity.from_secret(keys.identity_secret) for keys in reader.own_keys())


def own_card(desk: Desk, reader: Reader) -> StationCard:
    """How this station introduces itself."""
    keys = own_keys(reader)
    return StationCard(
        station=desk.station.id,
        name=desk.station.name,
        level=desk.station.level,
        division_code=desk.station.division_code,
        signing_public=keys.signing.public,
        recipient=keys.identity.recipient,
    )


def trusted(reader: Reader, relation: str) -> Mapping[str, TrustedSender]:
    """Known senders of one relation (``child``, ``parent``) by key id; revoked ones are named as such."""
    return {
        row.key_id: TrustedSender(station=row.id, signing_public=row.signing_public, revoked=row.revoked, name=row.name)
        for row in reader.stations()
        if row.relation == relation
    }
