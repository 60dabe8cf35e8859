"""A station that saves and exports without end and says what was acknowledged; run to be killed.

Arguments: vault folder, stick folder, file with the ids acknowledged in earlier lives. First it proves that all of
those are still there.
"""

import json
import sys
from pathlib import Path

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import registry, sign_in, submission

PERSON = {
    "sex": "2",
    "birth_date": "1962-03-05",
    "id_type": "99D",
    "no_id_reason": "4",
    "ethnicity": "01",
    "relation_to_head": "02",
    "residence_type": "1",
    "filing_source": "1",
    "consent": "1",
    "consent_date": "2026-11-24",
    "consent_by": "1",
}


def main(vault: Path, stick: Path, acknowledged: Path) -> None:
    desk = sign_in.sign_in(make_workbench(), vault, "王秀兰", "correct horse")
    if desk.vault.read_only_reason:
        raise SystemExit(f"opened read-only: {desk.vault.read_only_reason}")
    known = acknowledged.read_text(encoding="utf-8").split()
    with desk.vault.read() as reader:
        lost = [name for name in known if reader.resident(SubjectId(name)) is None]
    say(ready=len(known), lost=lost)
    household = registry.add_household(desk, {"address": "和平村3组12号"})
    number = 0
    while True:
        number += 1
        answers = {**PERSON, "name": f"王{chr(0x4E00 + len(known) + number)}"}
        say(saved=registry.add_resident(desk, household.id, answers, frozenset({"twin"})).id)
        if number % 4 == 0:
            say(exported=submission.export(desk, stick).path.name)


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
