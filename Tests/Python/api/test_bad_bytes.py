"""Bytes that are no message, messages that are too long, callers that are nobody, and what lies at
the ends of the ranges."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clinic import Clinic
from scene import (
    DAY,
    EXHAUSTED,
    INTERNAL,
    INVALID,
    NOBODY,
    NOT_FOUND,
    REFUSED,
    Scene,
    date_of,
    with_bytes,
)
from slotd_client import Client, Refusal, method_of, timestamp

BIG = "x" * 10_000_000
BIG_REQUESTS: list[tuple[str, Callable[[Scene], Message]]] = [
    ("CreatePatient", lambda s: s.stubs.CreatePatientRequest(patient=s.stubs.Patient(name=BIG))),
    (
        "CreateLocation",
        lambda s: s.stubs.CreateLocationRequest(location=s.stubs.Location(name=BIG)),
    ),
    ("CreateBooking", lambda s: s.create(note=BIG)),
    ("GetBooking", lambda s: s.stubs.GetBookingRequest(id=BIG)),
    ("FindSlots", lambda s: s.find(page_token=BIG)),
]


@pytest.mark.parametrize("name, make", BIG_REQUESTS, ids=[name for name, _ in BIG_REQUESTS])
def test_strings_of_ten_megabytes(scene: Scene, name: str, make: Callable[[Scene], Message]):
    """A message over the size limit is refused by the transport, and the next call is answered."""
    before = scene.revisions()
    refusal = scene.client.refusal(make(scene))
    assert (refusal.code, refusal.field) == (EXHAUSTED, None)
    assert scene.revisions() == before


def _broken(request: type[Message]) -> list[tuple[str, bytes]]:
    fields = request.DESCRIPTOR.fields
    number = next(field.number for field in fields if field.type == field.TYPE_STRING)
    text = bytes([number << 3 | 2])
    good = text + b"\x05hello"
    return [
        ("truncated", good[:-1]),
        ("cut in the middle", good[:3]),
        ("a length beyond the end", b"\x0a\xff\xff\xff\x7f"),
        ("an endless varint", b"\x08" + b"\xff" * 11),
        ("field number 0", b"\x00\x00"),
        ("a group that does not end", b"\x1b\x08\x01"),
        ("an end of no group", b"\x1c"),
        ("invalid UTF-8", text + b"\x02\xff\xfe"),
        ("an overlong NUL", text + b"\x02\xc0\x80"),
        ("a surrogate", text + b"\x03\xed\xa0\x80"),
        ("noise", bytes(range(256))),
    ]


@pytest.mark.parametrize(
    "name", ["CreateBooking", "FindSlots", "GetBooking", "ListBookings", "NewProcedure"]
)
def test_bytes_that_are_no_message(scene: Scene, name: str):
    """Truncated protobuf and invalid UTF-8 are INTERNAL, without a field; the channel lives on."""
    before = scene.revisions()
    request = getattr(scene.stubs, f"{name}Request")
    path, _ = method_of(request)
    for what, body in _broken(request):
        try:
            scene.client.raw(path, body)
        except grpc.RpcError as error:
            refusal = Refusal.of(error)
            assert (refusal.code, refusal.field) == (INTERNAL, None), what
        else:
            raise AssertionError(f"{what} was answered")
    assert scene.revisions() == before


def test_a_stream_of_bad_records_is_answered_record_by_record(scene: Scene):
    """The import stream refuses each bad record by itself and goes on."""
    stubs = scene.stubs
    booking = {
        "external_ref": "b",
        "patient_ref": "patient-1",
        "location_ref": "midtown",
        "provider_ref": "nobody",
        "service_ref": "nothing",
        "start": scene.time(9, 10),
        "end": scene.time(9, 11),
    }
    records: list[tuple[str, dict[str, object], str, str]] = [
        ("no record", {}, "record", "INVALID_VALUE"),
        ("no reference", {"patient": stubs.Patient(name="X")}, "external_ref", "INVALID_VALUE"),
        (
            "blank name", {"patient": stubs.Patient(name=" ", external_ref="p")},
            "patient.name", "INVALID_VALUE",
        ),
        (
            "unknown provider", {"booking": stubs.ImportBooking(**booking)},
            "booking.provider_ref", "UNKNOWN_RECORD",
        ),
        (
            "ends before it starts",
            {"booking": stubs.ImportBooking(**(booking | {"end": scene.time(9, 9)}))},
            "booking.end", "INVALID_VALUE",
        ),
        (
            "seconds",
            {"booking": stubs.ImportBooking(**(booking | {"start": Timestamp(seconds=61)}))},
            "booking.start", "INVALID_VALUE",
        ),
        (
            "unknown stage",
            {
                "booking": stubs.ImportBooking(
                    **booking, stage_history=[stubs.StageChange(stage=99)]
                )
            },
            "booking.stage_history[0].stage", "INVALID_VALUE",
        ),
        (
            "unknown status",
            {"procedure": stubs.ImportProcedure(external_ref="p", status=99)},
            "procedure.status", "INVALID_VALUE",
        ),
    ]  # fmt: skip
    before = scene.revisions()
    requests = [
        stubs.ImportRequest(sequence=index, **fields)
        for index, (_, fields, _, _) in enumerate(records)
    ]
    answers = list(stubs.ImportServiceStub(scene.client.channel).Import(iter(requests), timeout=30))
    assert [answer.sequence for answer in answers] == list(range(len(records)))
    for (what, _, field, reason), answer in zip(records, answers, strict=True):
        assert answer.outcome == stubs.IMPORT_OUTCOME_REFUSED, what
        assert (answer.field, stubs.Reason.Name(answer.reason)) == (field, f"REASON_{reason}"), what
        assert answer.message, what
    assert scene.revisions() == before


def test_unknown_method_and_organization(scene: Scene):
    """What does not exist says so."""
    before = scene.revisions()
    for path in ["/slotd.v1.BookingService/Nothing", "/slotd.v1.Nobody/GetBooking", "/x", "/a/b/c"]:
        try:
            scene.client.raw(path, b"")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNIMPLEMENTED, path
        else:
            raise AssertionError(f"{path} was answered")
    for name in ["nobody", f"org_{NOBODY}", "x" * 3000, "org_", "default "]:
        stranger = scene.client.named(organization=name)
        for request in [scene.stubs.ListPatientsRequest(), scene.create(), scene.find()]:
            refusal = stranger.refusal(request)
            assert (refusal.code, refusal.reason) == (NOT_FOUND, "UNKNOWN_ORGANIZATION"), name
    other = scene.foreign.client(scene.stubs.GetOrganizationRequest()).organization
    refusal = scene.client.refusal(scene.stubs.GetOrganizationRequest(id=other.id))
    assert (refusal.code, refusal.reason) == (NOT_FOUND, "UNKNOWN_RECORD")
    other.name = "Mine"
    refusal = scene.client.refusal(scene.stubs.UpdateOrganizationRequest(organization=other))
    assert (refusal.code, refusal.reason) == (NOT_FOUND, "UNKNOWN_RECORD")
    assert scene.revisions() == before


def test_actor(scene: Scene):
    """An actor has 1 to 64 characters."""
    before = scene.revisions()
    for actor in ["x" * 65, ""]:
        stranger = scene.client.named()
        stranger.actor = actor
        for request in [scene.create(), scene.stubs.ListPatientsRequest()]:
            refusal = stranger.refusal(request)
            assert (refusal.code, refusal.reason, refusal.field) == (
                INVALID, "INVALID_VALUE", "x-slotd-actor",
            )  # fmt: skip
    assert scene.revisions() == before


def test_metadata_that_says_two_things(scene: Scene):
    """A key of ours with two values is refused, whichever comes first; the same one twice is not."""
    before = scene.revisions()
    client = scene.client
    request = scene.stubs.GetOrganizationRequest()
    path, _ = method_of(type(request))
    call = client.channel.unary_unary(path, request_serializer=type(request).SerializeToString)
    own = client(request).organization.id
    other = scene.foreign.client(request).organization.id
    for key, one, two in [
        ("x-slotd-organization", own, other),
        ("x-slotd-actor", "ada", "ben"),
        ("x-slotd-role", "patient", "manager"),
    ]:
        rest = [pair for pair in client.metadata if pair[0] != key]
        for pair in [(one, two), (two, one)]:
            with pytest.raises(grpc.RpcError) as raised:
                call(request, metadata=[*rest, *[(key, value) for value in pair]])
            refusal = Refusal.of(raised.value)
            assert (refusal.code, refusal.field) == (INVALID, key)
        call(request, metadata=[*rest, (key, one), (key, one)])
    assert scene.revisions() == before


def test_a_foreign_hold_is_not_released(scene: Scene):
    """Releasing is no error for a hold that is gone, and another organization's is none of ours."""
    before = scene.revisions()
    reply = scene.client(scene.stubs.ReleaseHoldRequest(hold_id=scene.foreign_hold.id))
    assert not reply.released
    refusal = scene.client.refusal(scene.stubs.ReleaseHoldRequest(hold_id="nonsense"))
    assert (refusal.code, refusal.field) == (INVALID, "hold_id")
    assert scene.revisions() == before


