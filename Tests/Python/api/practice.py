"""A daemon with a test clock, and a practice small enough to see what the time does to it."""

from __future__ import annotations

import datetime
import pathlib

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from process import ServerProcess, binary

from clinic import every_day
from slotd_client import Client


def seconds(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


# A Monday; the clinic's zone is UTC and it is open from 9 to 17.
START = "2026-03-02T08:00:00+00:00"
TEN = Timestamp(seconds=seconds("2026-03-02T10:00:00+00:00"))


def serve(data: pathlib.Path, *arguments: str) -> ServerProcess:
    return ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0", *arguments
    )


class Practice:
    """One provider, one half-hour service, and the clock."""

    def __init__(self, client: Client, **service: object):
        self.client, stubs = client, client.stubs
        self.stubs = stubs
        hours = every_day(stubs, 540, 1020)
        location = stubs.Location(name="Main", time_zone="UTC", hours=hours)
        self.location = client(stubs.CreateLocationRequest(location=location)).location
        schedule = stubs.ProviderSchedule(location_id=self.location.id, hours=hours)
        provider = stubs.Provider(name="Ada", schedules=[schedule])
        self.provider = client(stubs.CreateProviderRequest(provider=provider)).provider
        given: dict[str, object] = {
            "name": "Peel", "durations_minutes": [30], "step_minutes": 30, "horizon_days": 400,
            "provider_ids": [self.provider.id],
        }  # fmt: skip
        record = stubs.Service(**(given | service))
        self.service = client(stubs.CreateServiceRequest(service=record)).service
        patient = stubs.Patient(name="Jane")
        self.jane = client(stubs.CreatePatientRequest(patient=patient)).patient

    @property
    def now(self) -> Timestamp:
        return self.client(self.stubs.GetClockRequest()).clock.now

    def advance(self, length: float | str, **fields: object) -> Timestamp:
        """By so many seconds, or to a time."""
        stubs = self.stubs
        if isinstance(length, str):
            now = Timestamp(seconds=seconds(length))
            return self.client(stubs.SetClockRequest(now=now, **fields)).clock.now
        by = Duration(seconds=int(length), nanos=round(length % 1 * 1e9))
        return self.client(stubs.AdvanceClockRequest(by=by, **fields)).clock.now

    def booking(self, start: Timestamp = TEN) -> object:
        return self.stubs.CreateBookingRequest(
            patient_id=self.jane.id,
            booking=self.stubs.NewBooking(
                location_id=self.location.id, service_id=self.service.id, start=start
            ),
        )

    def hold(self, **fields: object) -> object:
        return self.client(
            self.stubs.HoldRequest(
                location_id=self.location.id,
                service_id=self.service.id,
                **({"start": TEN} | fields),
            )
        ).hold

    def starts(self) -> list[int]:
        """Starts that are offered on the first day."""
        first = seconds("2026-03-02T00:00:00+00:00")
        request = self.stubs.FindSlotsRequest(
            location_id=self.location.id, service_id=self.service.id, page_size=100,
            **{"from": Timestamp(seconds=first), "to": Timestamp(seconds=first + 86400)},
        )  # fmt: skip
        return [slot.start.seconds for slot in self.client(request).slots]
