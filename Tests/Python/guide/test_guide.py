"""The portal's user guide “Attach a Booking to a Procedure”, path by path, over stock grpcio.

Each test is named after a sentence of the guide, and is a chapter of the page beside it.
"""

from __future__ import annotations

import pathlib

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess, binary

from clinic import Clinic
from page import Chapter
from slotd_client import Client

LIMIT = 65_536


def checked_in(clinic: Clinic, hour: int = 10, **fields: object) -> Message:
    """A booking in two days whose patient is here."""
    return clinic.move(clinic.book(2, hour, **fields), "CHECK_IN")


def lands_on(procedure: Message, step: int, *done: int) -> None:
    assert procedure.current_step == step
    assert list(procedure.steps_done) == list(done)


def test_start_procedure_on_a_checked_in_card_moves_it_to_in_procedure(
    clinic: Clinic, chapter: Chapter
):
    """EMR board: Start Procedure on a card in Checked In moves it to In Procedure
    The card's patient and booking are known, and its service leads to one procedure type, so steps 1
    and 2 are filled in and the user lands on step 3. One call does it: the stage, the draft and the
    attachment are one journal entry."""
    stubs = clinic.stubs
    booking = checked_in(clinic)
    started = chapter(
        stubs.StartProcedureRequest(
            booking_id=booking.id,
            expected_version=booking.version,
            view=stubs.PROCEDURE_VIEW_MULTI_PAGE,
        )
    )
    lands_on(started.procedure, 3, 1, 2)
    assert started.booking.stage == stubs.STAGE_IN_PROCEDURE
    chapter.say("A second click, or a second desk, gets the same draft.")
    again = chapter(stubs.StartProcedureRequest(booking_id=booking.id))
    assert again.existing and again.procedure == started.procedure


