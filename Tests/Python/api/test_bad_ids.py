"""Unknown, foreign, malformed and missing ids, in each place where a request has one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from google.protobuf.message import Message

from scene import INVALID, NOBODY, NOT_FOUND, Scene


@dataclasses.dataclass
class IdCase:
    """A request with one id in it: unknown, foreign and malformed ones are tried in its place."""

    name: str
    prefix: str
    field: str
    request: Callable[[Scene, str], Message]
    foreign: Callable[[Scene], str]


def _booking(scene: Scene) -> str:
    return scene.foreign_booking.id


def _draft(scene: Scene) -> str:
    return scene.foreign_draft.id


def _location(scene: Scene) -> str:
    return scene.foreign.location.id


def _provider(scene: Scene) -> str:
    return scene.foreign.ada.id


def _service(scene: Scene) -> str:
    return scene.foreign.laser.id


def _type(scene: Scene) -> str:
    return scene.foreign.botox.id


def _patient(scene: Scene) -> str:
    return scene.foreign.jane.id


def _schedule(stubs: SimpleNamespace, location: str) -> Message:
    return stubs.Provider(
        name="X",
        schedules=[stubs.ProviderSchedule(location_id=location)],
    )


def _time_off(stubs: SimpleNamespace, location: str) -> Message:
    start = stubs.LocalDateTime(date=stubs.LocalDate(year=2030, month=1, day=1))
    end = stubs.LocalDateTime(date=stubs.LocalDate(year=2030, month=1, day=2))
    off = stubs.TimeOff(location_id=location, start=start, end=end)
    return stubs.Provider(name="X", time_off=[off])


def _of(name: str, field: str, **fields: object) -> Callable[[Scene, str], Message]:
    """A request of this name with the id in one of its own fields."""
    return lambda s, id: getattr(s.stubs, f"{name}Request")(**({field: id} | fields))


def _record(name: str, field: str) -> Callable[[Scene, str], Message]:
    """An update of a record with this id."""

    def make(scene: Scene, id: str) -> Message:
        kind = getattr(scene.stubs, name)
        record = kind(id=id, name="X")
        if name == "Location":
            record.time_zone = "UTC"
        if name == "Service":
            record.durations_minutes.append(30)
        return getattr(scene.stubs, f"Update{name}Request")(**{field: record})

    return make


def _charges(field: str) -> Callable[[Scene, str], Message]:
    """A list of charges with the id in one of the filter's fields."""
    return lambda s, id: s.stubs.ListChargesRequest(filter=s.stubs.ChargeFilter(**{field: id}))


