"""A clinic whose services take rooms and devices, and questions to it."""

from __future__ import annotations

import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clinic import CLOSE, OPEN, ZONE, Clinic, every_day
from slotd_client import Client

ROOM, DEVICE = 2, 3


class Spa(Clinic):
    """Beside the clinic's own: two rooms of one pool, one laser, and services that take them.

    `peel` takes a room; `zap` a room and the laser, with a buffer after it.
    """

    def __init__(self, client: Client):
        super().__init__(client)
        stubs = self.stubs
        self.cyd = self.provider("Cyd Charisse")
        everyone = [self.ada.id, self.ben.id, self.cyd.id]
        self.rooms = [self.resource(f"Room {n}", ROOM, pool="room") for n in (1, 2)]
        self.beam = self.resource("Laser", DEVICE)
        room = stubs.Requirement(pool="room")
        beam = stubs.Requirement(resource_id=self.beam.id)
        self.peel = self.needing("Peel", everyone, 30, [room])
        self.zap = self.needing("Zap", everyone, 60, [room, beam], buffer_after_minutes=10)

    def resource(self, name: str, kind: int, **fields: object) -> Message:
        record = self.stubs.Resource(
            name=name, kind=kind, location_id=self.location.id, **fields
        )
        return self.client(self.stubs.CreateResourceRequest(resource=record)).resource

    def needing(
        self, name: str, providers: list[str], minutes: int, needs: list[Message], **fields: object
    ) -> Message:
        record = self.stubs.Service(
            name=name,
            durations_minutes=[minutes],
            step_minutes=30,
            horizon_days=400,
            provider_ids=providers,
            requirements=needs,
            **fields,
        )
        return self.client(self.stubs.CreateServiceRequest(service=record)).service

    def segment(self, service: Message, *providers: Message, **fields: object) -> Message:
        return self.stubs.SegmentRequest(
            service_id=service.id, provider_ids=[row.id for row in providers], **fields
        )

    def visit(self, *segments: Message, **fields: object) -> Message:
        given: dict[str, object] = {"location_id": self.location.id, "segments": segments}
        return self.stubs.VisitQuery(**(given | fields))

    def find(self, ahead: int, *segments: Message, days: int = 1, **fields: object) -> Message:
        """A search over whole local days."""
        given: dict[str, object] = {
            "location_id": self.location.id,
            "segments": segments,
            "from": self.at(ahead, 0),
            "to": self.at(ahead + days, 0),
        }
        return self.stubs.FindSlotsRequest(**(given | fields))

    def new(self, start: Timestamp, *segments: Message, **fields: object) -> Message:
        return self.stubs.NewBooking(
            location_id=self.location.id, segments=segments, start=start, **fields
        )

    def create(
        self, start: Timestamp, *segments: Message, patient: Message | None = None, **fields: object
    ) -> Message:
        return self.stubs.CreateBookingRequest(
            patient_id=(patient or self.jane).id, booking=self.new(start, *segments, **fields)
        )

    @classmethod
    def grid(cls, ahead: int, step: int = 30) -> list[Timestamp]:
        """Every start on the step of the local day, from an hour before opening to an hour after
        closing."""
        minutes = range(OPEN - 60, CLOSE + 60, step)
        return [cls.at(ahead, minute // 60, minute % 60) for minute in minutes]

    @staticmethod
    def local(moment: Timestamp) -> str:
        """The clock reading at the location."""
        return datetime.datetime.fromtimestamp(moment.seconds, ZONE).strftime("%H:%M")

    def second_location(self, name: str, open_minute: int = OPEN) -> Message:
        """Another location of the same zone, where Cyd works too."""
        hours = every_day(self.stubs, open_minute, CLOSE)
        record = self.stubs.Location(name=name, time_zone=ZONE.key, hours=hours)
        location = self.client(self.stubs.CreateLocationRequest(location=record)).location
        cyd = self.client(self.stubs.GetProviderRequest(id=self.cyd.id)).provider
        cyd.schedules.append(self.stubs.ProviderSchedule(location_id=location.id, hours=hours))
        self.cyd = self.client(self.stubs.UpdateProviderRequest(provider=cyd)).provider
        return location
