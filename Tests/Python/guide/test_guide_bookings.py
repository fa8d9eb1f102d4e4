"""The guide goes on: bookings of patients who are here already, that were held, that have several
services; and procedures that change their booking.

Each test is a chapter of the page, after those of test_guide.py.
"""

from __future__ import annotations

from google.protobuf.message import Message

from clinic import Clinic
from page import Chapter


def checked_in(clinic: Clinic, hour: int, **fields: object) -> Message:
    return clinic.move(clinic.book(2, hour, **fields), "CHECK_IN")


def test_a_walk_in_is_booked_checked_in_and_started(clinic: Clinic, chapter: Chapter):
    """Walk-in: a patient who is here now is booked straight into Checked In
    Notice and the step of the service are waived, and that is on record. Everything else counts: a
    walk-in takes nobody's time."""
    stubs = clinic.stubs
    draft = chapter(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    here = chapter(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=draft.id, booking=clinic.new_booking(2, 10, 7, walk_in=True)
        )
    )
    assert here.booking.stage == stubs.STAGE_CHECK_IN and here.booking.walk_in
    assert list(here.booking.overrides) == [stubs.REASON_OFF_STEP]
    started = chapter(stubs.StartProcedureRequest(booking_id=here.booking.id))
    assert started.existing and started.procedure.id == draft.id
    assert started.booking.stage == stubs.STAGE_IN_PROCEDURE

    chapter.must_refuse()
    chapter.say("A time that somebody has, and a time when the clinic is closed.")
    for reason, time in (("SLOT_TAKEN", (10, 30)), ("LOCATION_CLOSED", (20, 7))):
        chapter.refused(
            stubs.CreateBookingRequest(
                patient_id=clinic.joe.id, booking=clinic.new_booking(2, *time, walk_in=True)
            ),
            reason,
        )


def test_the_time_slot_is_held_while_the_form_is_filled_in(clinic: Clinic, chapter: Chapter):
    """Time Slot: it is held while the rest of the form is filled in
    Nobody else gets it meanwhile. The hold becomes the booking, in the call that attaches it."""
    stubs = clinic.stubs
    draft = clinic.client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    ask = stubs.HoldRequest(
        location_id=clinic.location.id,
        service_id=clinic.laser.id,
        provider_id=clinic.ada.id,
        start=clinic.at(2, 10),
        patient_id=clinic.jane.id,
        owner="desk 1",
        ttl_seconds=600,
    )
    hold = chapter(ask).hold
    chapter.say("Another desk asks for the same time.")
    chapter.refused(
        stubs.CreateBookingRequest(patient_id=clinic.joe.id, booking=clinic.new_booking(2, 10)),
        "SLOT_HELD",
    )
    attach = stubs.CreateBookingAndAttachRequest(
        procedure_id=draft.id, booking=stubs.NewBooking(hold_id=hold.id)
    )
    attached = chapter(attach)
    assert attached.booking.start == hold.start
    assert list(attached.procedure.steps_done) == [1, 2]

    chapter.must_refuse()
    other = clinic.client(stubs.NewProcedureRequest(patient_id=clinic.joe.id)).procedure
    chapter.say("A hold that was used up.")
    chapter.refused(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=other.id, booking=stubs.NewBooking(hold_id=hold.id)
        ),
        "UNKNOWN_RECORD",
    )
    chapter.say("A hold for another patient, or of another time than the form says.")
    ask.start.CopyFrom(clinic.at(2, 12))
    later = clinic.client(ask).hold
    chapter.refused(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=other.id, booking=stubs.NewBooking(hold_id=later.id)
        ),
        "HOLD_MISMATCH",
    )


def test_single_booking_packs_several_services_each_with_its_procedure(
    clinic: Clinic, chapter: Chapter
):
    """Single Booking: several services in one appointment, each with its own procedure
    The segments stand one after another. Each may have one active procedure, and the card goes on
    when all of them are done."""
    client, stubs = clinic.client, clinic.stubs
    booking = chapter(
        stubs.CreateBookingRequest(
            patient_id=clinic.jane.id,
            booking=stubs.NewBooking(
                location_id=clinic.location.id,
                start=clinic.at(2, 10),
                segments=[
                    stubs.SegmentRequest(
                        service_id=clinic.consult.id, provider_ids=[clinic.ben.id]
                    ),
                    stubs.SegmentRequest(
                        service_id=clinic.laser.id, provider_ids=[clinic.ada.id]
                    ),
                ],
            ),
        )
    ).booking
    clinic.move(booking, "CHECK_IN")
    laser = chapter(stubs.StartProcedureRequest(booking_id=booking.id, segment=2))
    assert laser.procedure.procedure_type_id == clinic.hair_removal.id
    consult = chapter(stubs.StartProcedureRequest(booking_id=booking.id, segment=1))
    assert consult.procedure.id != laser.procedure.id
    assert consult.procedure.current_step == 2, "the consultation leads to two types"

    chapter.must_refuse()
    chapter.say("A start that does not say which segment, and a segment that there is not.")
    chapter.refused(stubs.StartProcedureRequest(booking_id=booking.id), "SEGMENT_NEEDED")
    chapter.refused(
        stubs.StartProcedureRequest(booking_id=booking.id, segment=3), "INVALID_VALUE"
    )
    chapter.say("Billing while one of the two is open: the answer names it.")
    client(stubs.SubmitProcedureRequest(procedure_id=laser.procedure.id))
    client(stubs.CompleteProcedureRequest(procedure_id=laser.procedure.id))
    open_one = chapter.refused(
        stubs.MoveBookingRequest(booking_id=booking.id, stage=stubs.STAGE_BILLING),
        "PROCEDURE_OPEN",
    )
    assert open_one.metadata["blocking_ids"] == consult.procedure.id


