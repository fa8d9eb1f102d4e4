#!/usr/bin/env python3
"""Writes the man pages of slotd's programs: `Scripts/man-pages.py DIR PROGRAM...`, then `man -l
DIR/slotctl.1`.

Everything comes from the programs themselves, which tell their commands as JSON
(--experimental-dump-help), so that the page of a program says what its --help says.
"""

from __future__ import annotations

import datetime
import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

SEVERAL = re.compile(r"several times|[Rr]epeatable")
EXIT_CODES = re.compile(r"Exit (?:status|codes): ")


def literal(words: str) -> str:
    """A line as it stands: nothing in it is a request to the formatter."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", escaped, flags=re.MULTILINE)


def text(words: str) -> str:
    """Running text, each sentence on a line, as the formatter wants it."""
    return literal(re.sub(r"(?<=[.?!:]) +(?=\S)|(?<=[.?!][)”]) +(?=\S)", "\n", words))


def shown(arguments: list[dict]) -> list[dict]:
    return [argument for argument in arguments if argument["shouldDisplay"]]


def spelling(argument: dict) -> str:
    """How it is typed: `Fl -output Ar format`."""
    value = argument.get("valueName", "value").replace("-", "\\-")
    if argument["kind"] == "positional":
        return f"Ar {value}"
    # A short name is -o, a long one --output; Fl writes the first hyphen.
    names = sorted(argument["names"], key=lambda name: len(name["name"]))
    flags = [
        "Fl " + ("" if name["kind"] != "long" else "\\-") + name["name"].replace("-", "\\-")
        for name in names
    ]
    ending = f" Ar {value}" if argument["kind"] == "option" else ""
    return " , ".join(flag + ending for flag in flags)


def options(arguments: list[dict]) -> Iterator[str]:
    """The list of what a command takes."""
    if not arguments:
        return
    yield ".Bl -tag -width Ds"
    for argument in arguments:
        yield f".It {spelling(argument)}"
        yield text(argument.get("abstract", ""))
        facts = []
        if values := argument.get("allValues"):
            facts.append("one of " + ", ".join(values))
        if default := argument.get("defaultValue"):
            facts.append(f"default: {default}")
        if argument["isRepeating"] and not SEVERAL.search(argument.get("abstract", "")):
            facts.append("may be given several times")
        if facts:
            yield text(f"({'; '.join(facts)})")
    yield ".El"


def paragraphs(discussion: str) -> Iterator[str]:
    """A discussion, its examples line by line as they are typed."""
    for block in re.split(r"\n{2,}", discussion.strip()):
        if not block or block.startswith("--server, --org") or EXIT_CODES.match(block):
            continue
        lines = block.split("\n")
        if lines[0].rstrip(":") == "EXAMPLES":
            yield ".Pp"
            yield "Examples:"
            yield ".Bd -literal -offset indent"
            yield from (literal(line.removeprefix("  ")) for line in lines[1:])
            yield ".Ed"
        else:
            yield ".Pp"
            yield from (text(line.strip()) for line in lines)


def commands(command: dict, path: list[str]) -> Iterator[str]:
    """Every command below this one, with its own arguments."""
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child["shouldDisplay"]:
            continue
        words = [*path, child["commandName"]]
        yield f".Ss {text(' '.join(words))}"
        yield text(child.get("abstract", ""))
        yield from paragraphs(child.get("discussion", ""))
        own = [
            argument
            for argument in shown(child.get("arguments", []))
            if {name["name"] for name in argument.get("names", [])}.isdisjoint({"help", "version"})
        ]
        yield from options(own)
        yield from commands(child, words)


def exit_status(discussion: str) -> Iterator[str]:
    """The codes, of a paragraph `Exit status: 0 done, 1 failed, …`."""
    for block in re.split(r"\n{2,}", discussion):
        if not (start := EXIT_CODES.match(block)):
            continue
        yield ".Sh EXIT STATUS"
        yield ".Bl -tag -width Ds"
        # A code follows a comma; so do the words in parentheses, but no number.
        for item in re.split(r", (?=\d+ )", block[start.end() :].rstrip(".")):
            code, meaning = item.split(" ", 1)
            yield f".It {code}"
            yield text(meaning)
        yield ".El"


def environment(arguments: list[dict]) -> Iterator[str]:
    """The variables that stand for options, as these tell of them."""
    found = [
        (match[1], argument)
        for argument in shown(arguments)
        if (match := re.search(r"\((SLOTD_\w+)", argument.get("abstract", "")))
    ]
    if not found:
        return
    yield ".Sh ENVIRONMENT"
    yield ".Bl -tag -width Ds"
    for variable, argument in found:
        name = max((name["name"] for name in argument["names"]), key=len)
        yield f".It Ev {variable}"
        yield text(f"As --{name}, which goes before it.")
    yield ".El"


def page(program: str, command: dict, others: list[str]) -> Iterator[str]:
    discussion = command.get("discussion", "")
    arguments = command.get("arguments", [])
    yield f".Dd {datetime.date.today():%B %-d, %Y}"
    yield f".Dt {program.upper()} 1"
    yield ".Os"
    yield ".Sh NAME"
    yield f".Nm {program}"
    yield f".Nd {text(command.get('abstract', '').rstrip('.'))}"
    yield ".Sh SYNOPSIS"
    yield f".Nm {program}"
    yield ".Op Ar options"
    if command.get("subcommands"):
        yield ".Ar command"
        yield ".Op Ar arguments"
    yield ".Sh DESCRIPTION"
    yield text(command.get("abstract", ""))
    yield from paragraphs(discussion)
    yield ".Sh OPTIONS"
    yield from options(shown(arguments))
    if command.get("subcommands"):
        yield ".Sh COMMANDS"
        yield from commands(command, [program])
    yield from environment(arguments)
    yield from exit_status(discussion)
    if others:
        yield ".Sh SEE ALSO"
        yield from (
            f".Xr {name} 1" + (" ," if name != sorted(others)[-1] else "")
            for name in sorted(others)
        )


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("usage: Scripts/man-pages.py DIR PROGRAM...")
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    programs = {pathlib.Path(path).name: path for path in sys.argv[2:]}
    for name, path in programs.items():
        told = subprocess.run(
            [path, "--experimental-dump-help"], check=True, capture_output=True, text=True
        )
        lines = page(name, json.loads(told.stdout)["command"], [n for n in programs if n != name])
        (directory / f"{name}.1").write_text("\n".join(line for line in lines if line) + "\n")


if __name__ == "__main__":
    main()
