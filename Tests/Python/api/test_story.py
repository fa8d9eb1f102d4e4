"""The portal's story from end to end: find a slot, book it, check the patient in, do the procedure.

Each test starts a daemon of its own and reads every field of the replies that the story turns on.
"""

from __future__ import annotations

import datetime

import grpc
import pytest

from clinic import CLOSE, OPEN, ZONE, Clinic
from slotd_client import Client, timestamp

UTC = datetime.UTC


def expected_starts(ahead: int, duration: int, step: int) -> list[int]:
    """The starts that the clinic's hours allow on a day with nothing booked."""
    return [
        Clinic.at(ahead, minute // 60, minute % 60).seconds
        for minute in range(OPEN, CLOSE - duration + 1, step)
    ]


def find(clinic: Clinic, ahead: int, **fields: object):
    stubs = clinic.stubs
    given = {
        "location_id": clinic.location.id,
        "service_id": clinic.laser.id,
        "from": clinic.at(ahead, 0),
        "to": clinic.at(ahead + 1, 0),
    } | fields
    return clinic.client(stubs.FindSlotsRequest(**given))


def board(clinic: Clinic, ahead: int) -> dict[str, list]:
    """The cards of a day by their column's label; the reply's own fields are checked."""
    stubs, day = clinic.stubs, clinic.day(ahead)
    date = stubs.LocalDate(year=day.year, month=day.month, day=day.day)
    reply = clinic.client(stubs.GetBoardRequest(location_id=clinic.location.id, date=date))
    assert (reply.location_id, reply.location_name) == (clinic.location.id, "Midtown")
    assert (reply.date, reply.time_zone) == (date, ZONE.key)
    assert [column.label for column in reply.columns] == [
        "Waitlist", "New", "Confirmed", "Check-in", "In Procedure", "Billing", "Checkout",
        "No Show", "Cancelled", "Archived",
    ]  # fmt: skip
    assert [column.stage for column in reply.columns] == list(range(1, 11))
    return {column.label: list(column.cards) for column in reply.columns}


def attachable(clinic: Clinic, **fields: object) -> list:
    request = clinic.stubs.ListAttachableBookingsRequest(**fields)
    reply = clinic.client(request)
    assert not reply.truncated
    assert reply.revision == clinic.client.revision()
    return list(reply.bookings)


def test_catalog_is_read_back_as_it_was_written(clinic: Clinic):
    """Every kind of the catalog: create, get by id and by reference, list, update, versions."""
    client, stubs = clinic.client, clinic.stubs
    assert clinic.location.id.startswith("location_") and clinic.location.version == 1
    by_ref = client(stubs.GetLocationRequest(id="ref:midtown"))
    assert by_ref.location == clinic.location
    assert client(stubs.GetProviderRequest(id=clinic.ben.id)).provider == clinic.ben
    assert clinic.ben.md_required and not clinic.ada.md_required
    assert client(stubs.GetServiceRequest(id=clinic.laser.id)).service == clinic.laser
    assert list(clinic.laser.durations_minutes) == [60, 30]
    assert clinic.laser.horizon_days == 400
    kind = client(stubs.GetProcedureTypeRequest(id=clinic.botox.id)).procedure_type
    assert kind == clinic.botox and kind.step_count == 3
    assert client(stubs.GetPatientRequest(id="ref:patient-1")).patient == clinic.jane

    assert client.pages(stubs.ListLocationsRequest(), "locations") == [clinic.location]
    assert client.pages(stubs.ListProvidersRequest(page_size=1), "providers") == [
        clinic.ada, clinic.ben,
    ]  # fmt: skip
    assert client.pages(stubs.ListServicesRequest(page_size=1), "services") == [
        clinic.laser, clinic.consult,
    ]  # fmt: skip
    assert client.pages(stubs.ListProcedureTypesRequest(), "procedure_types") == [
        clinic.hair_removal, clinic.botox, clinic.filler,
    ]  # fmt: skip
    assert client.pages(stubs.ListPatientsRequest(prefix="DO"), "patients") == [clinic.jane]

    changed = stubs.Location()
    changed.CopyFrom(clinic.location)
    changed.name = "Downtown"
    reply = client(stubs.UpdateLocationRequest(location=changed, expected_version=1))
    assert (reply.location.name, reply.location.version) == ("Downtown", 2)
    assert reply.revision == client.revision()
    stale = client.refusal(stubs.UpdateLocationRequest(location=changed, expected_version=1))
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    assert stale.metadata["current_version"] == "2"
    taken = client.refusal(
        stubs.CreateLocationRequest(
            location=stubs.Location(name="Other", external_ref="midtown", time_zone="UTC")
        )
    )
    assert (taken.code, taken.reason) == (
        grpc.StatusCode.ALREADY_EXISTS, "EXTERNAL_REF_TAKEN",
    )  # fmt: skip


def test_slots_follow_hours_and_step(clinic: Clinic):
    """FindSlots names each free start once, with everyone who is free, and pages without a gap."""
    reply = find(clinic, 2)
    assert [slot.start.seconds for slot in reply.slots] == expected_starts(2, 60, 30)
    assert list(reply.provider_ids) == [clinic.ada.id, clinic.ben.id]
    assert reply.time_zone == ZONE.key
    assert not reply.truncated and not reply.next_page_token
    assert reply.revision == clinic.client.revision()
    for slot in reply.slots:
        assert slot.end.seconds - slot.start.seconds == 3600
        local = datetime.datetime.fromtimestamp(slot.start.seconds, ZONE)
        assert slot.utc_offset_minutes == local.utcoffset().total_seconds() / 60
        assert list(slot.provider_indexes) == [0, 1]

    pages = []
    token = ""
    while True:
        page = find(clinic, 2, page_size=4, page_token=token)
        pages += page.slots
        assert page.truncated == bool(page.next_page_token)
        token = page.next_page_token
        if not token:
            break
        assert len(page.slots) == 4
    assert pages == list(reply.slots)

    half = find(clinic, 2, duration_minutes=30, provider_ids=[clinic.ben.id])
    assert [slot.start.seconds for slot in half.slots] == expected_starts(2, 30, 30)
    assert list(half.provider_ids) == [clinic.ben.id]


def test_story_from_the_board(clinic: Clinic):
    """Find, hold, book, check in, start: lands on step 3; submit, complete, bill, check out."""
    client, stubs = clinic.client, clinic.stubs
    before = find(clinic, 2, provider_ids=[clinic.ada.id])
    slot = before.slots[3]

    held = client(
        stubs.HoldRequest(
            request_id="hold-1",
            location_id=clinic.location.id,
            service_id=clinic.laser.id,
            provider_id=clinic.ada.id,
            start=slot.start,
            patient_id=clinic.jane.id,
            owner="desk 1",
            ttl_seconds=60,
        )
    )
    hold = held.hold
    assert hold.id.startswith("hold_")
    assert (hold.owner, hold.patient_id) == ("desk 1", clinic.jane.id)
    assert (hold.location_id, hold.service_id) == (clinic.location.id, clinic.laser.id)
    assert (hold.provider_id, hold.any_provider) == (clinic.ada.id, False)
    assert (hold.start, hold.end) == (slot.start, slot.end)
    assert hold.expires_at.ToMilliseconds() - hold.created_at.ToMilliseconds() == 60_000
    assert held.server_now.ToMilliseconds() >= hold.created_at.ToMilliseconds()
    # The 15 minutes after the visit take the next half hour's starts, too.
    left = find(clinic, 2, provider_ids=[clinic.ada.id])
    gone = {s.start.seconds for s in before.slots} - {s.start.seconds for s in left.slots}
    first = slot.start.seconds
    assert gone == {first + 60 * minutes for minutes in (-60, -30, 0, 30, 60)}
    mine = find(clinic, 2, provider_ids=[clinic.ada.id], hold_id=hold.id)
    assert mine.slots == before.slots

    created = client(
        stubs.CreateBookingRequest(
            request_id="book-1",
            patient_id=clinic.jane.id,
            booking=stubs.NewBooking(hold_id=hold.id, note="first visit", external_ref="b-1"),
        )
    )
    booking = created.booking
    assert not created.hold_had_expired and not created.replayed
    assert created.revision == client.revision()
    assert booking.id.startswith("booking_")
    assert (booking.version, booking.external_ref, booking.note) == (1, "b-1", "first visit")
    assert (booking.patient_id, booking.location_id) == (clinic.jane.id, clinic.location.id)
    assert (booking.stage, booking.walk_in) == (stubs.STAGE_NEW, False)
    assert (booking.start, booking.end) == (slot.start, slot.end)
    assert booking.time_zone == ZONE.key
    assert booking.utc_offset_minutes == slot.utc_offset_minutes
    assert (booking.created_by, list(booking.overrides)) == ("anonymous", [])
    assert not booking.HasField("cancellation")
    assert [change.stage for change in booking.stage_history] == [stubs.STAGE_NEW]
    [segment] = booking.segments
    assert segment == stubs.BookingSegment(
        sequence=1, service_id=clinic.laser.id, duration_minutes=60, provider_id=clinic.ada.id,
        any_provider=False, start=slot.start, end=slot.end, buffer_after_minutes=15,
    )  # fmt: skip
    assert client(stubs.GetBookingRequest(id="ref:b-1")).booking == booking
    # The hold became the booking: giving it back finds nothing to release.
    assert not client(stubs.ReleaseHoldRequest(hold_id=hold.id)).released

    [card] = board(clinic, 2)["New"]
    assert card.booking == booking
    assert (card.patient_name, card.provider_name, card.service_name) == (
        "Jane Doe", "Ada Lovelace", "Laser",
    )  # fmt: skip
    assert card.procedure_status == stubs.PROCEDURE_STATUS_UNSPECIFIED
    assert card.in_stage_since == booking.stage_history[-1].at

    early = client.refusal(stubs.StartProcedureRequest(booking_id=booking.id))
    assert (early.code, early.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "STAGE")
    assert early.resource == ("booking", booking.id)
    booking = clinic.move(booking, "CONFIRMED")
    booking = clinic.move(booking, "CHECK_IN")
    assert (booking.stage, booking.version) == (stubs.STAGE_CHECK_IN, 3)

    start = stubs.StartProcedureRequest(
        request_id="start-1",
        booking_id=booking.id,
        expected_version=booking.version,
        view=stubs.PROCEDURE_VIEW_MULTI_PAGE,
    )
    started = client(start)
    procedure, booking = started.procedure, started.booking
    assert not started.existing and not started.replayed
    assert (booking.stage, booking.version) == (stubs.STAGE_IN_PROCEDURE, 4)
    assert booking.segments[0].procedure_id == procedure.id
    assert procedure.id.startswith("procedure_") and procedure.version == 1
    assert procedure.patient_id == clinic.jane.id
    assert procedure.procedure_type_id == clinic.hair_removal.id
    assert (procedure.current_step, procedure.step_count) == (3, 4)
    assert list(procedure.steps_done) == [1, 2]
    assert procedure.status == stubs.PROCEDURE_STATUS_DRAFT
    assert procedure.entry == stubs.PROCEDURE_ENTRY_BOARD
    assert procedure.view == stubs.PROCEDURE_VIEW_MULTI_PAGE
    assert not procedure.md_required and not procedure.consult_only
    attachment = procedure.attachment
    assert (attachment.procedure_id, attachment.booking_id) == (procedure.id, booking.id)
    assert (attachment.segment, attachment.attached_by) == (1, "anonymous")
    assert attachment.state == stubs.ATTACHMENT_STATE_ACTIVE
    assert attachment.moved_stage_from == stubs.STAGE_CHECK_IN

    # A second start, with a version long gone, returns the same draft.
    again = client(stubs.StartProcedureRequest(booking_id=booking.id, expected_version=1))
    assert again.existing and again.procedure == procedure and again.booking == booking
    replay = client(start)
    assert replay.replayed and replay.procedure == procedure

    refused = client.refusal(
        stubs.MoveBookingRequest(booking_id=booking.id, stage=stubs.STAGE_BILLING)
    )
    assert refused.reason == "PROCEDURE_OPEN"
    for step in (3, 4):
        saved = client(
            stubs.SaveStepRequest(
                procedure_id=procedure.id,
                expected_version=procedure.version,
                step=step,
                payload=b"\x00opaque\xff",
                done=True,
            )
        )
        procedure = saved.procedure
        assert procedure.current_step == 4
        assert procedure.steps[-1] == stubs.ProcedureStep(
            step=step, payload=b"\x00opaque\xff", done=True
        )
    assert (procedure.version, list(procedure.steps_done)) == (3, [1, 2, 3, 4])

    submitted = client(
        stubs.SubmitProcedureRequest(procedure_id=procedure.id, expected_version=procedure.version)
    )
    procedure = submitted.procedure
    assert procedure.status == stubs.PROCEDURE_STATUS_IN_PROGRESS
    assert procedure.HasField("submitted_at") and not procedure.HasField("completed_at")
    assert submitted.booking == booking
    moved = client.refusal(
        stubs.RescheduleBookingRequest(booking_id=booking.id, start=clinic.at(3, 9))
    )
    assert moved.code == grpc.StatusCode.FAILED_PRECONDITION
    completed = client(
        stubs.CompleteProcedureRequest(
            procedure_id=procedure.id, expected_version=procedure.version
        )
    )
    procedure = completed.procedure
    assert procedure.status == stubs.PROCEDURE_STATUS_COMPLETED
    assert procedure.HasField("completed_at")
    [card] = board(clinic, 2)["In Procedure"]
    assert card.procedure_status == stubs.PROCEDURE_STATUS_COMPLETED

    booking = clinic.move(booking, "BILLING")
    booking = clinic.move(booking, "CHECKOUT")
    columns = board(clinic, 2)
    assert [card.booking for card in columns.pop("Checkout")] == [booking]
    assert not any(columns.values())
    assert [change.stage for change in booking.stage_history] == [
        stubs.STAGE_NEW, stubs.STAGE_CONFIRMED, stubs.STAGE_CHECK_IN,
        stubs.STAGE_IN_PROCEDURE, stubs.STAGE_BILLING, stubs.STAGE_CHECKOUT,
    ]  # fmt: skip
    read = client(stubs.GetProcedureRequest(id=procedure.id))
    assert read.procedure == procedure and list(read.attachments) == [attachment]
    listed = client(stubs.ListProceduresRequest(patient_id=clinic.jane.id)).procedures
    assert [row.id for row in listed] == [procedure.id]
    assert all(not step.payload for step in listed[0].steps), "a list carries no payloads"


def test_view_and_consultation_alone_leave_every_step_as_it_is(clinic: Clinic):
    """Without a step nothing of a step changes; of a step, only what is given."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.move(clinic.book(2, 10, confirmed=True), "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure

    def save(**fields: object):
        return client(stubs.SaveStepRequest(procedure_id=procedure.id, **fields)).procedure

    step = stubs.ProcedureStep(step=3, payload=b"notes", done=True)
    assert list(save(step=3, payload=b"notes", done=True).steps) == [step]
    saved = save(view=stubs.PROCEDURE_VIEW_SINGLE_PAGE)
    assert list(saved.steps) == [step] and saved.view == stubs.PROCEDURE_VIEW_SINGLE_PAGE
    saved = save(consult_only=True)
    assert list(saved.steps) == [step] and saved.consult_only
    saved = save(step=3, consult_only=False)
    assert list(saved.steps) == [step] and not saved.consult_only
    assert list(save(step=3, done=False).steps) == [stubs.ProcedureStep(step=3, payload=b"notes")]
    assert list(save(step=3, payload=b"").steps) == [stubs.ProcedureStep(step=3)]
    for content in (
        {"patient_id": clinic.jane.id}, {"procedure_type_id": clinic.filler.id},
        {"payload": b""}, {"done": False}, {},
    ):  # fmt: skip
        forgotten = client.refusal(
            stubs.SaveStepRequest(procedure_id=procedure.id, **content)
        )
        assert (forgotten.code, forgotten.field) == (grpc.StatusCode.INVALID_ARGUMENT, "step")


def test_ambiguous_type_lands_on_step_2(clinic: Clinic):
    """A service with two procedure types: everything is filled in but the type."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(
        2, 10, service_id=clinic.consult.id, provider_id=clinic.ben.id, confirmed=True
    )
    assert booking.stage == stubs.STAGE_CONFIRMED
    booking = clinic.move(booking, "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    assert (procedure.current_step, procedure.procedure_type_id) == (2, "")
    assert list(procedure.steps_done) == [1]
    assert procedure.attachment.booking_id == booking.id
    assert procedure.md_required, "the provider's permission is carried to the procedure"
    early = client.refusal(
        stubs.SaveStepRequest(procedure_id=procedure.id, step=3, payload=b"x", done=True)
    )
    assert early.reason == "STEP_INCOMPLETE"
    open_end = client.refusal(stubs.SubmitProcedureRequest(procedure_id=procedure.id))
    assert open_end.reason == "STEP_INCOMPLETE"
    chosen = client(
        stubs.SaveStepRequest(procedure_id=procedure.id, step=2, procedure_type_id=clinic.filler.id)
    ).procedure
    assert (chosen.current_step, chosen.procedure_type_id) == (3, clinic.filler.id)


def test_the_other_two_entries(clinic: Clinic):
    """From a patient the wizard opens on step 2; from a row of the bookings list on step 3."""
    client, stubs = clinic.client, clinic.stubs
    new = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id, external_ref="p-1"))
    assert new.procedure.current_step == 2
    assert new.procedure.entry == stubs.PROCEDURE_ENTRY_PATIENT
    assert not new.HasField("booking") and not new.existing
    assert not new.procedure.HasField("attachment")
    assert client(stubs.GetProcedureRequest(id="ref:p-1")).procedure == new.procedure

    booking = clinic.book(2, 10)
    from_row = client(
        stubs.NewProcedureRequest(
            booking_id=booking.id, view=stubs.PROCEDURE_VIEW_SINGLE_PAGE, expected_version=1
        )
    )
    procedure = from_row.procedure
    assert (procedure.current_step, procedure.entry) == (3, stubs.PROCEDURE_ENTRY_BOOKING)
    assert procedure.view == stubs.PROCEDURE_VIEW_SINGLE_PAGE
    assert procedure.patient_id == clinic.jane.id
    assert procedure.procedure_type_id == clinic.hair_removal.id
    assert from_row.booking.stage == stubs.STAGE_NEW, "this entry moves no stage"
    assert from_row.booking.segments[0].procedure_id == procedure.id
    again = client(stubs.NewProcedureRequest(booking_id=booking.id, expected_version=1))
    assert again.existing and again.procedure == procedure

    checked_in = clinic.move(clinic.book(2, 13), "CHECK_IN")
    advanced = client(stubs.NewProcedureRequest(booking_id=checked_in.id, advance_stage=True))
    assert advanced.booking.stage == stubs.STAGE_IN_PROCEDURE
    assert advanced.procedure.attachment.moved_stage_from == stubs.STAGE_CHECK_IN