def test_the_user_then_picks_multi_page_or_single_page_view(clinic: Clinic, chapter: Chapter):
    """Then the user picks Multi Page View or Single Page View
    Both are presentations of one draft, so the choice can be changed at any time before it is
    submitted, and nothing that was filled in is lost."""
    stubs = clinic.stubs
    booking = checked_in(clinic)
    draft = chapter(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    assert draft.view == stubs.PROCEDURE_VIEW_MULTI_PAGE
    saved = chapter(
        stubs.SaveStepRequest(
            procedure_id=draft.id, step=3, payload=b"skin type II", done=True,
            view=stubs.PROCEDURE_VIEW_SINGLE_PAGE,
        )
    ).procedure  # fmt: skip
    assert saved.view == stubs.PROCEDURE_VIEW_SINGLE_PAGE
    assert saved.steps[0].payload == b"skin type II"
    lands_on(saved, 4, 1, 2, 3)


def test_from_the_patient_list_step_2_offers_the_patients_scheduled_bookings(
    clinic: Clinic, chapter: Chapter
):
    """Patient list: step 2 offers the bookings already scheduled for that patient
    Only the patient is known, so the user lands on step 2. The dropdown shows the patient's own
    bookings, and with the switch also those that cannot be chosen, each with the reason."""
    stubs = clinic.stubs
    booking = clinic.book(2, 10)
    clinic.client(stubs.CancelBookingRequest(booking_id=clinic.book(2, 12).id, reason="moved"))
    clinic.book(2, 14, patient=clinic.joe)
    draft = chapter(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    lands_on(draft, 2, 1)
    offered = chapter(
        stubs.ListAttachableBookingsRequest(procedure_id=draft.id, show_unattachable=True)
    ).bookings
    assert [(row.attachable, row.why_not) for row in offered] == [
        (True, stubs.REASON_UNSPECIFIED),
        (False, stubs.REASON_CANCELLED),
    ]
    attached = chapter(
        stubs.AttachBookingRequest(
            procedure_id=draft.id,
            booking_id=offered[0].booking.id,
            expected_version=draft.version,
            expected_booking_version=offered[0].booking.version,
        )
    )
    lands_on(attached.procedure, 3, 1, 2)
    assert attached.booking.stage == booking.stage, "attaching alone moves no card"


def test_from_the_patient_profile_a_new_booking_is_created_in_step_2(
    clinic: Clinic, chapter: Chapter
):
    """Patient profile, Quick Action: step 2 creates a new booking
    Location, Service, Duration, Provider, Time Slot, then Create Booking: the booking and its
    attachment are one journal entry. The service leads to two procedure types, so that the type is
    still to be chosen in step 2."""
    stubs = clinic.stubs
    draft = chapter(
        stubs.NewProcedureRequest(
            patient_id=clinic.jane.id, view=stubs.PROCEDURE_VIEW_MULTI_PAGE
        )
    ).procedure
    slots = chapter(
        stubs.FindSlotsRequest(
            **{"from": clinic.at(2, 10), "to": clinic.at(2, 11)},
            location_id=clinic.location.id,
            service_id=clinic.consult.id,
            duration_minutes=30,
            provider_ids=[clinic.ada.id],
        )
    )
    created = chapter(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=draft.id,
            booking=stubs.NewBooking(
                location_id=clinic.location.id,
                service_id=clinic.consult.id,
                duration_minutes=30,
                provider_id=clinic.ada.id,
                start=slots.slots[0].start,
            ),
        )
    )
    lands_on(created.procedure, 2, 1)
    chosen = chapter(
        stubs.SaveStepRequest(
            procedure_id=draft.id, step=2, procedure_type_id=clinic.botox.id
        )
    ).procedure
    lands_on(chosen, 3, 1, 2)


def test_from_the_bookings_list_steps_1_and_2_are_auto_filled(clinic: Clinic, chapter: Chapter):
    """Bookings list: patient and booking are known, so steps 1 and 2 are auto-filled
    The user goes straight to step 3. The card moves only when that is asked for, and only from
    Checked In."""
    stubs = clinic.stubs
    booking = clinic.book(2, 10)
    new = chapter(stubs.NewProcedureRequest(booking_id=booking.id))
    lands_on(new.procedure, 3, 1, 2)
    assert new.booking.stage == stubs.STAGE_NEW
    here = checked_in(clinic, 12)
    moved = chapter(stubs.NewProcedureRequest(booking_id=here.id, advance_stage=True))
    assert moved.booking.stage == stubs.STAGE_IN_PROCEDURE


def test_multi_page_view_saves_each_step_and_submits_the_last_page(
    clinic: Clinic, chapter: Chapter
):
    """Multi Page View: each page is saved, the last one submits
    The server says which step is next. After the last page the procedure is in progress; when the
    treatment is done it is completed, and the card goes on to Billing and Checkout."""
    stubs = clinic.stubs
    booking = checked_in(clinic)
    procedure = clinic.client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    for step in (3, 4):
        procedure = chapter(
            stubs.SaveStepRequest(
                procedure_id=procedure.id, expected_version=procedure.version, step=step,
                payload=f"page {step}".encode(), done=True,
            )
        ).procedure  # fmt: skip
    submitted = chapter(
        stubs.SubmitProcedureRequest(procedure_id=procedure.id, expected_version=procedure.version)
    ).procedure
    assert submitted.status == stubs.PROCEDURE_STATUS_IN_PROGRESS
    done = chapter(stubs.CompleteProcedureRequest(procedure_id=procedure.id)).procedure
    assert done.status == stubs.PROCEDURE_STATUS_COMPLETED
    for stage in (stubs.STAGE_BILLING, stubs.STAGE_CHECKOUT):
        moved = chapter(stubs.MoveBookingRequest(booking_id=booking.id, stage=stage)).booking
        assert moved.stage == stage


def test_single_page_view_does_all_of_it_in_one_call(clinic: Clinic, chapter: Chapter):
    """Single Page View: patient, booking, type and the rest in one call
    With an existing booking, or with a new one that the same call creates. All or nothing."""
    stubs = clinic.stubs
    booking = checked_in(clinic)
    first = chapter(
        stubs.SubmitProcedureRequest(
            patient_id=clinic.jane.id,
            booking_id=booking.id,
            expected_booking_version=booking.version,
            steps=[
                stubs.ProcedureStep(step=3, payload=b"notes", done=True),
                stubs.ProcedureStep(step=4, payload=b"consent", done=True),
            ],
            advance_stage=True,
        )
    )
    assert first.procedure.status == stubs.PROCEDURE_STATUS_IN_PROGRESS
    assert first.booking.stage == stubs.STAGE_IN_PROCEDURE
    second = chapter(
        stubs.SubmitProcedureRequest(
            patient_id=clinic.joe.id,
            procedure_type_id=clinic.filler.id,
            new_booking=clinic.new_booking(2, 14, service_id=clinic.consult.id),
        )
    )
    assert second.procedure.entry == stubs.PROCEDURE_ENTRY_FORM
    assert second.booking.patient_id == clinic.joe.id


def test_what_each_path_refuses(clinic: Clinic, chapter: Chapter):
    """What is refused
    Each with its code and reason, and with nothing stored."""
    stubs = clinic.stubs
    card = clinic.book(2, 9)
    chapter.say("A card that is not checked in.")
    chapter.refused(stubs.StartProcedureRequest(booking_id=card.id), "STAGE")
    chapter.say("Another patient's booking.")
    draft = clinic.client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    foreign = clinic.book(2, 11, patient=clinic.joe)
    chapter.refused(
        stubs.AttachBookingRequest(procedure_id=draft.id, booking_id=foreign.id),
        "PATIENT_MISMATCH",
    )
    chapter.say("A booking that has a procedure: the answer names it.")
    taken = checked_in(clinic, 13)
    winner = clinic.client(stubs.StartProcedureRequest(booking_id=taken.id)).procedure
    refusal = chapter.refused(
        stubs.AttachBookingRequest(procedure_id=draft.id, booking_id=taken.id),
        "ALREADY_ATTACHED",
    )
    assert refusal.resource == ("procedure", winner.id)
    chapter.say("A version that somebody changed meanwhile.")
    chapter.refused(
        stubs.AttachBookingRequest(
            procedure_id=draft.id, booking_id=card.id, expected_booking_version=7
        ),
        "VERSION_MISMATCH",
    )
    chapter.say("A later step before step 2 is valid.")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=draft.id, step=3, payload=b"x"), "STEP_INCOMPLETE"
    )
    chapter.say("A slot that is gone.")
    chapter.refused(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=draft.id, booking=clinic.new_booking(2, 13)
        ),
        "SLOT_TAKEN",
    )
    chapter.say("Submitting twice.")
    clinic.client(stubs.SubmitProcedureRequest(procedure_id=winner.id))
    chapter.refused(stubs.SubmitProcedureRequest(procedure_id=winner.id), "PROCEDURE_STATUS")


