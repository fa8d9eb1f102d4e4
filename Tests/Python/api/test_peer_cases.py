"""Other schedulers' test suites, as cases: what they say is bookable, slotd says, too.

The cases are in Tests/Fixtures/cases, whose README gives their format and where they come from.
Their dates are moved by 28 years, after which weekdays and clock changes repeat, into the future of
a daemon that reads the real clock. A rule, never a case's name, decides whether slotd can play a
case yet; one that waits is skipped with the reason. The number of those that pass is written down
below, so that it cannot shrink unseen.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import grpc
import pytest
from google.protobuf.message import Message
from process import ROOT

from clinic import every_day
from slotd_client import Client, Refusal, timestamp

FOLDER = ROOT / "Tests/Fixtures/cases"
SLOTS = json.loads((FOLDER / "slots.json").read_text())["cases"]
SCRIPTS = json.loads((FOLDER / "booking.json").read_text())["cases"]
INVALID = json.loads((FOLDER / "invalid.json").read_text())

# How many of each file pass. All others wait, for reasons that the tests print.
PASSING = {"slots": 79, "booking": 32, "invalid": 13}

UTC = datetime.UTC
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SHIFT = datetime.timedelta(days=10_227)
BLOCKING = (None, "tentative")


def moment(text: str) -> datetime.datetime:
    """A case's instant, 28 years later where that brings it out of the past."""
    time = datetime.datetime.fromisoformat(text)
    return time + SHIFT if time.year < 2040 else time


def moved_date(text: str) -> datetime.date:
    date = datetime.date.fromisoformat(text)
    return date + SHIFT if date.year < 2040 else date


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


# MARK: Which cases slotd can play


def clock_changes_inside(local: datetime.datetime) -> bool:
    """Whether a wall time is skipped or repeated in its zone."""
    other = local.replace(fold=1)
    return local.utcoffset() != other.utcoffset()


