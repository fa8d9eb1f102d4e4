"""The portal's user guide “Attach a Booking to a Procedure”, path by path, over stock grpcio.

Each test is named after a sentence of the guide, and is a chapter of the page beside it; what the
path must refuse is the chapter's second half. test_guide_bookings.py goes on with the bookings that
are not the plain one.
"""

from __future__ import annotations

import pathlib

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess, binary

from clinic import Clinic
from page import Chapter
from slotd_client import Client, Refusal

LIMIT = 65_536


def checked_in(clinic: Clinic, hour: int = 10, **fields: object) -> Message:
    """A booking in two days whose patient is here."""
    return clinic.move(clinic.book(2, hour, **fields), "CHECK_IN")


def lands_on(procedure: Message, step: int, *done: int) -> None:
    assert procedure.current_step == step
    assert list(procedure.steps_done) == list(done)


def cancelled(clinic: Clinic, hour: int) -> Message:
    booking = clinic.book(2, hour, provider_id=clinic.ben.id)
    return clinic.client(
        clinic.stubs.CancelBookingRequest(booking_id=booking.id, reason="called off")
    ).booking


def archived(clinic: Clinic, hour: int) -> Message:
    booking = clinic.book(2, hour, provider_id=clinic.ben.id)
    return clinic.client(
        clinic.stubs.ArchiveBookingRequest(booking_id=booking.id, reason="entered twice")
    ).booking


def test_start_procedure_on_a_checked_in_card_moves_it_to_in_procedure(
    clinic: Clinic, chapter: Chapter
):
    """EMR board: Start Procedure on a card in Checked In moves it to In Procedure
    The card's patient and booking are known, and its service leads to one procedure type, so steps 1
    and 2 are filled in and the user lands on step 3. One call does it: the stage, the draft and the
    attachment are one journal entry."""
    stubs = clinic.stubs
    checked_in(clinic)
    day = clinic.day(2)
    date = stubs.LocalDate(year=day.year, month=day.month, day=day.day)
    look = stubs.GetBoardRequest(location_id=clinic.location.id, date=date)
    chapter.say("The board of a day: a column for each stage, its cards in it.")
    columns = {column.stage: list(column.cards) for column in chapter(look).columns}
    [card] = columns[stubs.STAGE_CHECK_IN]
    started = chapter(
        stubs.StartProcedureRequest(
            booking_id=card.booking.id,
            expected_version=card.booking.version,
            view=stubs.PROCEDURE_VIEW_MULTI_PAGE,
        )
    )
    lands_on(started.procedure, 3, 1, 2)
    assert started.booking.stage == stubs.STAGE_IN_PROCEDURE
    after = {column.stage: list(column.cards) for column in clinic.client(look).columns}
    assert [row.booking for row in after[stubs.STAGE_IN_PROCEDURE]] == [started.booking]
    assert not after[stubs.STAGE_CHECK_IN]
    chapter.say("A second click, or a second desk, gets the same draft.")
    again = chapter(stubs.StartProcedureRequest(booking_id=card.booking.id))
    assert again.existing and again.procedure == started.procedure

    chapter.must_refuse()
    chapter.say("A card that is not checked in.")
    early = clinic.book(2, 12)
    chapter.refused(stubs.StartProcedureRequest(booking_id=early.id), "STAGE")
    chapter.say("A booking that is cancelled, and one that is archived.")
    gone = cancelled(clinic, 13)
    chapter.refused(stubs.StartProcedureRequest(booking_id=gone.id), "CANCELLED")
    away = archived(clinic, 14)
    chapter.refused(stubs.StartProcedureRequest(booking_id=away.id), "STAGE")
    chapter.say("A card that somebody has moved since the board was drawn.")
    moved = checked_in(clinic, 15)
    chapter.refused(
        stubs.StartProcedureRequest(booking_id=moved.id, expected_version=moved.version - 1),
        "VERSION_MISMATCH",
    )
    chapter.say("Moving the card there by hand, with no procedure.")
    chapter.refused(
        stubs.MoveBookingRequest(booking_id=moved.id, stage=stubs.STAGE_IN_PROCEDURE),
        "NOT_ATTACHED",
    )


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

    chapter.must_refuse()
    chapter.say("A view that there is not.")
    chapter.refused(stubs.StartProcedureRequest(booking_id=booking.id, view=7), "INVALID_VALUE")
    chapter.say("A draft that somebody has saved meanwhile.")
    chapter.refused(
        stubs.SaveStepRequest(
            procedure_id=draft.id, expected_version=draft.version, step=3, payload=b"III",
            view=stubs.PROCEDURE_VIEW_MULTI_PAGE,
        ),
        "VERSION_MISMATCH",
    )  # fmt: skip


