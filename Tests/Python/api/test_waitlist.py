"""The waitlist over gRPC: a freed time becomes a real hold of whoever waits for it."""

from __future__ import annotations

import grpc
import pytest

from clinic import Clinic


def wish(clinic: Clinic, booked, **fields):
    stubs = clinic.stubs
    entry = stubs.WaitlistEntry(
        patient_id=clinic.joe.id,
        location_id=booked.location_id,
        segments=[
            stubs.SegmentRequest(
                service_id=booked.segments[0].service_id,
                duration_minutes=booked.segments[0].duration_minutes,
                provider_ids=[booked.segments[0].provider_id],
            )
        ],
        **fields,
    )
    entry.earliest.CopyFrom(booked.start)
    entry.latest.CopyFrom(booked.end)
    return entry


def book(clinic: Clinic, **fields):
    stubs = clinic.stubs
    request = stubs.CreateBookingRequest(
        patient_id=clinic.jane.id, booking=clinic.new_booking(2, 10), **fields
    )
    return clinic.client(request).booking


def test_what_is_cancelled_is_offered_and_booked(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booked = book(clinic)
    entry = wish(clinic, booked)
    entry.latest.seconds = booked.start.seconds + 60
    joined = client(stubs.JoinWaitlistRequest(request_id="wait", entry=entry))
    assert joined.entry.status == stubs.WAITLIST_STATUS_WAITING
    again = client(stubs.JoinWaitlistRequest(request_id="wait", entry=entry))
    assert again.replayed and again.entry == joined.entry

    client(stubs.CancelBookingRequest(booking_id=booked.id))
    (offered,) = client(stubs.ListWaitlistRequest(location_id=booked.location_id)).entries
    assert offered.status == stubs.WAITLIST_STATUS_OFFERED
    assert offered.offer.start == booked.start

    taken = client.refusal(
        stubs.CreateBookingRequest(
            patient_id=clinic.jane.id, booking=clinic.new_booking(2, 10)
        )
    )
    assert taken.code == grpc.StatusCode.FAILED_PRECONDITION
    assert taken.reason == "SLOT_HELD" and taken.retry_seconds > 0

    second = client(
        stubs.CreateBookingRequest(
            patient_id=clinic.joe.id,
            booking=stubs.NewBooking(hold_id=offered.offer.hold_id),
        )
    ).booking
    assert second.start == booked.start
    assert not client(stubs.ListWaitlistRequest()).entries
    (done,) = client(
        stubs.ListWaitlistRequest(statuses=[stubs.WAITLIST_STATUS_BOOKED])
    ).entries
    assert done.booking_id == second.id


def test_leaving_frees_the_offer(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booked = book(clinic)
    client(stubs.CancelBookingRequest(booking_id=booked.id))
    joined = client(stubs.JoinWaitlistRequest(entry=wish(clinic, booked))).entry
    assert joined.status == stubs.WAITLIST_STATUS_OFFERED, "it was free already"
    stale = client.refusal(
        stubs.LeaveWaitlistRequest(entry_id=joined.id, expected_version=99)
    )
    assert stale.code == grpc.StatusCode.ABORTED
    left = client(stubs.LeaveWaitlistRequest(entry_id=joined.id)).entry
    assert left.status == stubs.WAITLIST_STATUS_LEFT
    assert book(clinic).start == booked.start


@pytest.mark.parametrize(
    "change, path",
    [
        (lambda entry, stubs: entry.ClearField("patient_id"), "entry.patient_id"),
        (lambda entry, stubs: entry.ClearField("segments"), "entry.segments"),
        (lambda entry, stubs: entry.ClearField("earliest"), "entry.earliest"),
        (lambda entry, stubs: entry.latest.CopyFrom(entry.earliest), "entry.latest"),
        (lambda entry, stubs: setattr(entry, "priority", 1001), "entry.priority"),
        (lambda entry, stubs: setattr(entry, "offer_seconds", 59), "entry.offer_seconds"),
        (lambda entry, stubs: setattr(entry, "note", "x" * 2001), "entry.note"),
        (lambda entry, stubs: setattr(entry, "id", "x"), "entry.id"),
        (lambda entry, stubs: setattr(entry, "status", 2), "entry.status"),
        (
            lambda entry, stubs: setattr(entry.segments[0], "service_id", "x"),
            "entry.segments[0].service_id",
        ),
        (
            lambda entry, stubs: setattr(entry.segments[0], "duration_minutes", 7),
            "entry.duration_minutes",
        ),
    ],
)
def test_a_bad_wish_is_refused(clinic: Clinic, change, path):
    booked = book(clinic)
    entry = wish(clinic, booked)
    change(entry, clinic.stubs)
    refusal = clinic.client.refusal(clinic.stubs.JoinWaitlistRequest(entry=entry))
    assert (refusal.code, refusal.field) == (grpc.StatusCode.INVALID_ARGUMENT, path)
    assert not clinic.client(clinic.stubs.ListWaitlistRequest()).entries