def in_gap(local: datetime.datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(fold=0) != local


def days_of(case: dict) -> list[datetime.date]:
    """The local dates that matter to a case."""
    zone = ZoneInfo(case["timezone"])
    spans = [case["window"]] if "window" in case else []
    spans += [[step["start"], step["end"]] for step in case.get("steps", []) if "start" in step]
    dates = set()
    for start, end in spans:
        day = moment(start).astimezone(zone).date() - datetime.timedelta(days=1)
        last = moment(end).astimezone(zone).date() + datetime.timedelta(days=1)
        while day <= last:
            dates.add(day)
            day += datetime.timedelta(days=1)
    return sorted(dates)


def wall(zone: ZoneInfo, date: datetime.date, minute: int) -> datetime.datetime:
    midnight = datetime.datetime.combine(date, datetime.time(), zone)
    return midnight + datetime.timedelta(minutes=minute)


def waits_for_hours(case: dict, step: int) -> str | None:
    """Why the hours of a case cannot be written as weekly hours with effective dates yet."""
    zone = ZoneInfo(case["timezone"])
    for resource in case["resources"]:
        if resource.get("timezone", case["timezone"]) != case["timezone"]:
            return "a provider whose hours are read in another zone than the location's"
        if resource.get("horizon"):
            return "a provider's own horizon"
        if resource.get("buffer_before_min") or resource.get("buffer_after_min"):
            return "a provider's own buffers"
        if len(resource["openings"]) + 2 * len(resource["overrides"]) > 60:
            return "more effective dates than a provider may have"
        for ends in resource["openings"]:
            if any(clock_changes_inside(moment(end).astimezone(zone)) for end in ends):
                return "an opening that ends in a repeated hour"
        for hours in resource["weekly"]:
            start, end = minutes(hours["start"]), minutes(hours["end"])
            if end <= start and 1440 % step:
                return "stated rule: in an overnight window steps count on from its own midnight"
            for date in days_of(case):
                ends = [wall(zone, date, start), wall(zone, date, end)]
                if DAYS[date.weekday()] in hours["days"] and any(map(in_gap, ends)):
                    return "stated rule: hours that begin or end in a spring gap are clamped"
    return None


def waits_for_buffers(buffers: dict) -> str | None:
    if not buffers["before_min"] and not buffers["after_min"]:
        return None
    if buffers["inside_hours"]:
        return "the option that buffers lie inside hours"
    return None


def slots_wait_for(case: dict) -> str | None:
    """Why a slot case cannot be played yet; None: it can."""
    opens = moment(case["now"]) + datetime.timedelta(minutes=case["notice_min"])
    if "grid" not in case["anchors_agreeing"]:
        return "an anchor other than CLOCK"
    if case["capacity"] != 1:
        return "capacity above 1"
    if case["combine"] == "all" and len(case["resources"]) > 1:
        return "several resources at once"
    if case["holds"] or case["as_owner"]:
        return "the test clock, for holds that expire"
    if opens > moment(case["window"][0]):
        return "the test clock, for notice and starts that are past"
    return waits_for_buffers(case["buffers"]) or waits_for_hours(case, case["step_min"])


def script_waits_for(case: dict) -> str | None:
    """Why a booking script cannot be played yet; None: it can."""
    service = case["service"]
    if service["patient_conflict"]:
        return "overlap of a patient's own visits"
    if service["capacity"] != 1:
        return "capacity above 1"
    if any(len(step.get("resources", [])) > 1 for step in case["steps"]):
        return "several resources at once"
    if any(step["op"] in ("advance", "set_now", "expire") for step in case["steps"]):
        return "the test clock, for holds that expire"
    return waits_for_buffers(service["buffers"]) or waits_for_hours(case, script_step(case))


def script_step(case: dict) -> int:
    """The step of a script's service: without one, starts are free; a list goes by the visit's
    length, as its source does."""
    service = case["service"]
    if service["step_min"]:
        return service["step_min"]
    has_list = any(step["op"] == "list" for step in case["steps"])
    return service["duration_min"] if has_list else 1


def invalid_waits_for(case: dict) -> str | None:
    if case["input"].get("step_min") == 0:
        return "stated rule: 0 is a field that is not set, and means the default"
    return None


# MARK: Building a case's clinic


class Stage:
    """A location with the providers of one case, as records of a shared daemon."""

    numbers = itertools.count(1)

    def __init__(self, client: Client, case: dict):
        self.client, self.stubs, self.case = client, client.stubs, case
        self.name = f"case-{next(Stage.numbers)}"
        self.zone = ZoneInfo(case["timezone"])
        stubs = self.stubs
        location = stubs.Location(
            name=self.name,
            external_ref=self.name,
            time_zone=case["timezone"],
            hours=every_day(stubs, 0, 1440),
        )
        self.location = client(stubs.CreateLocationRequest(location=location)).location
        self.patient = client(
            stubs.CreatePatientRequest(
                patient=stubs.Patient(name=self.name, external_ref=self.name)
            )
        ).patient
        self.providers = {
            resource["id"]: client(
                stubs.CreateProviderRequest(
                    provider=stubs.Provider(
                        name=resource["id"],
                        external_ref=f"{self.name}-{resource['id']}",
                        schedules=self.schedules(resource),
                    )
                )
            ).provider
            for resource in case["resources"]
        }

    def schedules(self, resource: dict) -> list[Message]:
        """Weekly hours around the dates that replace them, those dates, and the openings."""
        stubs, day = self.stubs, datetime.timedelta(days=1)
        weekly = [
            stubs.WeeklyInterval(
                day=DAYS.index(name) + 1,
                start_minute=minutes(hours["start"]),
                end_minute=minutes(hours["end"]) or 1440,
            )
            for hours in resource["weekly"]
            for name in hours["days"]
        ]
        overrides = {moved_date(date): spans for date, spans in resource["overrides"].items()}
        ends = [None, *sorted(overrides), None]
        result = [
            self.schedule(
                weekly,
                first=before + day if before else None,
                last=after - day if after else None,
            )
            for before, after in itertools.pairwise(ends)
            if weekly and (before is None or after is None or before + day < after)
        ]
        dated = [
            (date, minutes(start), minutes(end) or 1440)
            for date, spans in overrides.items()
            for start, end in spans
        ]
        for opening in resource["openings"]:
            dated += self.local_pieces(*map(moment, opening))
        for date, start, end in dated:
            hours = stubs.WeeklyInterval(day=date.isoweekday(), start_minute=start, end_minute=end)
            result.append(self.schedule([hours], first=date, last=date))
        return result

    def schedule(
        self, hours: list[Message], first: datetime.date | None, last: datetime.date | None
    ) -> Message:
        schedule = self.stubs.ProviderSchedule(location_id=self.location.id, hours=hours)
        for field, date in [("effective_start", first), ("effective_end", last)]:
            if date:
                local = self.stubs.LocalDate(year=date.year, month=date.month, day=date.day)
                getattr(schedule, field).CopyFrom(local)
        return schedule

    def local_pieces(
        self, start: datetime.datetime, end: datetime.datetime
    ) -> Iterator[tuple[datetime.date, int, int]]:
        """An absolute interval as stretches of local dates."""
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        date = first.date()
        while date <= last.date():
            low = first.hour * 60 + first.minute if date == first.date() else 0
            high = last.hour * 60 + last.minute if date == last.date() else 1440
            if low < high:
                yield date, low, high
            date += datetime.timedelta(days=1)

    def service(self, **fields: object) -> Message:
        stubs = self.stubs
        service = stubs.Service(
            name=self.name,
            external_ref=self.name,
            horizon_days=36_600,
            provider_ids=[provider.id for provider in self.providers.values()],
            **fields,
        )
        return self.client(stubs.CreateServiceRequest(service=service)).service

    def find(self, service: Message, window: list[str], **fields: object) -> Message:
        """FindSlots for a window that bounds the visit's end."""
        length = datetime.timedelta(minutes=service.durations_minutes[0])
        start = moment(window[0]).timestamp()
        last = (moment(window[1]) - length).timestamp()
        begin = -(-start // 60) * 60
        return self.client(
            self.stubs.FindSlotsRequest(
                **{
                    "location_id": self.location.id,
                    "service_id": service.id,
                    "from": timestamp(begin),
                    "to": timestamp(max(begin, last // 60 * 60 + 60)),
                },
                **fields,
            )
        )

    def occupy(self, service: Message) -> None:
        """Lays the bookings that a case starts with, and that have no buffers."""
        stubs = self.stubs
        records = []
        for resource in self.case["resources"]:
            blocking = [b for b in resource["busy"] if b.get("status") in BLOCKING]
            spans = union([(moment(b["start"]), moment(b["end"])) for b in blocking])
            freed = [b for b in resource["busy"] if b.get("status") not in BLOCKING]
            rows = [(start, end, []) for start, end in spans]
            for row in freed:
                start = moment(row["start"])
                change = stubs.StageChange(
                    stage=stubs.STAGE_CANCELLED, at=timestamp(start.timestamp())
                )
                rows.append((start, moment(row["end"]), [change]))
            for index, (start, end, history) in enumerate(rows):
                reference = f"{self.name}-{resource['id']}"
                booking = stubs.ImportBooking(
                    external_ref=f"{reference}-{index}",
                    patient_ref=self.name,
                    location_ref=self.name,
                    provider_ref=reference,
                    service_ref=self.name,
                    start=timestamp(start.timestamp()),
                    end=timestamp(end.timestamp()),
                    stage_history=history,
                )
                records.append(stubs.ImportRequest(booking=booking))
        answers = stubs.ImportServiceStub(self.client.channel).Import(iter(records), timeout=30)
        for answer in answers:
            assert answer.outcome == stubs.IMPORT_OUTCOME_CREATED, answer

    def occupy_with_buffers(self, service: Message) -> None:
        """Lays them by booking, so that they keep the service's buffers: with any length, and a
        step of a minute, for as long as that takes."""
        stubs = self.stubs
        rows = [
            (self.providers[resource["id"]].id, moment(busy["start"]), moment(busy["end"]))
            for resource in self.case["resources"]
            for busy in resource["busy"]
            if busy.get("status") in BLOCKING
        ]
        lengths = {int((end - start).total_seconds() // 60) for _, start, end in rows}
        loose = stubs.Service.FromString(service.SerializeToString())
        loose.step_minutes, loose.step_offset_minutes = 1, 0
        loose.durations_minutes.extend(lengths - set(service.durations_minutes))
        self.client(stubs.UpdateServiceRequest(service=loose))
        for provider, start, end in rows:
            self.client(self.booking_request(service, provider, start, end))
        self.client(stubs.UpdateServiceRequest(service=service))

    def booking_request(
        self, service: Message, provider: str, start: datetime.datetime,
        end: datetime.datetime, key: str = "",
    ) -> Message:  # fmt: skip
        stubs = self.stubs
        return stubs.CreateBookingRequest(
            request_id=f"{self.name}-{key}" if key else "",
            patient_id=self.patient.id,
            booking=stubs.NewBooking(
                location_id=self.location.id,
                service_id=service.id,
                provider_id=provider,
                duration_minutes=int((end - start).total_seconds() // 60),
                start=timestamp(start.timestamp()),
            ),
        )


def union(
    spans: list[tuple[datetime.datetime, datetime.datetime]],
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """Joins what overlaps: a provider has one booking at a time."""
    result: list[tuple[datetime.datetime, datetime.datetime]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def parametrized(cases: list[dict], waits_for: Callable[[dict], str | None]):
    marks = [
        pytest.param(case, id=case["id"], marks=[pytest.mark.skip(reason=reason)] if reason else [])
        for case in cases
        for reason in [waits_for(case)]
    ]
    return pytest.mark.parametrize("case", marks)


@pytest.mark.parametrize(
    "name, cases, waits_for",
    [
        ("slots", SLOTS, slots_wait_for),
        ("booking", SCRIPTS, script_waits_for),
        ("invalid", INVALID, invalid_waits_for),
    ],
)
def test_no_case_is_dropped_unseen(
    name: str, cases: list[dict], waits_for: Callable[[dict], str | None]
):
    """So many cases are played, and each other one has a reason."""
    reasons = Counter(filter(None, map(waits_for, cases)))
    played = len(cases) - reasons.total()
    print(f"{name}: {len(cases)} cases, {played} played")
    for reason, count in reasons.most_common():
        print(f"  {count} wait for {reason}")
    assert played == PASSING[name]


# MARK: Slots


@parametrized(SLOTS, slots_wait_for)
def test_slots(shared_client: Client, case: dict):
    """The starts are exactly those of the case, and with those providers."""
    stage = Stage(shared_client, case)
    buffers = case["buffers"]
    service = stage.service(
        durations_minutes=[case["duration_min"]],
        step_minutes=case["step_min"],
        step_offset_minutes=case["offset_min"],
        notice_minutes=case["notice_min"],
        buffer_before_minutes=buffers["before_min"],
        buffer_after_minutes=buffers["after_min"],
    )
    has_buffers = buffers["before_min"] or buffers["after_min"]
    if buffers["mode"] == "both" and has_buffers:
        stage.occupy_with_buffers(service)
    else:
        stage.occupy(service)
    reply = stage.find(service, case["window"], page_size=case["limit"] or 10_000)
    starts = [slot.start.seconds for slot in reply.slots]
    assert starts == [moment(text).timestamp() for text in case["expected"]]
    names = {provider.id: name for name, provider in stage.providers.items()}
    who = {
        slot.start.seconds: {names[reply.provider_ids[i]] for i in slot.provider_indexes}
        for slot in reply.slots
    }
    for text, expected in case.get("expected_resources", {}).items():
        assert who[moment(text).timestamp()] == set(expected)
    if not case["limit"]:
        book_what_was_found(stage, service, reply, case)


def book_what_was_found(stage: Stage, service: Message, reply: Message, case: dict) -> None:
    """The first and the last slot found can be booked, and are gone then."""
    if not reply.slots:
        return
    first, last = reply.slots[0], reply.slots[-1]
    for slot in [first, last] if first != last else [first]:
        provider = reply.provider_ids[slot.provider_indexes[0]]
        stubs = stage.stubs
        request = stubs.CreateBookingRequest(
            patient_id=stage.patient.id,
            booking=stubs.NewBooking(
                location_id=stage.location.id, service_id=service.id, provider_id=provider,
                start=slot.start,
            ),
        )  # fmt: skip
        try:
            stage.client(request)
        except grpc.RpcError as error:
            # Its buffers may reach the visit that was booked a moment ago.
            assert slot is last and Refusal.of(error).reason in ("BUFFER", "SLOT_TAKEN")
        again = stage.client.refusal(request)
        assert again.code == grpc.StatusCode.FAILED_PRECONDITION


# MARK: Scripts

OUTCOMES: dict[str, tuple[grpc.StatusCode, set[str]]] = {
    "conflict": (grpc.StatusCode.FAILED_PRECONDITION, {"SLOT_TAKEN", "SLOT_HELD", "BUFFER"}),
    "outside_hours": (grpc.StatusCode.FAILED_PRECONDITION, {"OUTSIDE_HOURS", "LOCATION_CLOSED"}),
    "misaligned": (grpc.StatusCode.FAILED_PRECONDITION, {"OFF_STEP"}),
    "not_found": (grpc.StatusCode.NOT_FOUND, {"UNKNOWN_RECORD"}),
    "invalid": (grpc.StatusCode.INVALID_ARGUMENT, {"DURATION_NOT_OFFERED"}),
    "invalid_state": (grpc.StatusCode.FAILED_PRECONDITION, {"STAGE", "PROCEDURE_ACTIVE"}),
    "key_reused": (grpc.StatusCode.INVALID_ARGUMENT, {"KEY_REUSED"}),
}


class Script:
    """Plays the steps of a booking case."""

    def __init__(self, client: Client, case: dict):
        self.stage = Stage(client, case)
        self.client, self.stubs = client, client.stubs
        wanted = case["service"]
        lengths = [
            int((moment(step["end"]) - moment(step["start"])).total_seconds() // 60)
            for step in case["steps"]
            if "end" in step
        ]
        fixed = [wanted["duration_min"]] if wanted["duration_min"] else sorted(set(lengths))
        self.service = self.stage.service(
            durations_minutes=fixed,
            step_minutes=script_step(case),
            step_offset_minutes=wanted["offset_min"],
            notice_minutes=case["notice_min"],
            buffer_before_minutes=wanted["buffers"]["before_min"],
            buffer_after_minutes=wanted["buffers"]["after_min"],
        )
        kind = self.stubs.ProcedureType(name=self.stage.name, service_ids=[self.service.id])
        client(self.stubs.CreateProcedureTypeRequest(procedure_type=kind))
        self.stage.occupy(self.service)
        self.named: dict[str, Message] = {}

    def provider(self, step: dict) -> str:
        known = self.stage.providers.get(step["resources"][0])
        return known.id if known else f"provider_{'0' * 26}"

    def outcome(self, step: dict, request: Message) -> Message | None:
        """The reply where the step expects one; else the refusal is compared."""
        expected = step["expect"]
        if expected in ("ok", "same"):
            return self.client(request)
        refusal = self.client.refusal(request)
        code, reasons = OUTCOMES[expected]
        assert refusal.code == code and refusal.reason in reasons, (step, refusal)
        return None

    def booking(self, step: dict) -> Message:
        return self.stage.booking_request(
            self.service, self.provider(step), moment(step["start"]), moment(step["end"]),
            step.get("key", ""),
        )  # fmt: skip

    def book(self, step: dict) -> None:
        reply = self.outcome(step, self.booking(step))
        if step["expect"] == "same":
            assert reply.replayed and reply.booking == self.named[step["ref"]]
        elif reply:
            self.named[step.get("as_", "")] = reply.booking

    def book_parallel(self, step: dict) -> None:
        def attempt(_: int) -> str:
            try:
                self.client(self.booking(step))
            except grpc.RpcError as error:
                refusal = Refusal.of(error)
                code, reasons = OUTCOMES[step["expect_else"]]
                assert refusal.code == code and refusal.reason in reasons
                return "refused"
            return "ok"

        with ThreadPoolExecutor(step["n"]) as pool:
            answers = Counter(pool.map(attempt, range(step["n"])))
        assert answers["ok"] == step["expect_ok"]

    def reschedule(self, step: dict) -> None:
        booking = self.named[step["ref"]]
        reply = self.outcome(
            step,
            self.stubs.RescheduleBookingRequest(
                booking_id=booking.id, start=timestamp(moment(step["start"]).timestamp())
            ),
        )
        if reply:
            assert reply.booking.id == booking.id
            assert reply.booking.end.seconds == moment(step["end"]).timestamp()

    def cancel(self, step: dict) -> None:
        self.outcome(step, self.stubs.CancelBookingRequest(booking_id=self.named[step["ref"]].id))

    def set_status(self, step: dict) -> None:
        """A visit that is fulfilled has gone through its procedure to the end of the board."""
        assert step["status"] == "fulfilled"
        stubs, id = self.stubs, self.named[step["ref"]].id
        self.client(stubs.MoveBookingRequest(booking_id=id, stage=stubs.STAGE_CHECK_IN))
        procedure = self.client(stubs.StartProcedureRequest(booking_id=id)).procedure
        self.client(stubs.SubmitProcedureRequest(procedure_id=procedure.id))
        self.client(stubs.CompleteProcedureRequest(procedure_id=procedure.id))
        for stage in (stubs.STAGE_BILLING, stubs.STAGE_CHECKOUT):
            self.client(stubs.MoveBookingRequest(booking_id=id, stage=stage))

    def hold(self, step: dict) -> None:
        start, end = moment(step["start"]), moment(step["end"])
        reply = self.outcome(
            step,
            self.stubs.HoldRequest(
                location_id=self.stage.location.id,
                service_id=self.service.id,
                provider_id=self.provider(step),
                duration_minutes=int((end - start).total_seconds() // 60),
                start=timestamp(start.timestamp()),
                owner=f"{self.stage.name}-{step['owner']}",
                ttl_seconds=1800,
            ),
        )
        if reply:
            self.named[step["as_"]] = reply.hold

    def confirm(self, step: dict) -> None:
        self.outcome(
            step,
            self.stubs.CreateBookingRequest(
                patient_id=self.stage.patient.id,
                booking=self.stubs.NewBooking(hold_id=self.named[step["ref"]].id),
            ),
        )

    def list(self, step: dict) -> None:
        reply = self.stage.find(
            self.service, step["window"], provider_ids=[self.provider(step)], page_size=1000
        )
        starts = [slot.start.seconds for slot in reply.slots]
        assert starts == [moment(text).timestamp() for text in step["expect"]]

    def count(self, step: dict) -> None:
        request = self.stubs.ListBookingsRequest(location_id=self.stage.location.id)
        rows = self.client.pages(request, "bookings")
        active = [row for row in rows if row.stage != self.stubs.STAGE_CANCELLED]
        assert len(active) == step["expect"]


@parametrized(SCRIPTS, script_waits_for)
def test_booking_scripts(shared_client: Client, case: dict):
    """Each step has the outcome that the case says."""
    script = Script(shared_client, case)
    for step in case["steps"]:
        getattr(script, step["op"])(step)


# MARK: Invalid input


class Attempts:
    """What each kind of invalid input is in slotd's API; returns the words of `acceptable`."""

    def __init__(self, stage: Stage):
        self.stage, self.client, self.stubs = stage, stage.client, stage.stubs

    def duration_min(self, value: int, _: dict) -> list[str]:
        service = self.stubs.Service(name="X", durations_minutes=[value])
        return self.code(self.stubs.CreateServiceRequest(service=service))

    def step_min(self, value: int, _: dict) -> list[str]:
        service = self.stubs.Service(name="X", durations_minutes=[30], step_minutes=value)
        return self.code(self.stubs.CreateServiceRequest(service=service))

    def page_size(self, value: int, _: dict) -> list[str]:
        answer = self.code(self.stubs.ListBookingsRequest(page_size=value))
        return ["default page size (AIP-158)"] if answer == ["served"] else answer

    def window(self, value: list[str], _: dict) -> list[str]:
        service = self.stage.service(durations_minutes=[30])
        first, last = (timestamp(moment(f"{day}T00:00:00+00:00").timestamp()) for day in value)
        return self.code(
            self.stubs.FindSlotsRequest(
                location_id=self.stage.location.id, service_id=service.id,
                **{"from": first, "to": last},
            )
        )  # fmt: skip

    def service(self, value: str, _: dict) -> list[str]:
        stubs = self.stubs
        if value.startswith("unknown"):
            id = f"service_{'0' * 26}"
        else:
            other = stubs.Service(name="X", durations_minutes=[30])
            id = self.client(stubs.CreateServiceRequest(service=other)).service.id
        [provider] = self.stage.providers.values()
        return self.code(
            stubs.FindSlotsRequest(
                location_id=self.stage.location.id, service_id=id, provider_ids=[provider.id],
                **{"from": timestamp(2_000_000_040), "to": timestamp(2_000_086_440)},
            )
        )  # fmt: skip

    def weekly_same_day(self, value: list[list[str]], case: dict) -> list[str]:
        """Overlapping hours are merged; reversed ones run into the next day; short ones offer
        nothing."""
        weekly = [{"days": ["mon"], "start": start, "end": end} for start, end in value]
        resource = {"id": "p", "weekly": weekly, "overrides": {}, "openings": [], "busy": []}
        stage = Stage(self.client, {"timezone": "UTC", "resources": [resource]})
        length = case["input"].get("slot", 30)
        service = stage.service(durations_minutes=[length], step_minutes=30)
        monday = ["2026-09-21T00:00:00+00:00", "2026-09-23T00:00:00+00:00"]
        slots = stage.find(service, monday).slots
        start = moment(monday[0]).timestamp()
        found = [int(slot.start.seconds - start) // 60 for slot in slots]
        if not found:
            return ["accepted, no slots"]
        first, last = minutes(value[0][0]), minutes(value[-1][1])
        if last <= first:
            assert found == list(range(first, last + 1440 - length + 1, 30))
            return ["overnight (medplum, slotify)"]
        assert found == list(range(first, last - length + 1, 30))
        return ["merged (cal.com, nettu, zap)"]

    def date(self, value: str, _: dict) -> list[str]:
        """A date that is none: a typed date cannot be a word, but it can be no date."""
        date = self.stubs.LocalDate(year=2030, month=2, day=30)
        request = self.stubs.GetBoardRequest(location_id=self.stage.location.id, date=date)
        return self.code(request)

    def code(self, request: Message) -> list[str]:
        try:
            self.client(request)
        except grpc.RpcError as error:
            return [error.code().name]
        return ["served"]


@parametrized(INVALID, invalid_waits_for)
def test_invalid_input(shared_client: Client, case: dict, stubs: SimpleNamespace):
    """The answer is one of those that the case accepts."""
    resource = {"id": "p", "weekly": [], "overrides": {}, "openings": [], "busy": []}
    attempts = Attempts(Stage(shared_client, {"timezone": "UTC", "resources": [resource]}))
    kind, value = next(iter(case["input"].items()))
    [answer] = getattr(attempts, kind.replace(" ", "_"))(value, case)
    assert answer in case["acceptable"]