def test_from_the_patient_list_step_2_offers_the_patients_scheduled_bookings(
    clinic: Clinic, chapter: Chapter
):
    """Patient list: step 2 offers the bookings already scheduled for that patient
    Only the patient is known, so the user lands on step 2. The dropdown shows the patient's own
    bookings, and with the switch also those that cannot be chosen, each with the reason."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    gone = cancelled(clinic, 12)
    foreign = clinic.book(2, 14, patient=clinic.joe)
    draft = chapter(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    lands_on(draft, 2, 1)
    offered = chapter(
        stubs.ListAttachableBookingsRequest(procedure_id=draft.id, show_unattachable=True)
    ).bookings
    assert [(row.attachable, row.why_not) for row in offered] == [
        (True, stubs.REASON_UNSPECIFIED),
        (False, stubs.REASON_CANCELLED),
    ]
    attach = stubs.AttachBookingRequest(
        procedure_id=draft.id,
        booking_id=offered[0].booking.id,
        expected_version=draft.version,
        expected_booking_version=offered[0].booking.version,
    )
    attached = chapter(attach)
    lands_on(attached.procedure, 3, 1, 2)
    assert attached.booking.stage == booking.stage, "attaching alone moves no card"

    chapter.must_refuse()
    other = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure

    def refuse(reason: str, **fields: object) -> Refusal:
        return chapter.refused(
            stubs.AttachBookingRequest(**({"procedure_id": other.id} | fields)), reason
        )

    chapter.say("A booking that has a procedure: the answer names it.")
    taken = refuse("ALREADY_ATTACHED", booking_id=booking.id)
    assert taken.resource == ("procedure", draft.id)
    chapter.say("A second booking for a procedure that has one.")
    second = clinic.book(2, 16)
    refuse("PROCEDURE_ATTACHED", procedure_id=draft.id, booking_id=second.id)
    chapter.say("Another patient's booking.")
    refuse("PATIENT_MISMATCH", booking_id=foreign.id)
    chapter.say("A booking that is cancelled, one that is archived, and one whose visit is over.")
    refuse("CANCELLED", booking_id=gone.id)
    refuse("STAGE", booking_id=archived(clinic, 12).id)
    over = client(
        stubs.SubmitProcedureRequest(
            patient_id=clinic.jane.id, booking_id=checked_in(clinic, 12).id, advance_stage=True
        )
    )
    client(stubs.CompleteProcedureRequest(procedure_id=over.procedure.id))
    clinic.move(over.booking, "BILLING")
    refuse("STAGE", booking_id=over.booking.id)
    chapter.say("A booking, or a draft, that somebody has changed since it was shown.")
    refuse("VERSION_MISMATCH", booking_id=second.id, expected_booking_version=7)
    refuse("VERSION_MISMATCH", booking_id=second.id, expected_version=9)
    chapter.say("Another patient, while a booking is attached.")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=draft.id, step=1, patient_id=clinic.joe.id),
        "PROCEDURE_ATTACHED",
    )


def test_from_the_patient_profile_a_new_booking_is_created_in_step_2(
    clinic: Clinic, chapter: Chapter
):
    """Patient profile, Quick Action: step 2 creates a new booking
    Location, Service, Duration, Provider, Time Slot, then Create Booking: the booking and its
    attachment are one journal entry. The service leads to two procedure types, so that the type is
    still to be chosen in step 2."""
    client, stubs = clinic.client, clinic.stubs
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
    create = stubs.CreateBookingAndAttachRequest(
        procedure_id=draft.id,
        booking=stubs.NewBooking(
            location_id=clinic.location.id,
            service_id=clinic.consult.id,
            duration_minutes=30,
            provider_id=clinic.ada.id,
            start=slots.slots[0].start,
        ),
    )
    created = chapter(create)
    lands_on(created.procedure, 2, 1)
    chosen = chapter(
        stubs.SaveStepRequest(
            procedure_id=draft.id, step=2, procedure_type_id=clinic.botox.id
        )
    ).procedure
    lands_on(chosen, 3, 1, 2)

    chapter.must_refuse()
    chapter.say("Pressing Create Booking again: the procedure has its booking.")
    chapter.refused(create, "PROCEDURE_ATTACHED")
    other = client(stubs.NewProcedureRequest(patient_id=clinic.joe.id)).procedure

    def refuse(reason: str, hour: int, minute: int = 0, **fields: object) -> None:
        new = clinic.new_booking(2, hour, minute, **fields)
        chapter.refused(
            stubs.CreateBookingAndAttachRequest(procedure_id=other.id, booking=new), reason
        )

    chapter.say("A slot that is gone, one that is closed, one off the step, a duration not offered.")
    refuse("SLOT_TAKEN", 10)
    refuse("LOCATION_CLOSED", 20)
    refuse("OFF_STEP", 12, 10)
    refuse("DURATION_NOT_OFFERED", 12, duration_minutes=45)
    chapter.say("A draft that somebody has changed.")
    chapter.refused(
        stubs.CreateBookingAndAttachRequest(
            procedure_id=other.id, booking=clinic.new_booking(2, 12), expected_version=9
        ),
        "VERSION_MISMATCH",
    )


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

    chapter.must_refuse()
    chapter.say("A booking that is cancelled, and one that is archived.")
    gone = cancelled(clinic, 14)
    chapter.refused(stubs.NewProcedureRequest(booking_id=gone.id), "CANCELLED")
    away = archived(clinic, 14)
    chapter.refused(stubs.NewProcedureRequest(booking_id=away.id), "STAGE")
    chapter.say("A row that somebody has changed since the list was shown.")
    stale = clinic.book(2, 15)
    chapter.refused(
        stubs.NewProcedureRequest(booking_id=stale.id, expected_version=4), "VERSION_MISMATCH"
    )


def test_multi_page_view_saves_each_step_and_submits_the_last_page(
    clinic: Clinic, chapter: Chapter
):
    """Multi Page View: each page is saved, the last one submits
    The server says which step is next. After the last page the procedure is in progress; when the
    treatment is done it is completed, and the card goes on to Billing and Checkout."""
    client, stubs = clinic.client, clinic.stubs
    booking = checked_in(clinic)
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
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

    chapter.must_refuse()
    draft = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    chapter.say("A later page before step 2 is valid, and submitting before it.")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=draft.id, step=3, payload=b"x"), "STEP_INCOMPLETE"
    )
    chapter.refused(stubs.SubmitProcedureRequest(procedure_id=draft.id), "STEP_INCOMPLETE")
    card = checked_in(clinic, 12)
    wizard = client(stubs.StartProcedureRequest(booking_id=card.id)).procedure
    chapter.say("A page that the procedure type does not have, and one that is too large.")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=wizard.id, step=5, payload=b"x"), "INVALID_VALUE"
    )
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=wizard.id, step=3, payload=b"x" * (LIMIT + 1)),
        "INVALID_VALUE",
    )
    chapter.say("A page that another desk has saved meanwhile.")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=wizard.id, expected_version=9, step=3, payload=b"x"),
        "VERSION_MISMATCH",
    )
    chapter.say("Completing a draft, and Billing before the treatment is done.")
    chapter.refused(stubs.CompleteProcedureRequest(procedure_id=wizard.id), "PROCEDURE_STATUS")
    chapter.refused(
        stubs.MoveBookingRequest(booking_id=card.id, stage=stubs.STAGE_BILLING), "PROCEDURE_OPEN"
    )
    chapter.say("Submitting twice, and a page after the treatment is done.")
    chapter.refused(stubs.SubmitProcedureRequest(procedure_id=procedure.id), "PROCEDURE_STATUS")
    chapter.refused(
        stubs.SaveStepRequest(procedure_id=procedure.id, step=3, payload=b"x"),
        "PROCEDURE_STATUS",
    )


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

    chapter.must_refuse()

    def refuse(reason: str, **fields: object) -> Refusal:
        given: dict[str, object] = {"patient_id": clinic.jane.id}
        return chapter.refused(stubs.SubmitProcedureRequest(**(given | fields)), reason)

    free = clinic.book(2, 12)
    chapter.say("No patient, no booking, no procedure type.")
    refuse("INVALID_VALUE", patient_id="", booking_id=free.id)
    refuse("STEP_INCOMPLETE", procedure_type_id=clinic.botox.id)
    two_types = clinic.new_booking(2, 16, service_id=clinic.consult.id)
    refuse("STEP_INCOMPLETE", new_booking=two_types)
    chapter.say("Another patient's booking; one that has a procedure; one that is cancelled.")
    refuse("PATIENT_MISMATCH", booking_id=second.booking.id)
    taken = refuse("ALREADY_ATTACHED", booking_id=booking.id)
    assert taken.resource == ("procedure", first.procedure.id)
    refuse("CANCELLED", booking_id=cancelled(clinic, 13).id)
    chapter.say("A new booking at a time that is gone: no procedure is left behind either.")
    refuse("SLOT_TAKEN", new_booking=clinic.new_booking(2, 12))
    chapter.say("A booking that somebody has changed, and a page that is too large.")
    refuse("VERSION_MISMATCH", booking_id=free.id, expected_booking_version=7)
    large = stubs.ProcedureStep(step=3, payload=b"x" * (LIMIT + 1))
    refuse("INVALID_VALUE", booking_id=free.id, steps=[large])


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