def test_request_id_reused_with_another_request(
    slotd_channel: grpc.Channel, stubs: SimpleNamespace
):
    """Each mutation: the same key with another body is refused, with the same body replayed."""
    clinic = Clinic(Client(slotd_channel, stubs))
    client = clinic.client
    booking = clinic.move(clinic.book(2, 10), "CHECK_IN")
    draft = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    changed = {
        field: type(record).FromString(record.SerializeToString())
        for field, record in [
            ("location", clinic.location), ("provider", clinic.ada), ("service", clinic.laser),
            ("procedure_type", clinic.botox), ("patient", clinic.jane),
        ]
    }  # fmt: skip
    for record in changed.values():
        record.name += " II"
    wizard = {"procedure_id": draft.id, "step": 2, "procedure_type_id": clinic.botox.id}
    organization = stubs.Organization(external_ref="keys", name="Keys")
    requests = [
        stubs.CreateLocationRequest(location=stubs.Location(name="L", time_zone="UTC")),
        stubs.UpdateLocationRequest(location=changed["location"]),
        stubs.CreateProviderRequest(provider=stubs.Provider(name="P")),
        stubs.UpdateProviderRequest(provider=changed["provider"]),
        stubs.CreateServiceRequest(service=stubs.Service(name="S", durations_minutes=[5])),
        stubs.UpdateServiceRequest(service=changed["service"]),
        stubs.CreateProcedureTypeRequest(procedure_type=stubs.ProcedureType(name="T")),
        stubs.UpdateProcedureTypeRequest(procedure_type=changed["procedure_type"]),
        stubs.CreatePatientRequest(patient=stubs.Patient(name="Q")),
        stubs.UpdatePatientRequest(patient=changed["patient"]),
        stubs.HoldRequest(
            location_id=clinic.location.id, service_id=clinic.laser.id, start=clinic.at(3, 10)
        ),
        stubs.CreateBookingRequest(patient_id=clinic.jane.id, booking=clinic.new_booking(4, 10)),
        stubs.StartProcedureRequest(booking_id=booking.id),
        stubs.SaveStepRequest(**wizard),
        stubs.CreateBookingAndAttachRequest(
            procedure_id=draft.id, booking=clinic.new_booking(5, 10)
        ),
        stubs.SubmitProcedureRequest(procedure_id=draft.id),
        stubs.CompleteProcedureRequest(procedure_id=draft.id),
        stubs.NewProcedureRequest(patient_id=clinic.joe.id),
        stubs.CreateOrganizationRequest(organization=organization),
    ]
    for request in requests:
        name = type(request).DESCRIPTOR.name
        request.request_id = f"key of {name}"
        first = client(request)
        revision = client.revision()
        again = client(request)
        assert again.replayed and not first.replayed, name
        again.replayed = False
        assert again == first, name
        refusal = client.refusal(with_bytes(request, b"\xf2\x3f\x00"))
        assert (refusal.code, refusal.reason, refusal.field) == (
            INVALID, "KEY_REUSED", "request_id",
        ), name  # fmt: skip
        assert client.revision() == revision, name
    # The key belongs to one RPC and one actor.
    patient = stubs.CreatePatientRequest(
        request_id="key of HoldRequest", patient=stubs.Patient(name="R")
    )
    assert not client(patient).replayed
    assert not client.named(actor="somebody else")(patient).replayed
    # A refused attempt leaves no receipt: the key can be used again.
    taken = stubs.CreateBookingRequest(
        request_id="again", patient_id=clinic.joe.id, booking=clinic.new_booking(4, 10)
    )
    assert client.refusal(taken).reason == "SLOT_TAKEN"
    taken.booking.start.CopyFrom(clinic.at(6, 10))
    assert not client(taken).replayed


