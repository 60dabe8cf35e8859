"""Health record codes (居民健康档案编码): the schemes, and how numbers are built, read, printed and handed out.

A scheme is data (``resources/codes/record_code_schemes.toml``): 17 digits as 6-3-3-5 (2011 and 2017 editions), or
one of two readings of the plan's 16 digits. A number once given is never reused and never computed into another
scheme's number and back: going back takes the stored old value (rules 1.1).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.problems import Problem

NEARLY_USED_UP = 90
"""Per cent of a block after which a station asks for more (rules 1.3)."""


@dataclass(frozen=True, slots=True)
class RecordCodeScheme:
    """One way to number records: county 6, township 3, village, serial digits."""

    id: str
    label: str
    length: int
    segments: tuple[int, ...]
    village_ranges: tuple[tuple[int, int], ...] = ()
    """Village numbers that the edition gives a meaning; others are taken with a warning."""

    def prefix(self, division_code: str, village_segment: str) -> str:
        """What all codes of a village begin with (ValueError for a division under 9 digits or a bad segment)."""
        if not re.fullmatch(r"[1-9][0-9]{8}([0-9]{3})?", division_code):
            raise ValueError("division code needs 9 or 12 digits")
        if not self.segment_allowed(village_segment):
            raise ValueError(f"village segment needs {self.segments[2]} digits and is not zero")
        return division_code[:9] + village_segment

    def segment_allowed(self, village_segment: str) -> bool:
        """Whether the digits can be a village segment: right width, not all zero."""
        width = self.segments[2]
        return bool(re.fullmatch(rf"[0-9]{{{width}}}", village_segment)) and int(village_segment) > 0

    def segment_usual(self, village_segment: str) -> bool:
        """Whether the segment lies in a range that the edition names (D44: outside it, a warning)."""
        if not self.village_ranges:
            return True
        return any(first <= int(village_segment) <= last for first, last in self.village_ranges)

    def code(self, prefix: str, serial: int) -> str:
        """The code of a serial under a prefix (ValueError outside the scheme)."""
        width = self.segments[-1]
        made = f"{prefix}{serial:0{width}d}"
        if serial < 1 or not self.valid(made):
            raise ValueError("serial or prefix outside the scheme")
        return made

    def valid(self, code: str) -> bool:
        """Whether the digits can be a code of this scheme."""
        if not re.fullmatch(rf"[1-9][0-9]{{{self.length - 1}}}", code):
            return False
        *_, village, serial = self._cut(code)
        return int(village) > 0 and int(serial) > 0

    def split(self, code: str) -> tuple[str, ...]:
        """The segments of a code (ValueError if it isn't one)."""
        if not self.valid(code):
            raise ValueError("not a code of this scheme")
        return self._cut(code)

    def short(self, code: str) -> str:
        """What every form but the cover prints: the last two segments with a hyphen (D40)."""
        return "-".join(self.split(code)[-2:])

    def printed(self, code: str) -> str:
        """The whole code with its segments apart, as the cover prints it."""
        return "-".join(self.split(code))

    def block(self, share_from: int, share_to: int) -> tuple[int, int]:
        """First and last serial of a share of a village's serial range, in per cent (rules 1.3)."""
        if not 0 <= share_from < share_to <= 100:
            raise ValueError("share outside 0 to 100 per cent")
        size: int = 10 ** self.segments[-1]
        return size * share_from // 100 + 1, min(size * share_to // 100, size - 1)

    def next_serial(self, highest: int | None, block: tuple[int, int]) -> int:
        """The serial after the highest ever issued in the block; gaps stay (BLOCK_USED_UP)."""
        first, last = block
        serial = first if highest is None else highest + 1
        if not first <= serial <= last:
            raise Problem("BLOCK_USED_UP", first=first, last=last)
        return serial

    def nearly_used_up(self, highest: int | None, block: tuple[int, int]) -> bool:
        """Whether 90 % of a block are issued, so that the station should ask for more."""
        first, last = block
        return highest is not None and (highest - first + 1) * 100 >= (last - first + 1) * NEARLY_USED_UP

    def converted(self, code: str, target: "RecordCodeScheme", villages: Mapping[str, str]) -> str:
        """The code under ``target``; ``villages`` maps this scheme's village segments to the other's.

        The serial keeps its digits. KeyError for a village the mapping lacks, ValueError where the serial doesn't fit.
        """
        county, township, village, serial = self.split(code)
        return target.code(target.prefix(county + township, villages[village]), int(serial))

    def stored_value(self, codes: Iterable[str]) -> str | None:
        """The way back from a conversion: the first of a resident's stored codes that has this scheme's length."""
        return next((code for code in codes if self.valid(code)), None)

    def _cut(self, code: str) -> tuple[str, ...]:
        parts, start = [], 0
        for width in self.segments:
            parts.append(code[start : start + width])
            start += width
        return tuple(parts)


def load_schemes(path: Path) -> Mapping[str, RecordCodeScheme]:
    """The schemes of the file by id, in its order."""
    with path.open("rb") as file:
        raw = tomllib.load(file)
    return {scheme.id: scheme for scheme in map(_scheme, raw["scheme"])}


def _scheme(raw: Mapping[str, Any]) -> RecordCodeScheme:
    return RecordCodeScheme(
        id=raw["id"],
        label=raw["label"],
        length=sum(raw["segments"]),
        segments=tuple(raw["segments"]),
        village_ranges=tuple((first, last) for first, last in raw.get("village_ranges", [])),
    )
