"""`slotctl export csv` and `export ndjson` against a daemon: complete, safe in a spreadsheet, and
taken in again as they were."""

from __future__ import annotations

import csv
import io
import json
import pathlib
import stat

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from process import ROOT, ServerProcess

from clinic import Clinic
from nasty import TEXTS, fill, furnish, import_all, refs
from slotctl import counts, slotctl, succeed
from slotd_client import Client

KINDS = ["patients", "bookings", "procedures"]


@pytest.fixture
def twins(client: Client) -> tuple[Client, Client]:
    """Two organizations with the same catalog; the first one has records, too."""
    stubs, organizations = client.stubs, []
    for name in ("source", "copy"):
        record = stubs.Organization(external_ref=name, name=name)
        client(stubs.CreateOrganizationRequest(organization=record))
        organizations.append(client.named(organization=name))
        furnish(organizations[-1])
    fill(organizations[0], seed=17)
    return organizations[0], organizations[1]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_is_exported_and_imported_is_exported_alike(
    slotd: ServerProcess, twins: tuple[Client, Client], tmp_path: pathlib.Path, form: str
) -> None:
    """Byte for byte, whatever the texts; and a second import changes nothing."""
    source, copy = twins
    for kind in KINDS:
        file = tmp_path / f"{kind}.{form}"
        succeed(slotd, "export", form, kind, "--file", file, organization="source")
        exported = file.read_bytes()
        assert exported == succeed(slotd, "export", form, kind, organization="source")
        words = ["import", form, kind, file] if form == "csv" else ["import", form, file]
        first = slotctl(slotd, *words, organization="copy")
        assert first.returncode == 0, first.stderr.decode()
        assert counts(first)[kind][1:] == [0, 0, 0] and counts(first)[kind][0] >= 20
        assert succeed(slotd, "export", form, kind, organization="copy") == exported
        before = copy.revision()
        again = slotctl(slotd, *words, organization="copy")
        assert counts(again)[kind] == [0, 0, counts(first)[kind][0], 0]
        assert copy.revision() == before
        # What came in is the source's, too.
        into_itself = slotctl(slotd, *words, organization="source")
        assert counts(into_itself)[kind] == counts(again)[kind]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_the_desk_has_made_comes_in_elsewhere(
    slotd: ServerProcess, twins: tuple[Client, Client], tmp_path: pathlib.Path, form: str
) -> None:
    """Drafts, consultations, and every stage that a card can be brought to, into an organization
    that has the catalog alone."""
    source, copy = twins
    stubs = source.stubs
    visits = upcoming(source, count=8)

    def move(booking: str, *stages: str) -> None:
        for stage in stages:
            number = getattr(stubs, f"STAGE_{stage}")
            source(stubs.MoveBookingRequest(booking_id=booking, stage=number))

    move(visits[0], "CONFIRMED")
    move(visits[1], "WAITLIST")
    source(stubs.CancelBookingRequest(booking_id=visits[2], reason="ill"))
    source(stubs.ArchiveBookingRequest(booking_id=visits[3], reason="twice"))
    drafts = []
    for visit in visits[4:]:
        move(visit, "CHECK_IN")
        draft = source(stubs.StartProcedureRequest(booking_id=visit)).procedure
        assert not draft.procedure_type_id
        drafts.append(draft.id)
    source(stubs.SaveStepRequest(procedure_id=drafts[1], consult_only=True))
    source(stubs.SubmitProcedureRequest(procedure_id=drafts[2], procedure_type_id="ref:=1+2type"))
    source(stubs.SubmitProcedureRequest(procedure_id=drafts[3], procedure_type_id="ref:=1+2type"))
    source(stubs.CompleteProcedureRequest(procedure_id=drafts[3]))
    move(visits[7], "BILLING", "CHECKOUT")
    for kind in KINDS:
        file = tmp_path / f"{kind}.{form}"
        succeed(slotd, "export", form, kind, "--file", file, organization="source")
        words = ["import", form, kind, file] if form == "csv" else ["import", form, file]
        succeed(slotd, *words, organization="copy")
        assert succeed(slotd, "export", form, kind, organization="copy") == file.read_bytes()
        # What came in is the source's, too.
        again = slotctl(slotd, *words, organization="source")
        assert counts(again)[kind][:2] == [0, 0] and counts(again)[kind][3] == 0
    statuses = {
        row.external_ref: row.status
        for row in copy.pages(stubs.ListProceduresRequest(page_size=1000), "procedures")
    }
    assert [statuses[draft] for draft in drafts] == [1, 1, 2, 3]


