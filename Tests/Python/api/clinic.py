"""A small clinic for the tests, made through the API."""

from __future__ import annotations

import datetime
import itertools
import zoneinfo
from types import SimpleNamespace

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from slotd_client import Client, timestamp

OPEN, CLOSE = 9 * 60, 17 * 60
ZONE = zoneinfo.ZoneInfo("America/New_York")


def every_day(stubs: SimpleNamespace, start: int, end: int) -> list[Message]:
    """Hours that are the same on each day of the week, in minutes since midnight."""
    return [
        stubs.WeeklyInterval(day=day, start_minute=start, end_minute=end) for day in range(1, 8)
    ]


class Clinic:
    """A location with two providers; a service that leads to one procedure type, and one that
    leads to two; two patients."""

    def __init__(self, client: Client):
        self.client = client
        stubs = self.stubs = client.stubs
        self._refs = itertools.count(1)
        self.location = client(
            stubs.CreateLocationRequest(
                location=stubs.Location(
                    name="Midtown",
                    external_ref="midtown",
                    time_zone=ZONE.key,
                    hours=every_day(stubs, OPEN, CLOSE),
                )
            )
        ).location
        self.ada = self.provider("Ada Lovelace")
        self.ben = self.provider("Ben Carson", md_required=True)
        both = [self.ada.id, self.ben.id]
        self.laser = self.service("Laser", both, durations=[60, 30], step=30, buffer_after=15)
        self.consult = self.service("Consult", both, durations=[30], step=30)
        self.hair_removal = self.procedure_type("Hair removal", [self.laser], step_count=4)
        self.botox = self.procedure_type("Botox", [self.consult])
        self.filler = self.procedure_type("Filler", [self.consult])
        self.jane = self.patient("Jane Doe")
        self.joe = self.patient("Joe Bloggs")

    def provider(self, name: str, **fields: object) -> Message:
        stubs = self.stubs
        schedule = stubs.ProviderSchedule(
            location_id=self.location.id, hours=every_day(stubs, OPEN, CLOSE)
        )
        provider = stubs.Provider(name=name, schedules=[schedule], **fields)
        return self.client(stubs.CreateProviderRequest(provider=provider)).provider

    def service(
        self,
        name: str,
        provider_ids: list[str],
        *,
        durations: list[int],
        step: int,
        buffer_after: int = 0,
    ) -> Message:
        stubs = self.stubs
        service = stubs.Service(
            name=name,
            durations_minutes=durations,
            step_minutes=step,
            buffer_after_minutes=buffer_after,
            horizon_days=400,
            provider_ids=provider_ids,
        )
        return self.client(stubs.CreateServiceRequest(service=service)).service

    def procedure_type(self, name: str, services: list[Message], step_count: int = 0) -> Message:
        stubs = self.stubs
        kind = stubs.ProcedureType(
            name=name, service_ids=[service.id for service in services], step_count=step_count
        )
        request = stubs.CreateProcedureTypeRequest(procedure_type=kind)
        return self.client(request).procedure_type

    def patient(self, name: str) -> Message:
        stubs = self.stubs
        patient = stubs.Patient(name=name, external_ref=f"patient-{next(self._refs)}")
        return self.client(stubs.CreatePatientRequest(patient=patient)).patient

    @staticmethod
    def day(ahead: int) -> datetime.date:
        """The local date so many days ahead; from 1 on all of it lies in the future."""
        return datetime.datetime.now(ZONE).date() + datetime.timedelta(days=ahead)

    @classmethod
    def at(cls, ahead: int, hour: int, minute: int = 0) -> Timestamp:
        """A local time of the day so many days ahead."""
        time = datetime.datetime.combine(cls.day(ahead), datetime.time(hour, minute), ZONE)
        return timestamp(time.timestamp())

    def new_booking(self, ahead: int, hour: int, minute: int = 0, **fields: object) -> Message:
        """What a booking of Laser with Ada needs, unless the fields say otherwise."""
        given: dict[str, object] = {
            "location_id": self.location.id,
            "service_id": self.laser.id,
            "provider_id": self.ada.id,
            "start": self.at(ahead, hour, minute),
        }
        return self.stubs.NewBooking(**(given | fields))

    def book(
        self, ahead: int, hour: int, minute: int = 0, *, patient: Message | None = None,
        **fields: object,
    ) -> Message:  # fmt: skip
        """Books it, for Jane unless said otherwise."""
        return self.client(
            self.stubs.CreateBookingRequest(
                patient_id=(patient or self.jane).id,
                booking=self.new_booking(ahead, hour, minute, **fields),
            )
        ).booking

    def move(self, booking: Message, stage: str) -> Message:
        """Moves a booking to a stage, named as in CHECK_IN."""
        request = self.stubs.MoveBookingRequest(
            booking_id=booking.id,
            expected_version=booking.version,
            stage=getattr(self.stubs, f"STAGE_{stage}"),
        )
        return self.client(request).booking
