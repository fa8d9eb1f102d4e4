"""A peer's case as records of slotd: its hours, bookings, buffers and rules, field by field.

Nothing here looks at a case's name or at what it expects. A field, or a value of one, that is not
known here ends in `Unknown`: a case that says more than is understood must not pass unseen.
"""

from __future__ import annotations

import datetime
import itertools
import pathlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import grpc
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from process import ServerProcess, binary

from clinic import every_day
from slotd_client import Client

UTC = datetime.UTC
DAY, MINUTE = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

# What a case's anchor rules are called in slotd; `query` and `free_rounded` it does not have.
ANCHORS = {"grid": "CLOCK", "hours": "WINDOW", "free": "GAP"}
OTHER_ANCHORS = {"query", "free_rounded"}

# No buffers, not even a resource's own: those of what is there already, where only new ones count.
NONE = {"before_min": 0, "after_min": 0, "mode": "", "inside_hours": False}

BLOCKING = {None, "none", "tentative"}
FREEING = {"cancelled", "rejected", "entered_in_error"}

# What a manager may break: bookings that a case starts with may lie anywhere.
ALLOWED = ["LOCATION_CLOSED", "OUTSIDE_HOURS", "TIME_OFF", "SLOT_TAKEN", "BUFFER", "TOO_SOON"]

CASE_FIELDS = {
    "slot": {
        "id", "source", "kind", "description", "notes", "timezone", "resources", "combine",
        "duration_min", "step_min", "offset_min", "anchor", "round_min", "capacity", "notice_min",
        "now", "window", "limit", "buffers", "holds", "as_owner", "expected", "expected_count",
        "expected_resources", "anchors_agreeing",
    },
    "script": {
        "id", "source", "description", "notes", "timezone", "resources", "service", "now",
        "notice_min", "steps",
    },
    "resource": {
        "id", "timezone", "weekly", "overrides", "openings", "busy", "horizon",
        "buffer_before_min", "buffer_after_min",
    },
    "weekly": {"days", "start", "end"},
    "busy": {"start", "end", "status"},
    "buffers": {"before_min", "after_min", "mode", "inside_hours"},
    "hold": {"resource", "start", "end", "expires", "owner"},
    "service": {
        "duration_min", "step_min", "offset_min", "buffers", "capacity", "grid_enforced",
        "patient_conflict",
    },
}  # fmt: skip


class Unknown(Exception):
    """A case says something that the runner does not understand."""


def known(value: object, choices: Iterable, what: str) -> object:
    if value not in choices:
        raise Unknown(f"{what}: {value!r}")
    return value


def check_fields(record: dict, kind: str) -> None:
    if more := set(record) - CASE_FIELDS[kind]:
        raise Unknown(f"fields of a {kind}: {sorted(more)}")


def check_case(case: dict, kind: str) -> None:
    """Every field of a case, and of what is in it, is one that is played."""
    check_fields(case, kind)
    for resource in case["resources"]:
        check_fields(resource, "resource")
        for hours in resource["weekly"]:
            check_fields(hours, "weekly")
        for busy in resource["busy"]:
            check_fields(busy, "busy")
            known(busy.get("status"), BLOCKING | FREEING, "status of a booking")
    buffers = case["buffers"] if kind == "slot" else case["service"]["buffers"]
    check_fields(buffers, "buffers")
    known(buffers["mode"], {"candidate", "both"}, "mode of buffers")
    if kind == "script":
        check_fields(case["service"], "service")
        return
    known(case["combine"], {"all", "any"}, "combine")
    for hold in case["holds"]:
        check_fields(hold, "hold")
    for anchor in case["anchors_agreeing"]:
        known(anchor, ANCHORS.keys() | OTHER_ANCHORS, "anchor")


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def stamp(time: datetime.datetime) -> Timestamp:
    result = Timestamp()
    result.FromDatetime(time.astimezone(UTC).replace(tzinfo=None))
    return result


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def minutes_between(start: datetime.datetime, end: datetime.datetime) -> int:
    return int((end - start) / MINUTE)


def floor_minute(time: datetime.datetime) -> datetime.datetime:
    return time.replace(second=0, microsecond=0)


def ceil_minute(time: datetime.datetime) -> datetime.datetime:
    floor = floor_minute(time)
    return floor if floor == time else floor + MINUTE