IDS = [
    IdCase("GetLocation", "location", "id", _of("GetLocation", "id"), _location),
    IdCase("GetProvider", "provider", "id", _of("GetProvider", "id"), _provider),
    IdCase("GetService", "service", "id", _of("GetService", "id"), _service),
    IdCase("GetProcedureType", "proctype", "id", _of("GetProcedureType", "id"), _type),
    IdCase("GetPatient", "patient", "id", _of("GetPatient", "id"), _patient),
    IdCase("GetBooking", "booking", "id", _of("GetBooking", "id"), _booking),
    IdCase("GetProcedure", "procedure", "id", _of("GetProcedure", "id"), _draft),
    IdCase("UpdateLocation", "location", "location.id", _record("Location", "location"), _location),
    IdCase("UpdateProvider", "provider", "provider.id", _record("Provider", "provider"), _provider),
    IdCase("UpdateService", "service", "service.id", _record("Service", "service"), _service),
    IdCase(
        "UpdateProcedureType",
        "proctype",
        "procedure_type.id",
        _record("ProcedureType", "procedure_type"),
        _type,
    ),
    IdCase("UpdatePatient", "patient", "patient.id", _record("Patient", "patient"), _patient),
    IdCase(
        "CreateProvider-schedule",
        "location",
        "provider.schedules[0].location_id",
        lambda s, id: s.stubs.CreateProviderRequest(provider=_schedule(s.stubs, id)),
        _location,
    ),
    IdCase(
        "CreateProvider-time-off",
        "location",
        "provider.time_off[0].location_id",
        lambda s, id: s.stubs.CreateProviderRequest(provider=_time_off(s.stubs, id)),
        _location,
    ),
    IdCase(
        "CreateService",
        "provider",
        "service.provider_ids[1]",
        lambda s, id: s.stubs.CreateServiceRequest(
            service=s.stubs.Service(
                name="X", durations_minutes=[30], provider_ids=[s.clinic.ada.id, id]
            )
        ),
        _provider,
    ),
    IdCase(
        "CreateProcedureType",
        "service",
        "procedure_type.service_ids[0]",
        lambda s, id: s.stubs.CreateProcedureTypeRequest(
            procedure_type=s.stubs.ProcedureType(name="X", service_ids=[id])
        ),
        _service,
    ),
    IdCase("ListProviders", "service", "service_id", _of("ListProviders", "service_id"), _service),
    IdCase(
        "ListProviders-location",
        "location",
        "location_id",
        _of("ListProviders", "location_id"),
        _location,
    ),
    IdCase(
        "ListServices", "provider", "provider_id", _of("ListServices", "provider_id"), _provider
    ),
    IdCase(
        "FindSlots-location",
        "location",
        "location_id",
        lambda s, id: s.find(location_id=id),
        _location,
    ),
    IdCase(
        "FindSlots-service", "service", "service_id", lambda s, id: s.find(service_id=id), _service
    ),
    IdCase(
        "FindSlots-provider",
        "provider",
        "provider_ids[1]",
        lambda s, id: s.find(provider_ids=[s.clinic.ada.id, id]),
        _provider,
    ),
    IdCase(
        "Hold-location", "location", "location_id", lambda s, id: s.held(location_id=id), _location
    ),
    IdCase("Hold-service", "service", "service_id", lambda s, id: s.held(service_id=id), _service),
    IdCase(
        "Hold-provider", "provider", "provider_id", lambda s, id: s.held(provider_id=id), _provider
    ),
    IdCase("Hold-patient", "patient", "patient_id", lambda s, id: s.held(patient_id=id), _patient),
    IdCase(
        "CreateBooking-patient",
        "patient",
        "patient_id",
        lambda s, id: s.create(patient_id=id),
        _patient,
    ),
    IdCase(
        "CreateBooking-location",
        "location",
        "booking.location_id",
        lambda s, id: s.create(location_id=id),
        _location,
    ),
    IdCase(
        "CreateBooking-service",
        "service",
        "booking.service_id",
        lambda s, id: s.create(service_id=id),
        _service,
    ),
    IdCase(
        "CreateBooking-provider",
        "provider",
        "booking.provider_id",
        lambda s, id: s.create(provider_id=id),
        _provider,
    ),
    IdCase(
        "CreateBooking-hold",
        "hold",
        "booking.hold_id",
        lambda s, id: s.create(hold_id=id),
        lambda s: s.foreign_hold.id,
    ),
    IdCase(
        "ListBookings-patient", "patient", "patient_id", _of("ListBookings", "patient_id"), _patient
    ),
    IdCase(
        "ListBookings-location",
        "location",
        "location_id",
        _of("ListBookings", "location_id"),
        _location,
    ),
    IdCase(
        "ListBookings-provider",
        "provider",
        "provider_id",
        _of("ListBookings", "provider_id"),
        _provider,
    ),
    IdCase(
        "RescheduleBooking",
        "booking",
        "booking_id",
        lambda s, id: s.stubs.RescheduleBookingRequest(booking_id=id, start=s.time(9, 12)),
        _booking,
    ),
    IdCase(
        "RescheduleBooking-provider",
        "provider",
        "provider_id",
        lambda s, id: s.stubs.RescheduleBookingRequest(
            booking_id=s.booking.id, start=s.time(9, 12), provider_id=id
        ),
        _provider,
    ),
    IdCase("CancelBooking", "booking", "booking_id", _of("CancelBooking", "booking_id"), _booking),
    IdCase(
        "MoveBooking", "booking", "booking_id", _of("MoveBooking", "booking_id", stage=3), _booking
    ),
    IdCase("GetBoard", "location", "location_id", _of("GetBoard", "location_id"), _location),
    IdCase(
        "StartProcedure", "booking", "booking_id", _of("StartProcedure", "booking_id"), _booking
    ),
    IdCase("NewProcedure", "patient", "patient_id", _of("NewProcedure", "patient_id"), _patient),
    IdCase(
        "NewProcedure-booking", "booking", "booking_id", _of("NewProcedure", "booking_id"), _booking
    ),
    IdCase(
        "ListProcedures-patient",
        "patient",
        "patient_id",
        _of("ListProcedures", "patient_id"),
        _patient,
    ),
    IdCase(
        "ListProcedures-booking",
        "booking",
        "booking_id",
        _of("ListProcedures", "booking_id"),
        _booking,
    ),
    IdCase(
        "ListCharges-procedure",
        "procedure",
        "filter.procedure_id",
        _charges("procedure_id"),
        _draft,
    ),
    IdCase("ListCharges-booking", "booking", "filter.booking_id", _charges("booking_id"), _booking),
    IdCase("ListCharges-patient", "patient", "filter.patient_id", _charges("patient_id"), _patient),
    IdCase(
        "ListStranded-location",
        "location",
        "location_id",
        _of("ListStranded", "location_id"),
        _location,
    ),
    IdCase(
        "ListWaitlist-location",
        "location",
        "location_id",
        _of("ListWaitlist", "location_id"),
        _location,
    ),
    IdCase(
        "ListWaitlist-patient", "patient", "patient_id", _of("ListWaitlist", "patient_id"), _patient
    ),
    IdCase(
        "FindSlots-ignored",
        "booking",
        "ignore_booking_id",
        lambda s, id: s.find(ignore_booking_id=id),
        _booking,
    ),
    IdCase(
        "FindSlots-patient",
        "patient",
        "patient_id",
        lambda s, id: s.find(patient_id=id),
        _patient,
    ),
    IdCase(
        "Hold-ignored",
        "booking",
        "ignore_booking_id",
        lambda s, id: s.held(ignore_booking_id=id),
        _booking,
    ),
    IdCase(
        "SaveStep", "procedure", "procedure_id", _of("SaveStep", "procedure_id", step=2), _draft
    ),
    IdCase(
        "SaveStep-patient",
        "patient",
        "patient_id",
        lambda s, id: s.stubs.SaveStepRequest(procedure_id=s.draft.id, step=1, patient_id=id),
        _patient,
    ),
    IdCase(
        "SaveStep-type",
        "proctype",
        "procedure_type_id",
        lambda s, id: s.stubs.SaveStepRequest(
            procedure_id=s.draft.id, step=2, procedure_type_id=id
        ),
        _type,
    ),
    IdCase(
        "SubmitProcedure",
        "procedure",
        "procedure_id",
        _of("SubmitProcedure", "procedure_id"),
        _draft,
    ),
    IdCase(
        "SubmitProcedure-patient",
        "patient",
        "patient_id",
        lambda s, id: s.stubs.SubmitProcedureRequest(patient_id=id, booking_id=s.booking.id),
        _patient,
    ),
    IdCase(
        "SubmitProcedure-booking",
        "booking",
        "booking_id",
        lambda s, id: s.stubs.SubmitProcedureRequest(patient_id=s.clinic.jane.id, booking_id=id),
        _booking,
    ),
    IdCase(
        "SubmitProcedure-new-booking",
        "service",
        "new_booking.service_id",
        lambda s, id: s.stubs.SubmitProcedureRequest(
            patient_id=s.clinic.jane.id, new_booking=s.new(service_id=id)
        ),
        _service,
    ),
    IdCase(
        "SubmitProcedure-type",
        "proctype",
        "procedure_type_id",
        lambda s, id: s.stubs.SubmitProcedureRequest(
            procedure_id=s.draft.id, procedure_type_id=id, booking_id=s.booking.id
        ),
        _type,
    ),
    IdCase(
        "CompleteProcedure",
        "procedure",
        "procedure_id",
        _of("CompleteProcedure", "procedure_id"),
        _draft,
    ),
    IdCase(
        "ListAttachableBookings",
        "procedure",
        "procedure_id",
        _of("ListAttachableBookings", "procedure_id"),
        _draft,
    ),
    IdCase(
        "ListAttachableBookings-patient",
        "patient",
        "patient_id",
        _of("ListAttachableBookings", "patient_id"),
        _patient,
    ),
    IdCase(
        "AttachBooking",
        "procedure",
        "procedure_id",
        lambda s, id: s.stubs.AttachBookingRequest(procedure_id=id, booking_id=s.booking.id),
        _draft,
    ),
    IdCase(
        "AttachBooking-booking",
        "booking",
        "booking_id",
        lambda s, id: s.stubs.AttachBookingRequest(procedure_id=s.draft.id, booking_id=id),
        _booking,
    ),
    IdCase(
        "CreateBookingAndAttach",
        "procedure",
        "procedure_id",
        lambda s, id: s.stubs.CreateBookingAndAttachRequest(procedure_id=id, booking=s.new()),
        _draft,
    ),
    IdCase(
        "CreateBookingAndAttach-provider",
        "provider",
        "booking.provider_id",
        lambda s, id: s.stubs.CreateBookingAndAttachRequest(
            procedure_id=s.draft.id, booking=s.new(provider_id=id)
        ),
        _provider,
    ),
    IdCase(
        "DetachBooking",
        "procedure",
        "procedure_id",
        _of("DetachBooking", "procedure_id", reason="why"),
        _draft,
    ),
]


