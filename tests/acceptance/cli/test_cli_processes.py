"""The command line as a process of its own: how fast it answers, what it loads, how it stops."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import finegrain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FINEGRAIN = str(Path(sys.executable).with_name("finegrain"))
LIMIT_S = 0.5
START_S = 60


def finegrain_run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command to its end."""
    command = [FINEGRAIN, *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_answers_in_half_a_second(language: str) -> None:
    """Processor time, the best of three: other work on the machine is not what is measured."""
    durations_s = []
    for _attempt in range(3):
        before_s = children_s()
        assert finegrain_run("--help", "--lang", language).returncode == 0
        durations_s.append(children_s() - before_s)
    assert min(durations_s) < LIMIT_S


def children_s() -> float:
    """Give the processor time of all processes that were waited for, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'numba', 'numpy', 'duckdb', 'pyarrow', 'nicegui', 'sqlalchemy', 'pandas', 'polars', 'fastapi', 'rich', 'pydantic'}"
    program = f"import sys; from finegrain.cli import main; main(['--help']); print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_version_is_that_of_the_package() -> None:
    assert finegrain_run("--version").stdout == f"finegrain {finegrain.__version__}\n"


def test_no_words_give_the_help_page() -> None:
    ran = finegrain_run(FINEGRAIN_LANG="en")
    assert ran.returncode == 0
    assert "dead-letters" in ran.stdout


def test_language_comes_from_the_terminal() -> None:
    assert "用法" in finegrain_run("--help", LANG="zh_CN.UTF-8", LC_ALL="", FINEGRAIN_LANG="").stdout
    assert "Usage" in finegrain_run("--help", LANG="de_DE.UTF-8", LC_ALL="", FINEGRAIN_LANG="").stdout


def test_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"'{FINEGRAIN}' --home '{tmp_path}' settings | head -n 1"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A served empty workspace, and the URL that it printed."""
    command = [FINEGRAIN, "--home", str(tmp_path / "shop"), "serve", "--port", "0", "--no-open", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split(" is open on ")[-1].split(";")[0]
        process.kill()


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, at most a minute."""
    deadline_s = time.monotonic() + START_S
    while not happened() and time.monotonic() < deadline_s:
        time.sleep(0.02)


def wait_for(url: str) -> str:
    """Give the body of ``url`` as soon as it answers."""
    deadline_s = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=60) as answer:  # noqa: S310 - our own server
                body: str = answer.read().decode()
                return body
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_its_address_answers_and_stops(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path, stop: signal.Signals
) -> None:
    process, url = server
    assert finegrain.__version__ in wait_for(url)
    assert finegrain_run("--home", tmp_path / "shop", "tiers", "rfm").returncode == 2
    process.send_signal(stop)
    assert process.wait(timeout=START_S) == 0
    assert finegrain_run("--home", tmp_path / "shop", "tiers", "rfm", "--json").returncode == 0


def test_import_stopped_by_ctrl_c_ends_with_130_and_stores_nothing(tmp_path: Path) -> None:
    path, home = tmp_path / "orders.csv", tmp_path / "shop"
    rows = (f"u{row % 5000},2024-01-05 10:00:{row % 60:02},{row % 90}.5\n" for row in range(1_000_000))
    path.write_text("user_id,ordered_at,amount\n" + "".join(rows), encoding="utf-8")
    command = [FINEGRAIN, "--home", str(home), "import", "orders", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        wait_until((home / "ops.sqlite").exists)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=START_S) == 130
    assert finegrain_run("--home", home, "imports", "--json").stdout.strip() == '{"imports": []}'


def on_terminal(*words: object, columns: int, **environment: str) -> tuple[int, str]:
    """Run the installed command on a terminal of so many columns; give its exit code and what the terminal was sent."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    surroundings = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    environment = surroundings | {"TERM": "xterm-256color", "FINEGRAIN_LANG": "en"} | environment
    process = subprocess.Popen([FINEGRAIN, *map(str, words)], stdin=follower, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    sent = bytearray()
    # Linux ends a terminal without a process on it with an error instead of an empty read.
    with contextlib.suppress(OSError):
        while part := os.read(leader, 65_536):
            sent += part
    os.close(leader)
    return process.wait(timeout=START_S), sent.decode()


@pytest.mark.parametrize("columns", [40, 100])
def test_a_terminal_gets_lines_of_its_own_width(tmp_path: Path, columns: int) -> None:
    finegrain_run("--home", tmp_path / "shop", "init")
    code, text = on_terminal("--home", tmp_path / "shop", "tiers", "value", columns=columns)
    # What moves the cursor or erases a line ends it as much as a line feed does.
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*([A-Za-z])", lambda code: "" if code[1] == "m" else "\n", text))
    assert code == 0
    assert "Purchase value" in text
    assert max(map(len, lines)) <= columns


def test_import_asks_on_a_terminal_and_takes_no_for_an_answer(tmp_path: Path) -> None:
    path, home = tmp_path / "orders.csv", tmp_path / "shop"
    path.write_text("user_id,ordered_at,amount\nann,2024-01-05,10\n", encoding="utf-8")
    leader, follower = pty.openpty()
    command = [FINEGRAIN, "--home", str(home), "--lang", "en", "import", "orders", str(path)]
    with subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower) as process:
        os.close(follower)
        sent = bytearray()
        while b"[Y/n]" not in sent:
            sent += os.read(leader, 65_536)
        os.write(leader, b"n\n")
        assert process.wait(timeout=START_S) == 0
    os.close(leader)
    assert finegrain_run("--home", home, "imports", "--json").stdout.strip() == '{"imports": []}'


@pytest.mark.parametrize(
    ("words", "code"), [(["settings"], 0), (["tiers", "rfn"], 2), (["nonsense"], 2), (["tiers", "--help"], 0)]
)
def test_the_process_ends_with_the_commands_exit_code(tmp_path: Path, words: list[str], code: int) -> None:
    ran = finegrain_run("--home", tmp_path, *words, TERM="xterm-256color")
    assert ran.returncode == code
    assert "\x1b" not in ran.stdout + ran.stderr
    assert bool(ran.stdout) == (code == 0) != bool(ran.stderr)
