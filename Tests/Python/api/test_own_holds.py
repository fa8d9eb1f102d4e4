"""A caller's own holds, tokens of slots and pages, rooms that are given, and changes of records that
are tried first: over gRPC."""

from __future__ import annotations

import grpc
import pytest

from scene import INVALID, NOT_FOUND, REFUSED
from slotd_client import Client
from spa import Spa


@pytest.fixture
def spa(client: Client) -> Spa:
    return Spa(client)


def hold(spa: Spa, hour: int, minute: int = 0, **fields: object):
    given: dict[str, object] = {
        "location_id": spa.location.id,
        "service_id": spa.consult.id,
        "provider_id": spa.ada.id,
        "start": spa.at(2, hour, minute),
        "owner": "web",
    }
    return spa.stubs.HoldRequest(**(given | fields))


def test_a_hold_takes_the_place_of_the_callers_own(spa: Spa):
    laser = {"service_id": spa.laser.id}
    first = spa.client(hold(spa, 10, patient_id=spa.jane.id, **laser)).hold
    assert spa.client.refusal(hold(spa, 10, 30, **laser)).reason == "SLOT_HELD"
    later = hold(spa, 10, 30, hold_id=first.id, **laser)
    later.owner = ""
    moved = spa.client(later).hold
    assert moved.id != first.id and moved.owner == "web" and moved.patient_id == spa.jane.id
    assert moved.latest_expiry == first.latest_expiry, "it keeps some of the same time"
    again = hold(spa, 14, hold_id=first.id)
    assert spa.client.refusal(again).code == NOT_FOUND, "it is gone"
    # What the first kept alone is another caller's to take.
    spa.client(hold(spa, 9, owner="kiosk", **laser))


def test_a_booking_moves_onto_the_hold_that_was_made_for_it(spa: Spa):
    segment = spa.segment(spa.peel, spa.ada)
    booking = spa.client(spa.create(spa.at(2, 10), segment)).booking
    kept = spa.client(
        spa.stubs.HoldRequest(
            location_id=spa.location.id,
            segments=[segment],
            start=spa.at(2, 12),
            owner="web",
            ignore_booking_id=booking.id,
        )
    ).hold
    assert kept.moving_booking_id == booking.id and kept.patient_id == spa.jane.id
    taken = spa.stubs.CreateBookingRequest(
        patient_id=spa.jane.id, booking=spa.stubs.NewBooking(hold_id=kept.id)
    )
    refusal = spa.client.refusal(taken)
    assert (refusal.reason, refusal.field) == ("HOLD_MISMATCH", "booking.hold_id")
    other = spa.stubs.RescheduleBookingRequest(
        booking_id=booking.id, hold_id=kept.id, start=spa.at(2, 13)
    )
    assert spa.client.refusal(other).field == "start"
    move = spa.stubs.RescheduleBookingRequest(
        booking_id=booking.id, hold_id=kept.id, request_id="move"
    )
    moved = spa.client(move)
    assert moved.booking.start == spa.at(2, 12) and not moved.warnings
    assert spa.client(move).replayed
    assert spa.client.refusal(spa.stubs.RenewHoldRequest(hold_id=kept.id)).code == NOT_FOUND


def test_rules_that_a_hold_broke_are_told_on_its_booking(spa: Spa):
    manager = spa.client.named(role="manager")
    ask = hold(spa, 10, 7, allow=[spa.stubs.REASON_OFF_STEP], override_note="the ferry")
    assert spa.client.refusal(hold(spa, 10, 7)).reason == "OFF_STEP"
    kept = manager(ask).hold
    assert list(kept.overrides) == [spa.stubs.REASON_OFF_STEP]
    booking = spa.client(
        spa.stubs.CreateBookingRequest(
            patient_id=spa.jane.id, booking=spa.stubs.NewBooking(hold_id=kept.id)
        )
    ).booking
    assert list(booking.overrides) == [spa.stubs.REASON_OFF_STEP]
    assert (booking.override_note, booking.override_role) == ("the ferry", "manager")


