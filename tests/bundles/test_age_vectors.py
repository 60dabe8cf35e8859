"""The published test vectors of the age format (C2SP CCTV): our envelope opens none that must not be opened."""

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from jiandang_desktop.bundles import Identity
from jiandang_desktop.bundles.envelope import NotOpened, open_envelope

REFERENCE = Path(os.environ.get("JIANDANG_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
FOLDER = REFERENCE / "age_vectors"
PATHS = sorted(path for path in FOLDER.glob("*") if path.suffix != ".md") if FOLDER.is_dir() else []
OURS = {
    "stream_257_chunks",
    "stream_257_chunks_full",
    "stream_258_chunks",
    "stream_last_chunk_full",
    "stream_last_chunk_full_second",
    "stream_three_chunks",
    "stream_two_chunks",
    "x25519",
    "x25519_multiple_recipients",
}
"""Binary files for X25519 recipients only; everything else is outside our one form, or must fail anyway."""

pytestmark = pytest.mark.skipif(not PATHS, reason="the published vectors are not on this computer")


def opened(path: Path) -> bytes | None:
    """The plaintext if our envelope opens the file for some number of recipients; checks it against the vector."""
    head, _, data = path.read_bytes().partition(b"\n\n")
    facts = dict(line.split(": ", 1) for line in head.decode().splitlines())
    if facts.get("compressed") == "zlib":
        data = zlib.decompress(data)
    own = []
    if facts.get("identity", "").startswith("AGE-SECRET-KEY-1"):
        try:
            own = [Identity.from_secret(facts["identity"])]
        except ValueError:
            return None
    for recipients in range(1, 4):
        try:
            plain = open_envelope(data, recipients, own)
        except NotOpened:
            continue
        assert facts["expect"] == "success"
        assert hashlib.sha256(plain).hexdigest() == facts["payload"]
        return plain
    return None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_nothing_opens_that_must_not(path: Path) -> None:
    assert (opened(path) is not None) == (path.name in OURS)
