"""Undo, moves of many, archive, restore and delete, alerts, early finish and deposits over grpcio."""

from __future__ import annotations

import time

import grpc
import pytest
from google.protobuf.message import Message

from clinic import Clinic
from slotd_client import Refusal, method_of, timestamp

REFUSED = grpc.StatusCode.FAILED_PRECONDITION
INVALID = grpc.StatusCode.INVALID_ARGUMENT


def configure(clinic: Clinic, **settings: object) -> Message:
    """Changes settings of the organization, and leaves the others."""
    client, stubs = clinic.client, clinic.stubs
    organization = client(stubs.GetOrganizationRequest()).organization
    organization.MergeFrom(stubs.Organization(**settings))
    return client(stubs.UpdateOrganizationRequest(organization=organization)).organization


def read(clinic: Clinic, booking: Message) -> Message:
    return clinic.client(clinic.stubs.GetBookingRequest(id=booking.id)).booking


def test_undo_goes_back_one_move_at_a_time(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    nothing = client.refusal(stubs.UndoMoveRequest(booking_id=booking.id))
    assert (nothing.code, nothing.reason) == (REFUSED, "NOTHING_TO_UNDO")
    booking = clinic.move(clinic.move(booking, "CONFIRMED"), "CHECK_IN")
    stale = client.refusal(stubs.UndoMoveRequest(booking_id=booking.id, expected_version=1))
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    undo = stubs.UndoMoveRequest(
        request_id="u-1", booking_id=booking.id, expected_version=booking.version, reason="slip"
    )
    back = client(undo)
    assert back.booking.stage == stubs.STAGE_CONFIRMED
    last = back.booking.stage_history[-1]
    assert (last.undo, last.reason) == (True, "slip")
    # The same request again undoes nothing more; another one does.
    assert client(undo).replayed
    assert read(clinic, booking) == back.booking
    again = client(stubs.UndoMoveRequest(booking_id=booking.id)).booking
    assert again.stage == stubs.STAGE_NEW


def test_many_bookings_move_together_or_none_does(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    rows = [clinic.book(2, hour) for hour in (9, 11, 13)]

    def moves(stage: int) -> Message:
        return stubs.MoveBookingsRequest(
            moves=[
                stubs.StageMove(booking_id=row.id, expected_version=1, stage=stage) for row in rows
            ]
        )

    clinic.move(rows[1], "CONFIRMED")
    before = client.revision()
    refused = client.refusal(moves(stubs.STAGE_CHECK_IN))
    assert (refused.code, refused.reason) == (REFUSED, "BULK_REFUSED")
    assert refused.failures == {rows[1].id: "VERSION_MISMATCH"}
    assert refused.metadata["blocking_ids"] == rows[1].id
    assert refused.metadata["current_versions"] == f"{rows[1].id}=2"
    assert client.revision() == before, "nothing was stored"
    rows[1].version = 0
    rows = [rows[0], rows[2]]
    moved = client(moves(stubs.STAGE_CHECK_IN)).bookings
    assert [(row.id, row.stage) for row in moved] == [
        (row.id, stubs.STAGE_CHECK_IN) for row in rows
    ]
    rows.append(rows[0])
    twice = client.refusal(moves(stubs.STAGE_CONFIRMED))
    assert (twice.code, twice.field) == (INVALID, "moves[2].booking_id")
    none = client.refusal(stubs.MoveBookingsRequest())
    assert (none.code, none.field) == (INVALID, "moves")
    odd = stubs.StageMove(booking_id=rows[0].id, stage=99)
    unknown = client.refusal(stubs.MoveBookingsRequest(moves=[odd]))
    assert (unknown.code, unknown.field) == (INVALID, "moves[0].stage")


def test_archive_and_restore(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.move(clinic.book(2, 10), "CONFIRMED")
    silent = client.refusal(stubs.ArchiveBookingRequest(booking_id=booking.id))
    assert (silent.code, silent.field) == (INVALID, "reason")
    archived = client(
        stubs.ArchiveBookingRequest(booking_id=booking.id, reason="typed twice")
    ).booking
    assert archived.stage == stubs.STAGE_ARCHIVED
    assert archived.stage_history[-1].reason == "typed twice"
    other = clinic.book(2, 10, patient=clinic.joe)
    taken = client.refusal(stubs.RestoreBookingRequest(booking_id=booking.id))
    assert (taken.code, taken.reason) == (REFUSED, "SLOT_TAKEN")
    client(stubs.CancelBookingRequest(booking_id=other.id))
    restored = client(stubs.RestoreBookingRequest(booking_id=booking.id)).booking
    assert restored.stage == stubs.STAGE_CONFIRMED
    # Of an archived booking nothing can be attached or started.
    client(stubs.ArchiveBookingRequest(booking_id=booking.id, reason="again"))
    start = client.refusal(stubs.StartProcedureRequest(booking_id=booking.id))
    assert (start.code, start.reason) == (REFUSED, "STAGE")
    draft = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    attach = client.refusal(
        stubs.AttachBookingRequest(procedure_id=draft.id, booking_id=booking.id)
    )
    assert (attach.code, attach.reason) == (REFUSED, "STAGE")


def test_delete_removes_only_what_left_no_trace(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    plain = clinic.book(2, 9)
    gone = client(stubs.DeleteBookingRequest(booking_id=plain.id, reason="test"))
    assert gone.deleted and gone.booking == plain
    missing = client.refusal(stubs.GetBookingRequest(id=plain.id))
    assert missing.code == grpc.StatusCode.NOT_FOUND
    paid = clinic.book(
        2, 9, deposit=stubs.Deposit(amount=stubs.Money(minor=5000, currency="USD"), paid=True)
    )
    kept = client(stubs.DeleteBookingRequest(booking_id=paid.id, reason="test"))
    assert not kept.deleted and kept.booking.stage == stubs.STAGE_ARCHIVED


def test_cards_tell_how_long_and_call_for_attention(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    settings = configure(
        clinic, stage_alerts=[stubs.StageAlert(stage=stubs.STAGE_CHECK_IN, minutes=20)]
    )
    assert [row.minutes for row in settings.stage_alerts] == [20]
    booking = clinic.book(
        2, 9, deposit=stubs.Deposit(amount=stubs.Money(minor=5000, currency="USD"))
    )
    assert booking.payment_pending
    board = client(
        stubs.GetBoardRequest(
            location_id=clinic.location.id,
            date=stubs.LocalDate(
                year=clinic.day(2).year, month=clinic.day(2).month, day=clinic.day(2).day
            ),
        )
    )
    [card] = [card for column in board.columns for card in column.cards]
    assert (card.minutes_in_stage, card.alert, card.payment_pending) == (0, False, True)


def test_the_daemon_sweeps_whom_nobody_saw(clinic: Clinic):
    """Housekeeping moves them by an ordinary command, in the name of slotd."""
    client, stubs = clinic.client, clinic.stubs
    clinic.provider("Cy Young", external_ref="cy")
    clinic.laser.external_ref = "laser"
    client(stubs.UpdateServiceRequest(service=clinic.laser))
    # A visit of two hours ago, at whatever hour the test runs.
    start = int(time.time()) // 60 * 60 - 7200
    visit = stubs.ImportBooking(
        external_ref="missed", patient_ref=clinic.jane.external_ref, location_ref="midtown",
        provider_ref="cy", service_ref="laser", start=timestamp(start),
        end=timestamp(start + 1800),
    )  # fmt: skip
    path, reply = method_of(stubs.ImportRequest)
    call = client.channel.stream_stream(
        path,
        request_serializer=stubs.ImportRequest.SerializeToString,
        response_deserializer=reply.FromString,
    )
    [result] = call(iter([stubs.ImportRequest(booking=visit)]), timeout=30)
    assert result.id, result.message
    configure(clinic, no_show_sweep_minutes=60)
    deadline = time.monotonic() + 60
    while (row := client(stubs.GetBookingRequest(id=result.id)).booking).stage == stubs.STAGE_NEW:
        assert time.monotonic() < deadline, "nobody swept"
        time.sleep(0.2)
    assert row.stage == stubs.STAGE_NO_SHOW
    last = row.stage_history[-1]
    assert (last.actor, last.reason) == ("slotd", "NO_SHOW_SWEEP")


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("stage_alerts", [{"stage": 0, "minutes": 5}], "stage_alerts[0].stage"),
        ("stage_alerts", [{"stage": 4, "minutes": 0}], "stage_alerts[0].minutes"),
        ("stage_alerts", [{"stage": 4, "minutes": 1}] * 2, "stage_alerts[1].stage"),
        ("no_show_sweep_minutes", -1, "no_show_sweep_minutes"),
        ("cancellation_fee", {"minor": 1, "currency": "usd"}, "cancellation_fee.currency"),
        ("cancellation_fee", {"minor": -1, "currency": "USD"}, "cancellation_fee.minor"),
    ],
)
def test_settings_that_cannot_be_meant(clinic: Clinic, field: str, value: object, path: str):
    client, stubs = clinic.client, clinic.stubs
    organization = client(stubs.GetOrganizationRequest()).organization
    organization.MergeFrom(stubs.Organization(**{field: value}))
    refusal = client.refusal(stubs.UpdateOrganizationRequest(organization=organization))
    assert (refusal.code, refusal.field) == (INVALID, f"organization.{path}")


def test_a_refund_is_at_most_the_deposit(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    configure(clinic, cancellation_fee=stubs.Money(minor=2500, currency="USD"))
    booking = clinic.book(2, 9)

    def deposit(minor: int, currency: str = "USD", *, paid: bool = False) -> Message:
        amount = stubs.Money(minor=minor, currency=currency)
        return stubs.SetDepositRequest(booking_id=booking.id, amount=amount, paid=paid)

    def cancel(**fields: object) -> Message:
        return stubs.CancelBookingRequest(booking_id=booking.id, reason="ill", **fields)

    assert client.refusal(deposit(1, "dollars")).field == "amount.currency"
    assert client.refusal(deposit(-1)).field == "amount.minor"
    assert client(deposit(5000)).booking.payment_pending
    early = client.refusal(cancel(refund_minor=1))
    assert (early.code, early.reason) == (REFUSED, "REFUND_TOO_LARGE")
    assert not client(deposit(5000, paid=True)).booking.payment_pending
    late = client.refusal(deposit(6000, paid=True))
    assert (late.code, late.reason) == (REFUSED, "DEPOSIT_PAID")
    large = client.refusal(cancel(refund_minor=5001))
    assert (large.code, large.reason) == (REFUSED, "REFUND_TOO_LARGE")
    assert client.refusal(cancel(refund_minor=-1)).field == "refund_minor"
    assert client.refusal(cancel(refund_minor=1, currency="EUR")).field == "currency"
    cancelled = client(cancel(refund_minor=5000)).booking
    assert cancelled.cancellation.fee.minor == 2500
    assert cancelled.cancellation.refund.minor == 5000
    assert cancelled.deposit.refunded_minor == 5000


def test_the_end_table_over_grpc(clinic: Clinic):
    """procedures.md 8: cancel, no-show, reschedule and delete against what is attached."""
    client, stubs = clinic.client, clinic.stubs
    hours = iter((9, 11, 13, 15) * 5)
    days = iter(sorted((2, 3, 4, 5, 6) * 4))

    def attached(status: str) -> tuple[Message, Message | None]:
        booking = clinic.book(next(days), next(hours))
        if status == "nothing":
            return booking, None
        procedure = client(stubs.NewProcedureRequest(booking_id=booking.id)).procedure
        if status != "draft":
            client(stubs.SubmitProcedureRequest(procedure_id=procedure.id))
        if status in ("completed", "signed"):
            client(stubs.CompleteProcedureRequest(procedure_id=procedure.id))
        if status == "signed":
            client(stubs.SignProcedureRequest(procedure_id=procedure.id))
        return booking, procedure

    def outcome(request: Message) -> str:
        try:
            reply = client(request)
        except grpc.RpcError as error:
            refusal = Refusal.of(error)
            assert refusal.code == REFUSED
            return refusal.reason
        return stubs.Stage.Name(reply.booking.stage).removeprefix("STAGE_")

    def status_of(procedure: Message) -> str:
        row = client(stubs.GetProcedureRequest(id=procedure.id)).procedure
        assert not row.HasField("attachment")
        return stubs.ProcedureStatus.Name(row.status).removeprefix("PROCEDURE_STATUS_")

    cancelled = {
        "nothing": "CANCELLED", "draft": "CANCELLED", "inProgress": "PROCEDURE_ACTIVE",
        "completed": "PROCEDURE_ACTIVE", "signed": "PROCEDURE_SIGNED",
    }  # fmt: skip
    for status, expected in cancelled.items():
        booking, procedure = attached(status)
        assert outcome(stubs.CancelBookingRequest(booking_id=booking.id)) == expected
        if status == "draft":
            assert status_of(procedure) == "DRAFT"
            assert client(stubs.GetProcedureRequest(id=procedure.id)).procedure.current_step == 2
        cascade = stubs.CancelBookingRequest(
            booking_id=booking.id, reason="moved away",
            cascade=stubs.CANCEL_CASCADE_CANCEL_PROCEDURE,
        )  # fmt: skip
        if status in ("inProgress", "completed"):
            assert outcome(cascade) == "CANCELLED"
            assert status_of(procedure) == "CANCELLED"
        elif status == "signed":
            assert outcome(cascade) == "PROCEDURE_SIGNED"
    moved = {
        "nothing": "NEW", "draft": "NEW", "inProgress": "PROCEDURE_ACTIVE",
        "signed": "PROCEDURE_SIGNED",
    }  # fmt: skip
    for number, (status, expected) in enumerate(moved.items()):
        booking, _ = attached(status)
        move = stubs.RescheduleBookingRequest(
            booking_id=booking.id, start=clinic.at(9, 9 + 2 * number)
        )
        assert outcome(move) == expected
    for status in ("draft", "inProgress", "completed", "signed"):
        booking, procedure = attached(status)
        delete = stubs.DeleteBookingRequest(booking_id=booking.id, reason="tidy")
        assert outcome(delete) == "ARCHIVED"
        row = client(stubs.GetProcedureRequest(id=procedure.id)).procedure
        assert row.HasField("attachment") == (status != "draft"), "the chart keeps the visit"


def test_a_card_goes_back_with_a_filled_in_procedure_only_on_purpose(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    client(stubs.SaveStepRequest(procedure_id=procedure.id, step=3, payload=b"x", done=True))
    for request in (
        stubs.MoveBookingRequest(booking_id=booking.id, stage=stubs.STAGE_CHECK_IN),
        stubs.UndoMoveRequest(booking_id=booking.id),
    ):
        refused = client.refusal(request)
        assert (refused.code, refused.reason) == (REFUSED, "PROCEDURE_ACTIVE")
        request.overrides.append(stubs.REASON_PROCEDURE_ACTIVE)
        assert client.refusal(request).field == "reason"
        request.reason = "wrong patient in the chair"
        back = client(request).booking
        assert back.stage == stubs.STAGE_CHECK_IN
        assert list(back.overrides) == [stubs.REASON_PROCEDURE_ACTIVE]
        client(stubs.StartProcedureRequest(booking_id=booking.id))
    request = stubs.UndoMoveRequest(
        booking_id=booking.id, reason="why", overrides=[stubs.REASON_TIME_OFF]
    )
    assert client.refusal(request).field == "overrides[0]"


def test_a_booking_on_the_waitlist_takes_another_time(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    parked = clinic.move(clinic.book(2, 10), "WAITLIST")
    clinic.book(2, 10, patient=clinic.joe)
    move = stubs.RescheduleBookingRequest(booking_id=parked.id, start=clinic.at(2, 10))
    assert client.refusal(move).reason == "SLOT_TAKEN"
    move.start.CopyFrom(clinic.at(2, 14))
    bound = client(move).booking
    assert (bound.stage, bound.start) == (stubs.STAGE_NEW, clinic.at(2, 14))
    row = stubs.ImportBooking(
        external_ref="w-1", patient_ref=clinic.joe.id, location_ref=clinic.location.id,
        provider_ref=clinic.ada.id, service_ref=clinic.laser.id, start=clinic.at(2, 14),
        end=clinic.at(2, 15),
        stage_history=[
            stubs.StageChange(stage=stubs.STAGE_NEW, at=clinic.at(0, 1)),
            stubs.StageChange(stage=stubs.STAGE_WAITLIST, at=clinic.at(0, 2)),
        ],
    )  # fmt: skip
    call = client.channel.stream_stream(
        "/slotd.v1.ImportService/Import",
        request_serializer=stubs.ImportRequest.SerializeToString,
        response_deserializer=stubs.ImportResponse.FromString,
    )
    (answer,) = call(
        iter([stubs.ImportRequest(booking=row)]), timeout=30, metadata=client.metadata
    )
    assert answer.outcome == stubs.IMPORT_OUTCOME_CREATED, "it keeps no time, so none is taken"
    waiting = client(stubs.GetBookingRequest(id=answer.id)).booking
    assert waiting.stage == stubs.STAGE_WAITLIST


def test_detaching_compares_the_booking_too(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    draft = client(stubs.NewProcedureRequest(booking_id=booking.id)).procedure
    request = stubs.DetachBookingRequest(
        procedure_id=draft.id, reason="wrong visit", expected_version=draft.version,
        expected_booking_version=booking.version,
    )  # fmt: skip
    stale = client.refusal(request)
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    assert stale.resource == ("booking", booking.id)
    request.expected_booking_version = booking.version + 1
    assert not client(request).procedure.HasField("attachment")
