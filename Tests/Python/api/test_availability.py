"""Availability over gRPC: what is offered can be booked, what is not is refused for the reason that
is told, and every way of asking gives the same answer."""

from __future__ import annotations

import random
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess

from scene import EXHAUSTED, INVALID, REFUSED
from slotd_client import Client, Refusal, timestamp
from spa import Spa
from test_races import at_once

DENIED = grpc.StatusCode.PERMISSION_DENIED


@pytest.fixture
def spa(client: Client) -> Spa:
    return Spa(client)


def fill(spa: Spa, seed: int, count: int = 14) -> None:
    """Books at random what can be booked on the day after tomorrow."""
    chance = random.Random(seed)
    for _ in range(count):
        service = chance.choice([spa.peel, spa.zap, spa.consult])
        try:
            spa.client(spa.create(chance.choice(spa.grid(2)), spa.segment(service)))
        except grpc.RpcError as error:
            assert error.code() == REFUSED


def trial(spa: Spa, request: Message) -> str:
    """Whether a booking can be made, without leaving one: the reason, or nothing."""
    try:
        booking = spa.client(request).booking
    except grpc.RpcError as error:
        return Refusal.of(error).reason
    spa.client(spa.stubs.CancelBookingRequest(booking_id=booking.id))
    return ""


def starts(reply: Message) -> list[int]:
    return [slot.start.seconds for slot in reply.slots]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_offered_is_bookable_with_rooms_and_devices(spa: Spa, seed: int):
    """A provider, a room of the pool and the laser: each start that is listed can be booked with each
    provider it names; each that is not is refused for what CheckSlots and Explain say."""
    fill(spa, seed)
    segment = spa.segment(spa.zap)
    reply = spa.client(spa.find(2, segment))
    offered = {slot.start.seconds: slot for slot in reply.slots}
    checks = [
        spa.stubs.SlotCheck(visit=spa.visit(segment), start=start) for start in spa.grid(2)
    ]
    verdicts = spa.client(spa.stubs.CheckSlotsRequest(checks=checks)).verdicts
    for start, verdict in zip(spa.grid(2), verdicts, strict=True):
        slot = offered.get(start.seconds)
        assert verdict.available == (slot is not None)
        reason = trial(spa, spa.create(start, segment))
        told = spa.client(
            spa.stubs.ExplainAvailabilityRequest(visit=spa.visit(segment), at_start=start)
        )
        if slot is None:
            assert f"REASON_{reason}" == spa.stubs.Reason.Name(verdict.reason)
            assert not told.available
            firsts = [provider.failures[0].reason for provider in told.providers]
            assert verdict.reason in firsts
            continue
        assert reason == "" and told.available
        named = [reply.provider_ids[index] for index in slot.provider_indexes]
        # First whom a booking would get.
        assert sorted(verdict.provider_ids) == named
        assert list(verdict.provider_ids[1:]) == sorted(verdict.provider_ids[1:])
        assert sorted(named) == sorted(
            provider.provider_id for provider in told.providers if not provider.failures
        )
        for provider in (spa.ada, spa.ben, spa.cyd):
            refused = trial(spa, spa.create(start, spa.segment(spa.zap, provider)))
            assert (refused == "") == (provider.id in named)


@pytest.mark.parametrize("seed", [4, 5])
def test_offered_is_bookable_for_visits_of_several_segments(spa: Spa, seed: int):
    fill(spa, seed)
    segments = [spa.segment(spa.peel), spa.segment(spa.zap), spa.segment(spa.consult, spa.ben)]
    reply = spa.client(spa.find(2, *segments))
    assert reply.slots
    offered = {slot.start.seconds: slot for slot in reply.slots}
    for start in spa.grid(2):
        slot = offered.get(start.seconds)
        try:
            booking = spa.client(spa.create(start, *segments)).booking
        except grpc.RpcError as error:
            assert error.code() == REFUSED and slot is None
            continue
        assert slot is not None
        assert [part.start for part in booking.segments] == [part.start for part in slot.segments]
        assert [part.end for part in booking.segments] == [part.end for part in slot.segments]
        assert slot.end == booking.end
        for part, offer in zip(booking.segments, slot.segments, strict=True):
            assert part.provider_id in [
                reply.provider_ids[index] for index in offer.provider_indexes
            ]
        spa.client(spa.stubs.CancelBookingRequest(booking_id=booking.id))


