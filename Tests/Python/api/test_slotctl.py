"""slotctl as a process: its exit codes, its streams, its questions on a terminal, and what the shell
completes. `Tests/SlotctlTests` holds the rest, against prepared replies."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

import pexpect
import pytest
from pexpect import fdpexpect
from process import ServerProcess, binary

from clinic import Clinic

DECLINED, NOT_FOUND, UNAUTHORIZED, CONFLICT, UNAVAILABLE = 2, 3, 4, 5, 6
USAGE, INTERRUPTED = 64, 130
QUIET = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("SLOTD_", "SLOTCTL_", "LC_")) and name not in {"LANG", "NO_COLOR"}
} | {"SLOTCTL_CONFIG": "/nonexistent/config.yaml", "TERM": "xterm", "LANG": "C.UTF-8"}


def slotctl(
    server: ServerProcess | str, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    address = server if isinstance(server, str) else server.address
    return subprocess.run(
        [binary("slotctl"), *words], capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, env=QUIET | {"SLOTD_SERVER": address} | environment,
    )  # fmt: skip


class Terminal(fdpexpect.fdspawn):
    """slotctl on a terminal of 110 columns, with somebody who types.

    Not pexpect's own spawn: it forks, and a child of this process would run grpc's hooks first.
    """

    def __init__(self, server: ServerProcess, *words: str, **environment: str):
        keyboard, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", binary("slotctl"), *words], stdin=screen, stdout=screen,
            stderr=screen, env=QUIET | {"SLOTD_SERVER": server.address} | environment,
        )  # fmt: skip
        os.close(screen)
        super().__init__(keyboard, encoding="utf-8", timeout=20)

    def ended(self) -> int:
        """The exit code of a program that has nothing more to ask."""
        self.expect(pexpect.EOF)
        return self.process.wait(20)


def test_exit_codes(slotd: ServerProcess, clinic: Clinic) -> None:
    """Each code that scripts rely on, from a real daemon; stdout holds data alone."""
    taken = ["booking", "create", "--patient", "Jane", "--service", "Laser", "--provider", "Ada"]
    taken += ["--start", f"{clinic.day(2)} 10:00"]
    first = slotctl(slotd, *taken, "--ref", "first")
    assert first.returncode == 0, first.stderr
    for code, words in [
        (0, ["health"]),
        (0, ["--help"]),
        (1, ["patient", "create", "--name", " "]),
        (1, ["patient", "show", "J"]),
        (DECLINED, ["booking", "cancel", "ref:first"]),
        (NOT_FOUND, ["booking", "show", "ref:nobody"]),
        (NOT_FOUND, ["patient", "show", "Zebedee"]),
        (CONFLICT, taken),
        (CONFLICT, ["patient", "update", "Jane", "--phone", "1", "--if-version", "99"]),
        (UNAVAILABLE, ["health", "--service", "nobody"]),
        (USAGE, ["booking", "list", "--nonsense"]),
        (USAGE, ["elephants"]),
        (USAGE, ["health", "--timeout", "soon"]),
    ]:
        ran = slotctl(slotd, *words)
        assert ran.returncode == code, (words, ran.stdout, ran.stderr)
        assert bool(ran.stdout) == (code == 0 or words == ["health", "--service", "nobody"]), words
        assert bool(ran.stderr) == (code != 0), words
        assert "\x1b" not in ran.stdout + ran.stderr, "no colors in a pipe"
    assert "--yes" in slotctl(slotd, "booking", "cancel", "ref:first").stderr
    assert "Did you mean show?" in slotctl(slotd, "booking", "shw").stderr
    assert "Did you mean booking?" in slotctl(slotd, "boking", "list").stderr


def test_output_that_cannot_be_written_is_told(slotd: ServerProcess, clinic: Clinic) -> None:
    """A script must not take a full disk or a closed stdout for an empty list."""
    environment = QUIET | {"SLOTD_SERVER": slotd.address}
    for redirection in [">/dev/full", ">&-"]:
        ran = subprocess.run(
            f"{binary('slotctl')} patient list {redirection}", shell=True, env=environment,
            stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 1, redirection
        assert "standard output cannot be written" in ran.stderr, redirection


def test_an_organization_that_cannot_be_named_is_no_other(
    slotd: ServerProcess, clinic: Clinic
) -> None:
    """What metadata cannot carry stops the command; it does not act on `default` instead."""
    for words in [["--org", "Zürich"], ["--org", "a\nb"], ["--actor", "Zoë"]]:
        ran = slotctl(slotd, *words, "patient", "create", "--name", "Nobody")
        assert (ran.returncode, ran.stdout) == (USAGE, ""), words
        assert words[0] in ran.stderr
    assert "Nobody" not in slotctl(slotd, "patient", "list").stdout


def test_patients_may_not_do_what_staff_may(slotd: ServerProcess, clinic: Clinic) -> None:
    """Exit 4 for a rule that only others may break."""
    words = ["booking", "create", "--patient", "Jane", "--service", "Laser", "--allow"]
    words += ["OUTSIDE_HOURS", "--because", "x", "--start", f"{clinic.day(2)} 03:00"]
    assert slotctl(slotd, *words, "--role", "patient").returncode == UNAUTHORIZED


def test_nobody_there(tmp_path: pathlib.Path) -> None:
    """A daemon that is not there is 6, in JSON where the output is JSON, and says what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    ran = slotctl(address, "location", "list", "-o", "json")
    assert ran.returncode == UNAVAILABLE
    error = json.loads(ran.stderr)
    assert error["code"] == "UNAVAILABLE" and error["retryable"] is True
    config = tmp_path / "config.yaml"
    config.write_text("current: robot\ncontexts: {robot: {output: json}}\n")
    ran = slotctl(address, "location", "list", SLOTCTL_CONFIG=str(config))
    assert ran.returncode == UNAVAILABLE
    assert json.loads(ran.stderr)["code"] == "UNAVAILABLE"
    ran = slotctl(address, "location", "lst", SLOTCTL_CONFIG=str(config))
    assert ran.returncode == USAGE and json.loads(ran.stderr)["code"] == "USAGE"