def test_the_dropdown_and_manual_attachment(clinic: Clinic):
    """ListAttachableBookings says what can be chosen and why the rest cannot; AttachBooking,
    DetachBooking, CreateBookingAndAttach."""
    client, stubs = clinic.client, clinic.stubs
    draft = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    near = clinic.book(2, 10)
    far = clinic.book(5, 10)
    consult = clinic.book(3, 10, service_id=clinic.consult.id)
    cancelled = clinic.book(4, 10)
    client(stubs.CancelBookingRequest(booking_id=cancelled.id, reason="flu"))
    other = clinic.book(2, 14, patient=clinic.joe)
    taken = clinic.book(6, 10)
    holder = client(stubs.NewProcedureRequest(booking_id=taken.id)).procedure
    parked = clinic.move(clinic.book(7, 10), "WAITLIST")

    rows = attachable(clinic, procedure_id=draft.id)
    assert [row.booking.id for row in rows] == [near.id, consult.id, far.id]
    assert all(row.attachable and row.segment == 1 for row in rows)
    row = rows[0]
    assert row.booking == near and row.why_not == stubs.REASON_UNSPECIFIED
    assert (row.service_name, row.provider_name, row.location_name) == (
        "Laser", "Ada Lovelace", "Midtown",
    )  # fmt: skip
    everything = attachable(clinic, patient_id=clinic.jane.id, show_unattachable=True)
    why = {row.booking.id: (row.attachable, row.why_not, row.procedure_id) for row in everything}
    assert why == {
        near.id: (True, stubs.REASON_UNSPECIFIED, ""),
        consult.id: (True, stubs.REASON_UNSPECIFIED, ""),
        far.id: (True, stubs.REASON_UNSPECIFIED, ""),
        cancelled.id: (False, stubs.REASON_CANCELLED, ""),
        taken.id: (False, stubs.REASON_ALREADY_ATTACHED, holder.id),
        parked.id: (False, stubs.REASON_STAGE, ""),
    }
    elsewhere = client(
        stubs.CreateLocationRequest(
            location=stubs.Location(name="Uptown", time_zone="America/New_York")
        )
    ).location
    assert attachable(clinic, patient_id=clinic.jane.id, location_id=elsewhere.id) == []
    greyed = attachable(
        clinic, patient_id=clinic.jane.id, location_id=elsewhere.id, show_unattachable=True
    )
    assert {row.booking.id: row.why_not for row in greyed} == {
        near.id: stubs.REASON_OTHER_LOCATION,
        consult.id: stubs.REASON_OTHER_LOCATION,
        far.id: stubs.REASON_OTHER_LOCATION,
        cancelled.id: stubs.REASON_CANCELLED,
        taken.id: stubs.REASON_ALREADY_ATTACHED,
        parked.id: stubs.REASON_STAGE,
    }
    few = client(stubs.ListAttachableBookingsRequest(patient_id=clinic.jane.id, page_size=1))
    assert few.truncated and [row.booking.id for row in few.bookings] == [near.id]

    def attach(booking: object, **fields: object) -> object:
        return stubs.AttachBookingRequest(procedure_id=draft.id, booking_id=booking.id, **fields)

    assert client.refusal(attach(other)).reason == "PATIENT_MISMATCH"
    refusal = client.refusal(attach(taken))
    assert refusal.reason == "ALREADY_ATTACHED"
    assert refusal.resource == ("procedure", holder.id)
    assert client.refusal(attach(cancelled)).reason == "CANCELLED"
    assert client.refusal(attach(parked)).reason == "STAGE"
    assert client.refusal(attach(near, expected_version=7)).reason == "VERSION_MISMATCH"
    stale = client.refusal(attach(near, expected_booking_version=7))
    assert (stale.reason, stale.resource) == ("VERSION_MISMATCH", ("booking", near.id))

    attached = client(attach(near, expected_version=1, expected_booking_version=1))
    assert list(attached.warnings) == []
    assert (attached.procedure.current_step, attached.procedure.version) == (3, 2)
    assert attached.procedure.procedure_type_id == clinic.hair_removal.id
    assert attached.booking.segments[0].procedure_id == draft.id
    assert client.refusal(attach(far)).reason == "PROCEDURE_ATTACHED"
    odd = {row.booking.id: row for row in attachable(clinic, procedure_id=draft.id)}
    assert odd[consult.id].attachable
    assert odd[consult.id].why_not == stubs.REASON_WRONG_SERVICE_FOR_TYPE

    blank = client.refusal(stubs.DetachBookingRequest(procedure_id=draft.id))
    assert blank.field == "reason"
    detached = client(stubs.DetachBookingRequest(procedure_id=draft.id, reason="wrong visit"))
    assert not detached.procedure.HasField("attachment")
    assert detached.procedure.current_step == 2
    assert detached.booking.segments[0].procedure_id == ""
    [past] = client(stubs.GetProcedureRequest(id=draft.id)).attachments
    assert past.state == stubs.ATTACHMENT_STATE_DETACHED
    assert (past.detached_by, past.detach_reason) == ("anonymous", "wrong visit")

    warned = client(attach(consult))
    assert list(warned.warnings) == [stubs.REASON_WRONG_SERVICE_FOR_TYPE]
    client(stubs.DetachBookingRequest(procedure_id=draft.id, reason="wrong service"))

    version = client(stubs.GetProcedureRequest(id=draft.id)).procedure.version
    created = client(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=draft.id,
            expected_version=version,
            booking=clinic.new_booking(3, 14, provider_id="", confirmed=True),
        )
    )
    assert created.booking.stage == stubs.STAGE_CONFIRMED and created.booking.version == 1
    assert created.booking.patient_id == clinic.jane.id
    assert created.booking.segments[0].any_provider
    # Ada has a visit that day, Ben has none.
    assert created.booking.segments[0].provider_id == clinic.ben.id
    assert created.booking.segments[0].procedure_id == draft.id
    assert created.procedure.attachment.booking_id == created.booking.id
    assert created.procedure.current_step == 3
    assert created.procedure.md_required
    # All or nothing: a slot that is taken leaves the draft as it is.
    other_draft = client(stubs.NewProcedureRequest(patient_id=clinic.joe.id)).procedure
    revision = client.revision()
    refused = client.refusal(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=other_draft.id, booking=clinic.new_booking(2, 10)
        )
    )
    assert (refused.reason, refused.metadata["blocking_ids"]) == ("SLOT_TAKEN", near.id)
    next_free = datetime.datetime.fromisoformat(refused.metadata["next_free"])
    assert next_free.timestamp() == clinic.at(2, 11, 30).seconds
    assert client.revision() == revision


