"""How long slotctl takes to import the medscheduler data set into an empty slotd.

    python3 Benchmarks/import_medscheduler.py [--no-build] [--seconds-max S]

Budget: 221,000 records over one stream, 256 of them on the way, one sync of the disk for as many as
were decided meanwhile. The floor of the project is two minutes on a release build.

Imports Benchmarks/Data/outpatient_medscheduler twice, the second time for nothing, and prints the
wall-clock time of each, and what the daemon holds in memory and on disk then. Ends with 1 when the
numbers are not those of Benchmarks/Data/README.md or the first import takes longer than allowed.
Needs nothing but Python's standard library.
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DATA = REPOSITORY / "Benchmarks" / "Data" / "outpatient_medscheduler"
SUMMARY = "124451 accepted, 16670 conflicts, 20165 cancelled, 104286 live at the end."
RECORDS = 141_121 + 80_302


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-build", action="store_true", help="take the programs as they are")
    parser.add_argument("--bin", type=pathlib.Path, help="where they are; default: the release build's")
    parser.add_argument("--seconds-max", type=float, default=120, help="for the first import")
    return parser.parse_args()


def programs(given):
    """The folder of slotd and slotctl."""
    if given.bin:
        return given.bin
    swift = ["swift", "build", "-c", "release", "--package-path", str(REPOSITORY)]
    if not given.no_build:
        for product in ("slotd", "slotctl"):
            subprocess.run([*swift, "--product", product], check=True, stdout=sys.stderr)
    shown = subprocess.run([*swift, "--show-bin-path"], check=True, capture_output=True, text=True)
    return pathlib.Path(shown.stdout.strip())


def imported(folder, address):
    """The seconds that one import takes."""
    start = time.monotonic()
    ran = subprocess.run(
        [folder / "slotctl", "import", "medscheduler", DATA, "--server", address],
        capture_output=True, text=True)
    seconds = time.monotonic() - start
    if ran.returncode != 0 or SUMMARY not in ran.stderr:
        sys.exit(f"import: not the expected end:\n{ran.stderr}")
    return seconds


def resident_megabytes(process):
    pages = int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    given = arguments()
    folder = programs(given)
    with tempfile.TemporaryDirectory() as scratch:
        data = pathlib.Path(scratch) / "data"
        command = [folder / "slotd", "serve", "--data-dir", data, "--listen", "127.0.0.1:0"]
        daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True)
        try:
            address = re.search(r"127\.0\.0\.1:\d+", daemon.stdout.readline())[0]
            first = imported(folder, address)
            print(f"first import: {first:.1f} s, {RECORDS / first:,.0f} records/s")
            print(f"second import, nothing new: {imported(folder, address):.1f} s")
            size = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
            print(f"slotd holds {resident_megabytes(daemon):.0f} MB in memory, "
                  f"{size / 1e6:.0f} MB on disk")
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
    if first > given.seconds_max:
        sys.exit(f"import: took longer than {given.seconds_max:.0f} s")


if __name__ == "__main__":
    main()