def test_version() -> None:
    """What a report of a fault needs, of both programs, for people and for machines."""
    for name, keys in [
        ("slotctl", {"program", "version", "revision", "swift", "nghttp2"}),
        ("slotd", {"program", "version", "revision", "swift", "nghttp2", "sqlite"}),
    ]:
        for words in (["--version", "-o", "json"], ["-o", "json", "--version"]):
            done = subprocess.run(
                [binary(name), *words], capture_output=True, text=True, check=True, env=QUIET
            )
            found = json.loads(done.stdout)
            assert found.keys() == keys and found["program"] == name
            assert all(found.values())
        plain = subprocess.run(
            [binary(name), "--version"], capture_output=True, text=True, check=True, env=QUIET
        )
        assert plain.stdout.startswith(f"{name} {found['version']}")


def test_an_update_given_twice(slotd: ServerProcess, clinic: Clinic) -> None:
    """Any update with the same --request-id gets its first reply again, also when it took away the
    name by which the record was found, or adds to a list; other words with that id are refused."""
    room = ["resource", "create", "--name", "Room 1", "--kind", "room", "--location", "Midtown"]
    assert slotctl(slotd, *room).returncode == 0
    updates = [
        ["patient", "update", "Jane", "--name", "Mary Doe"],
        ["location", "update", "Midtown", "--close", "2030-12-24", "--name", "Uptown"],
        ["provider", "update", "Ada", "--time-off", "2030-12-24"],
        ["service", "update", "Laser", "--variant", "provider=Ada,durations=45"],
        ["procedure-type", "update", "Filler", "--steps", "5"],
        ["resource", "update", "Room 1", "--outage", "2030-12-24"],
        ["org", "update", "--name", "Aurora"],
    ]
    for number, words in enumerate(updates):
        key = ["--request-id", f"update-{number}", "-o", "json"]
        first = slotctl(slotd, *words, *key)
        assert first.returncode == 0, (words, first.stderr)
        again = slotctl(slotd, *words, *key)
        assert again.returncode == 0, (words, again.stderr)
        assert "done before" in again.stderr
        replayed = json.loads(again.stdout)
        assert replayed.pop("replayed") is True
        assert replayed == json.loads(first.stdout)
        other = slotctl(slotd, *words, "--ref", "other", *key)
        assert other.returncode == 1, (words, other.stdout, other.stderr)
        assert json.loads(other.stderr)["reason"] == "KEY_REUSED"
    shown = json.loads(slotctl(slotd, "provider", "show", "Ada", "-o", "json").stdout)
    assert len(shown["provider"]["timeOff"]) == 1


