"""The only place that picks the real storage, devices and clock, and finds the resources."""

import hashlib
import sys
from importlib.resources import files
from pathlib import Path

from jiandang_desktop import __version__
from jiandang_desktop.devices.clocks import SystemClock
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.problems import ProblemCatalog
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.ports.clock import Clock
from jiandang_desktop.ports.medium import Medium
from jiandang_desktop.programmes.first_record import FirstRecord
from jiandang_desktop.services.workbench import Workbench
from jiandang_desktop.storage import SqlCipherKeeper


def resources_folder() -> Path:
    """Where forms, words, fonts and tables lie: in the packed program, the wheel, or the checkout."""
    packed = getattr(sys, "_MEIPASS", None)
    if packed is not None:
        return Path(packed) / "jiandang_desktop" / "resources"
    installed = Path(str(files("jiandang_desktop"))) / "resources"
    checkout = Path(__file__).resolve().parents[2] / "resources"
    return installed if installed.is_dir() else checkout


def default_vault() -> Path:
    """The vault of this person on this computer."""
    from platformdirs import user_data_path

    return user_data_path("jiandang", appauthor=False) / "vault"


def programmes_mark(folder: Path) -> str:
    """What tells the programmes of this program from others, without reading them."""
    found = hashlib.sha256(__version__.encode())
    for path in sorted([*folder.glob("care/*.toml"), folder / "settings.toml"]):
        found.update(path.read_bytes())
    return found.hexdigest()


def make_workbench(*, clock: Clock | None = None, medium: Medium | None = None) -> Workbench:
    """Everything real; tests put another clock or medium in."""
    resources = resources_folder()
    clock = clock or SystemClock()

    def date_field(form_id: FormId, version: int) -> str:
        return bench.forms.date_field(form_id, version)

    bench = Workbench(
        resources=resources,
        problems=ProblemCatalog.load(resources / "texts" / "problems"),
        keeper=SqlCipherKeeper(
            clock=clock,
            load_pinyin=lambda: Pinyin.load(resources / "codes"),
            load_first_record=lambda: FirstRecord.load(resources / "programmes" / "first_record.toml"),
            date_field=date_field,
            load_rules=lambda: bench.programmes,
            rules_mark=lambda: programmes_mark(resources / "programmes"),
        ),
        clock=clock,
        medium=medium or FileMedium(),
    )
    return bench