@pytest.mark.parametrize("case", IDS, ids=lambda case: case.name)
def test_ids(scene: Scene, case: IdCase):
    """An unknown id and another organization's give the same NOT_FOUND; a malformed one names the
    field."""
    before = scene.revisions()
    shown: list[tuple[str, str]] = []
    for id in (f"{case.prefix}_{NOBODY}", case.foreign(scene)):
        refusal = scene.client.refusal(case.request(scene, id))
        assert (refusal.code, refusal.reason, refusal.domain) == (
            NOT_FOUND, "UNKNOWN_RECORD", "slotd",
        )  # fmt: skip
        assert refusal.resource is not None and refusal.resource[0] == case.prefix
        assert refusal.field in (None, case.field)
        shown.append((str(refusal.field), refusal.message.replace(id, "ID")))
    assert shown[0] == shown[1], "another organization's record can be told from none"
    body = NOBODY[:-1]
    other = "patient" if case.prefix != "patient" else "booking"
    for id in [
        "x", " ", NOBODY, f"{case.prefix}_", f"{case.prefix}_{body}", f"{case.prefix}_{body}U",
        f"{case.prefix}_8{body}", f"{case.prefix}_{NOBODY}0", f"{other}_{NOBODY}",
        f"{case.prefix.upper()}_{NOBODY}", f"{case.prefix}_{body}ü", "x" * 5000, "ref:" + "x" * 201,
    ]:  # fmt: skip
        refusal = scene.client.refusal(case.request(scene, id))
        assert (refusal.code, refusal.reason) == (INVALID, "INVALID_VALUE"), id[:50]
        assert refusal.field == case.field, id[:50]
    if case.prefix != "hold":
        refusal = scene.client.refusal(case.request(scene, "ref:nobody"))
        assert (refusal.code, refusal.reason) == (NOT_FOUND, "UNKNOWN_RECORD")
    assert scene.revisions() == before