def test_a_refusal_fits_into_header_fields(slotd_channel: grpc.Channel, stubs: SimpleNamespace):
    """What stands in the way may be a thousand bookings; the caller still learns the reason."""
    clinic = Clinic(Client(slotd_channel, stubs))
    client = clinic.client
    week = clinic.service("Week", [clinic.ada.id], durations=[7 * 1440, 60], step=60)
    for day in range(1, 6):
        for hour in range(9, 17):
            clinic.book(day, hour, service_id=week.id, duration_minutes=60)
    round_the_clock = stubs.WeeklyInterval(start_minute=0, end_minute=1440)
    hours = []
    for day in range(1, 8):
        hours.append(stubs.WeeklyInterval())
        hours[-1].CopyFrom(round_the_clock)
        hours[-1].day = day
    location, provider = clinic.location, clinic.ada
    del location.hours[:], provider.schedules[0].hours[:]
    location.hours.extend(hours)
    provider.schedules[0].hours.extend(hours)
    client(stubs.UpdateLocationRequest(location=location))
    client(stubs.UpdateProviderRequest(provider=provider))
    refusal = client.refusal(
        stubs.CreateBookingRequest(
            patient_id=clinic.jane.id,
            booking=clinic.new_booking(1, 0, service_id=week.id, duration_minutes=7 * 1440),
        )
    )
    assert (refusal.code, refusal.reason) == (REFUSED, "SLOT_TAKEN")
    assert len(refusal.metadata["blocking_ids"].split(",")) == 16
    assert refusal.metadata["blocking_count"] == "40"
    for id in ["x" * 5000, "ü" * 5000]:
        refusal = client.refusal(stubs.GetOrganizationRequest(id=id))
        assert (refusal.code, refusal.reason) == (NOT_FOUND, "UNKNOWN_RECORD")
        assert len(refusal.message) < 600