def test_a_name_is_typed_before_anything_is_destroyed(slotd: ServerProcess, clinic: Clinic) -> None:
    """Yes is no answer; the name in any case is; nobody there is a no."""
    booking = clinic.book(2, 10)
    words = ["booking", "cancel", booking.id]
    for answer in ["y", "", "jane"]:
        terminal = Terminal(slotd, *words)
        terminal.expect("Jane Doe")
        terminal.expect("to go on:")
        terminal.sendline(answer)
        assert terminal.ended() == DECLINED
    terminal = Terminal(slotd, *words)
    terminal.expect("to go on:")
    terminal.send("\x04")
    assert terminal.ended() == DECLINED
    terminal = Terminal(slotd, *words)
    terminal.expect("to go on:")
    terminal.sendline("JANE doe")
    assert terminal.ended() == 0
    stubs = clinic.stubs
    read = clinic.client(stubs.GetBookingRequest(id=booking.id)).booking
    assert read.stage == stubs.STAGE_CANCELLED


def test_attach_asks_its_way_through(slotd: ServerProcess, clinic: Clinic) -> None:
    """`procedure attach` without a flag: patient, draft, booking from the list, done."""
    stubs = clinic.stubs
    booking = clinic.book(2, 10)
    draft = clinic.client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    question = r":(\x1b\[0m)? $"
    terminal = Terminal(slotd, "procedure", "attach")
    terminal.expect(question)
    terminal.sendline("jane")
    deadline = time.monotonic() + 20
    # What is asked depends on how many there are to choose from; the first choice is right each time.
    while time.monotonic() < deadline:
        if terminal.expect([question, pexpect.EOF, r"\[y/N\](\x1b\[0m)? $"]) == 1:
            break
        terminal.sendline("1")
    assert terminal.process.wait(20) == 0, terminal.before
    read = clinic.client(stubs.GetProcedureRequest(id=draft.id)).procedure
    assert read.attachment.booking_id == booking.id


def test_interrupted_at_a_question(slotd: ServerProcess, clinic: Clinic) -> None:
    """Ctrl-C ends it at once, with 130."""
    terminal = Terminal(slotd, "procedure", "attach")
    terminal.expect(":")
    terminal.send("\x03")
    assert terminal.ended() == INTERRUPTED


