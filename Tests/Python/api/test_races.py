"""Many clients at one thing: one effect, and everyone is told the same (F25 of the fault tests).
And calls whose deadline has passed: nothing is done for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import grpc
from google.protobuf.message import Message
from process import ServerProcess

from clinic import Clinic
from raw_call import raw_call
from slotd_client import Client, Refusal, method_of


def at_once(
    server: ServerProcess, stubs: SimpleNamespace, requests: list[Message]
) -> list[Message | Refusal]:
    """Makes the calls from as many connections, all at the same moment."""
    barrier = threading.Barrier(len(requests))

    def call(request: Message) -> Message | Refusal:
        options = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(server.address, options=options) as channel:
            grpc.channel_ready_future(channel).result(30)
            client = Client(channel, stubs)
            barrier.wait(60)
            try:
                return client(request)
            except grpc.RpcError as error:
                return Refusal.of(error)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(call, requests))


def without_replayed(reply: Message) -> Message:
    copy = type(reply).FromString(reply.SerializeToString())
    copy.replayed = False
    return copy


def test_one_request_id_a_hundred_times_at_once(clinic: Clinic):
    """A hundred parallel calls with one key: one booking, and a hundred equal answers."""
    client, stubs = clinic.client, clinic.stubs
    request = stubs.CreateBookingRequest(
        request_id="one", patient_id=clinic.jane.id, booking=clinic.new_booking(2, 10)
    )
    path, reply_type = method_of(type(request))
    call = client.channel.unary_unary(
        path,
        request_serializer=type(request).SerializeToString,
        response_deserializer=reply_type.FromString,
    )
    futures = [call.future(request, timeout=30) for _ in range(100)]
    replies = [future.result() for future in futures]
    assert [reply.replayed for reply in replies].count(False) == 1
    first = without_replayed(replies[0])
    assert all(without_replayed(reply) == first for reply in replies)
    rows = client.pages(stubs.ListBookingsRequest(), "bookings")
    assert rows == [first.booking]
    assert client.revision() == first.revision


def test_an_answer_that_changed_nothing_is_repeated_too(clinic: Clinic):
    """A retry is told what the call was told, not what it would be told now: a cancellation that
    came too late to change anything does not cancel what was restored since."""
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    client(stubs.CancelBookingRequest(booking_id=booking.id))
    late = stubs.CancelBookingRequest(request_id="late", booking_id=booking.id)
    first = client(late)
    assert not first.replayed and first.booking.version == 2
    restored = clinic.move(first.booking, "CONFIRMED")
    again = client(late)
    assert again.replayed and without_replayed(again) == first
    assert client(stubs.GetBookingRequest(id=booking.id)).booking == restored


def test_one_slot_for_many(clinic: Clinic, slotd: ServerProcess, stubs: SimpleNamespace):
    """Forty clients want one slot: one gets it, the others learn whose it is."""
    requests = [
        stubs.CreateBookingRequest(
            request_id=f"want-{index}",
            patient_id=clinic.joe.id,
            booking=clinic.new_booking(2, 10),
        )
        for index in range(40)
    ]
    answers = at_once(slotd, stubs, requests)
    [won] = [answer for answer in answers if not isinstance(answer, Refusal)]
    lost = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(lost) == 39
    for refusal in lost:
        assert refusal.code == grpc.StatusCode.FAILED_PRECONDITION
        assert refusal.reason == "SLOT_TAKEN"
        assert refusal.metadata["blocking_ids"] == won.booking.id
    # A refused attempt leaves no receipt, the one that won does.
    replies = at_once(slotd, stubs, requests)
    assert [getattr(reply, "replayed", False) for reply in replies].count(True) == 1
    assert clinic.client.pages(stubs.ListBookingsRequest(), "bookings") == [won.booking]


def test_one_hold_for_many(clinic: Clinic, slotd: ServerProcess, stubs: SimpleNamespace):
    """Twenty owners hold one slot at once: one does, and it alone books it."""
    requests = [
        stubs.HoldRequest(
            location_id=clinic.location.id,
            service_id=clinic.laser.id,
            provider_id=clinic.ada.id,
            start=clinic.at(2, 10),
            owner=f"desk {index}",
        )
        for index in range(20)
    ]
    answers = at_once(slotd, stubs, requests)
    [won] = [answer for answer in answers if not isinstance(answer, Refusal)]
    assert {answer.reason for answer in answers if isinstance(answer, Refusal)} == {"SLOT_HELD"}
    booking = stubs.NewBooking(hold_id=won.hold.id)
    conversions = [
        stubs.CreateBookingRequest(patient_id=clinic.jane.id, booking=booking) for _ in range(20)
    ]
    answers = at_once(slotd, stubs, conversions)
    assert len([answer for answer in answers if not isinstance(answer, Refusal)]) == 1
    assert len(clinic.client.pages(stubs.ListBookingsRequest(), "bookings")) == 1


def test_one_start_for_many(clinic: Clinic, slotd: ServerProcess, stubs: SimpleNamespace):
    """Forty clicks on Start Procedure: one draft, one attachment, one move."""
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    requests = [
        stubs.StartProcedureRequest(
            request_id=f"click-{index}", booking_id=booking.id, expected_version=booking.version
        )
        for index in range(40)
    ]
    replies = at_once(slotd, stubs, requests)
    assert not [reply for reply in replies if isinstance(reply, Refusal)]
    assert len(replies) == 40
    assert [reply.existing for reply in replies].count(False) == 1
    assert len({reply.revision for reply in replies if not reply.existing}) == 1
    for reply in replies:
        # Who came first, and when an answer was given, is all that may differ.
        reply.ClearField("existing")
        reply.ClearField("revision")
    assert all(reply == replies[0] for reply in replies), "forty equal answers"
    [procedure] = clinic.client.pages(stubs.ListProceduresRequest(), "procedures")
    read = clinic.client(stubs.GetProcedureRequest(id=procedure.id))
    assert len(read.attachments) == 1
    assert read.procedure == replies[0].procedure
    stages = clinic.client(stubs.GetBookingRequest(id=booking.id)).booking.stage_history
    assert [change.stage for change in stages].count(stubs.STAGE_IN_PROCEDURE) == 1


def test_one_version_for_many(clinic: Clinic, slotd: ServerProcess, stubs: SimpleNamespace):
    """Twenty moves that expect the same version: one is done, the others are told the version."""
    booking = clinic.book(2, 10)
    requests = [
        stubs.RescheduleBookingRequest(
            booking_id=booking.id,
            expected_version=booking.version,
            start=clinic.at(3 + index // 8, 9 + index % 8),
        )
        for index in range(20)
    ]
    answers = at_once(slotd, stubs, requests)
    [won] = [answer for answer in answers if not isinstance(answer, Refusal)]
    for refusal in (answer for answer in answers if isinstance(answer, Refusal)):
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
        assert refusal.metadata["current_version"] == "2"
    assert clinic.client(stubs.GetBookingRequest(id=booking.id)).booking == won.booking


def test_a_deadline_that_has_passed(clinic: Clinic, slotd: ServerProcess):
    """`grpc-timeout` of nothing or a microsecond: DEADLINE_EXCEEDED, and nothing is done."""
    client, stubs = clinic.client, clinic.stubs
    revision = client.revision()
    makers: list[Callable[[], Message]] = [
        lambda: stubs.CreateBookingRequest(
            patient_id=clinic.jane.id, booking=clinic.new_booking(2, 10)
        ),
        lambda: stubs.CreatePatientRequest(patient=stubs.Patient(name="Late")),
        lambda: stubs.NewProcedureRequest(patient_id=clinic.jane.id),
        lambda: stubs.ListPatientsRequest(),
        lambda: stubs.FindSlotsRequest(
            location_id=clinic.location.id, service_id=clinic.laser.id,
            **{"from": clinic.at(2, 0), "to": clinic.at(3, 0)},
        ),
    ]  # fmt: skip
    for make in makers:
        for timeout in ("0n", "1n", "0u", "1u"):
            path, _ = method_of(type(make()))
            answer = raw_call(
                slotd.address, path, make().SerializeToString(), [("grpc-timeout", timeout)]
            )
            assert answer.status == grpc.StatusCode.DEADLINE_EXCEEDED.value[0], (path, timeout)
            assert not answer.messages
    assert client.revision() == revision
    path, _ = method_of(stubs.GetOrganizationRequest)
    answer = raw_call(slotd.address, path, b"", [("grpc-timeout", "10S")])
    assert answer.status == 0 and len(answer.messages) == 1
