"""`slotctl import medscheduler` from end to end: on a small set that is made up, and on the whole
one of Benchmarks/Data."""

from __future__ import annotations

import pathlib
import re
import subprocess
import time
from collections import Counter

from process import ROOT, ServerProcess, binary
from slotd_client import Client

SMALL = ROOT / "Tests/SlotctlTests/Fixtures/medscheduler"
WHOLE = ROOT / "Benchmarks/Data/outpatient_medscheduler"


def run(slotd: ServerProcess, *words: str) -> subprocess.CompletedProcess:
    """A run of slotctl; its output is kept as text."""
    return subprocess.run(
        [binary("slotctl"), *words, "--server", slotd.address],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip


def table(text: str) -> dict[str, list[int]]:
    """The rows of an import's table by kind: created, updated, unchanged, refused."""
    rows = [line.split("\t") for line in text.splitlines()]
    return {row[0]: [int(cell) for cell in row[1:]] for row in rows}


def revision(client: Client) -> int:
    """The organization's journal position."""
    return client(client.stubs.ListPatientsRequest(page_size=1)).revision


def imported(slotd: ServerProcess, folder: pathlib.Path | str, client: Client, summary: str):
    """Imports a folder twice: the second run changes nothing."""
    before = revision(client)
    first = run(slotd, "import", "medscheduler", str(folder))
    assert first.returncode == 0, first.stderr
    assert summary in first.stderr
    assert "Nothing was changed" not in first.stderr
    after = revision(client)
    assert after > before
    second = run(slotd, "import", "medscheduler", str(folder))
    assert second.returncode == 0 and summary in second.stderr
    assert "Nothing was changed: what can be taken was there already." in second.stderr
    assert revision(client) == after
    created = table(first.stdout)
    for kind, counts in table(second.stdout).items():
        assert counts == [0, 0, created[kind][0], created[kind][3]]
    return first, created


def test_small(slotd: ServerProcess, client: Client) -> None:
    """Six of nine are taken, and the bookings are where and what the data says."""
    first, created = imported(
        slotd, SMALL, client,
        "6 accepted, 3 conflicts, 1 cancelled, 5 live at the end.",
    )  # fmt: skip
    assert created["bookings"] == [6, 0, 0, 3]
    assert created["patients"] == [3, 0, 0, 0] and created["services"] == [2, 0, 0, 0]
    for line in (2, 3, 6):
        assert re.search(rf"^appointments.csv:{line}: .*SLOT_TAKEN: booking_\w+ from", first.stderr, re.M)
    assert re.findall(r"Importing (\d+) %", first.stderr)[-1] == "100"
    stubs = client.stubs
    bookings = {b.external_ref: b for b in client.pages(stubs.ListBookingsRequest(), "bookings")}
    assert Counter(b.stage for b in bookings.values()) == {
        stubs.STAGE_CANCELLED: 1, stubs.STAGE_CHECKOUT: 2, stubs.STAGE_NO_SHOW: 1,
        stubs.STAGE_NEW: 2,
    }  # fmt: skip
    assert bookings["a-004"].created_at.ToJsonString() == "2022-12-20T00:00:00Z"
    assert not bookings["a-004"].overrides


def test_interrupted(slotd: ServerProcess, client: Client) -> None:
    """What an earlier run that broke off brought in is left alone, and the rest follows."""
    stubs = client.stubs
    patient = stubs.Patient(external_ref="p-1", name="O'Hara, Una")
    patient.birth_date.CopyFrom(stubs.LocalDate(year=1979, month=6, day=9))
    client(stubs.CreatePatientRequest(patient=patient))
    ran = run(slotd, "import", "medscheduler", str(SMALL))
    assert ran.returncode == 0, ran.stderr
    assert table(ran.stdout)["patients"] == [2, 0, 1, 0]
    assert table(ran.stdout)["bookings"] == [6, 0, 0, 3]


def test_check(slotd: ServerProcess, client: Client, tmp_path: pathlib.Path) -> None:
    """Reading alone sends nothing; a folder without the files is named."""
    before = revision(client)
    ran = run(slotd, "import", "medscheduler", str(SMALL), "--check", "-o", "csv")
    assert ran.stdout.splitlines()[0] == "kind,mapped,refused"
    assert "bookings,9,0" in ran.stdout.splitlines() and revision(client) == before
    ran = run(slotd, "import", "medscheduler", str(tmp_path))
    assert ran.returncode == 1 and "there is no slots.csv" in ran.stderr


def test_whole(slotd: ServerProcess, client: Client) -> None:
    """The data set of 141,121 appointments gives exactly what a plain replay gives.

    How long the two imports take is printed (pytest -s), not judged: that is for
    Benchmarks/import_medscheduler.py, on a release build.
    """
    start = time.monotonic()
    first, created = imported(
        slotd, WHOLE, client,
        "124451 accepted, 16670 conflicts, 20165 cancelled, 104286 live at the end.",
    )  # fmt: skip
    print(f"two imports of {WHOLE.name}: {time.monotonic() - start:.1f} s")
    assert created["bookings"] == [124_451, 0, 0, 16_670]
    assert created["patients"] == [80_302, 0, 0, 0]
    # Every tenth of the way is told once, and no line more.
    tenths = re.findall(r"^Importing (\d+) % \(\d+ of \d+\)$", first.stderr, re.M)
    assert tenths == [str(percent) for percent in range(10, 101, 10)]
    stubs = client.stubs
    stages = Counter(b.stage for b in client.pages(stubs.ListBookingsRequest(page_size=1000), "bookings"))
    assert sum(stages.values()) == 124_451
    assert stages == {
        stubs.STAGE_CANCELLED: 20_165, stubs.STAGE_CHECKOUT: 95_456, stubs.STAGE_NO_SHOW: 7_361,
        stubs.STAGE_NEW: 999 + 470,
    }  # fmt: skip
