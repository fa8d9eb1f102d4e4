"""Values out of range: the code of the API's error table and the path of the field, and nothing is
stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from scene import DAY, INVALID, NOBODY, Scene, date_of, with_bytes
from slotd_client import timestamp


@dataclasses.dataclass
class Case:
    """A request and what is wrong with it."""

    name: str
    request: Callable[[Scene], Message]
    field: str | None
    code: grpc.StatusCode = INVALID
    reason: str = "INVALID_VALUE"


def _off(seconds: int = 0, nanos: int = 0) -> Callable[[Scene], Timestamp]:
    """A good start, put wrong."""
    return lambda s: Timestamp(seconds=s.time(9, 10).seconds + seconds, nanos=nanos)


def _raw(field: int, value: int) -> bytes:
    """An enum's number on the wire, for a field below 16."""
    data = bytearray([field << 3])
    value &= (1 << 64) - 1
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


TIMES: list[tuple[str, Callable[[Scene], Timestamp]]] = [
    ("seconds", _off(seconds=1)),
    ("59 seconds", _off(seconds=59)),
    ("nanos", _off(nanos=1)),
    ("negative nanos", _off(nanos=-1)),
    ("too many nanos", _off(nanos=2_000_000_000)),
    ("beyond the calendar", lambda s: Timestamp(seconds=1 << 62)),
    ("before the calendar", lambda s: Timestamp(seconds=-(1 << 62))),
    ("just beyond the calendar", lambda s: Timestamp(seconds=1_471_925 * DAY + 60)),
    ("just before the calendar", lambda s: Timestamp(seconds=-719_160 * DAY - 60)),
    ("the largest", lambda s: Timestamp(seconds=(1 << 63) - 1)),
    ("the smallest", lambda s: Timestamp(seconds=-(1 << 63))),
    ("the largest whole minute", lambda s: Timestamp(seconds=((1 << 63) - 1) // 60 * 60)),
]

TIME_FIELDS: list[tuple[str, str, Callable[[Scene, Timestamp], Message]]] = [
    ("FindSlots.from", "from", lambda s, t: s.find(**{"from": t})),
    ("FindSlots.to", "to", lambda s, t: s.find(to=t)),
    ("Hold.start", "start", lambda s, t: s.held(start=t)),
    ("CreateBooking.start", "booking.start", lambda s, t: s.create(start=t)),
    (
        "RescheduleBooking.start",
        "start",
        lambda s, t: s.stubs.RescheduleBookingRequest(booking_id=s.booking.id, start=t),
    ),
    ("ListBookings.from", "from", lambda s, t: s.stubs.ListBookingsRequest(**{"from": t})),
    ("ListBookings.to", "to", lambda s, t: s.stubs.ListBookingsRequest(to=t)),
    (
        "ListAttachableBookings.from",
        "from",
        lambda s, t: s.stubs.ListAttachableBookingsRequest(
            patient_id=s.clinic.jane.id, **{"from": t}
        ),
    ),
    (
        "ListAttachableBookings.to",
        "to",
        lambda s, t: s.stubs.ListAttachableBookingsRequest(patient_id=s.clinic.jane.id, to=t),
    ),
    (
        "CreateBookingAndAttach.start",
        "booking.start",
        lambda s, t: s.stubs.CreateBookingAndAttachRequest(
            procedure_id=s.draft.id, booking=s.new(start=t)
        ),
    ),
    (
        "SubmitProcedure.start",
        "new_booking.start",
        lambda s, t: s.stubs.SubmitProcedureRequest(
            patient_id=s.clinic.jane.id, new_booking=s.new(start=t)
        ),
    ),
]

WINDOWS = [
    Case(
        "FindSlots reversed", lambda s: s.find(**{"from": s.time(3, 0), "to": s.time(2, 0)}), "to"
    ),
    Case(
        "FindSlots longer than 400 days",
        lambda s: s.find(to=timestamp(s.time(2, 0).seconds + 400 * DAY + 60)),
        "to",
    ),
    Case("FindSlots over all time", lambda s: s.find(to=Timestamp(seconds=120_000_000_000)), "to"),
    Case("FindSlots without from", lambda s: _without(s.find(), "from"), "from"),
    Case("FindSlots without to", lambda s: _without(s.find(), "to"), "to"),
    Case(
        "ListBookings reversed",
        lambda s: s.stubs.ListBookingsRequest(**{"from": s.time(3, 0), "to": s.time(2, 0)}),
        "to",
    ),
    Case(
        "ListAttachableBookings reversed",
        lambda s: s.stubs.ListAttachableBookingsRequest(
            patient_id=s.clinic.jane.id, **{"from": s.time(3, 0), "to": s.time(2, 0)}
        ),
        "to",
    ),
    Case("Hold without start", lambda s: _without(s.held(), "start"), "start"),
    Case(
        "CreateBooking without start",
        lambda s: s.stubs.CreateBookingRequest(
            patient_id=s.clinic.jane.id, booking=_without(s.new(), "start")
        ),
        "booking.start",
    ),
    Case(
        "CreateBooking without booking",
        lambda s: s.stubs.CreateBookingRequest(patient_id=s.clinic.jane.id),
        "booking",
    ),
    Case(
        "RescheduleBooking without start",
        lambda s: s.stubs.RescheduleBookingRequest(booking_id=s.booking.id),
        "start",
    ),
    Case("NewProcedure of nothing", lambda s: s.stubs.NewProcedureRequest(), "source"),
]


def _without(message: Message, field: str) -> Message:
    message.ClearField(field)
    return message


NOT_OFFERED = {"code": INVALID, "reason": "DURATION_NOT_OFFERED"}
DURATIONS = [
    Case("FindSlots", lambda s: s.find(duration_minutes=45), "duration_minutes", **NOT_OFFERED),
    Case("Hold", lambda s: s.held(duration_minutes=61), "duration_minutes", **NOT_OFFERED),
    Case(
        "CreateBooking",
        lambda s: s.create(duration_minutes=1),
        "booking.duration_minutes",
        **NOT_OFFERED,
    ),
    Case(
        "SubmitProcedure",
        lambda s: s.stubs.SubmitProcedureRequest(
            patient_id=s.clinic.jane.id, new_booking=s.new(duration_minutes=45)
        ),
        "new_booking.duration_minutes",
        **NOT_OFFERED,
    ),
    Case("negative", lambda s: s.find(duration_minutes=-60), "duration_minutes"),
    Case("above a year", lambda s: s.find(duration_minutes=525_601), "duration_minutes"),
    Case("the largest", lambda s: s.held(duration_minutes=(1 << 31) - 1), "duration_minutes"),
]

ENUM_FIELDS: list[tuple[str, str, int, Callable[[Scene], Message], Callable[[bytes], bytes]]] = [
    (
        "MoveBooking.stage",
        "stage",
        4,
        lambda s: s.stubs.MoveBookingRequest(booking_id=s.booking.id),
        lambda raw: raw,
    ),
    (
        "ListBookings.stages",
        "stages[0]",
        8,
        lambda s: s.stubs.ListBookingsRequest(),
        lambda raw: raw,
    ),
    (
        "ListProcedures.statuses",
        "statuses[0]",
        5,
        lambda s: s.stubs.ListProceduresRequest(),
        lambda raw: raw,
    ),
    (
        "StartProcedure.view",
        "view",
        5,
        lambda s: s.stubs.StartProcedureRequest(booking_id=s.booking.id),
        lambda raw: raw,
    ),
    (
        "NewProcedure.view",
        "view",
        5,
        lambda s: s.stubs.NewProcedureRequest(patient_id=s.clinic.jane.id),
        lambda raw: raw,
    ),
    (
        "SaveStep.view",
        "view",
        9,
        lambda s: s.stubs.SaveStepRequest(procedure_id=s.draft.id, step=2),
        lambda raw: raw,
    ),
    (
        "CreateBooking.on_expired",
        "booking.on_expired",
        7,
        lambda s: s.create(),
        lambda raw: bytes([3 << 3 | 2, len(raw)]) + raw,
    ),
    (
        "WeeklyInterval.day",
        "location.hours[0].day",
        1,
        lambda s: s.stubs.CreateLocationRequest(
            location=s.stubs.Location(name="X", time_zone="UTC")
        ),
        lambda raw: _nested(2, _nested(6, raw + b"\x18\x3c")),
    ),
]


def _nested(field: int, data: bytes) -> bytes:
    return bytes([field << 3 | 2, len(data)]) + data


def _location_of(**fields: object) -> Callable[[Scene], Message]:
    given: dict[str, object] = {"name": "X", "time_zone": "UTC"}
    return lambda s: s.stubs.CreateLocationRequest(location=s.stubs.Location(**(given | fields)))


def _service_of(**fields: object) -> Callable[[Scene], Message]:
    given: dict[str, object] = {"name": "X", "durations_minutes": [30]}
    return lambda s: s.stubs.CreateServiceRequest(service=s.stubs.Service(**(given | fields)))


def _provider_with(
    make: Callable[[SimpleNamespace], dict[str, object]],
) -> Callable[[Scene], Message]:
    return lambda s: s.stubs.CreateProviderRequest(
        provider=s.stubs.Provider(**({"name": "X"} | make(s.stubs)))
    )


def _patient_of(**fields: object) -> Callable[[Scene], Message]:
    given: dict[str, object] = {"name": "X"}
    return lambda s: s.stubs.CreatePatientRequest(patient=s.stubs.Patient(**(given | fields)))


def _hours(start: int, end: int) -> Callable[[Scene], Message]:
    return lambda s: s.stubs.CreateLocationRequest(
        location=s.stubs.Location(
            name="X", time_zone="UTC",
            hours=[s.stubs.WeeklyInterval(day=1, start_minute=start, end_minute=end)],
        )
    )  # fmt: skip


def _dates(first: tuple[int, int, int], last: tuple[int, int, int]) -> Callable[[Scene], Message]:
    return lambda s: s.stubs.CreateProviderRequest(
        provider=s.stubs.Provider(
            name="X",
            schedules=[
                s.stubs.ProviderSchedule(
                    location_id=s.clinic.location.id,
                    effective_start=date_of(s.stubs, *first),
                    effective_end=date_of(s.stubs, *last),
                )
            ],
        )
    )


def _off_from(
    first: tuple[int, int, int, int], last: tuple[int, int, int, int]
) -> Callable[[Scene], Message]:
    def make(stubs: SimpleNamespace) -> dict[str, object]:
        ends = [
            stubs.LocalDateTime(date=date_of(stubs, *when[:3]), minute=when[3])
            for when in (first, last)
        ]
        return {"time_off": [stubs.TimeOff(start=ends[0], end=ends[1])]}

    return _provider_with(make)


BLANKS = ["", " ", "   ", "\t", "\n", "\u00a0", "\u3000\u2003"]
NAMES = [
    ("location.name", lambda name: _location_of(name=name)),
    ("service.name", lambda name: _service_of(name=name)),
    ("patient.name", lambda name: _patient_of(name=name)),
    ("provider.name", lambda name: _provider_with(lambda _: {"name": name})),
    (
        "procedure_type.name",
        lambda name: lambda s: s.stubs.CreateProcedureTypeRequest(
            procedure_type=s.stubs.ProcedureType(name=name)
        ),
    ),
    (
        "organization.name",
        lambda name: lambda s: s.stubs.CreateOrganizationRequest(
            organization=s.stubs.Organization(external_ref="third", name=name)
        ),
    ),
]  # fmt: skip
BAD_DATES = [
    (0, 1, 1), (-1, 1, 1), (6000, 1, 1), (2030, 0, 1), (2030, 13, 1), (2030, 1, 0),
    (2030, 1, 32), (2030, 2, 29), (2100, 2, 29), (2030, 4, 31), (1 << 30, 1, 1), (0, 0, 0),
    (2030, -(1 << 31), 1), (2030, 1, (1 << 31) - 1),
]  # fmt: skip

VALUES = [
    *[
        Case(f"{field} {name[:9]!r} {len(name)}", make(name), field)
        for field, make in NAMES
        for name in [*BLANKS, "a\nb", "a\x00b", "a\x7fb", "x" * 201, "x" * 5000, "é" * 101]
    ],
    *[
        Case(
            f"birth date {date}",
            lambda s, d=date: _patient_of(birth_date=date_of(s.stubs, *d))(s),
            "patient.birth_date",
        )
        for date in BAD_DATES
    ],
    *[
        Case(
            f"board of {date}",
            lambda s, d=date: s.stubs.GetBoardRequest(
                location_id=s.clinic.location.id, date=date_of(s.stubs, *d)
            ),
            "date",
        )
        for date in BAD_DATES
    ],
    Case("time zone", _location_of(time_zone="Mars/Olympus"), "location.time_zone"),
    Case(
        "time zone of the file system",
        _location_of(time_zone="../../etc/passwd"),
        "location.time_zone",
    ),
    Case("absolute time zone", _location_of(time_zone="/etc/localtime"), "location.time_zone"),
    Case("no time zone", _location_of(time_zone=""), "location.time_zone"),
    Case("time zone of 5,000 bytes", _location_of(time_zone="x" * 5000), "location.time_zone"),
    Case("id of a new record", _location_of(id=f"location_{NOBODY}"), "location.id"),
    Case("version of a new record", _location_of(version=1), "location.version"),
    Case("external_ref", _patient_of(external_ref="x" * 201), "patient.external_ref"),
    Case("phone", _patient_of(phone="1" * 65), "patient.phone"),
    Case("email", _patient_of(email="x" * 201), "patient.email"),
    Case("hours from -1", _hours(-1, 60), "location.hours[0].start_minute"),
    Case("hours from 1440", _hours(1440, 60), "location.hours[0].start_minute"),
    Case("hours to 0", _hours(0, 0), "location.hours[0].end_minute"),
    Case("hours to 2881", _hours(0, 2881), "location.hours[0].end_minute"),
    Case(
        "65 intervals",
        lambda s: _location_of(
            hours=[s.stubs.WeeklyInterval(day=1, start_minute=0, end_minute=60)] * 65
        )(s),
        "location.hours",
    ),
    Case(
        "effective dates reversed",
        _dates((2030, 1, 2), (2030, 1, 1)),
        "provider.schedules[0].effective_end",
    ),
    Case(
        "effective date",
        _dates((2030, 2, 30), (2030, 3, 1)),
        "provider.schedules[0].effective_start",
    ),
    Case(
        "65 schedules",
        lambda s: _provider_with(
            lambda stubs: {
                "schedules": [stubs.ProviderSchedule(location_id=s.clinic.location.id)] * 65
            }
        )(s),
        "provider.schedules",
    ),
    Case(
        "time off of nothing",
        _off_from((2030, 1, 1, 60), (2030, 1, 1, 60)),
        "provider.time_off[0].end",
    ),
    Case(
        "time off reversed", _off_from((2030, 1, 2, 0), (2030, 1, 1, 0)), "provider.time_off[0].end"
    ),
    Case(
        "time off from minute 1441",
        _off_from((2030, 1, 1, 1441), (2030, 1, 9, 0)),
        "provider.time_off[0].start.minute",
    ),
    Case(
        "time off on no date",
        _off_from((2030, 1, 1, 0), (2030, 2, 29, 0)),
        "provider.time_off[0].end.date",
    ),
    Case(
        "time off without start",
        _provider_with(lambda stubs: {"time_off": [stubs.TimeOff()]}),
        "provider.time_off[0].start",
    ),
    Case("no durations", _service_of(durations_minutes=[]), "service.durations_minutes"),
    Case("33 durations", _service_of(durations_minutes=[30] * 33), "service.durations_minutes"),
    Case("duration 0", _service_of(durations_minutes=[30, 0]), "service.durations_minutes[1]"),
    Case("duration -1", _service_of(durations_minutes=[-1]), "service.durations_minutes[0]"),
    Case("long duration", _service_of(durations_minutes=[525_601]), "service.durations_minutes[0]"),
    Case("step -1", _service_of(step_minutes=-1), "service.step_minutes"),
    Case("step 1441", _service_of(step_minutes=1441), "service.step_minutes"),
    Case(
        "step offset",
        _service_of(step_minutes=15, step_offset_minutes=15),
        "service.step_offset_minutes",
    ),
    Case("step offset -1", _service_of(step_offset_minutes=-1), "service.step_offset_minutes"),
    Case("buffer before", _service_of(buffer_before_minutes=1441), "service.buffer_before_minutes"),
    Case("buffer after", _service_of(buffer_after_minutes=-1), "service.buffer_after_minutes"),
    Case("notice", _service_of(notice_minutes=525_601), "service.notice_minutes"),
    Case("horizon", _service_of(horizon_days=36_601), "service.horizon_days"),
    Case("negative horizon", _service_of(horizon_days=-1), "service.horizon_days"),
    Case(
        "step count",
        lambda s: s.stubs.CreateProcedureTypeRequest(
            procedure_type=s.stubs.ProcedureType(name="X", step_count=65)
        ),
        "procedure_type.step_count",
    ),
    Case(
        "organization without external_ref",
        lambda s: s.stubs.CreateOrganizationRequest(organization=s.stubs.Organization(name="X")),
        "organization.external_ref",
    ),
    *[
        Case(
            f"organization external_ref {ref!r}, which metadata cannot carry",
            lambda s, ref=ref: s.stubs.CreateOrganizationRequest(
                organization=s.stubs.Organization(name="X", external_ref=ref)
            ),
            "organization.external_ref",
        )
        for ref in ["Zürich", " x", "x ", "\t\n", "a\nb"]
    ],
    Case(
        "procedures per segment",
        lambda s: s.stubs.CreateOrganizationRequest(
            organization=s.stubs.Organization(
                name="X", external_ref="x", active_procedures_per_segment=1001
            )
        ),
        "organization.active_procedures_per_segment",
    ),
    Case(
        "note",
        lambda s: s.create(note="x" * 2001),
        "booking.note",
    ),
    Case(
        "booking external_ref", lambda s: s.create(external_ref="x" * 201), "booking.external_ref"
    ),
    Case("owner", lambda s: s.held(owner="x" * 129), "owner"),
    Case("time to live", lambda s: s.held(ttl_seconds=-1), "ttl_seconds"),
    Case("request_id", lambda s: s.held(request_id="x" * 129), "request_id"),
    Case("request_id with a control character", lambda s: s.held(request_id="a\x01"), "request_id"),
    Case(
        "expected_version",
        lambda s: s.stubs.CancelBookingRequest(booking_id=s.booking.id, expected_version=-1),
        "expected_version",
    ),
    Case(
        "cancellation reason",
        lambda s: s.stubs.CancelBookingRequest(booking_id=s.booking.id, reason="x" * 501),
        "reason",
    ),
    Case(
        "detachment reason",
        lambda s: s.stubs.DetachBookingRequest(procedure_id=s.draft.id, reason="x" * 501),
        "reason",
    ),
    Case(
        "segment 2",
        lambda s: s.stubs.StartProcedureRequest(booking_id=s.booking.id, segment=2),
        "segment",
    ),
    Case(
        "segment -1",
        lambda s: s.stubs.StartProcedureRequest(booking_id=s.booking.id, segment=-1),
        "segment",
    ),
    *[
        Case(
            f"step {step} of the wizard",
            lambda s, step=step: s.stubs.SaveStepRequest(procedure_id=s.draft.id, step=step),
            "step",
        )
        for step in (0, -1, 65, (1 << 31) - 1)
    ],
    Case(
        "payload",
        lambda s: s.stubs.SaveStepRequest(procedure_id=s.draft.id, step=3, payload=bytes(65_537)),
        "payload",
    ),
    Case(
        "step given twice",
        lambda s: s.stubs.SubmitProcedureRequest(
            procedure_id=s.draft.id, steps=[s.stubs.ProcedureStep(step=3)] * 2
        ),
        "steps[1].step",
    ),
    Case(
        "step 2 as a payload",
        lambda s: s.stubs.SubmitProcedureRequest(
            procedure_id=s.draft.id, steps=[s.stubs.ProcedureStep(step=2)]
        ),
        "steps[0].step",
    ),
    Case(
        "step beyond the type's",
        lambda s: s.stubs.SubmitProcedureRequest(
            patient_id=s.clinic.jane.id,
            booking_id=s.booking.id,
            steps=[s.stubs.ProcedureStep(step=3), s.stubs.ProcedureStep(step=5)],
        ),
        "steps[1].step",
    ),
    Case("prefix", lambda s: s.stubs.ListPatientsRequest(prefix="x" * 201), "prefix"),
]

LISTS = [
    "ListLocations", "ListProviders", "ListServices", "ListProcedureTypes", "ListResources",
    "ListPatients", "ListBookings", "ListProcedures", "ListOrganizations",
]  # fmt: skip
TOKENS = [
    "!", "AAAA", "not base 64", "bm9uc2Vuc2U", "x" * 2000, "%00", "=", "ü",
    "Ym9va2luZ18wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA==", "MTIzH2Jvb2tpbmc=",
]  # fmt: skip
PAGES = [
    *[
        Case(
            f"{name} {size}",
            lambda s, n=name, z=size: getattr(s.stubs, f"{n}Request")(page_size=z),
            "page_size",
        )
        for name in LISTS
        for size in (-1, 1001, (1 << 31) - 1, -(1 << 31))
    ],
    *[
        Case(
            f"ListAttachableBookings {size}",
            lambda s, z=size: s.stubs.ListAttachableBookingsRequest(
                patient_id=s.clinic.jane.id, page_size=z
            ),
            "page_size",
        )
        for size in (-1, 1001)
    ],
    *[
        Case(f"FindSlots {size}", lambda s, z=size: s.find(page_size=z), "page_size")
        for size in (-1, 10_001)
    ],
    *[
        Case(
            f"{name} {token[:8]}",
            lambda s, n=name, t=token: getattr(s.stubs, f"{n}Request")(page_token=t),
            "page_token",
        )
        for name in LISTS
        for token in TOKENS
    ],
    *[
        Case(
            f"ListPatients by prefix {token[:8]}",
            lambda s, t=token: s.stubs.ListPatientsRequest(prefix="j", page_token=t),
            "page_token",
        )
        for token in TOKENS
    ],
    *[
        Case(f"FindSlots {token[:8]}", lambda s, t=token: s.find(page_token=t), "page_token")
        for token in [*TOKENS, "MQ==", "OTk5OTk5OTk5OTk5", "LTE="]
    ],
]


def check(scene: Scene, case: Case) -> None:
    before = scene.revisions()
    refusal = scene.client.refusal(case.request(scene))
    assert (refusal.code, refusal.reason, refusal.domain, refusal.field) == (
        case.code, case.reason, "slotd", case.field,
    )  # fmt: skip
    assert len(refusal.message) < 400, "a refusal does not repeat what it was sent"
    assert scene.revisions() == before


def parametrized(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


@parametrized(WINDOWS)
def test_windows(scene: Scene, case: Case):
    """Windows are in order, at most 400 days long, and there."""
    check(scene, case)


@parametrized(DURATIONS)
def test_durations(scene: Scene, case: Case):
    """A duration is one that the service offers."""
    check(scene, case)


@parametrized(VALUES)
def test_values(scene: Scene, case: Case):
    """Values outside of what the API's comments say."""
    check(scene, case)


@parametrized(PAGES)
def test_pages(scene: Scene, case: Case):
    """Page sizes out of range, and tokens that the list did not give."""
    check(scene, case)


@pytest.mark.parametrize(
    "where, field, make", TIME_FIELDS, ids=[where for where, *_ in TIME_FIELDS]
)
def test_times(scene: Scene, where: str, field: str, make: Callable[[Scene, Timestamp], Message]):
    """A timestamp that is no whole minute, or out of the calendar, is an invalid value."""
    for name, time in TIMES:
        refusal = scene.client.refusal(make(scene, time(scene)))
        assert (refusal.code, refusal.reason) == (INVALID, "INVALID_VALUE"), name
        assert refusal.field == field, name


@pytest.mark.parametrize(
    "where, field, number, make, wrap", ENUM_FIELDS, ids=[where for where, *_ in ENUM_FIELDS]
)
def test_enums(
    scene: Scene, where: str, field: str, number: int,
    make: Callable[[Scene], Message], wrap: Callable[[bytes], bytes],
):  # fmt: skip
    """A number that is none of the enum's values is refused, not read as something near."""
    before = scene.revisions()
    for value in (11, 99, 255, 256, 257, 258, 1 << 20, (1 << 31) - 1, -1, -(1 << 31)):
        request = with_bytes(make(scene), wrap(_raw(number, value)))
        refusal = scene.client.refusal(request)
        assert (refusal.code, refusal.reason, refusal.field) == (
            INVALID, "INVALID_VALUE", field,
        ), value  # fmt: skip
    assert scene.revisions() == before
