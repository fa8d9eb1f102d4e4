"""`slotctl import fhir` on real bulk data (Tests/Fixtures/fhir/NOTICE.md), from end to end."""

from __future__ import annotations

import gzip
import pathlib
import re
import subprocess
from collections import Counter

from process import ROOT, ServerProcess, binary
from slotd_client import Client

DATA = ROOT / "Tests/Fixtures/fhir"


def imported(slotd: ServerProcess, folder: pathlib.Path) -> tuple[dict[str, list[int]], str]:
    """A run of the import: the rows of its table by kind (created, updated, unchanged, refused),
    and what it said besides."""
    ran = subprocess.run(
        [binary("slotctl"), "import", "fhir", str(folder), "--server", slotd.address],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    rows = [line.split("\t") for line in ran.stdout.splitlines()]
    return {row[0]: [int(cell) for cell in row[1:]] for row in rows}, ran.stderr


def test_ten_patients(slotd: ServerProcess, client: Client, tmp_path: pathlib.Path) -> None:
    """Of 1,215 encounters 1,207 are taken and 8 overlap an earlier one of their provider; of 2,056
    procedures 2,055 are attached, and the last says why it is not. A second run, on the same files
    unpacked, changes nothing and says so."""
    stubs = client.stubs
    first, said = imported(slotd, DATA)
    assert first["bookings"] == [1207, 0, 0, 8]
    assert first["procedures"] == [2055, 0, 0, 1]
    assert "Nothing was changed" not in said
    refused = re.findall(r"^(\w+)\.ndjson:\d+: (.*)$", said, re.M)
    assert Counter(kind for kind, _ in refused) == {"Encounter": 8, "Procedure": 1}
    for kind, why in refused:
        if kind == "Encounter":
            assert re.match(r"it overlaps .* \(SLOT_TAKEN: booking_\w+ from Encounter", why), why
        else:
            assert re.match(r"its encounter \S+ \(Encounter.*\) was refused: SLOT_TAKEN", why), why

    bookings = {b.external_ref: b for b in client.pages(stubs.ListBookingsRequest(), "bookings")}
    procedures = client.pages(stubs.ListProceduresRequest(), "procedures")
    assert len(bookings) == 1207 and len(procedures) == 2055
    ids = {booking.id for booking in bookings.values()}
    assert all(procedure.attachment.booking_id in ids for procedure in procedures)
    starts = [booking.start.ToDatetime().year for booking in bookings.values()]
    assert (min(starts), max(starts)) == (1928, 2023)

    before = client.revision()
    for file in DATA.glob("*.ndjson.gz"):
        (tmp_path / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    second, said = imported(slotd, tmp_path)
    assert "Nothing was changed: what can be taken was there already." in said
    assert client.revision() == before
    for kind, counts in second.items():
        assert counts == [0, 0, first[kind][0], first[kind][3]], kind
