"""slotctl charge list|bill|void|export: what is written where, and the exit status."""

from __future__ import annotations

import csv
import io
import json

import pytest
from google.protobuf.message import Message

from clinic import Clinic
from ctl import Ctl


@pytest.fixture
def charge(clinic: Clinic) -> Message:
    """A planned charge, with a code that a spreadsheet would reckon."""
    stubs, client = clinic.stubs, clinic.client
    laser = clinic.laser
    laser.price.minor, laser.price.currency = 12_000, "USD"
    laser.billing_code = "=1+1"
    clinic.laser = client(stubs.UpdateServiceRequest(service=laser)).service
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    client(stubs.StartProcedureRequest(booking_id=booking.id))
    return client(stubs.ListChargesRequest()).charges[0]


def complete(clinic: Clinic, charge: Message) -> None:
    stubs = clinic.stubs
    clinic.client(stubs.SubmitProcedureRequest(procedure_id=charge.procedure_id))
    clinic.client(stubs.CompleteProcedureRequest(procedure_id=charge.procedure_id))


def test_list_is_for_people_and_for_machines(clinic: Clinic, ctl: Ctl, charge: Message):
    [row] = ctl("charge", "list").rows
    assert row[:5] == [charge.id, "planned", "=1+1", "12000", "USD"]
    [row] = csv.DictReader(io.StringIO(ctl("charge", "list", "-o", "csv").stdout))
    assert (row["code"], row["booking_id"]) == ("'=1+1", charge.booking_id)
    [listed] = ctl("charge", "list", "-o", "json").json()["charges"]
    assert (listed["id"], listed["status"]) == (charge.id, "CHARGE_STATUS_PLANNED")
    seat = ctl.seat("charge", "list")
    assert seat.exit_status() == 0
    assert seat.display[0].split() == [
        "status", "code", "minor", "units", "currency", "bill", "id",
    ]  # fmt: skip
    assert seat.display[1].split() == ["planned", "=1+1", "12000", "USD", charge.id]


def test_list_takes_conditions(clinic: Clinic, ctl: Ctl, charge: Message):
    for conditions in (
        ["--booking", charge.booking_id], ["--procedure", charge.procedure_id],
        ["--patient", "Jane"], ["--status", "planned", "--status", "void"],
    ):  # fmt: skip
        assert len(ctl("charge", "list", *conditions).lines) == 1, conditions
    for conditions in (["--patient", "Joe"], ["--status", "billed"]):
        result = ctl("charge", "list", *conditions)
        assert (result.stdout, result.stderr) == ("", ""), conditions
    assert "nonsense" in ctl("charge", "list", "--status", "nonsense", code=64).stderr
    ctl("charge", "list", "--limit", "0", code=64)


def test_bill_says_once_under_one_name(clinic: Clinic, ctl: Ctl, charge: Message):
    early = ctl("charge", "bill", charge.id, "INV-1", code=5)
    assert not early.stdout and "CHARGE_STATUS" in early.stderr
    complete(clinic, charge)
    stale = ctl("charge", "bill", charge.id, "INV-1", "--if-version", "9", code=5)
    assert "version" in stale.stderr
    [row] = ctl("charge", "bill", charge.id, "INV-1", "--request-id", "b").rows
    assert row[1] == "billed" and row[5] == "INV-1"
    again = ctl("charge", "bill", charge.id, "INV-1", "--request-id", "b")
    assert again.rows == [row] and "done before" in again.stderr
    other = ctl("charge", "bill", charge.id, "INV-2", "-o", "json", code=5)
    assert not other.stdout
    assert json.loads(other.stderr)["reason"] == "CHARGE_STATUS"
    ctl("charge", "bill", "charge_" + "0" * 26, "INV-3", code=3)
    ctl("charge", "bill", charge.id, code=64)


def test_void_asks_first(clinic: Clinic, ctl: Ctl, charge: Message):
    declined = ctl("charge", "void", charge.id, "--reason", "free", code=2)
    assert "--yes" in declined.stderr and not declined.stdout
    no = ctl.seat("charge", "void", charge.id, "--reason", "free")
    no.answer("Type", "n")
    assert no.exit_status() == 2
    assert ctl("charge", "list").rows[0][1] == "planned"
    yes = ctl.seat("charge", "void", charge.id, "--reason", "free")
    yes.answer("Type", charge.id[-5:])
    assert yes.exit_status() == 0 and "free" in yes.text
    assert ctl("charge", "list").rows[0][1] == "void"
    again = ctl("charge", "void", charge.id, "--reason", "again", "--yes")
    assert "free" in again.rows[0], "it is void for its first reason"


def test_export_keeps_a_cell_whole_that_has_a_line_end(
    clinic: Clinic, ctl: Ctl, charge: Message
):
    reason = 'two\nlines, "quoted"\n'
    ctl("charge", "void", charge.id, "--reason", reason, "--yes")
    result = ctl("charge", "export")
    [row] = csv.DictReader(io.StringIO(result.stdout, newline=""))
    assert row["void_reason"] == reason
    assert row["code"] == "'=1+1", "a spreadsheet must not reckon it"
    assert "1 charge." in result.stderr
    [line] = ctl("charge", "export", "-o", "ndjson").lines
    assert json.loads(line)["voidReason"] == reason
    nobody = ctl("charge", "export", "--patient", "Joe")
    assert nobody.stdout.count("\n") == 1 and "0 charges." in nobody.stderr
