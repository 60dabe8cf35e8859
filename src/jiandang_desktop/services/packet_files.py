"""The files of a handover's packet: which belong together, in which order, and what they hold one by one."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.bundles import ROTATED, Header, Introduction, StationCard
from jiandang_desktop.domain.chain import NO_HASH, Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keys import StationKeys, known_keys, own_pairs

HANDOVER = "handover"
"""Kind of the bundles that make a packet."""
LARGEST = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a packet and what its header says."""

    path: Path
    header: Header


def find(desk: Desk, folder: Path) -> list[Path]:
    """The files in a folder that belong to a handover to this station; other files are left alone."""
    found, medium = [], desk.bench.medium
    for path in medium.find_files(folder, bundles.SUFFIX, LARGEST).files:
        try:
            header = bundles.read_header(medium.read_start(path, bundles.MAX_HEAD))
        except Problem:
            continue
        if header.kind == HANDOVER and desk.station.id in header.recipients:
            found.append(path)
    return found


def read_part(desk: Desk, part: Part) -> tuple[str, bytes]:
    """Digest and bytes of a file (MEDIUM_…)."""
    data = desk.bench.medium.read_file(part.path, LARGEST)
    return hashlib.sha256(data).hexdigest(), data


def ordered(desk: Desk, paths: Sequence[Path]) -> list[Part]:
    """The files of one packet in order; whole, and from one station (their content isn't verified yet).

    Problems: BUNDLE_…, HANDOVER_PART_MISSING, HANDOVER_MIXED.
    """
    found: dict[int, Part] = {}
    for path in paths:
        header = bundles.read_header(desk.bench.medium.read_start(path, bundles.MAX_HEAD))
        if header.kind != HANDOVER:
            raise Problem("BUNDLE_KIND", kind=header.kind)
        if desk.station.id not in header.recipients:
            raise Problem("BUNDLE_RECIPIENT")
        known = found.setdefault(header.first, Part(path, header)).header
        if (known.stream, known.generation) != (header.stream, header.generation):
            raise Problem("HANDOVER_MIXED")
        if header.last == known.last and header.head != known.head:
            raise Problem("HANDOVER_MIXED")
        if header.last > known.last:
            # Written again since, with more in it.
            found[header.first] = Part(path, header)
    if not found:
        raise Problem("HANDOVER_PART_MISSING", first=1)
    parts = [found[first] for first in sorted(found)]
    number, previous = 0, NO_HASH
    for part in parts:
        if (part.header.stream, part.header.generation) != (parts[0].header.stream, parts[0].header.generation):
            raise Problem("HANDOVER_MIXED")
        if part.header.first != number + 1:
            raise Problem("HANDOVER_PART_MISSING", first=number + 1)
        if part.header.previous != previous:
            raise Problem("HANDOVER_MIXED")
        number, previous = part.header.last, part.header.head
    return parts


class PacketReader:
    """Opens the files of a packet one after the other and says whose it is; known once the first was opened."""

    def __init__(self, desk: Desk, reader: Reader, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self.last = parts[-1].header
        self.digest = ""
        """Of the file that is open."""
        self.proof = ""
        """The first lines of the file: what the closing station signed."""
        self.trusted = False
        """Whether the closing station's key is known here."""
        self._desk = desk
        self._reader = reader
        self._card: StationCard | None = None
        self._keys: StationKeys | None = None

    @property
    def card(self) -> StationCard:
        """The closing station's."""
        if self._card is None:
            raise AssertionError("a packet has a part")
        return self._card

    @property
    def keys(self) -> StationKeys:
        """The pair of ours that the closing station knows: the packet was sealed to it."""
        if self._keys is None:
            raise AssertionError("a packet has a part")
        return self._keys

    def entries(self) -> Iterator[Entry]:
        """The entries of all parts, one part open at a time.

        Problems: BUNDLE_…, HANDOVER_MIXED, MEDIUM_….
        """
        for part in self.parts:
            self.digest, data = read_part(self._desk, part)
            opened = self._opened(data)
            if self._card is not None and opened.card != self._card:
                raise Problem("HANDOVER_MIXED")
            if (opened.header.first, opened.header.previous) != (part.header.first, part.header.previous):
                raise Problem("HANDOVER_MIXED")
            if self._card is None:
                self._card, self.trusted = opened.card, _is_known(self._reader, opened.card)
            self.proof = b"\n".join(data.split(b"\n", 8)[:8]).decode() + "\n"
            yield from opened.entries

    def _opened(self, data: bytes) -> Introduction:
        refused = Problem("BUNDLE_DECRYPT")
        for pair in own_pairs(self._reader):
            try:
                opened = bundles.read_introduction(
                    data, kind=HANDOVER, own=(pair.identity,), own_station=self._desk.station.id
                )
            except Problem as problem:
                if problem.code != "BUNDLE_DECRYPT":
                    raise
                refused = problem
            else:
                self._keys = pair
                return opened
        raise refused


def _is_known(reader: Reader, card: StationCard) -> bool:
    """Whether the key is that of a station known here.

    Problems: BUNDLE_SENDER where the station is known with other keys only, BUNDLE_REVOKED.
    """
    keys = known_keys(reader, card.station)
    if not keys:
        return False
    ended = keys.get(card.signing_public)
    if ended is None:
        raise Problem("BUNDLE_SENDER", key=card.key_id)
    if ended not in ("", ROTATED):
        raise Problem("BUNDLE_REVOKED", name=card.name, key=card.key_id)
    return True
