"""One step of a handover in a process of its own, to be killed in the middle and done again.

Arguments: step (make, take, confirm), vault folder, stick folder. What was done before isn't done twice.
"""

import sys
from pathlib import Path

from tests.journeys.conftest import PASSWORD, StoppedClock

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.services import handover, sign_in, takeover


def main(step: str, vault: Path, stick: Path) -> None:
    desk = sign_in.sign_in(make_workbench(clock=StoppedClock()), vault, "王秀兰", PASSWORD)
    medium = desk.bench.medium
    if step == "make":
        (card,) = stick.glob("*enrolment-request*.jdb")
        handover.begin(desk, handover.read_invitation(desk, medium.read_file(card, 1 << 20)).card, "撤站")
        handover.write(desk, stick)
    elif step == "take":
        done = takeover.take(desk, takeover.find(desk, stick), compared=True)
        medium.write_file(stick, done.receipt_name, done.receipt)
    else:
        receipt = sorted(stick.glob("*handover-receipt*.jdb"))[0]
        handover.confirm(desk, medium.read_file(receipt, 1 << 20))
    sign_in.lock(desk)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
