"""Schema versions: numbered SQL files, each applied with its number in one transaction; newer ones are refused."""

import re
from importlib.resources import files
from pathlib import Path

from jiandang_desktop.domain.addresses import address_order
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.storage.atomic_files import sync_folder
from jiandang_desktop.storage.bodies import unpack
from jiandang_desktop.storage.connection import Connection


def migrations() -> tuple[str, ...]:
    """The SQL of every step; the first one makes version 1."""
    folder = files("jiandang_desktop.storage") / "migrations"
    names = sorted(item.name for item in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", item.name))
    if [int(name[:4]) for name in names] != list(range(1, len(names) + 1)):
        raise AssertionError("migrations are numbered without holes")
    return tuple((folder / name).read_text("utf-8") for name in names)


def version_of(connection: Connection) -> int:
    """The version that a database has."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def bring_up(connection: Connection, path: Path, steps: tuple[str, ...] | None = None) -> None:
    """Apply the steps that are missing (VAULT_NEWER, before anything is touched).

    A database that holds something is copied first, encrypted as it is, to ``vault.before-<version>.db``. Steps may
    call ``body_text(body)``, a stored body as JSON text, to fill a new projection from the revisions, and
    ``address_order(part, …)`` (domain.addresses).
    """
    steps = migrations() if steps is None else steps
    version = version_of(connection)
    if version > len(steps):
        raise Problem("VAULT_NEWER")
    connection.create_function("body_text", 1, lambda stored: unpack(stored).decode(), deterministic=True)
    connection.create_function("address_order", -1, address_order, deterministic=True)
    if 0 < version < len(steps):
        _copy_before(connection, path.with_name(f"vault.before-{version}.db"))
    for number in range(version + 1, len(steps) + 1):
        _apply(connection, steps[number - 1], number)


def _copy_before(connection: Connection, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(part),))
    part.replace(target)
    sync_folder(target.parent)


def _apply(connection: Connection, sql: str, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(sql):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(sql: str) -> list[str]:
    without_comments = re.sub(r"--.*", "", sql)
    return [statement for statement in without_comments.split(";") if statement.strip()]