def test_detaching_takes_the_stage_back(clinic: Clinic):
    """What attaching moved to In Procedure goes back to Check-in with the detachment."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    started = client(stubs.StartProcedureRequest(booking_id=booking.id))
    detached = client(
        stubs.DetachBookingRequest(
            procedure_id=started.procedure.id,
            reason="patient left",
            expected_version=started.procedure.version,
        )
    )
    assert detached.booking.stage == stubs.STAGE_CHECK_IN
    assert detached.booking.version == started.booking.version + 1
    assert detached.procedure.status == stubs.PROCEDURE_STATUS_DRAFT
    [card] = board(clinic, 2)["Check-in"]
    assert card.booking == detached.booking
    # A booking that is cancelled lets its draft go, which stays at step 2.
    attached = client(
        stubs.AttachBookingRequest(
            procedure_id=started.procedure.id, booking_id=booking.id, advance_stage=True
        )
    )
    assert attached.booking.stage == stubs.STAGE_IN_PROCEDURE
    back = clinic.move(attached.booking, "CHECK_IN")
    cancelled = client(stubs.CancelBookingRequest(booking_id=back.id, reason="weather")).booking
    assert cancelled.stage == stubs.STAGE_CANCELLED
    assert (cancelled.cancellation.reason, cancelled.cancellation.actor) == (
        "weather", "anonymous",
    )  # fmt: skip
    assert cancelled.segments[0].procedure_id == ""
    read = client(stubs.GetProcedureRequest(id=started.procedure.id))
    assert read.procedure.current_step == 2
    assert [a.detach_reason for a in read.attachments] == ["patient left", "BOOKING_CANCELLED"]


def test_single_page(clinic: Clinic):
    """SubmitProcedure alone: patient, an existing or a new booking, the type and the steps, all or
    nothing."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    submitted = client(
        stubs.SubmitProcedureRequest(
            request_id="form-1",
            patient_id=clinic.jane.id,
            booking_id=booking.id,
            expected_booking_version=booking.version,
            steps=[stubs.ProcedureStep(step=3, payload=b"p", done=True)],
            advance_stage=True,
            consult_only=True,
            external_ref="form-1",
        )
    )
    procedure = submitted.procedure
    assert procedure.status == stubs.PROCEDURE_STATUS_IN_PROGRESS
    assert procedure.entry == stubs.PROCEDURE_ENTRY_FORM
    assert procedure.view == stubs.PROCEDURE_VIEW_SINGLE_PAGE
    assert procedure.consult_only and procedure.external_ref == "form-1"
    assert list(procedure.steps_done) == [1, 2, 3]
    assert submitted.booking.stage == stubs.STAGE_IN_PROCEDURE
    assert client(stubs.GetBookingRequest(id=booking.id)).booking == submitted.booking

    with_new = client(
        stubs.SubmitProcedureRequest(
            patient_id=clinic.joe.id,
            new_booking=clinic.new_booking(2, 13, service_id=clinic.consult.id, walk_in=True),
            procedure_type_id=clinic.botox.id,
            advance_stage=True,
        )
    )
    assert with_new.procedure.procedure_type_id == clinic.botox.id
    assert with_new.booking.walk_in
    assert with_new.booking.stage == stubs.STAGE_IN_PROCEDURE
    read = client(stubs.GetBookingRequest(id=with_new.booking.id)).booking
    assert read == with_new.booking

    revision = client.revision()
    refused = client.refusal(
        stubs.SubmitProcedureRequest(
            patient_id=clinic.joe.id,
            new_booking=clinic.new_booking(2, 16, service_id=clinic.consult.id),
        )
    )
    assert refused.reason == "STEP_INCOMPLETE", "two types fit, and none is named"
    assert client.revision() == revision
    done = client(stubs.CompleteProcedureRequest(procedure_id=procedure.id)).procedure
    assert done.status == stubs.PROCEDURE_STATUS_COMPLETED
    signed_off = client(stubs.CompleteProcedureRequest(procedure_id=procedure.id)).procedure
    assert signed_off == done, "completing twice changes nothing"


