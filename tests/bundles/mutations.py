"""Damaged copies of a file: every bit, every length, junk at the ends, and random structural damage."""

import random
from collections.abc import Iterator


def bits(data: bytes, masks: tuple[int, ...]) -> Iterator[bytes]:
    """Every byte with each mask laid over it."""
    for place in range(len(data)):
        for mask in masks:
            changed = bytearray(data)
            changed[place] ^= mask
            yield bytes(changed)


def lengths(data: bytes) -> Iterator[bytes]:
    """Every shorter file."""
    for length in range(len(data)):
        yield data[:length]


def some_bits(data: bytes, seed: int) -> Iterator[bytes]:
    """Every byte with two of its bits changed, one at a time, in any order."""
    chance = random.Random(seed)
    places = [(place, 1 << bit) for place in range(len(data)) for bit in chance.sample(range(8), 2)]
    chance.shuffle(places)
    for place, mask in places:
        yield data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def some_lengths(data: bytes, seed: int) -> Iterator[bytes]:
    """Every shorter file, in any order."""
    for length in random.Random(seed).sample(range(len(data)), len(data)):
        yield data[:length]


def junk(data: bytes) -> Iterator[bytes]:
    """Something at the end or at the start."""
    for more in (b"\0", b"\n", b" ", b"\xff" * 1024, bytes(2**20), data):
        yield data + more
        yield more + data


def structural(data: bytes, rounds: int, seed: int) -> Iterator[bytes]:
    """Blocks cut out, doubled, exchanged, reversed, filled, or put in from elsewhere."""
    chance = random.Random(seed)
    made = 0
    while made < rounds:
        first, second, third, fourth = sorted(chance.randrange(len(data) + 1) for _ in range(4))
        a, b, c = data[first:second], data[second:third], data[third:fourth]
        middle = chance.choice(
            (a, a + a + b + c, c + b + a, b + a + c, (a + b + c)[::-1], bytes(len(a)) + b + c, a + c)
        )
        changed = data[:first] + middle + data[fourth:]
        if changed != data:
            made += 1
            yield changed
