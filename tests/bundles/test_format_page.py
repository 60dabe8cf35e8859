"""docs/bundle-format.md tells the truth: its commands open a bundle, its numbers are ours."""

import hashlib
import json
import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from jiandang_desktop.bundles import read_header

PAGE = (Path(__file__).parents[2] / "docs" / "bundle-format.md").read_text(encoding="utf-8")
FOLDER = Path(__file__).parent / "vectors"


@pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("sh", "ssh-keygen", "age", "zstd")), reason="needs ssh-keygen, age and zstd"
)
@pytest.mark.parametrize("name", ["three-entries", "stock-tools"])
def test_the_quoted_commands_open_a_bundle(tmp_path: Path, name: str) -> None:
    """The shell block of the page, word for word, on a bundle of ours and on one that stock tools made."""
    found = re.search(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert found
    stations = json.loads((FOLDER / "stations.json").read_text(encoding="utf-8"))
    data = (FOLDER / f"{name}.jdb").read_bytes()
    sender = read_header(data).sender
    public = bytes.fromhex(next(row["public"] for row in stations["trust"] if row["station"] == sender))
    key = b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + public).decode()
    (tmp_path / "bundle.jdb").write_bytes(data)
    (tmp_path / "senders").write_text(f"{sender} ssh-ed25519 {key}\n")
    (tmp_path / "identity.txt").write_text(stations["readers"]["township"]["identity"] + "\n")
    done = subprocess.run(["sh", "-e", "-c", found[1]], cwd=tmp_path, capture_output=True, text=True, check=True)
    header = json.loads((tmp_path / "header.json").read_bytes())
    assert 'Good "bundle@jiandang" signature' in done.stdout
    assert re.findall(r"[0-9a-f]{64}", done.stdout) == [header["payload_sha256"], header["plain_sha256"]]
    last = (tmp_path / "entries.jsonl").read_bytes().splitlines()[-1]
    assert hashlib.sha256(last).hexdigest() == header["head"]


def test_the_page_names_every_class_that_a_vector_has() -> None:
    manifest = (FOLDER / "manifest.toml").read_text(encoding="utf-8")
    assert set(re.findall(r"BUNDLE_[A-Z]+", manifest)) <= set(re.findall(r"BUNDLE_[A-Z]+", PAGE))
