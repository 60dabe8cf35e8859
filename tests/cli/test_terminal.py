"""The terminal around the command line: what is closed, full, stopped, or says things argparse says in English."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

NAMES = ("--name", "和平村卫生室", "--staff", "王秀兰")
SOURCE = Path(__file__).parents[2] / "src"
DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
LINUX = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a village's vault and its password file."""
    folder = tmp_path_factory.mktemp("village")
    (folder / "pw").write_text("correct horse\n")
    place = ("--vault", "vault", "--level", "village", "--division", "150421204203")
    made = run(
        folder, "station", "init", *place, "--name", "和平村卫生室", "--staff", "王秀兰", "--password-file", "pw"
    )
    assert made.returncode == 0, made.stderr
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "jiandang_desktop", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "100"}


def run(folder: Path, *arguments: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments), cwd=folder, env=environment(), input=typed, capture_output=True, check=False
    )


def shell(folder: Path, line: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a shell ``line``, where it stands as ``"$@"``."""
    words = ["bash", "-c", line, "bash", *command(*arguments)]
    return subprocess.run(words, cwd=folder, env=environment(), capture_output=True, check=False)


KNOWN = ("--vault", "vault", "--password-file", "pw")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("foo",), "没有“foo”，可以写：demo、station"),
        (("resident",), "还要写 WHAT"),
        (("resident", "show"), "还要写 RESIDENT"),
        (("resident", "show", "a", "b"), "不认识 b"),
        (("due", "list", "--within", "x"), "--within：“x”不是整数"),
        (("due", "list", "--band", "x"), "--band：没有“x”，可以写：overdue、week、lost、year、found"),
        (("resident", "find", "--limit", "-1"), "--limit：“-1”不是 0 到"),
        (("resident", "find", "--offset", "9" * 30), "--offset：“99"),
        (("audit", "list", "--after", "9" * 30), "--after：“99"),
        (("resident", "show", "--vault"), "--vault：后面要写内容"),
        (("resident", "show", "--yes=1"), "--yes：后面不能写“1”"),
        (("referral", "list", "--waiting", "--overdue"), "--overdue：不能和 --waiting 一起写"),
        (("conflict", "resolve", "x", "--take", "name", *KNOWN), "--take 后面应写成 FIELD=REVISION"),
        (("print", "labels", "labels.pdf", *KNOWN), "--group --all 要写其中一个"),
        (("bundle", "export", ".", "--eject", *KNOWN), "不在U盘上"),
    ],
)
def test_a_wrong_command_line_is_explained_in_chinese(village: Path, arguments: Sequence[str], said: str) -> None:
    done = run(village, *arguments)
    words = done.stderr.decode()
    assert done.returncode == 2
    assert said in words
    for english in ("argument", "invalid", "expected", "required"):
        assert english not in words


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
def test_words_in_another_encoding_are_refused(village: Path) -> None:
    words = [*map(os.fsencode, command("resident", "find", *KNOWN)), "王".encode("gbk")]
    done = subprocess.run(words, cwd=village, env=environment(), capture_output=True, check=False)
    assert done.returncode == 2
    assert "UTF-8" in done.stderr.decode()


@pytest.mark.parametrize("arguments", [("form", "check", "gbk"), ("household", "add", "gbk", *KNOWN)])
def test_files_in_another_encoding_are_refused(village: Path, arguments: Sequence[str]) -> None:
    (village / "gbk").write_bytes("王秀兰".encode("gbk"))
    done = run(village, *arguments)
    assert done.returncode == 3
    assert done.stderr.decode().startswith("[TEXT_NOT_UTF8] 文件 gbk")


def test_files_that_windows_marked_as_utf8_are_read(village: Path) -> None:
    """Its editor puts three bytes before the words."""
    (village / "marked").write_bytes("\ufeffcorrect horse\r\n".encode())
    assert run(village, "station", "show", "--vault", "vault", "--password-file", "marked").returncode == 0
    (village / "answers.json").write_bytes("\ufeff{}".encode())
    done = run(village, "household", "add", "answers.json", *KNOWN)
    assert done.stderr.decode().startswith("[ANSWERS_INVALID]")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("due", "list", "--programme", "hypertensoin"), "NO_SUCH_PROGRAMME"),
        (("due", "list", "--station", "0" * 16), "NO_SUCH_STATION"),
        (("due", "list", "--resident", "0" * 32), "NO_SUCH_RESIDENT"),
        (("due", "list", "--household", "0" * 32), "NO_SUCH_HOUSEHOLD"),
        (("due", "print", "round.pdf", "--group", "九组"), "NO_SUCH_GROUP"),
        (("due", "list", "--doctor", "王秀蓝"), "NO_SUCH_DOCTOR"),
        (("programme", "show", "hypertension", "--station", "0" * 16), "NO_SUCH_STATION"),
        (("record", "list", "0" * 32), "NO_SUCH_RESIDENT"),
        (("attempt", "list", "0" * 32), "NO_SUCH_RESIDENT"),
        (("event", "list", "0" * 32), "NO_SUCH_RESIDENT"),
        (("shelf", "history", "0" * 32), "NO_SUCH_HOUSEHOLD"),
        (("shelf", "print", "shelf.pdf", "--group", "九组"), "NO_SUCH_GROUP"),
        (("print", "log", "0" * 32), "NO_SUCH_HOUSEHOLD"),
        (("print", "labels", "labels.pdf", "--group", "九组"), "NO_SUCH_GROUP"),
        (("print", "cards", "cards.pdf", "--household", "0" * 32), "NO_SUCH_HOUSEHOLD"),
        (("bundle", "schedule", "0" * 16), "NO_SUCH_STATION"),
    ],
)
def test_what_nobody_has_is_refused_not_answered_with_nothing(
    village: Path, arguments: Sequence[str], code: str
) -> None:
    done = run(village, *arguments, *KNOWN)
    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"[{code}] 没有")
    assert not list(village.glob("*.pdf"))


def test_help_says_of_every_command_what_it_does(village: Path) -> None:
    top = run(village, "--help").stdout.decode()
    assert "写法：" in top
    assert "usage" not in top
    areas = [line.split()[0] for line in top.splitlines() if line.startswith("    ") and len(line.split()) == 2]
    assert {"station", "due", "audit"} <= set(areas)
    area = run(village, "resident", "--help").stdout.decode()
    assert "在一户里登记居民" in area
    one = run(village, "resident", "add", "--help").stdout.decode()
    assert one.count("写法：") == 1
    assert "在一户里登记居民" in one
    assert "--password-file FILE" in one


def test_no_password_at_all_is_said_and_is_no_wrong_try(village: Path) -> None:
    for done in (
        run(village, "station", "show", "--vault", "vault"),
        shell(village, '"$@" <&-', "station", "show", "--vault", "vault"),
    ):
        assert done.returncode == 2
        assert done.stderr.decode().startswith("[PASSWORD_MISSING]")


def test_the_password_and_the_answers_may_both_come_from_standard_input(village: Path) -> None:
    typed = 'correct horse\n{"division_code":"150421204203","household_address":"和平村1号"}'.encode()
    done = run(village, "household", "add", "-", "--vault", "vault", typed=typed)
    assert b"VAULT_PASSWORD" not in done.stderr
    assert b"ANSWERS_NOT_JSON" not in done.stderr


def test_answers_from_a_closed_standard_input_are_no_answers(village: Path) -> None:
    done = shell(village, '"$@" <&-', "household", "add", "-", *KNOWN)
    assert done.returncode == 3
    assert done.stderr.decode().startswith("[ANSWERS_NOT_JSON]")


def test_a_reader_that_goes_away_hears_no_complaint(village: Path) -> None:
    done = shell(village, '"$@" | true; echo ${PIPESTATUS[0]}', "form", "list", "--json", *KNOWN)
    assert done.stderr == b""
    assert done.stdout == b"0\n"
    refused = shell(village, '"$@" 2>&1 | true; echo ${PIPESTATUS[0]}', "resident", "show", "x", *KNOWN)
    assert refused.stderr == b""


def test_a_closed_standard_output_stops_nothing(village: Path) -> None:
    assert shell(village, '"$@" >&-', "station", "show", *KNOWN).returncode == 0
    assert shell(village, '"$@" >&- 2>&-', "resident", "show", "x", *KNOWN).returncode == 3


def test_the_recovery_code_is_not_lost_with_its_sheet(village: Path) -> None:
    place = ("--level", "village", "--division", "150421204203", "--password-file", "pw")
    sheet = ("--recovery-sheet", "absent/sheet.pdf")
    done = run(village, "station", "init", "--vault", "another", *place, *NAMES, *sheet)
    assert done.returncode == 5
    assert "[MEDIUM_MISSING]" in done.stdout.decode()
    said = run(village, "station", "init", "--vault", "a-third", *place, *NAMES, *sheet, "--json")
    data = json.loads(said.stdout)
    assert data["error"] == "MEDIUM_MISSING"
    (village / "code").write_text(data["recovery_code"])
    recover = ("vault", "recover", "--vault", "a-third", "--user", "王秀兰", "--code-file", "code")
    assert run(village, *recover, "--new-password-file", "pw").returncode == 0


def test_the_demo_says_how_to_open_the_window_on_it_from_here(village: Path) -> None:
    made = run(village, "demo", "--out", "a place", "--residents", "1")
    assert made.returncode == 0, made.stderr
    last = made.stdout.decode().splitlines()[-1]
    opening = last.partition("：")[2].partition("\u3000")[0]
    assert shlex.split(opening) == [*command(), "--window", "--vault", str(village / "a place" / "village")]


def test_a_demo_that_has_no_place_is_refused(village: Path) -> None:
    done = run(village, "demo", "--out", "pw/demo")
    assert done.returncode == 5
    assert done.stderr.decode().startswith("[DEMO_FOLDER]")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have their desktop always")
@pytest.mark.parametrize("arguments", [(), ("--window", "--vault", "vault")])
def test_without_a_desktop_the_window_is_refused(village: Path, arguments: Sequence[str]) -> None:
    bare = {name: value for name, value in environment().items() if name not in DISPLAYS}
    done = subprocess.run(command(*arguments), cwd=village, env=bare, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("[NO_DISPLAY] 这里没有桌面")


@LINUX
def test_what_was_done_but_cannot_be_printed_is_not_called_undone(village: Path) -> None:
    done = shell(village, '"$@" >/dev/full', "station", "show", *KNOWN)
    assert done.returncode == 5
    assert done.stderr.decode().startswith("[OUTPUT_FAILED] 命令已经做完")


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Commands started from here listen to Ctrl+C, even where the tests themselves run in a shell's background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.usefixtures("keyboard")
def test_ctrl_c_stops_a_long_work_with_words(village: Path) -> None:
    words = command("demo", "--out", "stopped", "--residents", "200", "--seed", "3")
    with subprocess.Popen(
        words, cwd=village, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as demo:
        assert demo.stdout is not None
        demo.stdout.readline()  # it has begun
        demo.send_signal(signal.SIGINT)
        _, said = demo.communicate()
    assert demo.returncode == 130
    assert said.decode().startswith("[STOPPED] 已停下")
    assert "Traceback" not in said.decode()
