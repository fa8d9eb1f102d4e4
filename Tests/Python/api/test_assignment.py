"""Who gets a booking that names nobody, over gRPC: CheckSlots names first whom CreateBooking gives."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from slotd_client import Client
from spa import Spa

LEAST_BUSY_DAY, FIRST_FIT, SAME_AS_LAST_VISIT = 1, 2, 3


@pytest.fixture
def spa(client: Client) -> Spa:
    return Spa(client)


def service(spa: Spa, policy: int, *providers: Message) -> Message:
    ids = [row.id for row in providers]
    return spa.needing("Massage", ids, 30, [], assignment=policy)


def assigned(spa: Spa, service: Message, start: Timestamp, patient: Message) -> str:
    """Whom a booking with anybody gets; the promise, the list and the booking agree."""
    visit = spa.visit(spa.segment(service), patient_id=patient.id)
    check = spa.stubs.SlotCheck(visit=visit, start=start)
    verdict = spa.client(spa.stubs.CheckSlotsRequest(checks=[check])).verdicts[0]
    reply = spa.client(spa.find(2, spa.segment(service)))
    free = next(slot for slot in reply.slots if slot.start == start)
    names = {reply.provider_ids[index] for index in free.provider_indexes}
    booking = spa.client(spa.create(start, spa.segment(service), patient=patient)).booking
    spa.client(spa.stubs.CancelBookingRequest(booking_id=booking.id))
    given = booking.segments[0].provider_id
    assert verdict.available and verdict.provider_ids[0] == given
    assert set(verdict.provider_ids) == names
    return given


def test_least_busy_day_gives_whoever_has_least_to_do_then_the_lower_id(spa: Spa):
    lower, higher = sorted([spa.ada, spa.ben], key=lambda row: row.id)
    massage = service(spa, LEAST_BUSY_DAY, higher, lower)
    assert assigned(spa, massage, spa.at(2, 10), spa.jane) == lower.id
    spa.client(spa.create(spa.at(2, 15), spa.segment(massage, lower)))
    assert assigned(spa, massage, spa.at(2, 10), spa.jane) == higher.id


def test_first_fit_gives_whoever_the_service_lists_first(spa: Spa):
    lower, higher = sorted([spa.ada, spa.ben], key=lambda row: row.id)
    massage = service(spa, FIRST_FIT, higher, lower)
    spa.client(spa.create(spa.at(2, 15), spa.segment(massage, higher)))
    assert assigned(spa, massage, spa.at(2, 10), spa.jane) == higher.id
    spa.client(spa.create(spa.at(2, 10), spa.segment(massage, higher)))
    assert assigned(spa, massage, spa.at(2, 10), spa.jane) == lower.id


def test_same_as_last_visit_gives_whom_the_patient_saw_if_free(spa: Spa):
    lower, higher = sorted([spa.ada, spa.ben], key=lambda row: row.id)
    massage = service(spa, SAME_AS_LAST_VISIT, lower, higher)
    spa.client(spa.create(spa.at(1, 10), spa.segment(massage, higher)))
    spa.client(spa.create(spa.at(2, 15), spa.segment(massage, higher)))
    assert assigned(spa, massage, spa.at(2, 11), spa.jane) == higher.id
    spa.client(spa.create(spa.at(2, 11), spa.segment(massage, higher)))
    assert assigned(spa, massage, spa.at(2, 11), spa.jane) == lower.id