def test_interrupted_while_waiting() -> None:
    """SIGINT while a daemon does not answer: 130."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen(
            [binary("slotctl"), "location", "list", "--timeout", "none"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=QUIET | {"SLOTD_SERVER": f"127.0.0.1:{silent.getsockname()[1]}"},
        )  # fmt: skip
        peer, _ = silent.accept()
        with peer:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED


def test_color_and_signs(slotd: ServerProcess, clinic: Clinic) -> None:
    """Color as --color, NO_COLOR and TERM say; outside UTF-8 no sign beyond ASCII is ours."""
    clinic.book(2, 10)

    def text(*words: str, **environment: str) -> str:
        terminal = Terminal(slotd, "health", *words, **environment)
        assert terminal.ended() == 0
        return terminal.before

    assert "\x1b[" in text()
    assert "\x1b[" not in text("--color", "never")
    assert "\x1b[" not in text(NO_COLOR="1")
    assert "\x1b[" not in text(TERM="dumb")
    assert "\x1b[" in text("--color=always", NO_COLOR="1")
    assert "\x1b[" in slotctl(slotd, "health", "-o", "table", "--color", "always").stdout
    assert slotctl(slotd, "health", "--color", "sometimes").returncode == USAGE
    refused = slotctl(slotd, "patient", "show", "Zebedee", LANG="C").stderr
    assert refused.isascii() and '"Zebedee"' in refused
    wrong = slotctl(slotd, "booking", "show", "booking_x").stderr
    assert "booking_x" in wrong


def completed(shell: str, script: str, home: pathlib.Path, address: str) -> str:
    """What a shell prints."""
    environment = QUIET | {
        "SLOTD_SERVER": address, "HOME": str(home),
        "PATH": f"{pathlib.Path(binary('slotctl')).parent}:{QUIET['PATH']}",
    }  # fmt: skip
    done = subprocess.run(
        [shell, "-c", script], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


BASH = """
source <(slotctl completion bash)
COMP_WORDS=(slotctl slots find --location "$1"); COMP_CWORD=4
COMP_LINE="slotctl slots find --location $1"; COMP_POINT=${#COMP_LINE}
COMP_TYPE=9; COMP_KEY=9
_slotctl slotctl "$1" --location
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_bash_completes_names(slotd: ServerProcess, clinic: Clinic, tmp_path: pathlib.Path) -> None:
    """A real bash completes the names that the daemon knows; without a daemon it is silent, soon."""
    script = BASH.replace("$1", "Mid")
    assert completed("bash", script, tmp_path, slotd.address).strip() == "Midtown"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # Accepts, and never says a word.
        threading.Thread(target=lambda: (silent.accept(), None), daemon=True).start()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        assert completed("bash", script, tmp_path, address).strip() == ""
        # 300 ms for the daemon; the rest is for processes on a busy machine.
        started = time.monotonic()
        words = ["---completion", "slots", "find", "--", "--location", "4", "0"]
        asked = slotctl(address, *words, "slotctl", "slots", "find", "--location", "")
        assert time.monotonic() - started < 5
        assert (asked.stdout.strip(), asked.stderr) == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, tmp_path: pathlib.Path) -> None:
    """Each shell takes its script, where it is installed."""
    made = slotctl("127.0.0.1:1", "completion", shell)
    assert made.returncode == 0 and "slotctl" in made.stdout
    assert slotctl("127.0.0.1:1", "completion", "powershell").returncode == USAGE
    if found := shutil.which(shell):
        file = tmp_path / "script"
        file.write_text(made.stdout)
        subprocess.run([found, "-n", str(file)], check=True, timeout=60)


def test_a_change_of_the_catalog_is_tried_first(slotd: ServerProcess, clinic: Clinic) -> None:
    clinic.book(2, 10)
    change = ["service", "update", "Laser", "--archived", "true"]
    tried = slotctl(slotd, *change, "--dry-run", "-o", "json")
    assert tried.returncode == 0, tried.stderr
    assert "Nothing was changed. It would strand 1 booking." in tried.stderr
    reply = json.loads(tried.stdout)
    assert reply["strandedCount"] == 1 and reply["service"]["archived"]
    assert reply["stranded"][0]["reasons"] == ["REASON_SERVICE_NOT_OFFERED"]
    refused = slotctl(slotd, *change, "--refuse-if-any")
    assert refused.returncode == CONFLICT and "STRANDED_BOOKINGS" in refused.stderr
    shown = slotctl(slotd, *change, "--dry-run", "-o", "table")
    assert "SERVICE_NOT_OFFERED" in shown.stdout
    settings = slotctl(slotd, "org", "update", "--name", "Another", "--dry-run", "-o", "json")
    assert json.loads(settings.stdout).get("strandedCount", 0) == 0
    assert "It would strand no booking." in settings.stderr
    made = slotctl(slotd, *change, "-o", "json")
    assert "they stay, and are shown to be out of hours." in made.stderr