def upcoming(client: Client, count: int) -> list[str]:
    """Visits of the days from tomorrow on, by one provider."""
    stubs = client.stubs
    now = client(stubs.GetClockRequest()).clock.now.seconds
    start = now // 3600 * 3600 + 86_400
    visits = [
        stubs.ImportBooking(
            external_ref=f"soon{number}", patient_ref=refs("pat")[0], location_ref=refs("spa")[0],
            provider_ref=refs("dr")[0], service_ref=refs("svc")[0],
            start=Timestamp(seconds=start + number * 3600),
            end=Timestamp(seconds=start + number * 3600 + 1800),
        )
        for number in range(count)
    ]  # fmt: skip
    import_all(client, [stubs.ImportRequest(booking=visit) for visit in visits])
    rows = client.pages(stubs.ListBookingsRequest(page_size=1000), "bookings")
    ids = {row.external_ref: row.id for row in rows}
    return [ids[visit.external_ref] for visit in visits]


def test_no_cell_of_an_export_is_a_formula(
    slotd: ServerProcess, twins: tuple[Client, Client]
) -> None:
    """Of any command that writes CSV; the texts themselves are there."""
    for words in [
        *(["export", "csv", kind] for kind in KINDS), ["patient", "list", "-o", "csv"],
        ["booking", "list", "--all", "-o", "csv"], ["location", "list", "-o", "csv"],
    ]:  # fmt: skip
        out = succeed(slotd, *words, organization="source").decode()
        rows = list(csv.reader(io.StringIO(out, newline="")))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 3, words
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n") and cell], words
    out = succeed(slotd, "export", "csv", "bookings", organization="source").decode()
    notes = {row["note"] for row in csv.DictReader(io.StringIO(out, newline=""))}
    cases = json.loads((ROOT / "Tests/Fixtures/formulas.json").read_text())
    guarded = {case["text"]: case["cell"] for case in cases}
    assert {guarded[text] for text in TEXTS if text in guarded} <= notes
    assert len(notes) == len(TEXTS)


def test_an_export_is_of_a_place_and_a_time(
    slotd: ServerProcess, clinic: Clinic, tmp_path: pathlib.Path
) -> None:
    rows = [
        clinic.book(2, 10), clinic.book(3, 10, patient=clinic.joe), clinic.book(4, 10),
    ]  # fmt: skip

    def exported(*words: str) -> list[str]:
        out = succeed(slotd, "export", "csv", "bookings", *words).decode()
        return [row["external_ref"] for row in csv.DictReader(io.StringIO(out, newline=""))]

    assert exported() == [row.id for row in rows]
    assert exported("--location", "Midtown", "--from", f"{clinic.day(3)} 10:00") == [
        rows[1].id, rows[2].id,
    ]  # fmt: skip
    assert exported("--location", "Midtown", "--to", f"{clinic.day(3)} 10:00") == [rows[0].id]
    assert slotctl(slotd, "export", "csv", "patients", "--from", "today").returncode == 64
    assert slotctl(slotd, "export", "csv", "bookings", "--location", "Mars").returncode == 3
    out = succeed(slotd, "export", "csv", "bookings").decode()
    assert f"{clinic.day(2)}T10:00:00-0" in out, "times are told by the location's clock"


def test_a_file_is_there_when_it_is_whole(
    slotd: ServerProcess, clinic: Clinic, tmp_path: pathlib.Path
) -> None:
    """What stood there before stays until then, and a failed export leaves nothing behind."""
    file = tmp_path / "patients.ndjson"
    file.write_text("old\n")
    wrong = slotctl(
        slotd, "export", "ndjson", "bookings", "--from", "2026-02-01", "--to", "2026-01-01",
        "--file", file,
    )  # fmt: skip
    assert wrong.returncode == 1 and file.read_text() == "old\n"
    ran = slotctl(slotd, "export", "ndjson", "patients", "--file", file)
    assert ran.returncode == 0 and ran.stdout == b"" and ran.stderr == b"2 patients.\n"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["patient"]["name"] for line in lines] == ["Jane Doe", "Joe Bloggs"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "patients are nobody else's business"
    assert [path.name for path in tmp_path.glob("*.partial")] == []
    nowhere = slotctl(slotd, "export", "ndjson", "patients", "--file", "/nonexistent/x")
    assert nowhere.returncode == 1 and b"cannot be written" in nowhere.stderr


def test_charges_keep_their_line_breaks(slotd: ServerProcess, clinic: Clinic) -> None:
    """The daemon's rows are passed on as they are."""
    stubs, client = clinic.stubs, clinic.client
    laser = clinic.laser
    laser.price.minor, laser.price.currency, laser.billing_code = 12_000, "USD", "=1"
    client(stubs.UpdateServiceRequest(service=laser))
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    client(stubs.StartProcedureRequest(booking_id=booking.id))
    [charge] = client.pages(stubs.ListChargesRequest(), "charges")
    client(
        stubs.VoidChargeRequest(
            charge_id=charge.id, expected_version=charge.version, reason="two\nlines, \"x\""
        )
    )
    out = succeed(slotd, "charge", "export").decode()
    [row] = csv.DictReader(io.StringIO(out, newline=""))
    assert (row["code"], row["void_reason"]) == ("'=1", "two\nlines, \"x\"")