def test_the_ends_of_time(slotd_channel: grpc.Channel, stubs: SimpleNamespace):
    """The first and the last dates and minutes that a message can name harm nobody."""
    clinic = Clinic(Client(slotd_channel, stubs))
    client = clinic.client
    first, last = date_of(stubs, 1, 1, 1), date_of(stubs, 5999, 12, 31)
    for date in (first, last):
        board = client(stubs.GetBoardRequest(location_id=clinic.location.id, date=date))
        assert not any(column.cards for column in board.columns)
    provider = clinic.ada
    provider.schedules[0].effective_start.CopyFrom(first)
    provider.schedules[0].effective_end.CopyFrom(last)
    client(stubs.UpdateProviderRequest(provider=provider))
    find = stubs.FindSlotsRequest(
        location_id=clinic.location.id, service_id=clinic.laser.id, provider_ids=[provider.id]
    )
    # 0001-01-03 and 5999-12-30: what lies beyond could leave the range with its zone's offset.
    lowest, highest = -719_160 * DAY, 1_471_925 * DAY
    for start, end in [
        (lowest, lowest + 400 * DAY), (highest - 400 * DAY, highest), (0, 60), (highest, highest),
    ]:  # fmt: skip
        getattr(find, "from").seconds, find.to.seconds = start, end
        assert not client(find).slots
        for seconds in (start, end):
            refusal = client.refusal(
                stubs.CreateBookingRequest(
                    patient_id=clinic.jane.id,
                    booking=clinic.new_booking(1, 9, start=timestamp(seconds)),
                )
            )
            assert refusal.code == REFUSED
    getattr(find, "from").CopyFrom(clinic.at(2, 0))
    find.to.CopyFrom(clinic.at(3, 0))
    assert client(find).slots

    clinic.client(
        stubs.CreateServiceRequest(
            service=stubs.Service(name="Age", external_ref="age", durations_minutes=[60])
        )
    )
    provider.external_ref = "ada"
    client(stubs.UpdateProviderRequest(provider=provider))
    booking = {
        "patient_ref": "patient-1", "location_ref": "midtown", "provider_ref": "ada",
        "service_ref": "age",
    }  # fmt: skip
    now, year = clinic.at(2, 0).seconds, 365 * DAY
    spans = {
        "first": (lowest, lowest + year), "last": (highest - year, highest),
        "year": (now - 9 * DAY, now - 9 * DAY + year), "longer": (0, year + 60),
        "all": (lowest, highest),
    }  # fmt: skip
    answers = stubs.ImportServiceStub(client.channel).Import(
        (
            stubs.ImportRequest(
                booking=stubs.ImportBooking(
                    external_ref=ref, start=timestamp(start), end=timestamp(end), **booking
                )
            )
            for ref, (start, end) in spans.items()
        ),
        timeout=30,
    )
    answers = list(answers)
    assert [a.outcome for a in answers[:3]] == [stubs.IMPORT_OUTCOME_CREATED] * 3
    assert [a.field for a in answers[3:]] == ["booking.end"] * 2
    assert not client(find).slots
    rows = client.pages(stubs.ListBookingsRequest(provider_id=provider.id, page_size=1), "bookings")
    assert [row.external_ref for row in rows] == ["first", "year", "last"]
    refusal = client.refusal(
        stubs.CreateBookingRequest(patient_id=clinic.jane.id, booking=clinic.new_booking(2, 9))
    )
    assert refusal.reason == "SLOT_TAKEN"
    off = stubs.TimeOff(
        start=stubs.LocalDateTime(date=first), end=stubs.LocalDateTime(date=last, minute=1440)
    )
    ben = clinic.ben
    ben.time_off.append(off)
    client(stubs.UpdateProviderRequest(provider=ben))
    find.provider_ids[:] = [ben.id]
    assert not client(find).slots
