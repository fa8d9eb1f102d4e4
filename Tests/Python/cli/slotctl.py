"""Runs slotctl as a script would: no terminal, output kept."""

from __future__ import annotations

import os
import subprocess

from process import ServerProcess, binary

SECONDS = 120


def slotctl(
    server: ServerProcess | str,
    *words: object,
    stdin: bytes = b"",
    organization: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """One run, with settings from nowhere but the words."""
    address = server if isinstance(server, str) else server.address
    command = [binary("slotctl"), *map(str, words), "--server", address]
    if organization:
        command += ["--org", organization]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SLOTD_")}
    environment["XDG_CONFIG_HOME"] = "/nonexistent"
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=SECONDS, env=environment
    )


def succeed(server: ServerProcess | str, *words: object, **options: object) -> bytes:
    """A run that exits with 0; its stdout."""
    ran = slotctl(server, *words, **options)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


def counts(ran: subprocess.CompletedProcess[bytes]) -> dict[str, list[int]]:
    """The rows of an import's table by kind: created, updated, unchanged, refused."""
    rows = [line.split("\t") for line in ran.stdout.decode().splitlines()]
    return {row[0]: [int(cell) for cell in row[1:]] for row in rows}