def test_a_slot_token_decides_nothing_and_tells_whether_anything_changed(spa: Spa):
    segment = spa.segment(spa.peel, spa.ada)
    token = spa.client(spa.find(2, segment)).slot_token
    assert token
    first = spa.client(spa.create(spa.at(2, 10), segment, slot_token=token)).booking
    # The state is another by now, and what is free can be booked all the same.
    spa.client(spa.create(spa.at(2, 12), segment, slot_token=token, patient=spa.joe))
    refusal = spa.client.refusal(spa.create(first.start, segment, slot_token=token))
    assert refusal.reason == "SLOT_TAKEN" and refusal.metadata["slot_stale"] == "true"
    assert refusal.metadata["rule"] == "bookings"
    now = spa.client(spa.find(2, segment)).slot_token
    refusal = spa.client.refusal(spa.create(first.start, segment, slot_token=now))
    assert refusal.metadata["slot_stale"] == "false"
    assert "slot_stale" not in spa.client.refusal(spa.create(first.start, segment)).metadata
    for bad in ("?", "AAAA", token + token):
        refusal = spa.client.refusal(spa.create(spa.at(2, 14), segment, slot_token=bad))
        assert (refusal.code, refusal.field) == (INVALID, "booking.slot_token")
        refusal = spa.client.refusal(hold(spa, 14, slot_token=bad))
        assert (refusal.code, refusal.field) == (INVALID, "slot_token")


def test_a_page_token_is_of_one_question(spa: Spa):
    segment = spa.segment(spa.peel)
    page = spa.client(spa.find(2, segment, page_size=3))
    assert page.next_page_token
    rest = spa.client(spa.find(2, segment, page_size=5, page_token=page.next_page_token))
    assert rest.slots[0].start.seconds > page.slots[-1].start.seconds
    for other in (
        spa.find(2, spa.segment(spa.zap), page_token=page.next_page_token),
        spa.find(2, spa.segment(spa.peel, spa.ada), page_token=page.next_page_token),
        spa.find(2, segment, days=2, page_token=page.next_page_token),
    ):
        refusal = spa.client.refusal(other)
        assert (refusal.code, refusal.field) == (INVALID, "page_token")
    # A stream's pages go on in FindSlots.
    query = spa.find(2, segment, page_size=3)
    first = next(iter(spa.client.stream(spa.stubs.StreamSlotsRequest(query=query)))).page
    query.page_token = first.next_page_token
    assert spa.client(query).slots[0] == rest.slots[0]


def test_the_zone_of_the_reply_changes_offsets_and_no_slots(spa: Spa):
    segment = spa.segment(spa.peel)
    plain = spa.client(spa.find(2, segment))
    told = spa.client(spa.find(2, segment, time_zone="Asia/Kathmandu"))
    assert told.time_zone == "Asia/Kathmandu"
    assert [slot.start for slot in told.slots] == [slot.start for slot in plain.slots]
    assert {slot.utc_offset_minutes for slot in told.slots} == {345}
    visit = spa.stubs.VisitQuery(segments=[segment])
    first = spa.client(
        spa.stubs.FindEarliestRequest(visit=visit, time_zone="Asia/Kathmandu")
    ).slots[0]
    assert (first.time_zone, first.slot.utc_offset_minutes) == ("Asia/Kathmandu", 345)
    for bad in ("Mars/Olympus", "../etc/passwd", "x" * 300):
        refusal = spa.client.refusal(spa.find(2, segment, time_zone=bad))
        assert (refusal.code, refusal.field) == (INVALID, "time_zone")


def test_an_outage_of_a_pools_rooms_is_tried_refused_and_listed(spa: Spa):
    booking = spa.client(spa.create(spa.at(2, 10), spa.segment(spa.peel))).booking
    day = booking.start.ToDatetime()
    date = spa.stubs.LocalDate(year=day.year, month=day.month, day=day.day)
    out = spa.stubs.Closure(
        start=spa.stubs.LocalDateTime(date=date, minute=0),
        end=spa.stubs.LocalDateTime(date=date, minute=1440),
    )
    strict = spa.stubs.STRANDED_POLICY_REFUSE_IF_ANY
    spa.client(
        spa.stubs.AddOutageRequest(resource_id=spa.rooms[0].id, outage=out, on_stranded=strict)
    )
    both = spa.stubs.AddOutageRequest(resource_id=spa.rooms[1].id, outage=out, on_stranded=strict)
    assert spa.client.refusal(both).reason == "STRANDED_BOOKINGS"
    both.on_stranded = 0
    made = spa.client(both)
    assert [row.booking_id for row in made.stranded] == [booking.id]
    listed = spa.client(spa.stubs.ListStrandedRequest()).bookings
    assert [list(row.reasons) for row in listed] == [[spa.stubs.REASON_RESOURCE_OUT]]