def test_reschedule_and_cancel(clinic: Clinic):
    """A booking moves to a free time and keeps its identity; a cancelled one frees its time."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    moved = client(
        stubs.RescheduleBookingRequest(
            booking_id=booking.id, expected_version=1, start=clinic.at(2, 10, 30)
        )
    ).booking
    assert (moved.id, moved.version) == (booking.id, 2)
    assert moved.start == clinic.at(2, 10, 30) and moved.end == clinic.at(2, 11, 30)
    assert moved.segments[0].start == moved.start
    to_ben = client(
        stubs.RescheduleBookingRequest(
            booking_id=booking.id, start=moved.start, provider_id=clinic.ben.id
        )
    ).booking
    assert to_ben.segments[0].provider_id == clinic.ben.id
    blocker = clinic.book(3, 10)
    refused = client.refusal(
        stubs.RescheduleBookingRequest(
            booking_id=booking.id, start=clinic.at(3, 10), provider_id=clinic.ada.id
        )
    )
    assert refused.reason == "SLOT_TAKEN"
    assert refused.metadata["blocking_ids"] == blocker.id
    assert client(stubs.GetBookingRequest(id=booking.id)).booking == to_ben
    for reason, start in {
        "OFF_STEP": clinic.at(4, 10, 10),
        "LOCATION_CLOSED": clinic.at(4, 17),
        "TOO_SOON": timestamp(clinic.at(-2, 10).seconds),
        "TOO_FAR": clinic.at(500, 10),
        "BUFFER": clinic.at(3, 9),
    }.items():
        refused = client.refusal(
            stubs.RescheduleBookingRequest(
                booking_id=booking.id, start=start, provider_id=clinic.ada.id
            )
        )
        assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, reason)
    cancelled = client(stubs.CancelBookingRequest(booking_id=blocker.id)).booking
    assert cancelled.stage == stubs.STAGE_CANCELLED
    assert clinic.book(3, 10).id != blocker.id
    restored = client.refusal(
        stubs.MoveBookingRequest(booking_id=blocker.id, stage=stubs.STAGE_NEW)
    )
    assert restored.reason == "SLOT_TAKEN"
    rows = client.pages(
        stubs.ListBookingsRequest(provider_id=clinic.ada.id, page_size=1), "bookings"
    )
    assert len(rows) == 2 and [row.start.seconds for row in rows] == [clinic.at(3, 10).seconds] * 2


def test_holds_keep_a_slot_for_their_owner(clinic: Clinic):
    """The same owner's second hold is the first; others are told when it expires."""
    client, stubs = clinic.client, clinic.stubs

    def request(owner: str, ttl: int = 0) -> object:
        return stubs.HoldRequest(
            location_id=clinic.location.id,
            service_id=clinic.laser.id,
            provider_id=clinic.ada.id,
            start=clinic.at(2, 10),
            owner=owner,
            ttl_seconds=ttl,
        )

    first = client(request("a")).hold
    life = first.expires_at.ToMilliseconds() - first.created_at.ToMilliseconds()
    assert life == 300_000
    assert client(request("a", 1800)).hold == first
    refused = client.refusal(request("b"))
    assert (refused.code, refused.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION, "SLOT_HELD",
    )  # fmt: skip
    assert 0 < refused.retry_seconds <= 300
    assert "blocking_ids" not in refused.metadata, "a hold's id is its owner's key"
    assert client(stubs.ReleaseHoldRequest(hold_id=first.id)).released
    second = client(request("b", 1)).hold
    life = second.expires_at.ToMilliseconds() - second.created_at.ToMilliseconds()
    assert life == 15_000
    mismatch = client.refusal(
        stubs.CreateBookingRequest(
            patient_id=clinic.jane.id,
            booking=stubs.NewBooking(hold_id=second.id, start=clinic.at(2, 11)),
        )
    )
    assert (mismatch.reason, mismatch.field) == ("HOLD_MISMATCH", "booking.start")