class Peers:
    """A daemon whose clock shows what each case wants; a new one for a time that has passed."""

    def __init__(self, directory: pathlib.Path, stubs: SimpleNamespace):
        self.directory, self.stubs = directory, stubs
        self.numbers = itertools.count(1)
        self.stack = ExitStack()
        self.client: Client | None = None
        self.now = datetime.datetime.max.replace(tzinfo=UTC)
        self.daemons = 0

    def at(self, now: datetime.datetime) -> Client:
        """The client of an organization of its own, at this time."""
        if now < self.now:
            self.start(now)
        self.set_clock(now)
        name = f"case-{next(self.numbers)}"
        organization = self.stubs.Organization(
            name=name,
            external_ref=name,
            patient_overlap=self.stubs.PATIENT_OVERLAP_ALLOW,
        )
        self.client(self.stubs.CreateOrganizationRequest(organization=organization))
        return self.client.named(organization=name)

    def set_clock(self, now: datetime.datetime) -> None:
        if now > self.now:
            self.client(self.stubs.SetClockRequest(now=stamp(now)))
            self.now = now

    def start(self, now: datetime.datetime) -> None:
        self.close()
        self.daemons += 1
        begin = floor_minute(now)
        server = ServerProcess(
            binary("slotd"), "serve", "--listen", "127.0.0.1:0",
            "--data-dir", str(self.directory / f"data-{self.daemons}"),
            f"--test-clock={begin.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        )  # fmt: skip
        self.stack.enter_context(server)
        channel = self.stack.enter_context(grpc.insecure_channel(server.address))
        self.client, self.now = Client(channel, self.stubs), begin

    def close(self) -> None:
        self.stack.close()


class PeerHours:
    """A resource's hours: weekly ones as such, and as day schedules what a date has otherwise."""

    def __init__(
        self, resource: dict, place: ZoneInfo, dates: list[datetime.date], *, splits: bool
    ):
        self.place, self.splits = place, splits
        self.zone = ZoneInfo(resource.get("timezone") or place.key)
        self.weekly = [
            (DAYS.index(known(name, DAYS, "day")), *ends(hours["start"], hours["end"]))
            for hours in resource["weekly"]
            for name in hours["days"]
        ]
        self.overrides = {
            datetime.date.fromisoformat(date): [ends(*span) for span in spans]
            for date, spans in resource["overrides"].items()
        }
        # The location's dates whose hours are told one by one.
        self.days: dict[datetime.date, list[tuple[int, int]]] = {}
        if self.is_elsewhere:
            for date in dates:
                for start, end in self.on(date):
                    self.add(*self.instants(date, start, end))
        else:
            self.days |= self.overrides
        for start, end in resource["openings"]:
            self.add(floor_minute(moment(start)), floor_minute(moment(end)))

    @property
    def is_elsewhere(self) -> bool:
        return self.zone.key != self.place.key

    def on(self, date: datetime.date) -> list[tuple[int, int]]:
        """What the resource's own calendar says of a date of its own."""
        if date in self.overrides:
            return self.overrides[date]
        return [(start, end) for day, start, end in self.weekly if day == date.weekday()]

    def instants(
        self, date: datetime.date, start: int, end: int
    ) -> tuple[datetime.datetime, datetime.datetime]:
        """Hours as instants: an end in a gap is clamped, one that comes twice is its first."""
        return wall(self.zone, date, start), wall(self.zone, date, end)

    def add(self, start: datetime.datetime, end: datetime.datetime) -> None:
        """Adds absolute hours. They belong to no date, so a clock's steps count from each midnight
        in them, and those of a window or a gap from where they begin."""
        reach = 1 if self.splits else 2
        while start < end:
            local = start.astimezone(self.place)
            date = local.date()
            low = local.hour * 60 + local.minute
            last = end.astimezone(self.place)
            high = (last.date() - date).days * 1440 + last.hour * 60 + last.minute
            if date not in self.days:
                self.days[date] = [] if self.is_elsewhere else self.on(date)
            if low < high:
                self.days[date] = [*self.days[date], (low, min(high, reach * 1440))]
            start = wall(self.place, date + reach * DAY, 0)

    def schedules(self, stubs: SimpleNamespace, location: str) -> list[Message]:
        if self.is_elsewhere or not self.weekly:
            return []
        hours = [
            stubs.WeeklyInterval(day=day + 1, start_minute=start, end_minute=end)
            for day, start, end in self.weekly
        ]
        return [stubs.ProviderSchedule(location_id=location, hours=hours)]

    def provider_days(self, stubs: SimpleNamespace, location: str) -> list[Message]:
        return [
            stubs.ProviderDay(
                location_id=location,
                day=stubs.DayHours(
                    date=local_date(stubs, date),
                    hours=[
                        stubs.MinuteRange(start_minute=start, end_minute=end)
                        for start, end in sorted(set(ranges))
                    ],
                ),
            )
            for date, ranges in sorted(self.days.items())
        ]


def ends(start: str, end: str) -> tuple[int, int]:
    """Minutes of a date; an end that is not after the start is on the next day."""
    low, high = minutes(start), minutes(end)
    return low, high if high > low else high + 1440


def wall(zone: ZoneInfo, date: datetime.date, minute: int) -> datetime.datetime:
    """The instant of a wall time; the transition where the clock skips it."""
    days, rest = divmod(minute, 1440)
    naive = datetime.datetime.combine(date + days * DAY, datetime.time(rest // 60, rest % 60))
    first = naive.replace(tzinfo=zone)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == naive:
        return instant
    # In a gap the two readings lie on either side of the transition.
    low, high = naive.replace(tzinfo=zone, fold=1).astimezone(UTC), instant
    before = low.astimezone(zone).utcoffset()
    while high - low > MINUTE:
        middle = low + floor_minutes((high - low) / 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def floor_minutes(delta: datetime.timedelta) -> datetime.timedelta:
    return delta - delta % MINUTE


def local_date(stubs: SimpleNamespace, date: datetime.date) -> Message:
    return stubs.LocalDate(year=date.year, month=date.month, day=date.day)


class PeerClinic:
    """A location with the resources of a case as providers, in an organization of its own."""

    def __init__(
        self, peers: Peers, case: dict, spans: list[list[str]], now: datetime.datetime, *,
        splits_openings: bool = True,
    ):  # fmt: skip
        self.peers, self.case = peers, case
        self.client = client = peers.at(now)
        self.manager = client.named(role="manager")
        self.stubs = stubs = client.stubs
        self.zone = ZoneInfo(case["timezone"])
        self.numbers = itertools.count(1)
        self.patients: dict[str, Message] = {}
        self.services: dict[tuple, Message] = {}
        self.dates = self.dates_of(spans)
        self.splits_openings = splits_openings
        location = stubs.Location(
            name="peer", time_zone=case["timezone"], hours=every_day(stubs, 0, 1440)
        )
        self.location = client(stubs.CreateLocationRequest(location=location)).location
        self.resources = {resource["id"]: resource for resource in case["resources"]}
        self.providers = {
            resource["id"]: self.provider(resource) for resource in case["resources"]
        }

    def dates_of(self, spans: list[list[str]]) -> list[datetime.date]:
        """The local dates round all that the case asks for."""
        dates: set[datetime.date] = set()
        for start, end in spans:
            day = moment(start).astimezone(self.zone).date() - 3 * DAY
            last = moment(end).astimezone(self.zone).date() + 3 * DAY
            while day <= last:
                dates.add(day)
                day += DAY
        return sorted(dates)

    def provider(self, resource: dict) -> Message:
        stubs, location = self.stubs, self.location.id
        hours = PeerHours(resource, self.zone, self.dates, splits=self.splits_openings)
        record = stubs.Provider(
            name=resource["id"],
            schedules=hours.schedules(stubs, location),
            days=hours.provider_days(stubs, location),
            time_off=list(self.beyond_horizon(resource)),
        )
        return self.client(stubs.CreateProviderRequest(provider=record)).provider

    def beyond_horizon(self, resource: dict) -> Iterator[Message]:
        """A resource's own horizon, to the minute: it is off before and after."""
        first, last = resource.get("horizon") or (None, None)
        if first:
            yield self.time_off(wall(self.zone, self.dates[0], 0), ceil_minute(moment(first)))
        if last:
            yield self.time_off(floor_minute(moment(last)), wall(self.zone, self.dates[-1], 1440))

    def time_off(self, start: datetime.datetime, end: datetime.datetime) -> Message:
        def local(time: datetime.datetime) -> Message:
            reading = time.astimezone(self.zone)
            return self.stubs.LocalDateTime(
                date=local_date(self.stubs, reading.date()),
                minute=reading.hour * 60 + reading.minute,
            )

        return self.stubs.TimeOff(start=local(start), end=local(end))

    def patient(self, name: str = "somebody") -> str:
        if name not in self.patients:
            record = self.stubs.Patient(name=name)
            request = self.stubs.CreatePatientRequest(patient=record)
            self.patients[name] = self.client(request).patient
        return self.patients[name].id

    # MARK: Services

    def service(
        self, resources: list[str], *, durations: list[int], step: int, buffers: dict,
        capacity: int, is_joint: bool, anchor: str = "CLOCK", offset: int = 0, notice: int = 0,
    ) -> Message:  # fmt: skip
        """A service of these resources: of any of them, or of all of them at once. Without a mode
        the buffers are all there are, whatever the resources have."""
        stubs = self.stubs
        ids = [self.providers[name].id for name in resources]
        before, after = self.buffers(resources[0], buffers)
        fields: dict[str, object] = {}
        if is_joint:
            fields["provider_ids"] = ids[:1]
            fields["requirements"] = [
                self.requirement(name, (before, after), buffers) for name in resources[1:]
            ]
        else:
            fields["provider_ids"] = ids
            fields["variants"] = [
                stubs.ServiceVariant(
                    provider_id=self.providers[name].id,
                    buffer_before_minutes=own[0],
                    buffer_after_minutes=own[1],
                )
                for name in resources
                if (own := self.buffers(name, buffers)) != (before, after)
            ]
        if capacity > 1:
            fields["capacity"] = capacity
            fields["capacity_rule"] = stubs.CAPACITY_RULE_ANY_OVERLAP
        record = stubs.Service(
            name=f"service {next(self.numbers)}",
            durations_minutes=durations,
            step_minutes=step,
            step_offset_minutes=offset % step,
            notice_minutes=notice,
            horizon_days=36_600,
            anchor=stubs.StartAnchor.Value(f"START_ANCHOR_{anchor}"),
            buffer_before_minutes=before,
            buffer_after_minutes=after,
            buffers_inside_hours=buffers["inside_hours"],
            **fields,
        )
        return self.client(stubs.CreateServiceRequest(service=record)).service

    def buffers(self, name: str, buffers: dict) -> tuple[int, int]:
        """The service's, unless the resource has its own."""
        own = self.resources[name] if buffers["mode"] else {}
        pairs = [("buffer_before_min", "before_min"), ("buffer_after_min", "after_min")]
        before, after = (
            buffers[general] if own.get(field) is None else own[field]
            for field, general in pairs
        )
        return before, after

    def requirement(self, name: str, visit: tuple[int, int], buffers: dict) -> Message:
        """One more resource that the visit takes, in the phases of which it has buffers."""
        stubs = self.stubs
        own = self.buffers(name, buffers)
        phases = [stubs.PHASE_CORE, stubs.PHASE_PROCESSING, stubs.PHASE_FINISHING]
        for minutes_of, ours, phase in zip(
            visit, own, [stubs.PHASE_PREPARATION, stubs.PHASE_TURNOVER], strict=True
        ):
            if ours == minutes_of:
                phases.append(phase)
            elif ours:
                raise Unknown("buffers of several lengths in one joint visit")
        return stubs.Requirement(provider_ids=[self.providers[name].id], phases=phases)

    # MARK: What is there already

    def occupy(self, buffers: dict, capacity: int) -> None:
        """Lays the bookings that a case starts with: with the buffers of new ones where both count,
        else with none. They may lie anywhere, so a manager lays them."""
        rows = [
            (name, floor_minute(moment(busy["start"])), ceil_minute(moment(busy["end"])), busy)
            for name, resource in self.resources.items()
            for busy in resource["busy"]
        ]
        for name, start, end, busy in rows:
            service = self.loose(name, minutes_between(start, end), buffers, capacity)
            request = self.booking(service, start, self.providers[name].id, allow=ALLOWED)
            booking = self.manager(request).booking
            if busy.get("status") in FREEING:
                self.manager(self.stubs.CancelBookingRequest(booking_id=booking.id))

    def loose(self, name: str, length: int, buffers: dict, capacity: int) -> Message:
        """A service that is done with one resource, so long, at any minute."""
        key = (name, length, buffers["mode"])
        if key not in self.services:
            self.services[key] = self.service(
                [name], durations=[length], step=1, capacity=capacity, is_joint=True,
                buffers=buffers | {"inside_hours": False} if buffers["mode"] == "both" else NONE,
            )  # fmt: skip
        return self.services[key]

    def booking(
        self, service: Message, start: datetime.datetime, provider: str, *, patient: str = "",
        key: str = "", allow: Iterable[str] = (), length: int = 0,
    ) -> Message:  # fmt: skip
        stubs = self.stubs
        return stubs.CreateBookingRequest(
            request_id=key,
            patient_id=self.patient(patient) if patient else self.patient(),
            booking=stubs.NewBooking(
                location_id=self.location.id,
                service_id=service.id,
                provider_id=provider,
                duration_minutes=length,
                start=stamp(start),
                allow=[stubs.Reason.Value(f"REASON_{name}") for name in allow],
                override_note="as the case has it" if allow else "",
            ),
        )

    # MARK: Asking

    def find(self, service: Message, window: list[str], **fields: object) -> Message:
        """FindSlots for a window that bounds the visit's end."""
        length = service.durations_minutes[0] * MINUTE
        first = ceil_minute(moment(window[0]))
        last = floor_minute(moment(window[1])) - length
        return self.client(
            self.stubs.FindSlotsRequest(
                **{
                    "location_id": self.location.id,
                    "service_id": service.id,
                    "from": stamp(first),
                    "to": stamp(max(first, last + MINUTE)),
                },
                **fields,
            )
        )
