"""Which function does which command."""

from collections.abc import Mapping
from importlib import import_module

from jiandang_desktop.cli.session import Command

_PLACES: Mapping[str, str] = {
    "demo": "demo_commands",
    "station": "station_commands",
    "staff": "staff_commands",
    "household": "registry_commands",
    "resident": "registry_commands",
    "event": "event_commands",
    "form": "form_commands",
    "record": "record_commands",
    "bundle": "bundle_commands",
    "bundle board": "schedule_commands",
    "bundle schedule": "schedule_commands",
    "conflict": "decision_commands",
    "duplicate": "decision_commands",
    "resident transfer": "decision_commands",
    "household transfer": "decision_commands",
    "resident send-away": "leaving_commands",
    "household send-away": "leaving_commands",
    "resident arrive": "leaving_commands",
    "receipt": "bundle_commands",
    "handover": "handover_commands",
    "shelf": "shelf_commands",
    "referral": "referral_commands",
    "consultation": "referral_commands",
    "activity": "activity_commands",
    "due": "care_commands",
    "programme": "care_commands",
    "attempt": "care_commands",
    "setting": "care_commands",
    "print": "print_commands",
    "vault": "vault_commands",
    "vault restore-archive": "bundle_commands",
    "audit": "vault_commands",
}


def find(area: str, command: str) -> Command:
    """The function ``<area>_<command>``; its module is loaded only now, so that a command starts fast."""
    module = import_module(f"jiandang_desktop.cli.{_PLACES.get(f'{area} {command}', _PLACES[area])}")
    found: Command = getattr(module, f"{area}_{command}".replace("-", "_"))
    return found
