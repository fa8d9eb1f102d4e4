"""Charges, signatures and reattachment over grpcio: schedule, chart and bill agree."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess

from clinic import Clinic
from slotd_client import Refusal, method_of
from test_races import at_once

REFUSED = grpc.StatusCode.FAILED_PRECONDITION
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
def priced(clinic: Clinic) -> Clinic:
    """The clinic, where Laser costs something and has a code that a spreadsheet would reckon."""
    laser = clinic.laser
    laser.price.minor, laser.price.currency = 12_000, "USD"
    laser.billing_code = "=1+1"
    request = clinic.stubs.UpdateServiceRequest(service=laser)
    clinic.laser = clinic.client(request).service
    assert clinic.laser.price.minor == 12_000
    return clinic


def charges(clinic: Clinic, **conditions: object) -> list[Message]:
    filter = clinic.stubs.ChargeFilter(**conditions)
    return clinic.client.pages(clinic.stubs.ListChargesRequest(filter=filter), "charges")


def started(clinic: Clinic, ahead: int = 2, hour: int = 10) -> tuple[Message, Message]:
    booking = clinic.move(clinic.book(ahead, hour), "CHECK_IN")
    reply = clinic.client(clinic.stubs.StartProcedureRequest(booking_id=booking.id))
    return reply.booking, reply.procedure


def complete(clinic: Clinic, procedure: Message, **fields: object) -> Message:
    client, stubs = clinic.client, clinic.stubs
    client(stubs.SubmitProcedureRequest(procedure_id=procedure.id, **fields))
    return client(stubs.CompleteProcedureRequest(procedure_id=procedure.id)).procedure


def export(clinic: Clinic, format: int, **conditions: object) -> str:
    stubs = clinic.stubs
    request = stubs.ExportChargesRequest(filter=stubs.ChargeFilter(**conditions), format=format)
    path, reply = method_of(type(request))
    call = clinic.client.channel.unary_stream(
        path,
        request_serializer=type(request).SerializeToString,
        response_deserializer=reply.FromString,
    )
    return "".join(page.rows for page in call(request, timeout=30))


def test_a_charge_from_plan_to_bill(priced: Clinic):
    client, stubs = priced.client, priced.stubs
    booking, procedure = started(priced)
    [charge] = charges(priced, booking_id=booking.id)
    assert charge.status == stubs.CHARGE_STATUS_PLANNED
    assert (charge.amount.minor, charge.amount.currency, charge.code) == (12_000, "USD", "=1+1")
    assert (charge.procedure_id, charge.patient_id) == (procedure.id, priced.jane.id)
    assert charge.procedure_type_id == priced.hair_removal.id
    bill = stubs.MarkBilledRequest(
        request_id="bill-1", charge_id=charge.id, external_ref="INV-1", expected_version=2
    )
    early = client.refusal(stubs.MarkBilledRequest(charge_id=charge.id, external_ref="INV-1"))
    assert (early.code, early.reason) == (REFUSED, "CHARGE_STATUS")
    complete(priced, procedure)
    [charge] = charges(priced, statuses=[stubs.CHARGE_STATUS_BILLABLE])
    booking = priced.move(client(stubs.GetBookingRequest(id=booking.id)).booking, "BILLING")
    leave = client.refusal(
        stubs.MoveBookingRequest(booking_id=booking.id, stage=stubs.STAGE_CHECKOUT)
    )
    assert (leave.code, leave.reason) == (REFUSED, "CHARGE_OPEN")
    assert leave.metadata["blocking_ids"] == charge.id
    billed = client(bill)
    assert billed.charge.status == stubs.CHARGE_STATUS_BILLED
    assert billed.charge.external_ref == "INV-1" and billed.charge.HasField("billed_at")
    assert client(bill).replayed
    same = client(stubs.MarkBilledRequest(charge_id=charge.id, external_ref="INV-1"))
    assert same.charge == billed.charge
    twice = client.refusal(stubs.MarkBilledRequest(charge_id=charge.id, external_ref="INV-2"))
    assert (twice.code, twice.reason) == (REFUSED, "CHARGE_STATUS")
    locked = client.refusal(stubs.CancelProcedureRequest(procedure_id=procedure.id, reason="no"))
    assert (locked.code, locked.reason) == (REFUSED, "CHARGE_BILLED")
    assert priced.move(booking, "CHECKOUT").stage == stubs.STAGE_CHECKOUT


def test_an_open_charge_is_let_pass_for_a_reason(priced: Clinic):
    client, stubs = priced.client, priced.stubs
    booking, procedure = started(priced)
    complete(priced, procedure)
    booking = priced.move(booking, "BILLING")
    move = stubs.MoveBookingRequest(
        booking_id=booking.id, stage=stubs.STAGE_CHECKOUT, overrides=[stubs.REASON_CHARGE_OPEN]
    )
    silent = client.refusal(move)
    assert (silent.code, silent.field) == (INVALID, "reason")
    move.reason = "pays next week"
    left = client(move).booking
    assert list(left.overrides) == [stubs.REASON_CHARGE_OPEN]


def test_void_and_bad_input(priced: Clinic):
    client, stubs = priced.client, priced.stubs
    _, procedure = started(priced)
    [charge] = charges(priced, procedure_id=procedure.id)
    revision = client.revision()
    for request, code, field in (
        (stubs.MarkBilledRequest(external_ref="x"), INVALID, "charge_id"),
        (stubs.MarkBilledRequest(charge_id="booking_1", external_ref="x"), INVALID, "charge_id"),
        (stubs.MarkBilledRequest(charge_id=charge.id), INVALID, "external_ref"),
        (stubs.VoidChargeRequest(charge_id=charge.id), INVALID, "reason"),
        (
            stubs.VoidChargeRequest(charge_id="charge_" + "0" * 26, reason="x"),
            grpc.StatusCode.NOT_FOUND, "charge_id",
        ),
        (stubs.ListChargesRequest(page_token="?"), INVALID, "page_token"),
        (
            stubs.ListChargesRequest(filter=stubs.ChargeFilter(statuses=[99])),
            INVALID, "filter.statuses[0]",
        ),
    ):  # fmt: skip
        refusal = client.refusal(request)
        assert (refusal.code, refusal.field) == (code, field), request
    stale = client.refusal(
        stubs.VoidChargeRequest(charge_id=charge.id, reason="x", expected_version=9)
    )
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    assert client.revision() == revision, "nothing was stored"
    void = client(stubs.VoidChargeRequest(charge_id=charge.id, reason="free of charge")).charge
    assert (void.status, void.void_reason) == (stubs.CHARGE_STATUS_VOID, "free of charge")


def test_consult_only_is_not_billable(priced: Clinic):
    stubs = priced.stubs
    booking, procedure = started(priced)
    complete(priced, procedure, consult_only=True)
    [charge] = charges(priced, booking_id=booking.id)
    assert charge.status == stubs.CHARGE_STATUS_NOT_BILLABLE
    booking = priced.move(booking, "BILLING")
    assert priced.move(booking, "CHECKOUT").stage == stubs.STAGE_CHECKOUT


def test_export_in_rows_of_csv_and_json(priced: Clinic):
    stubs = priced.stubs
    for hour in (9, 11, 13):
        started(priced, 2, hour)
    text = export(priced, stubs.EXPORT_FORMAT_CSV)
    rows = list(csv.DictReader(io.StringIO(text)))
    listed = charges(priced)
    assert [row["id"] for row in rows] == [charge.id for charge in listed]
    assert {row["status"] for row in rows} == {"PLANNED"}
    assert {row["code"] for row in rows} == {"'=1+1"}, "a spreadsheet must not reckon it"
    assert {(row["amount_minor"], row["currency"]) for row in rows} == {("12000", "USD")}
    lines = export(priced, stubs.EXPORT_FORMAT_NDJSON).splitlines()
    assert [json.loads(line)["id"] for line in lines] == [charge.id for charge in listed]
    assert json.loads(lines[0])["code"] == "=1+1"
    nobody = export(priced, stubs.EXPORT_FORMAT_CSV, patient_id=priced.joe.id)
    assert nobody.count("\n") == 1, "the heading alone"
    with pytest.raises(grpc.RpcError) as error:
        export(priced, 77)
    assert Refusal.of(error.value).field == "format"


def test_reattach_moves_procedure_charge_and_stage(priced: Clinic):
    client, stubs = priced.client, priced.stubs
    booking, procedure = started(priced)
    other = priced.move(priced.book(2, 13), "CHECK_IN")
    foreign = priced.book(2, 15, patient=priced.joe)

    def request(to: Message, **fields: object) -> Message:
        return stubs.ReattachBookingRequest(
            procedure_id=procedure.id, from_booking_id=booking.id, to_booking_id=to.id,
            reason="wrong card", **fields,
        )  # fmt: skip

    wrong = client.refusal(request(foreign))
    assert (wrong.code, wrong.reason) == (REFUSED, "PATIENT_MISMATCH")
    for field in ("expected_version", "expected_from_version", "expected_to_version"):
        stale = client.refusal(request(other, **{field: 77}))
        assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    pair = client(request(other, advance_stage=True, expected_to_version=other.version))
    assert (pair.booking.id, pair.booking.stage) == (other.id, stubs.STAGE_IN_PROCEDURE)
    left = client(stubs.GetBookingRequest(id=booking.id)).booking
    assert left.stage == stubs.STAGE_CHECK_IN
    states = client(stubs.GetProcedureRequest(id=procedure.id)).attachments
    assert {row.booking_id: row.state for row in states} == {
        booking.id: stubs.ATTACHMENT_STATE_SUPERSEDED,
        other.id: stubs.ATTACHMENT_STATE_ACTIVE,
    }
    [charge] = charges(priced, procedure_id=procedure.id)
    assert charge.booking_id == other.id


def test_signing_locks_and_needs_a_physician(priced: Clinic):
    client, stubs = priced.client, priced.stubs
    booking = priced.move(priced.book(2, 10, provider_id=priced.ben.id), "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    assert procedure.md_required
    sign = stubs.SignProcedureRequest(procedure_id=procedure.id)
    early = client.refusal(sign)
    assert (early.code, early.reason) == (REFUSED, "PROCEDURE_STATUS")
    complete(priced, procedure)
    bare = client.refusal(sign)
    assert (bare.code, bare.reason) == (REFUSED, "MD_PERMISSION")
    sign.permitted_by = "dr-grey"
    signed = client(sign).procedure
    assert signed.status == stubs.PROCEDURE_STATUS_SIGNED
    assert signed.signature.permitted_by == "dr-grey"
    for request in (
        stubs.SaveStepRequest(procedure_id=procedure.id, step=3, payload=b"x"),
        stubs.CancelProcedureRequest(procedure_id=procedure.id, reason="x"),
    ):
        locked = client.refusal(request)
        assert (locked.code, locked.reason) == (REFUSED, "PROCEDURE_SIGNED")
    error = client(
        stubs.MarkProcedureInErrorRequest(procedure_id=procedure.id, reason="wrong patient")
    )
    assert error.procedure.status == stubs.PROCEDURE_STATUS_ENTERED_IN_ERROR
    assert error.procedure.ending.reason == "wrong patient"
    assert error.booking.stage == stubs.STAGE_CHECK_IN
    assert [row.status for row in charges(priced)] == [stubs.CHARGE_STATUS_VOID]


def test_two_procedures_want_one_booking(
    priced: Clinic, slotd: ServerProcess, stubs: SimpleNamespace
):
    """Two admins attach two drafts to one booking: one wins, the other learns who did."""
    booking = priced.book(2, 10)
    drafts = [
        priced.client(stubs.NewProcedureRequest(patient_id=priced.jane.id)).procedure
        for _ in range(2)
    ]
    answers = at_once(
        slotd,
        stubs,
        [
            stubs.AttachBookingRequest(
                procedure_id=draft.id, booking_id=booking.id,
                expected_version=1, expected_booking_version=1,
            )
            for draft in drafts
        ],
    )  # fmt: skip
    [won] = [answer for answer in answers if not isinstance(answer, Refusal)]
    [lost] = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (lost.code, lost.reason) == (REFUSED, "ALREADY_ATTACHED")
    assert lost.resource == ("procedure", won.procedure.id)
    assert len(charges(priced, booking_id=booking.id)) == 1