def test_a_page_at_a_time(spa: Spa):
    """StreamSlots, FindSlots page by page and FindSlots at once find the same."""
    fill(spa, 6)
    for segments in ([spa.segment(spa.zap)], [spa.segment(spa.peel), spa.segment(spa.zap)]):
        whole = spa.client(spa.find(1, *segments, days=5, page_size=10_000))
        paged = spa.client.pages(spa.find(1, *segments, days=5, page_size=7), "slots")
        query = spa.find(1, *segments, days=5, page_size=7)
        pages = [
            message.page
            for message in spa.client.stream(spa.stubs.StreamSlotsRequest(query=query))
        ]
        assert len(pages) == -(-len(whole.slots) // 7)
        assert [bool(page.next_page_token) for page in pages] == [True] * (len(pages) - 1) + [False]
        streamed = [slot for page in pages for slot in page.slots]
        assert streamed == paged == list(whole.slots)
        assert {tuple(page.provider_ids) for page in pages} == {tuple(whole.provider_ids)}


def test_a_stream_that_nobody_reads_is_held_back_and_can_be_cancelled(spa: Spa):
    """A year in steps of a minute: the daemon waits for the reader, and forgets one that leaves."""
    service = spa.service("Anytime", [spa.ada.id], durations=[1], step=1)
    query = spa.find(1, spa.segment(service), days=399, page_size=10_000)
    call = spa.client.stream(spa.stubs.StreamSlotsRequest(query=query))
    first = next(call).page
    assert len(first.slots) == 10_000 and first.truncated
    call.cancel()
    with pytest.raises(grpc.RpcError) as caught:
        list(call)
    assert caught.value.code() == grpc.StatusCode.CANCELLED
    # The daemon answers on.
    assert spa.client(spa.find(1, spa.segment(spa.peel))).slots


def test_the_earliest_start_is_the_first_of_all_lists(spa: Spa):
    places = [spa.location, spa.second_location("Uptown"), spa.second_location("Early", 7 * 60)]
    fill(spa, 7)
    for limit in (1, 3, 40):
        segments = [spa.segment(spa.consult), spa.segment(spa.laser)]
        for visit in (segments, segments[:1], [spa.segment(service_of_cyd(spa))]):
            expected = []
            for place in places:
                reply = spa.client(spa.find(2, *visit, location_id=place.id, days=2))
                expected += [(slot.start.seconds, place.id) for slot in reply.slots]
            found = spa.client(
                spa.stubs.FindEarliestRequest(
                    visit=spa.visit(*visit, location_id=""),
                    location_ids=[place.id for place in places],
                    limit=limit,
                    **{"from": spa.at(2, 0), "to": spa.at(4, 0)},
                )
            )
            got = [(row.slot.start.seconds, row.location_id) for row in found.slots]
            assert got == sorted(expected)[:limit]
            for row in found.slots:
                providers = {found.provider_ids[index] for index in row.slot.provider_indexes}
                assert providers


def service_of_cyd(spa: Spa) -> Message:
    return spa.service("Cyd's own", [spa.cyd.id], durations=[60], step=60)


def test_the_earliest_anywhere_from_now(spa: Spa):
    """Without locations, window or limit: one start, at any location, from now on."""
    visit = spa.visit(spa.segment(spa.consult), location_id="")
    [row] = spa.client(spa.stubs.FindEarliestRequest(visit=visit)).slots
    window = {"from": timestamp(spa.at(0, 0).seconds), "to": spa.at(3, 0)}
    assert row.location_id == spa.location.id
    assert row.slot == spa.client(spa.find(0, spa.segment(spa.consult), **window)).slots[0]


def test_the_days_add_up(spa: Spa):
    """The histogram counts as available what is listed, and for the rest what booking says."""
    fill(spa, 8)
    segment = spa.segment(spa.zap)
    told = spa.client(
        spa.stubs.ExplainAvailabilityRequest(
            visit=spa.visit(segment), **{"from": spa.at(2, 0), "to": spa.at(3, 0)}
        )
    )
    [day] = told.days
    assert day.available == len(spa.client(spa.find(2, segment)).slots)
    counts = {spa.stubs.Reason.Name(row.reason)[7:]: row.count for row in day.reasons}
    reasons: dict[str, int] = {}
    for start in spa.grid(2):
        if not "09:00" <= spa.local(start) < "17:00":
            continue
        reason = trial(spa, spa.create(start, segment))
        if reason:
            reasons[reason] = reasons.get(reason, 0) + 1
    assert counts == reasons and told.time_zone == "America/New_York"


def test_an_explanation_names_who_is_in_the_way(spa: Spa):
    first = spa.client(spa.create(spa.at(2, 10), spa.segment(spa.zap, spa.ada))).booking
    told = spa.client(
        spa.stubs.ExplainAvailabilityRequest(
            visit=spa.visit(spa.segment(spa.zap)), at_start=spa.at(2, 10, 30)
        )
    )
    assert not told.available and spa.local(told.next_free) == "11:30"
    by_provider = {row.provider_id: row for row in told.providers}
    names = [spa.stubs.Reason.Name(row.reason) for row in by_provider[spa.ada.id].failures]
    assert names == ["REASON_SLOT_TAKEN", "REASON_RESOURCE_TAKEN"]
    [failure] = by_provider[spa.ben.id].failures
    assert failure.reason == spa.stubs.REASON_RESOURCE_TAKEN
    assert failure.resource_id == spa.beam.id
    assert list(failure.blocking_ids) == [first.id]
    assert failure.message
    refusal = spa.client.refusal(spa.create(spa.at(2, 10, 30), spa.segment(spa.zap, spa.ben)))
    assert (refusal.code, refusal.reason) == (REFUSED, "RESOURCE_TAKEN")
    assert refusal.resource == ("resource", spa.beam.id)
    assert refusal.metadata["blocking_ids"] == first.id
    assert refusal.metadata["next_free"].startswith(
        told.next_free.ToJsonString().removesuffix("Z")[:16]
    )


def test_a_hold_in_the_way_is_told_without_its_key(spa: Spa):
    hold = spa.client(held(spa, spa.segment(spa.zap, spa.ada), ttl_seconds=600)).hold
    told = spa.client(
        spa.stubs.ExplainAvailabilityRequest(
            visit=spa.visit(spa.segment(spa.zap, spa.ada)), at_start=hold.start
        )
    )
    failures = told.providers[0].failures
    assert {row.reason for row in failures} == {spa.stubs.REASON_SLOT_HELD}
    assert failures[0].held_until == hold.expires_at
    assert hold.id not in str(told)
    refusal = spa.client.refusal(spa.create(hold.start, spa.segment(spa.zap, spa.ada)))
    assert refusal.reason == "SLOT_HELD" and 0 < (refusal.retry_seconds or 0) <= 600


def held(spa: Spa, *segments: Message, **fields: object) -> Message:
    given: dict[str, object] = {
        "location_id": spa.location.id,
        "segments": segments,
        "start": spa.at(2, 14),
    }
    return spa.stubs.HoldRequest(**(given | fields))


def test_groups_are_made_and_moved_whole_or_not_at_all(spa: Spa):
    """Two friends at once take both rooms; a third would not fit, and then none comes."""
    client, stubs = spa.client, spa.stubs
    kim = spa.patient("Kim Poe")

    def group(*patients: Message, hour: int = 10) -> Message:
        return stubs.CreateBookingGroupRequest(
            members=[
                stubs.GroupMember(
                    patient_id=patient.id, booking=spa.new(spa.at(2, hour), spa.segment(spa.peel))
                )
                for patient in patients
            ]
        )

    before = client.revision()
    refusal = client.refusal(group(spa.jane, spa.joe, kim))
    assert (refusal.code, refusal.reason) == (REFUSED, "RESOURCE_TAKEN")
    assert refusal.resource == ("pool", "room")
    assert client.revision() == before
    made = client(group(spa.jane, spa.joe))
    assert [row.patient_id for row in made.bookings] == [spa.jane.id, spa.joe.id]
    assert {row.group_id for row in made.bookings} == {made.group_id}
    assert len({row.segments[0].provider_id for row in made.bookings}) == 2

    # In the way of one of the two at its new time: none moves.
    client(spa.create(spa.at(2, 14), spa.segment(spa.peel), patient=kim))
    before = client.revision()
    move = stubs.RescheduleBookingGroupRequest(group_id=made.group_id, start=spa.at(2, 14))
    assert client.refusal(move).reason == "RESOURCE_TAKEN"
    assert client.revision() == before
    moved = client(
        stubs.RescheduleBookingGroupRequest(group_id=made.group_id, start=spa.at(2, 10, 30))
    )
    assert {spa.local(row.start) for row in moved.bookings} == {"10:30"}
    assert {row.id for row in moved.bookings} == {row.id for row in made.bookings}


def test_a_room_by_name(spa: Spa):
    """A booking that pins a room gets that room, and another that pins it is refused."""
    pinned = spa.segment(spa.peel, resource_ids=[spa.rooms[1].id])
    booking = spa.client(spa.create(spa.at(2, 9), pinned)).booking
    [use] = booking.segments[0].uses
    assert (use.resource_id, use.pool) == (spa.rooms[1].id, "room")
    refusal = spa.client.refusal(spa.create(spa.at(2, 9), pinned, patient=spa.joe))
    assert refusal.reason == "RESOURCE_TAKEN"
    open_one = spa.client(spa.create(spa.at(2, 9), spa.segment(spa.peel), patient=spa.joe)).booking
    [use] = open_one.segments[0].uses
    assert (use.resource_id, use.pool) == ("", "room")


def test_one_wins_the_last_room(spa: Spa, slotd: ServerProcess, stubs: SimpleNamespace):
    """Twenty callers at once want the last room of a pool, each with whoever is free."""
    spa.client(spa.create(spa.at(2, 9), spa.segment(spa.peel)))
    requests = [spa.create(spa.at(2, 9), spa.segment(spa.peel), patient=spa.joe)] * 20
    answers = at_once(slotd, stubs, requests)
    assert len([answer for answer in answers if not isinstance(answer, Refusal)]) == 1
    for refusal in (answer for answer in answers if isinstance(answer, Refusal)):
        assert (refusal.code, refusal.reason) == (REFUSED, "RESOURCE_TAKEN")
    assert len(spa.client(stubs.ListBookingsRequest()).bookings) == 2


def test_rules_are_broken_by_those_who_may(spa: Spa):
    """The role decides; the booking says which rules were broken, by whom and why."""
    early = spa.at(2, 8, 30)
    segment = spa.segment(spa.consult, spa.ada)
    late = spa.stubs.REASON_OUTSIDE_HOURS
    closed = spa.stubs.REASON_LOCATION_CLOSED
    why = {"override_note": "an emergency"}
    for role, rules, refused in [
        ("patient", [late], "allow[0]"),
        ("staff", [late, closed], "allow[1]"),
        (None, [closed], "allow[0]"),
    ]:
        caller = spa.client.named(role=role)
        refusal = caller.refusal(spa.create(early, segment, allow=rules, **why))
        assert (refusal.code, refusal.reason) == (DENIED, "OVERRIDE_NOT_ALLOWED")
        assert refusal.field == f"booking.{refused}"
    manager = spa.client.named(role="manager")
    refusal = manager.refusal(spa.create(early, segment, allow=[late, closed]))
    assert (refusal.code, refusal.field) == (INVALID, "booking.override_note")
    room = spa.stubs.REASON_RESOURCE_TAKEN
    refusal = manager.refusal(spa.create(early, segment, allow=[room], **why))
    assert (refusal.code, refusal.field) == (INVALID, "booking.allow[0]")
    everything = [late, closed, spa.stubs.REASON_TOO_FAR]
    booking = manager(spa.create(early, segment, allow=everything, **why)).booking
    assert set(booking.overrides) <= {late, closed} and booking.overrides
    assert (booking.override_note, booking.override_role) == ("an emergency", "manager")
    # That was meant: nobody need be told of it.
    assert not booking.out_of_hours
    moved = spa.client(
        spa.stubs.RescheduleBookingRequest(booking_id=booking.id, start=spa.at(2, 11))
    ).booking
    assert not moved.out_of_hours and not moved.overrides and not moved.override_role
    off_step = spa.stubs.RescheduleBookingRequest(
        booking_id=booking.id, start=spa.at(2, 11, 7), allow=[spa.stubs.REASON_OFF_STEP], **why
    )
    booking = spa.client.named(role="staff")(off_step).booking
    assert list(booking.overrides) == [spa.stubs.REASON_OFF_STEP]
    assert booking.override_role == "staff"


def test_a_role_that_is_none(spa: Spa):
    refusal = spa.client.named(role="boss").refusal(spa.stubs.ListBookingsRequest())
    assert (refusal.code, refusal.field) == (INVALID, "x-slotd-role")


def test_a_repeated_request_is_the_same_in_any_role(spa: Spa):
    request = spa.create(spa.at(2, 10), spa.segment(spa.consult))
    request.request_id = "again"
    first = spa.client(request)
    second = spa.client.named(role="manager")(request)
    assert second.replayed and second.booking == first.booking


def test_the_patients_own_other_visit(spa: Spa):
    """Staff is warned, the patient is refused; search says the same to each."""
    other = spa.client(spa.create(spa.at(2, 10), spa.segment(spa.consult, spa.ada))).booking
    segment = spa.segment(spa.consult, spa.ben)
    ten = spa.at(2, 10).seconds
    assert ten in starts(spa.client(spa.find(2, segment, patient_id=spa.jane.id)))
    patient = spa.client.named(role="patient")
    for found in (
        spa.client(spa.find(2, segment, patient_id=spa.jane.id, self_service=True)),
        patient(spa.find(2, segment, patient_id=spa.jane.id)),
    ):
        assert ten not in starts(found)
    for caller, fields in ((patient, {}), (spa.client, {"self_service": True})):
        refusal = caller.refusal(spa.create(spa.at(2, 10), segment, **fields))
        assert refusal.reason == "PATIENT_OVERLAP"
        assert refusal.metadata["blocking_ids"] == other.id
    reply = spa.client(spa.create(spa.at(2, 10), segment))
    assert list(reply.warnings) == [spa.stubs.REASON_PATIENT_OVERLAP]


def test_a_hold_lives_to_its_cap(spa: Spa):
    """Renewals reach `latest_expiry` and not beyond; then the hold is as old as one may get."""
    client, stubs = spa.client, spa.stubs
    hold = client(held(spa, spa.segment(spa.peel), spa.segment(spa.zap))).hold
    assert len(hold.segments) == 2 and hold.end == hold.segments[1].end
    assert hold.latest_expiry.seconds - hold.created_at.seconds == 1800
    renewed = client(stubs.RenewHoldRequest(hold_id=hold.id, ttl_seconds=600))
    assert renewed.hold.expires_at.ToMilliseconds() == pytest.approx(
        renewed.server_now.ToMilliseconds() + 600_000, abs=5_000
    )
    capped = client(stubs.RenewHoldRequest(hold_id=hold.id, ttl_seconds=1 << 30)).hold
    assert capped.expires_at == capped.latest_expiry == hold.latest_expiry
    refusal = client.refusal(stubs.RenewHoldRequest(hold_id=hold.id, ttl_seconds=1800))
    assert (refusal.code, refusal.reason) == (REFUSED, "HOLD_LIFETIME")
    booking = stubs.NewBooking(hold_id=hold.id)
    request = stubs.CreateBookingRequest(patient_id=spa.jane.id, booking=booking)
    assert [part.start for part in client(request).booking.segments] == [
        part.start for part in hold.segments
    ]
    refusal = client.refusal(stubs.RenewHoldRequest(hold_id=hold.id))
    assert refusal.reason == "UNKNOWN_RECORD"


def test_too_many_holds_of_one_owner(spa: Spa):
    for index in range(32):
        start = spa.at(3 + index // 16, 9 + index % 16 // 2, index % 2 * 30)
        spa.client(held(spa, spa.segment(spa.consult), owner="desk", start=start))
    refusal = spa.client.refusal(
        held(spa, spa.segment(spa.consult), owner="desk", start=spa.at(6, 9))
    )
    assert (refusal.code, refusal.reason) == (EXHAUSTED, "TOO_MANY_HOLDS")


def test_free_and_busy(spa: Spa):
    """Working hours and what is taken, of providers and rooms; a hold counts while it lives."""
    client, stubs = spa.client, spa.stubs
    client(spa.create(spa.at(2, 10), spa.segment(spa.zap, spa.ben)))
    hold = client(held(spa, spa.segment(spa.consult, spa.ben))).hold
    window = {"from": spa.at(2, 0), "to": spa.at(3, 0)}
    everyone = client(stubs.ListFreeBusyRequest(location_id=spa.location.id, **window))
    ids = [row.id for row in everyone.subjects]
    assert ids == sorted([spa.ada.id, spa.ben.id, spa.cyd.id])
    both = client(
        stubs.ListFreeBusyRequest(
            location_id=spa.location.id,
            provider_ids=[spa.ben.id],
            resource_ids=[spa.beam.id],
            **window,
        )
    )

    def spans(rows: list[Message]) -> list[tuple[str, str]]:
        return [(spa.local(row.start), spa.local(row.end)) for row in rows]

    ben, beam = both.subjects
    assert (ben.id, beam.id) == (spa.ben.id, spa.beam.id)
    assert spans(ben.working) == spans(beam.working) == [("09:00", "17:00")]
    assert spans(ben.busy) == [("10:00", "11:10"), ("14:00", "14:30")]
    assert spans(beam.busy) == [("10:00", "11:10")]
    client(stubs.ReleaseHoldRequest(hold_id=hold.id))
    again = client(
        stubs.ListFreeBusyRequest(
            location_id=spa.location.id, provider_ids=[spa.ben.id], **window
        )
    )
    assert spans(again.subjects[0].busy) == [("10:00", "11:10")]


def test_a_closure_leaves_bookings_out_of_hours(spa: Spa):
    """A booking keeps its time when the day is closed later, and says so until it is moved."""
    client, stubs = spa.client, spa.stubs
    booking = client(spa.create(spa.at(2, 10), spa.segment(spa.zap))).booking
    assert not booking.out_of_hours
    outage = stubs.Closure(
        start=stubs.LocalDateTime(date=date(spa, 2), minute=0),
        end=stubs.LocalDateTime(date=date(spa, 2), minute=1440),
    )
    beam = client(stubs.GetResourceRequest(id=spa.beam.id)).resource
    beam.outages.append(outage)
    client(stubs.UpdateResourceRequest(resource=beam))
    read = client(stubs.GetBookingRequest(id=booking.id)).booking
    assert read.out_of_hours
    [listed] = client(stubs.ListBookingsRequest()).bookings
    assert listed == read
    moved = client(
        stubs.RescheduleBookingRequest(booking_id=booking.id, start=spa.at(3, 10))
    ).booking
    assert not moved.out_of_hours
    place = client(stubs.GetLocationRequest(id=spa.location.id)).location
    del place.hours[:]
    client(stubs.UpdateLocationRequest(location=place))
    assert client(stubs.GetBookingRequest(id=booking.id)).booking.out_of_hours
    cancelled = client(stubs.CancelBookingRequest(booking_id=booking.id)).booking
    assert not cancelled.out_of_hours


def date(spa: Spa, ahead: int) -> Message:
    day = spa.day(ahead)
    return spa.stubs.LocalDate(year=day.year, month=day.month, day=day.day)