def test_a_draft_is_detached_and_the_card_goes_back(clinic: Clinic, chapter: Chapter):
    """Detach: the draft loses its booking, and the card goes back to Checked In
    The draft stays, at step 2, with all that was filled in. The card goes back because it was this
    attachment that had brought it on; the attachment stays in the history."""
    client, stubs = clinic.client, clinic.stubs
    booking = checked_in(clinic, 10)
    draft = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    detach = stubs.DetachBookingRequest(
        procedure_id=draft.id, expected_version=draft.version, reason="wrong visit"
    )
    detached = chapter(detach)
    assert detached.booking.stage == stubs.STAGE_CHECK_IN
    assert list(detached.procedure.steps_done) == [1]

    chapter.must_refuse()
    chapter.say("A draft without a booking, and no reason.")
    detach.expected_version = 0
    chapter.refused(detach, "NOT_ATTACHED")
    chapter.refused(stubs.DetachBookingRequest(procedure_id=draft.id), "INVALID_VALUE")
    chapter.say("A procedure that was submitted: reattach it, cancel it, or mark it in error.")
    started = client(
        stubs.SubmitProcedureRequest(procedure_id=draft.id, booking_id=booking.id)
    ).procedure
    chapter.refused(
        stubs.DetachBookingRequest(procedure_id=started.id, reason="wrong visit"),
        "PROCEDURE_STATUS",
    )


def test_a_procedure_is_reattached_to_another_booking(clinic: Clinic, chapter: Chapter):
    """Reattach: the procedure moves to another booking of the patient, in one entry
    The old attachment is superseded and stays in the history; what is charged follows; each card
    goes where it belongs."""
    client, stubs = clinic.client, clinic.stubs
    wrong = checked_in(clinic, 10)
    draft = client(stubs.StartProcedureRequest(booking_id=wrong.id)).procedure
    right = checked_in(clinic, 12)
    moved = chapter(
        stubs.ReattachBookingRequest(
            procedure_id=draft.id,
            expected_version=draft.version,
            from_booking_id=wrong.id,
            to_booking_id=right.id,
            expected_to_version=right.version,
            advance_stage=True,
            reason="the second visit of the day",
        )
    )
    assert moved.booking.stage == stubs.STAGE_IN_PROCEDURE
    left = client(stubs.GetBookingRequest(id=wrong.id)).booking
    assert left.stage == stubs.STAGE_CHECK_IN

    chapter.must_refuse()

    def refuse(reason: str, to: Message, **fields: object) -> None:
        given: dict[str, object] = {
            "procedure_id": draft.id,
            "from_booking_id": right.id,
            "to_booking_id": to.id,
            "reason": "wrong visit",
        }
        chapter.refused(stubs.ReattachBookingRequest(**(given | fields)), reason)

    chapter.say("Another patient's booking, and one that has a procedure.")
    refuse("PATIENT_MISMATCH", clinic.book(2, 14, patient=clinic.joe))
    taken = clinic.book(2, 16)
    client(stubs.NewProcedureRequest(booking_id=taken.id))
    refuse("ALREADY_ATTACHED", taken)
    chapter.say("A booking that it does not have, and versions that somebody changed.")
    refuse("PROCEDURE_ATTACHED", left, from_booking_id=taken.id)
    refuse("VERSION_MISMATCH", left, expected_to_version=9)
    refuse("VERSION_MISMATCH", left, expected_from_version=9)
    chapter.say("A procedure that is signed.")
    client(stubs.SubmitProcedureRequest(procedure_id=draft.id))
    client(stubs.CompleteProcedureRequest(procedure_id=draft.id))
    client(stubs.SignProcedureRequest(procedure_id=draft.id))
    refuse("PROCEDURE_SIGNED", left)
