"""What the tests of bad input try their requests on.

A clinic in the caller's organization, and records of the same kinds in another one, which the
caller must not even be able to tell from none.
"""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clinic import Clinic
from slotd_client import Client

NOT_FOUND = grpc.StatusCode.NOT_FOUND
INVALID = grpc.StatusCode.INVALID_ARGUMENT
INTERNAL = grpc.StatusCode.INTERNAL
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED
REFUSED = grpc.StatusCode.FAILED_PRECONDITION

NOBODY = "00000000000000000000000000"
DAY = 86400


@dataclasses.dataclass
class Scene:
    """What the cases refer to."""

    client: Client
    stubs: SimpleNamespace
    clinic: Clinic
    booking: Message
    draft: Message
    hold: Message
    foreign: Clinic
    foreign_booking: Message
    foreign_draft: Message
    foreign_hold: Message

    def time(self, ahead: int, hour: int) -> Timestamp:
        return Clinic.at(ahead, hour)

    def new(self, **fields: object) -> Message:
        return self.clinic.new_booking(9, 10, **fields)

    def find(self, **fields: object) -> Message:
        given: dict[str, object] = {
            "location_id": self.clinic.location.id,
            "service_id": self.clinic.laser.id,
            "from": self.time(2, 0),
            "to": self.time(3, 0),
        }
        return self.stubs.FindSlotsRequest(**(given | fields))

    def held(self, **fields: object) -> Message:
        given: dict[str, object] = {
            "location_id": self.clinic.location.id,
            "service_id": self.clinic.laser.id,
            "start": self.time(9, 12),
        }
        return self.stubs.HoldRequest(**(given | fields))

    def create(self, **fields: object) -> Message:
        patient = fields.pop("patient_id", self.clinic.jane.id)
        return self.stubs.CreateBookingRequest(patient_id=patient, booking=self.new(**fields))

    def revisions(self) -> tuple[int, int]:
        return self.client.revision(), self.foreign.client.revision()


def furnish(client: Client) -> tuple[Clinic, Message, Message, Message]:
    clinic = Clinic(client)
    booking = clinic.book(2, 10)
    draft = client(client.stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure
    hold = client(
        client.stubs.HoldRequest(
            location_id=clinic.location.id,
            service_id=clinic.laser.id,
            provider_id=clinic.ben.id,
            start=clinic.at(2, 10),
            owner="somebody",
            ttl_seconds=1800,
        )
    ).hold
    return clinic, booking, draft, hold


def everything(client: Client) -> list[Message]:
    """All records of an organization."""
    stubs = client.stubs
    lists = {
        "locations": stubs.ListLocationsRequest(show_archived=True),
        "providers": stubs.ListProvidersRequest(show_disabled=True),
        "services": stubs.ListServicesRequest(show_archived=True),
        "procedure_types": stubs.ListProcedureTypesRequest(show_archived=True),
        "resources": stubs.ListResourcesRequest(show_archived=True),
        "patients": stubs.ListPatientsRequest(),
        "bookings": stubs.ListBookingsRequest(),
        "procedures": stubs.ListProceduresRequest(),
        "organizations": stubs.ListOrganizationsRequest(),
    }
    return [row for field, request in lists.items() for row in client.pages(request, field)]


def date_of(stubs: SimpleNamespace, year: int, month: int, day: int) -> Message:
    return stubs.LocalDate(year=year, month=month, day=day)


def with_bytes(message: Message, extra: bytes) -> Message:
    """A message with more fields, such as numbers that the generated code would not write."""
    return type(message).FromString(message.SerializeToString() + extra)
