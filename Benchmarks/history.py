"""How long slotd looks back: record histories, past boards and the check of the chain.

    python3 Benchmarks/history.py [--no-build] [--events N] [--output FILE]

Fills an empty slotd with about N events (300,000): bookings of twenty providers over some years, each
an event of its own, and moves of a few of them spread between. Then asks for histories of old and
new records, for boards of past days as of past moments, for the newest and the oldest of the trail,
for what one actor did, and for a check of the whole chain, several times each, through slotctl, whose
own start is measured with `slotctl health` and taken off. Prints a table, writes it to FILE, and
ends with 1 when one of the bars in it is missed. Needs nothing but Python's standard library.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import import_medscheduler

PROVIDERS = 20
PATIENTS = 5_000
FIRST_DAY = datetime.datetime(2024, 1, 1, 8, tzinfo=datetime.timezone.utc)
VISITS_A_DAY = 32
RUNS = 7


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    parser.add_argument("--bin", type=pathlib.Path, help="where they are; default: the release build's")
    parser.add_argument("--events", type=int, default=300_000, help="about so many")
    parser.add_argument("--output", type=pathlib.Path, help="a Markdown file for the table")
    return parser.parse_args()


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def hours():
    days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    return [{"day": f"DAY_OF_WEEK_{day}", "startMinute": 0, "endMinute": 1440} for day in days]


def records(count):
    """Import lines: a catalog, patients, then bookings in the order of their time."""
    yield {"location": {"externalRef": "place", "name": "Place", "timeZone": "UTC",
                        "hours": hours()}}
    for number in range(PROVIDERS):
        yield {"provider": {"externalRef": f"pr-{number}", "name": f"Provider {number}",
                            "schedules": [{"locationId": "ref:place", "hours": hours()}]}}
    yield {"service": {"externalRef": "visit", "name": "Visit", "durationsMinutes": [15],
                       "providerIds": [f"ref:pr-{number}" for number in range(PROVIDERS)]}}
    for number in range(PATIENTS):
        yield {"patient": {"externalRef": f"p-{number}", "name": f"Patient {number}"}}
    for number in range(count):
        provider = number % PROVIDERS
        day, slot = divmod(number // PROVIDERS, VISITS_A_DAY)
        start = FIRST_DAY + datetime.timedelta(days=day, minutes=15 * slot)
        yield {"booking": {
            "externalRef": f"b-{number}", "patientRef": f"p-{number * 7919 % PATIENTS}",
            "locationRef": "place", "providerRef": f"pr-{provider}", "serviceRef": "visit",
            "start": text(start), "end": text(start + datetime.timedelta(minutes=15))}}


class Clinic:
    """A daemon, and slotctl at it."""

    def __init__(self, folder, data):
        self.folder = folder
        command = [folder / "slotd", "serve", "--data-dir", data, "--listen", "127.0.0.1:0"]
        self.daemon = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = re.search(r"127\.0\.0\.1:\d+", self.daemon.stdout.readline())[0]

    def ctl(self, *words, **options):
        ran = subprocess.run(
            [self.folder / "slotctl", "--server", self.address, *words], capture_output=True,
            text=True, **options)
        if ran.returncode != 0:
            sys.exit(f"slotctl {' '.join(words)}: {ran.stderr}")
        return ran.stdout

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(120)

    def load(self, count, scratch):
        """Imports the bookings in ten parts, and moves some of what is there after each."""
        lines = [json.dumps(record) for record in records(count)]
        part = -(-len(lines) // 10)
        for index in range(10):
            file = scratch / "part.ndjson"
            file.write_text("\n".join(lines[index * part:(index + 1) * part]) + "\n")
            self.ctl("import", "ndjson", str(file))
            booked = (index + 1) * part - (len(lines) - count)
            for number in range(max(0, booked // 2), max(0, booked // 2 + min(booked, 3))):
                name = f"ref:b-{number}"
                self.ctl("booking", "move", name, "check-in", "--actor", "kim")


def milliseconds(clinic, words):
    samples = []
    for _ in range(RUNS):
        start = time.perf_counter()
        clinic.ctl(*words)
        samples.append(1000 * (time.perf_counter() - start))
    return statistics.median(samples)


def questions(count):
    """What is asked, and the bar in milliseconds."""
    last = count - 1
    day = FIRST_DAY + datetime.timedelta(days=3)
    late = FIRST_DAY + datetime.timedelta(days=last // PROVIDERS // VISITS_A_DAY)
    now = text(datetime.datetime.now(datetime.timezone.utc))
    trail = ["audit", "list", "--limit", "100", "-o", "ndjson"]
    board = ["board", "--location", "ref:place", "-o", "ndjson", "--as-of", now, "--date"]
    return [
        ("history of the first booking", ["booking", "history", "ref:b-0", "-o", "ndjson"], 20),
        ("history of the last booking",
         ["booking", "history", f"ref:b-{last}", "-o", "ndjson"], 20),
        # Every one of them is a card that slotctl gets and writes.
        (f"board of an early day, {PROVIDERS * VISITS_A_DAY} visits, as of now",
         [*board, f"{day:%Y-%m-%d}"], 200),
        ("board of the last day, a few visits, as of now", [*board, f"{late:%Y-%m-%d}"], 100),
        ("newest 100 of the trail", trail, 20),
        ("oldest 100 of the trail", [*trail, "--oldest-first"], 20),
        ("what one actor did, the newest 10 of 30",
         ["audit", "list", "--by", "kim", "--limit", "10", "-o", "ndjson"], 2_000),
        ("check of the whole chain", ["audit", "verify"], 10_000),
    ]


def report(rows, events, seconds, size):
    lines = [
        "# Looking back", "",
        f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores, {platform.machine()}: "
        f"{events:,} events, imported in {seconds:.0f} s, {size / 1e6:.0f} MB on disk. Median of "
        f"{RUNS} calls of slotctl each, less what `slotctl health` takes.", "",
        "| what | ms | bar |", "|---|---:|---:|"]
    lines += [f"| {name} | {value:,.1f} | {bar:,} |" for name, value, bar in rows]
    return "\n".join(lines) + "\n"


def main():
    given = arguments()
    folder = import_medscheduler.programs(given)
    count = given.events - PATIENTS - PROVIDERS - 2
    # /var/tmp and not /tmp, which may be memory: a commit must reach a disk.
    with tempfile.TemporaryDirectory(prefix="slotd-history-", dir="/var/tmp") as scratch:
        scratch = pathlib.Path(scratch)
        clinic = Clinic(folder, scratch / "data")
        try:
            start = time.monotonic()
            clinic.load(count, scratch)
            seconds = time.monotonic() - start
            base = milliseconds(clinic, ["health"])
            rows = [(name, max(0.0, milliseconds(clinic, words) - base), bar)
                    for name, words, bar in questions(count)]
            size = sum(file.stat().st_size for file in (scratch / "data").iterdir())
        finally:
            clinic.stop()
    table = report(rows, given.events + 30, seconds, size)
    print(table)
    if given.output:
        given.output.write_text(table)
    return 0 if all(value <= bar for _, value, bar in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