def test_a_whole_record_is_tried_first(spa: Spa):
    booking = spa.client(spa.create(spa.at(2, 10), spa.segment(spa.peel, spa.ada))).booking
    ada = spa.client(spa.stubs.GetProviderRequest(id=spa.ada.id)).provider
    ada.disabled = True
    tried = spa.client(spa.stubs.UpdateProviderRequest(provider=ada, dry_run=True))
    assert tried.provider.disabled and tried.stranded_count == 1
    assert list(tried.stranded[0].reasons) == [spa.stubs.REASON_PROVIDER_DISABLED]
    assert not spa.client(spa.stubs.GetProviderRequest(id=ada.id)).provider.disabled
    strict = spa.stubs.STRANDED_POLICY_REFUSE_IF_ANY
    refusal = spa.client.refusal(
        spa.stubs.UpdateProviderRequest(provider=ada, on_stranded=strict)
    )
    assert (refusal.code, refusal.reason) == (REFUSED, "STRANDED_BOOKINGS")
    spa.client(spa.stubs.UpdateProviderRequest(provider=ada))
    stored = spa.client(spa.stubs.GetBookingRequest(id=booking.id)).booking
    assert stored.out_of_hours, "kept, and flagged"
    told = spa.client(
        spa.stubs.ExplainAvailabilityRequest(
            visit=spa.visit(spa.segment(spa.peel)), at_start=spa.at(2, 12)
        )
    )
    reasons = {row.provider_id: [f.reason for f in row.failures] for row in told.providers}
    assert reasons[ada.id] == [spa.stubs.REASON_PROVIDER_DISABLED] and told.available
    place = spa.client(spa.stubs.GetLocationRequest(id=spa.location.id)).location
    place.archived = True
    tried = spa.client(spa.stubs.UpdateLocationRequest(location=place, dry_run=True))
    assert list(tried.stranded[0].reasons) == [spa.stubs.REASON_LOCATION_INACTIVE]
    room = spa.client(spa.stubs.GetResourceRequest(id=spa.rooms[0].id)).resource
    room.archived = True
    assert not spa.client(spa.stubs.UpdateResourceRequest(resource=room, dry_run=True)).stranded


def test_a_visit_gets_its_room_on_the_day(spa: Spa):
    segment = spa.segment(spa.peel)
    booking = spa.client(spa.create(spa.at(2, 10), segment)).booking
    other = spa.client(spa.create(spa.at(2, 10), segment, patient=spa.joe)).booking
    room = spa.rooms[1].id
    pin = spa.stubs.PinResourcesRequest(
        booking_id=booking.id, resource_ids=[room], expected_version=booking.version
    )
    pinned = spa.client(pin).booking
    assert [use.resource_id for use in pinned.segments[0].uses] == [room]
    taken = spa.client.refusal(
        spa.stubs.PinResourcesRequest(booking_id=other.id, resource_ids=[room])
    )
    assert (taken.code, taken.reason) == (REFUSED, "RESOURCE_TAKEN")
    beam = spa.client.refusal(
        spa.stubs.PinResourcesRequest(booking_id=other.id, resource_ids=[spa.beam.id])
    )
    assert (beam.code, beam.field) == (INVALID, "resource_ids[0]")
    busy = spa.client(
        spa.stubs.ListFreeBusyRequest(
            **{"from": spa.at(2, 0), "to": spa.at(3, 0)},
            location_id=spa.location.id,
            resource_ids=[row.id for row in spa.rooms],
        )
    ).subjects
    spans = {row.id: (len(row.busy), len(row.needed)) for row in busy}
    assert spans == {room: (1, 0), spa.rooms[0].id: (0, 1)}
    opened = spa.client(spa.stubs.PinResourcesRequest(booking_id=booking.id)).booking
    assert [use.resource_id for use in opened.segments[0].uses] == [""]


def test_a_group_moves_with_expected_versions(spa: Spa):
    members = [
        spa.stubs.GroupMember(patient_id=patient.id, booking=spa.new(start, spa.segment(spa.peel)))
        for patient, start in [(spa.jane, spa.at(2, 10)), (spa.joe, spa.at(2, 12))]
    ]
    made = spa.client(spa.stubs.CreateBookingGroupRequest(members=members))
    move = spa.stubs.RescheduleBookingGroupRequest(
        group_id=made.group_id,
        start=spa.at(2, 13),
        expected_versions={made.bookings[0].id: 1, made.bookings[1].id: 9},
    )
    refusal = spa.client.refusal(move)
    assert refusal.code == grpc.StatusCode.ABORTED
    move.expected_versions[made.bookings[1].id] = 1
    assert [row.version for row in spa.client(move).bookings] == [2, 2]
