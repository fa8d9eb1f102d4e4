"""The dialogue of slotctl procedure attach at a real terminal, wide and narrow."""

from __future__ import annotations

import pytest

from clinic import Clinic
from ctl import Ctl, Seat

WIDTHS = pytest.mark.parametrize("columns", [80, 50])


def fits(seat: Seat) -> None:
    """A line that was wrapped by the terminal would fill it to the last column."""
    full = [line for line in seat.screen.display if line[-1] != " "]
    assert not full, seat.text


@WIDTHS
def test_patient_draft_and_booking_are_chosen_from_lists(clinic: Clinic, ctl: Ctl, columns: int):
    client, stubs = clinic.client, clinic.stubs
    here = clinic.move(clinic.book(2, 10), "CHECK_IN")
    taken = clinic.book(2, 13)
    client(stubs.NewProcedureRequest(booking_id=taken.id))
    client(stubs.NewProcedureRequest(patient_id=clinic.jane.id))
    seat = ctl.seat("procedure", "attach", columns=columns, rows=60)
    seat.answer("Patient", "zz")
    seat.wait_for("Nobody's name begins so.")
    seat.answer("Patient", "j")
    seat.answer("Number, or more of the name", "jane")
    seat.answer("Number, or more of the name", "1")
    text = seat.wait_for("Drafts of Jane Doe")
    seat.answer("Draft", "1")
    text = seat.wait_for("Bookings of the patient")
    seat.wait_for("create a new booking")
    seat.answer("Booking", "7")
    text = seat.wait_for("Please answer 1")
    assert "has a booking already" in text
    assert "(has a procedure)" in text
    fits(seat)
    seat.answer("Booking", "1")
    seat.answer("Also move it from Check-in to In Procedure?", "y")
    text = seat.wait_for("Attached.")
    assert seat.exit_status() == 0
    assert "step 3" in seat.text
    moved = client(stubs.GetBookingRequest(id=here.id)).booking
    assert moved.stage == stubs.STAGE_IN_PROCEDURE and moved.segments[0].procedure_id


@WIDTHS
def test_a_draft_is_begun_and_a_booking_made_on_the_spot(clinic: Clinic, ctl: Ctl, columns: int):
    client, stubs = clinic.client, clinic.stubs
    seat = ctl.seat("procedure", "attach", "--patient", "Joe", columns=columns, rows=60)
    seat.wait_for("Joe Bloggs has no draft without a booking.")
    seat.answer("Begin a new procedure for Joe Bloggs?", "y")
    seat.wait_for("The patient has no booking from yesterday on.")
    seat.answer("Booking", "n")
    seat.wait_for("Location: Midtown")
    seat.wait_for("Laser")
    seat.answer("Service", "2")
    seat.answer("Duration", "2")
    seat.answer("Provider", "2")
    seat.answer("Day", "3")
    fits(seat)
    seat.answer("Start", "10:30")
    seat.wait_for("Attached.")
    assert seat.exit_status() == 0
    [booking] = client(stubs.ListBookingsRequest(patient_id=clinic.joe.id)).bookings
    [segment] = booking.segments
    assert (segment.service_id, segment.duration_minutes) == (clinic.laser.id, 30)
    assert segment.provider_id == clinic.ada.id and segment.procedure_id
    assert (booking.start.seconds // 60 - booking.utc_offset_minutes * -1) % 1440 == 630


def test_every_question_can_be_quit_and_nothing_is_stored(clinic: Clinic, ctl: Ctl):
    clinic.book(2, 10)
    revision = clinic.client.revision()
    seat = ctl.seat("procedure", "attach", columns=80)
    seat.answer("Patient", "q")
    assert seat.exit_status() == 2
    seat = ctl.seat("procedure", "attach", "--patient", "Jane", columns=80)
    seat.answer("Begin a new procedure", "n")
    assert seat.exit_status() == 2
    assert "nothing was attached" in seat.text
    assert clinic.client.revision() == revision
    ctl("procedure", "attach", code=64)