def test_actor_and_organization_are_taken_from_the_metadata(clinic: Clinic):
    """Who acted stands in the records; organizations see nothing of each other."""
    client, stubs = clinic.client, clinic.stubs
    assert clinic.book(2, 10).created_by == "anonymous"
    desk = client.named(actor="desk 2")
    request = stubs.CreateBookingRequest(
        patient_id=clinic.jane.id, booking=clinic.new_booking(2, 13)
    )
    assert desk(request).booking.created_by == "desk 2"

    made = client(
        stubs.CreateOrganizationRequest(
            organization=stubs.Organization(external_ref="acme", name="Acme")
        )
    ).organization
    assert made.id.startswith("org_")
    assert (made.active_procedures_per_segment, made.no_show_grace_minutes) == (1, 15)
    for name in (made.id, "acme"):
        acme = client.named(organization=name)
        assert acme(stubs.GetOrganizationRequest()).organization == made
        assert acme.pages(stubs.ListPatientsRequest(), "patients") == []
    names = client.pages(stubs.ListOrganizationsRequest(page_size=1), "organizations")
    assert {row.external_ref for row in names} == {"default", "acme"}


@pytest.mark.parametrize("zone, hours", [("Asia/Kolkata", 5.5), ("Pacific/Apia", 13)])
def test_other_zones(client: Client, zone: str, hours: float):
    """A clinic elsewhere: its hours, its midnight and its offsets are its own."""
    stubs = client.stubs
    from clinic import every_day

    location = client(
        stubs.CreateLocationRequest(
            location=stubs.Location(
                name="Away", time_zone=zone, hours=every_day(stubs, 22 * 60, 26 * 60)
            )
        )
    ).location
    provider = client(
        stubs.CreateProviderRequest(
            provider=stubs.Provider(
                name="Night",
                schedules=[
                    stubs.ProviderSchedule(
                        location_id=location.id, hours=every_day(stubs, 22 * 60, 2 * 60)
                    )
                ],
            )
        )
    ).provider
    service = client(
        stubs.CreateServiceRequest(
            service=stubs.Service(
                name="Late",
                durations_minutes=[60],
                step_minutes=60,
                provider_ids=[provider.id],
            )
        )
    ).service
    midnight = (int(datetime.datetime.now(UTC).timestamp()) // 86400 + 3) * 86400 - hours * 3600
    reply = client(
        stubs.FindSlotsRequest(
            **{
                "location_id": location.id,
                "service_id": service.id,
                "from": timestamp(midnight),
                "to": timestamp(midnight + 86400),
            }
        )
    )
    starts = [(slot.start.seconds - midnight) / 3600 for slot in reply.slots]
    assert starts == [0, 1, 22, 23]
    assert {slot.utc_offset_minutes for slot in reply.slots} == {hours * 60}