def test_a_payload_at_its_limit_and_one_byte_more(clinic: Clinic):
    """Steps beyond 2 are opaque and bounded."""
    client, stubs = clinic.client, clinic.stubs
    booking = checked_in(clinic)
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    most = stubs.SaveStepRequest(procedure_id=procedure.id, step=3, payload=b"x" * LIMIT)
    assert len(client(most).procedure.steps[0].payload) == LIMIT
    before = client.revision()
    most.payload += b"x"
    refusal = client.refusal(most)
    assert (refusal.code, refusal.field) == (grpc.StatusCode.INVALID_ARGUMENT, "payload")
    assert client.revision() == before


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_draft_survives_a_restart(
    clinic: Clinic, slotd: ServerProcess, tmp_path: pathlib.Path, how: str
):
    """What was saved is there when the daemon is back, and the wizard goes on where it was."""
    client, stubs = clinic.client, clinic.stubs
    booking = checked_in(clinic)
    draft = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    saved = client(
        stubs.SaveStepRequest(procedure_id=draft.id, step=3, payload=b"half", done=True)
    ).procedure
    if how == "stopped":
        assert slotd.stop() == 0
    else:
        slotd.kill()
    back = ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"), "--listen", "127.0.0.1:0"
    )
    with back, grpc.insecure_channel(back.address) as channel:
        after = Client(channel, stubs)
        read = after(stubs.GetProcedureRequest(id=draft.id)).procedure
        assert read == saved and read.current_step == 4
        again = after(stubs.StartProcedureRequest(booking_id=booking.id))
        assert again.existing and again.procedure == saved
        assert back.stop() == 0
