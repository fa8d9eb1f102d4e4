"""The man pages: the formatter has nothing to complain of, and they tell of every command."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest
from process import ROOT, binary

PROGRAMS = ["slotd", "slotctl", "slotload"]
# As in the tests of each program's own exit codes.
CODES = {
    "slotd": {0, 7, 64, 70, 78},
    "slotctl": {0, 1, 2, 3, 4, 5, 6, 7, 64, 130},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    directory = tmp_path_factory.mktemp("man")
    script = ROOT / "Scripts" / "man-pages.py"
    subprocess.run([script, directory, *map(binary, PROGRAMS)], check=True)
    return directory


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_formatter_has_nothing_to_complain_of(pages: pathlib.Path, program: str) -> None:
    page = str(pages / f"{program}.1")
    lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], capture_output=True, text=True)
    assert (lint.returncode, lint.stdout + lint.stderr) == (0, "")


def words_of(command: dict, path: str) -> Iterator[str]:
    for child in command.get("subcommands", []):
        if child["commandName"] != "help":
            yield f"{path} {child['commandName']}"
            yield from words_of(child, f"{path} {child['commandName']}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_has_its_place(pages: pathlib.Path, program: str) -> None:
    told = subprocess.run(
        [binary(program), "--experimental-dump-help"], check=True, capture_output=True, text=True
    )
    source = (pages / f"{program}.1").read_text().replace("\\-", "-")
    wanted = list(words_of(json.loads(told.stdout)["command"], program))
    assert re.findall(r"^\.Ss (.+)$", source, re.MULTILINE) == wanted


@pytest.mark.parametrize("program", CODES)
def test_each_exit_code_has_its_line(pages: pathlib.Path, program: str) -> None:
    section = (pages / f"{program}.1").read_text().split(".Sh EXIT STATUS\n")[1].split(".Sh")[0]
    assert {int(code) for code in re.findall(r"^\.It (\d+)$", section, re.M)} == CODES[program]


def test_an_example_can_be_copied(pages: pathlib.Path) -> None:
    """Shown as it is typed: hyphens, quotes and backslashes are what a shell knows."""
    shown = subprocess.run(
        ["mandoc", "-Tascii", str(pages / "slotctl.1")], check=True, capture_output=True, text=True
    )
    lines = [line.strip() for line in re.sub(r".\x08", "", shown.stdout).splitlines()]
    assert 'slotctl booking create --patient "Ada Lovelace" --service Botox \\' in lines
    assert '--start "tomorrow 9:00"' in lines