# Where an empty id means none, any, or the whole.
OPTIONAL = {
    "CreateProvider-time-off", "ListProviders", "ListProviders-location", "ListServices",
    "Hold-provider", "Hold-patient", "CreateBooking-provider", "CreateBooking-hold",
    "ListBookings-patient", "ListBookings-location", "ListBookings-provider",
    "RescheduleBooking-provider", "ListProcedures-patient", "ListProcedures-booking",
    "ListCharges-procedure", "ListCharges-booking", "ListCharges-patient",
    "ListStranded-location", "ListWaitlist-location", "ListWaitlist-patient", "FindSlots-ignored",
    "FindSlots-patient", "Hold-ignored", "SaveStep-type", "SubmitProcedure", "SubmitProcedure-type", "ListAttachableBookings",
    "CreateBookingAndAttach-provider",
}  # fmt: skip
REQUIRED = [case for case in IDS if case.name not in OPTIONAL]


@pytest.mark.parametrize("case", REQUIRED, ids=lambda case: case.name)
def test_missing_ids(scene: Scene, case: IdCase):
    """An id that is needed and empty is an invalid value of its field."""
    before = scene.revisions()
    refusal = scene.client.refusal(case.request(scene, ""))
    assert (refusal.code, refusal.reason, refusal.field) == (INVALID, "INVALID_VALUE", case.field)
    assert scene.revisions() == before
