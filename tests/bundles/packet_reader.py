"""Counts a handover packet from section 8 of docs/bundle-format.md alone: stock tools and the standard library."""

import hashlib
import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

LISTS = ("drafts", "paper", "prints", "referrals", "staff", "verdicts", "waiting")


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def lines(files: list[Path], identity: str) -> list[bytes]:
    """The entries' lines of a packet's files in order, opened with age and zstd."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "identity").write_text(identity + "\n")
        (folder / "identity").chmod(0o600)
        parts = [(json.loads(path.read_bytes().split(b"\n", 2)[1]), path) for path in files]
        for _, path in sorted(parts, key=lambda part: part[0]["first"]):
            (folder / "payload").write_bytes(path.read_bytes().split(b"\n", 8)[8])
            frame = subprocess.run(
                ["age", "-d", "-i", "identity", "payload"], cwd=folder, check=True, capture_output=True
            ).stdout
            plain = subprocess.run(["zstd", "-d", "-q", "-c"], input=frame, check=True, capture_output=True).stdout
            found += plain.splitlines()
    return found


def count(rows: list[bytes]) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
    """What the list of the last packet says, and what is really in it."""
    entries = [json.loads(row) for row in rows]
    start = max(number for number, entry in enumerate(entries) if entry["kind"] == "handover")
    forms: defaultdict[str, list[str]] = defaultdict(list)
    bodies: dict[str, bytes] = {}
    streams: dict[str, tuple[int, str]] = {}
    audit = (0, "0" * 64)
    kept: dict[str, list[bytes]] = {kind: [] for kind in LISTS}
    listed: dict[str, tuple[int, str]] = {}
    for entry in entries[start:]:
        body = entry["body"]
        if entry["kind"] == "revision":
            data = canonical(body)
            revision = hashlib.sha256(data).hexdigest()
            bodies[revision] = data
            forms[body["form"]].append(revision)
        elif entry["kind"] == "stream":
            name = "stream." + body["stream"] + ("#" + body["generation"] if body["generation"] else "")
            base = (body["base"][1], body["base_hash"]) if body["base"] else (0, "0" * 64)
            number, before = streams.get(name, base)
            assert body["first"] == number + 1
            for kind, revision, inside in body["rows"]:
                number += 1
                head = b'{"body":' + (bodies[revision] if revision else canonical(inside))
                tail = f',"kind":"{kind}","number":{number},"previous":"{before}","stream":"{body["stream"]}"}}'
                before = hashlib.sha256(head + tail.encode()).hexdigest()
            streams[name] = number, before
        elif entry["kind"] == "audit":
            for row in body["rows"]:
                assert row[0] == audit[0] + 1
                audit = row[0], hashlib.sha256(canonical([*row, audit[1]])).hexdigest()
        elif entry["kind"] in kept:
            kept[entry["kind"]] += [canonical(row) for row in body["rows"]]
        elif entry["kind"] == "items":
            listed = {item["item"]: (item["count"], item["sha256"]) for item in body["items"]}
    found = {f"form.{form}": (len(ids), summed([one.encode() for one in sorted(ids)])) for form, ids in forms.items()}
    found |= streams | {kind: (len(rows), summed(rows)) for kind, rows in kept.items()}
    return listed, found | {"audit": audit, "attachments": (0, summed([]))}


def summed(rows: list[bytes]) -> str:
    return hashlib.sha256(b"".join(row + b"\n" for row in rows)).hexdigest()
