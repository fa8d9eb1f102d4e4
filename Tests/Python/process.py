"""Starts a server of ours as a process, reads its ready line, and ends it.

A server prints one line once it serves, with its addresses in it; with port 0 that is the only way
to learn the port. `ServerProcess` is a context manager:

    with ServerProcess(binary("InteropServer"), "--listen", "127.0.0.1:0") as server:
        channel = grpc.insecure_channel(server.address)
"""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

ROOT = pathlib.Path(__file__).resolve().parents[2]


@lru_cache
def binary_directory() -> pathlib.Path:
    """Where the executables are: SLOTD_BIN, or the debug build's. Nothing is built here."""
    if given := os.environ.get("SLOTD_BIN"):
        return pathlib.Path(given)
    shown = subprocess.run(
        ["swift", "build", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return pathlib.Path(shown.stdout.strip())


def binary(name: str) -> str:
    path = binary_directory() / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run `swift build` first, or set SLOTD_BIN")
    return str(path)


def poll(
    condition: Callable[[], object], what: str, seconds: float = 10, interval: float = 0.005
) -> object:
    """Waits until a condition of the outside world is true, and fails with its name if it is not.

    For what reports no event: another process's memory, a socket being closed, a log line.
    """
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(interval)


class ServerProcess:
    """One running server. Its output is kept; `address` is the first TCP address it printed."""

    def __init__(self, *command: str, ready: str = "ready", env: dict[str, str] | None = None):
        self.lines: list[str] = []
        self.log: list[str] = []
        self._is_ready = threading.Event()
        self._marker = ready
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | (env or {}),
        )
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in [
                (self._process.stdout, self.lines),
                (self._process.stderr, self.log),
            ]
        ]
        for reader in self._readers:
            reader.start()
        if not self._is_ready.wait(30) or not any(ready in line for line in self.lines):
            self.kill()
            raise AssertionError(f"{command} did not get ready:\n{self.output}")

    def _read(self, pipe: Iterator[str], lines: list[str]) -> None:
        for line in pipe:
            lines.append(line.rstrip("\n"))
            if lines is self.lines and self._marker in line:
                self._is_ready.set()
        if lines is self.lines:
            self._is_ready.set()

    @property
    def output(self) -> str:
        return "\n".join(self.lines + self.log)

    @property
    def ready_line(self) -> str:
        return next(line for line in self.lines if self._marker in line)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, as a client takes it."""
        return re.search(r"(127\.0\.0\.1|localhost|\[::1\]):\d+", self.ready_line)[0]

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    @property
    def unix_address(self) -> str:
        """`unix:PATH`, as a client takes it."""
        return re.search(r"unix:\S+", self.ready_line)[0]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def resident_bytes(self) -> int:
        """What the process holds in memory now."""
        pages = pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def descriptor_count(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        """Its exit code; the output is complete afterwards."""
        code = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(5)
        return code

    def stop(self, seconds: float = 30) -> int:
        """Ends it in the orderly way."""
        if self.is_running:
            self.send(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self.is_running:
            self._process.kill()
        self.wait()

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
            raise
