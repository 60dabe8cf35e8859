"""Whatever we pass on, we say where it comes from and under which licence."""

import hashlib
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
LICENCES = RESOURCES / "LICENSES"
SOURCES: list[dict[str, Any]] = tomllib.loads((LICENCES / "sources.toml").read_text("utf-8"))["source"]
FONTS = {
    "HanaMinB.ttf": "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c",
    "NotoSansSC_400Regular.ttf": "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
    "NotoSansSC_700Bold.ttf": "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
}


def test_every_resource_has_one_source() -> None:
    """Each file in resources/ is named by exactly one entry of sources.toml."""
    for path in RESOURCES.rglob("*"):
        name = path.relative_to(RESOURCES).as_posix()
        if path.is_file() and not name.startswith("LICENSES/"):
            naming = [
                source["what"] for source in SOURCES if any(fnmatch(name, pattern) for pattern in source["files"])
            ]
            assert len(naming) == 1, (name, naming)


def test_every_licence_text_is_there() -> None:
    """Each source names a text that exists and isn't empty, and no text lies there unnamed."""
    named = {(LICENCES / source["text"]).resolve() for source in SOURCES}
    assert all(path.stat().st_size > 300 for path in named)
    assert set(LICENCES.glob("*.txt")) <= named


@pytest.mark.parametrize("name", sorted(FONTS))
def test_fonts_are_the_released_ones(name: str) -> None:
    """The fonts are byte for byte those that were measured and licensed."""
    assert hashlib.sha256((RESOURCES / "fonts" / name).read_bytes()).hexdigest() == FONTS[name]
