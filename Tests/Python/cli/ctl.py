"""Runs slotctl as people and scripts do: in a pipe, or at a terminal that remembers its screen."""

from __future__ import annotations

import codecs
import dataclasses
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable

import pyte
from process import binary

SECONDS = 30


@dataclasses.dataclass
class Result:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()

    @property
    def rows(self) -> list[list[str]]:
        """The lines of TSV."""
        return [line.split("\t") for line in self.lines]

    def json(self) -> dict:
        return json.loads(self.stdout)


class Ctl:
    """The program with its settings; nothing of the caller's own reaches it."""

    def __init__(self, server: str, home: pathlib.Path):
        self.environment = {
            "HOME": str(home), "PATH": os.environ["PATH"], "SLOTD_SERVER": server,
            "SLOTD_ACTOR": "desk", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC",
        }  # fmt: skip
        self._started: list[subprocess.Popen] = []

    def __call__(self, *arguments: str, code: int = 0, **environment: str) -> Result:
        """Runs a command in a pipe to its end, and expects this exit status."""
        done = subprocess.run(
            [binary("slotctl"), *arguments], capture_output=True, text=True, timeout=SECONDS,
            stdin=subprocess.DEVNULL, env=self.environment | environment,
        )  # fmt: skip
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return Result(done.returncode, done.stdout, done.stderr)

    def pipe(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """Starts a command whose lines are read one by one."""
        process = subprocess.Popen(
            [binary("slotctl"), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, stdin=subprocess.DEVNULL, env=self.environment | environment,
        )  # fmt: skip
        self._started.append(process)
        return process

    def seat(
        self, *arguments: str, columns: int = 120, rows: int = 30, **environment: str
    ) -> Seat:
        """Starts a command at a terminal of this size."""
        seat = Seat(
            binary("slotctl"), arguments, columns, rows, self.environment | environment
        )
        self._started.append(seat.process)
        return seat

    def end(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.wait()


class Seat:
    """A terminal with a program on it, and what its screen shows.

    The program is started by subprocess, not by a fork of this process: that has gRPC's threads,
    which a fork does not survive.
    """

    def __init__(
        self, program: str, arguments: tuple[str, ...], columns: int, rows: int,
        environment: dict[str, str],
    ):  # fmt: skip
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        # Everything that was written, with the escape sequences.
        self.raw = ""
        self._terminal, other_end = pty.openpty()
        self._set_size(columns, rows)
        self.modes_at_start = self.modes()
        # A session of its own, whose terminal this is: Ctrl-C becomes a signal.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", program, *arguments], env=environment,
            stdin=other_end, stdout=other_end, stderr=other_end,
        )  # fmt: skip
        os.close(other_end)

    def modes(self) -> list[object]:
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self._terminal)[:4]

    @property
    def display(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.display)

    def _read(self, timeout: float) -> bool:
        """Takes what has come; false at the end."""
        ready, _, _ = select.select([self._terminal], [], [], timeout)
        if not ready:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # EIO: nobody has the other end any more.
            return False
        text = self._decoder.decode(data)
        self.raw += text
        self._stream.feed(text)
        return bool(data)

    def wait_for(self, what: str | Callable[[str], object]) -> str:
        """Reads until the screen shows a text, or what a function of it looks for."""
        shows = what if callable(what) else lambda text: what in text
        deadline = time.monotonic() + SECONDS
        goes_on = True
        while not shows(self.text):
            assert goes_on and time.monotonic() < deadline, f"no {what!r} on\n{self.text}"
            goes_on = self._read(0.2)
        return self.text

    def answer(self, question: str, text: str) -> None:
        """Waits for a question on the line of the cursor, and types an answer."""

        def is_asked(_: str) -> bool:
            line = self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]
            return question in line and line.rstrip().endswith(":") or (
                question in line and line.rstrip().endswith("]")
            )

        self.wait_for(is_asked)
        self.type(text + "\n")

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)

    def _set_size(self, columns: int, rows: int) -> None:
        """The terminal tells the program by SIGWINCH."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def exit_status(self) -> int:
        """Reads to the end of the program and of what it wrote; negative for a signal."""
        deadline = time.monotonic() + SECONDS
        while self._read(1):
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
        os.close(self._terminal)
        return self.process.wait(SECONDS)

    @property
    def escapes(self) -> list[str]:
        return re.findall(r"\x1b\[[0-9;?]*[A-Za-z]", self.raw)

    @property
    def colors(self) -> list[str]:
        return [code for code in self.escapes if re.fullmatch(r"\x1b\[[0-9;]*3[0-7]m", code)]
