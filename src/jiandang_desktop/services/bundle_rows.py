"""The line that is kept about each bundle, made here or come from elsewhere."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header, Sealed
from jiandang_desktop.ports.vault import BundleRow


def written(sealed: Sealed, file_name: str) -> BundleRow:
    """A bundle made here and read back from the medium, for its first recipient."""
    header = sealed.header
    return _row(header, sealed.digest, "out", header.recipients[0], file_name, "written", {"entries": header.entries})


def come(header: Header, digest: str, state: str, summary: Mapping[str, Any]) -> BundleRow:
    """A bundle that another station made."""
    return _row(header, digest, "in", header.sender, bundles.file_name(header), state, summary)


def _row(
    header: Header, digest: str, direction: str, peer: str, file_name: str, state: str, summary: Mapping[str, Any]
) -> BundleRow:
    return BundleRow(
        digest=digest,
        direction=direction,
        kind=header.kind,
        peer=peer,
        stream=header.stream,
        generation=header.generation,
        first=header.first,
        last=header.last,
        head=header.head,
        file_name=file_name,
        made_at=header.made_at,
        state=state,
        summary=summary,
    )
