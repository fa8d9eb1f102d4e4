"""Other schedulers' test suites, as cases: what they say is bookable, slotd says, too.

The cases are in Tests/Fixtures/cases, whose README gives their format and where they come from; the
directory SLOTD_CASES has others of the same format. Each is played over gRPC with the test clock
at its `now`, once for each anchor rule that slotd has and the case counts for. `peer_clinic.py`
says how a case's fields become records.

Where slotd differs, the rule of the design that makes it differ stands below. A case that begins
to differ fails, and so does one that no longer does. The numbers of those that agree are written
down as well, so that they cannot shrink unseen.
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
from collections import Counter
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import grpc
import pytest
from google.protobuf.message import Message
from process import ROOT

from peer_clinic import (
    ANCHORS,
    DAY,
    NONE,
    PeerClinic,
    Peers,
    Unknown,
    check_case,
    known,
    minutes,
    minutes_between,
    moment,
    stamp,
)
from peer_scripts import Script
from peer_solver import random_case, solve
from slotd_client import Refusal

FIXTURES = ROOT / "Tests/Fixtures/cases"
FOLDER = pathlib.Path(os.environ.get("SLOTD_CASES", FIXTURES))


def read(name: str) -> list[dict]:
    content = json.loads((FOLDER / f"{name}.json").read_text())
    return content["cases"] if isinstance(content, dict) else content


SLOTS, SCRIPTS, INVALID = read("slots"), read("booking"), read("invalid")
# Cases that are slotd's own: what the anchors, zones, buffers and holds mean where no peer has a test.
OWN = json.loads((FIXTURES / "own.json").read_text())["cases"]

# How many of each file agree in all that is played of them, and how often slot cases are played.
AGREEING = {"slots": 113, "booking": 38, "invalid": 14}
PLAYED = 283

# Where slotd differs: by case and anchor rule (scripts have none), the rule that makes it differ.
CLAMPED = (
    "availability.md 4: an end of hours in a spring gap is clamped to the transition, never "
    "shifted forward, so they begin at 03:00 and not at 03:30"
)
DIFFERENCES: dict[tuple[str, str], str] = {
    ("medplum-hours-12", "grid"): CLAMPED,
    ("medplum-hours-12", "hours"): CLAMPED,
    ("medplum-hours-12", "free"): CLAMPED,
    ("nettu-09", "free"): (
        "availability.md 3: GAP counts from the start of the free gap, which the window that is "
        "asked for does not cut; else a start could be found in one window and refused in another"
    ),
}


def rules(case: dict) -> list[str]:
    """The anchor rules that a case counts for and slotd has."""
    return [name for name in ANCHORS if name in case["anchors_agreeing"]]


def by_time(cases: list[dict]) -> list:
    """In the order of their clocks, so that few daemons are needed."""
    ordered = sorted(cases, key=lambda case: begin(case))
    return [pytest.param(case, id=case["id"]) for case in ordered]


def begin(case: dict) -> datetime.datetime:
    """The first time at which a case does something: its `now`, or when a hold was placed."""
    placed = [placing(hold, moment(case["now"])) for hold in case.get("holds", [])]
    return min([moment(case["now"]), *(time for time, _ in placed)])


@pytest.fixture(scope="module")
def peers(
    tmp_path_factory: pytest.TempPathFactory, stubs: SimpleNamespace
) -> Iterator[Peers]:
    """The daemon that shows each case its time."""
    peers = Peers(tmp_path_factory.mktemp("peers"), stubs)
    yield peers
    peers.close()


@pytest.mark.skipif(FOLDER != FIXTURES, reason="other cases than those that were counted")
def test_no_case_is_dropped_unseen():
    """So many cases agree, and each other one has a rule that makes it differ."""
    differing = {case for case, _ in DIFFERENCES}
    for name, cases in [("slots", SLOTS), ("booking", SCRIPTS), ("invalid", INVALID)]:
        agreeing = [case for case in cases if case["id"] not in differing]
        print(f"{name}: {len(cases)} cases, {len(agreeing)} agree")
        assert len(agreeing) == AGREEING[name]
    assert sum(len(rules(case)) for case in SLOTS) == PLAYED
    assert all(rules(case) for case in SLOTS)
    ids = Counter(case["id"] for case in [*SLOTS, *SCRIPTS, *INVALID])
    assert max(ids.values()) == 1 and differing <= ids.keys()
    for (case, rule), reason in DIFFERENCES.items():
        print(f"  {case} ({rule}): {reason}")


def judge(case: str, rule: str, problem: str | None) -> str | None:
    """What is wrong with a play; nothing is where it differs as it is known to."""
    reason = DIFFERENCES.get((case, rule))
    if problem and not reason:
        return f"{rule}: {problem}"
    if reason and not problem:
        return f"{rule}: agrees, although it is listed to differ by {reason}"
    return None


# MARK: Slots


def placing(hold: dict, now: datetime.datetime) -> tuple[datetime.datetime, int]:
    """When a hold is placed so that it expires at its time, and for how many seconds. One that
    outlives half an hour is placed now, for as long as a hold may live."""
    expires = moment(hold["expires"])
    life = int(min(max((expires - now).total_seconds(), 300), 1800))
    return min(now, expires - datetime.timedelta(seconds=life)), life


def place_holds(clinic: PeerClinic, case: dict) -> str:
    """Places the holds of a case at their times, and returns the asking owner's own."""
    now, stubs, own = moment(case["now"]), clinic.stubs, []
    for hold in sorted(case["holds"], key=lambda hold: placing(hold, now)):
        time, life = placing(hold, now)
        clinic.peers.set_clock(time)
        start, end = moment(hold["start"]), moment(hold["end"])
        service = clinic.loose(
            hold["resource"], minutes_between(start, end), NONE, case["capacity"]
        )
        reply = clinic.client(
            stubs.HoldRequest(
                location_id=clinic.location.id, service_id=service.id, start=stamp(start),
                owner=hold["owner"], ttl_seconds=life,
            )
        )  # fmt: skip
        if hold["owner"] == case["as_owner"]:
            own.append(reply.hold.id)
    clinic.peers.set_clock(now)
    if len(own) > 1:
        raise Unknown("several holds of the one who asks")
    return own[0] if own else ""


@pytest.mark.parametrize("case", by_time(SLOTS))
def test_slots(peers: Peers, case: dict):
    """The starts are exactly those of the case, and with those providers."""
    problems = [judge(case["id"], *played) for played in play_slots(peers, case)]
    assert not any(problems), problems


@pytest.mark.parametrize("case", by_time(OWN))
def test_own_slots(peers: Peers, case: dict):
    """As those of peers; none may differ."""
    assert not [played for played in play_slots(peers, case) if played[1]]


SEEDS = [int(seed) for seed in os.environ.get("SLOTD_TEST_SEED", "1 2").split()]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_slots(peers: Peers, seed: int):
    """Cases that nobody wrote, solved by an oracle of the format; SLOTD_TEST_SEED names others."""
    random = Random(seed)
    cases = [random_case(random, f"seed {seed}, {number}") for number in range(80)]
    assert sum(bool(case["expected"]) for case in cases) > 20
    for case in sorted(cases, key=begin):
        for rule, problem in play_slots(peers, case):
            assert not problem, (rule, problem, case)


def test_the_oracle_solves_what_peers_did():
    """By the clock's grid, each case but those that differ by a rule of ours."""
    for case in SLOTS:
        if "grid" in case["anchors_agreeing"] and (case["id"], "grid") not in DIFFERENCES:
            zone = ZoneInfo(case["timezone"])
            first, last = (moment(text).astimezone(zone).date() for text in case["window"])
            dates = [first + n * DAY for n in range(-3, (last - first).days + 4)]
            found = solve(case, "grid", dates)[: case["limit"]]
            assert found == [moment(text) for text in case["expected"]], case["id"]


def play_slots(peers: Peers, case: dict) -> Iterator[tuple[str, str | None]]:
    """Asks by each anchor rule; yields it, and how the answer differs from the case's."""
    check_case(case, "slot")
    spans = [case["window"], *([hold["start"], hold["end"]] for hold in case["holds"])]
    for group in groups(case):
        clinic = PeerClinic(peers, case, spans, begin(case), splits_openings="grid" in group)
        clinic.occupy(case["buffers"], case["capacity"])
        hold = place_holds(clinic, case)
        # Last the one whose slots are booked: those of a gap move with what is booked.
        for rule in reversed(group):
            service = clinic.service(
                list(clinic.providers), durations=[case["duration_min"]], step=case["step_min"],
                offset=case["offset_min"], notice=case["notice_min"], buffers=case["buffers"],
                capacity=case["capacity"], is_joint=case["combine"] == "all",
                anchor=ANCHORS[rule],
            )  # fmt: skip
            size = case["limit"] or 10_000
            reply = clinic.find(service, case["window"], page_size=size, hold_id=hold)
            check_found(clinic, service, reply, hold)
            yield rule, difference(clinic, reply, case)
        if not case["limit"] and rule != "free":
            book_what_was_found(clinic, service, reply, hold)


def groups(case: dict) -> list[list[str]]:
    """The rules to be played with the same hours: an opening past midnight is written in one way
    for the clock's steps and in another for the others'."""
    zone = ZoneInfo(case["timezone"])
    passes_midnight = any(
        moment(start).astimezone(zone).date() != moment(end).astimezone(zone).date()
        for resource in case["resources"]
        for start, end in resource["openings"]
    )
    names = rules(case)
    if not passes_midnight:
        return [names]
    clock, others = ([name for name in names if (name == "grid") == is_clock]
                     for is_clock in (True, False))  # fmt: skip
    return [group for group in (clock, others) if group]


def difference(clinic: PeerClinic, reply: Message, case: dict) -> str | None:
    """How a reply differs from what a case expects."""
    found = [slot.start.seconds for slot in reply.slots]
    expected = [int(moment(text).timestamp()) for text in case["expected"]]
    if found != expected:
        more, fewer = (
            [datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat() for time in times]
            for times in (sorted(set(found) - set(expected)), sorted(set(expected) - set(found)))
        )
        return f"offers {more}, does not offer {fewer}"
    names = {provider.id: name for name, provider in clinic.providers.items()}
    who = {
        slot.start.seconds: {names[reply.provider_ids[i]] for i in slot.provider_indexes}
        for slot in reply.slots
    }
    for text, providers in (case.get("expected_resources") or {}).items():
        if who[int(moment(text).timestamp())] != set(providers):
            return f"offers {text} with others than {providers}"
    return None


def check_found(clinic: PeerClinic, service: Message, reply: Message, hold: str) -> None:
    """Whatever was offered can be booked, says the check of single starts."""
    stubs = clinic.stubs
    visit = stubs.VisitQuery(
        location_id=clinic.location.id,
        segments=[stubs.SegmentRequest(service_id=service.id)],
        hold_id=hold,
    )
    checks = [stubs.SlotCheck(visit=visit, start=slot.start) for slot in reply.slots[:1000]]
    verdicts = clinic.client(stubs.CheckSlotsRequest(checks=checks)).verdicts if checks else []
    assert all(verdict.available for verdict in verdicts), verdicts


def book_what_was_found(clinic: PeerClinic, service: Message, reply: Message, hold: str) -> None:
    """The first and the last slot found can be booked, and one that is full then cannot again."""
    if hold or not reply.slots:
        return
    first, last = reply.slots[0], reply.slots[-1]
    for slot in [first, last] if first != last else [first]:
        provider = reply.provider_ids[slot.provider_indexes[0]]
        request = clinic.booking(service, slot.start.ToDatetime(datetime.UTC), provider)
        try:
            clinic.client(request)
        except grpc.RpcError as error:
            # Its buffers may reach the visit that was booked a moment ago.
            refusal = Refusal.of(error)
            assert slot is last and refusal.reason in ("BUFFER", "SLOT_TAKEN", "RESOURCE_TAKEN")
        if service.capacity <= 1:
            again = clinic.client.refusal(request)
            assert again.code == grpc.StatusCode.FAILED_PRECONDITION


# MARK: Scripts


@pytest.mark.parametrize("case", by_time(SCRIPTS))
def test_booking_scripts(peers: Peers, case: dict):
    """Each step has the outcome that the case says."""
    script, problem = Script(peers, case), None
    try:
        script.play()
    except AssertionError as error:
        problem = str(error)
    except grpc.RpcError as error:
        problem = str(Refusal.of(error))
    problem = judge(case["id"], "", problem)
    assert not problem


# MARK: Invalid input

NOW = "2026-09-01T00:00:00+00:00"
NO_BUFFERS = {"before_min": 0, "after_min": 0, "mode": "candidate", "inside_hours": True}


class Attempts:
    """What each kind of invalid input is in slotd's API; returns the word of `acceptable`."""

    def __init__(self, peers: Peers, case: dict):
        self.peers, self.input = peers, case["input"]
        self.clinic = self.clinic_of([])
        self.client, self.stubs = self.clinic.client, self.clinic.stubs

    def clinic_of(self, weekly: list[dict]) -> PeerClinic:
        resource = {"id": "p", "weekly": weekly, "overrides": {}, "openings": [], "busy": []}
        return PeerClinic(
            self.peers, {"timezone": "UTC", "resources": [resource]}, [], moment(NOW)
        )

    def service_of(self, clinic: PeerClinic, length: int) -> Message:
        return clinic.service(
            ["p"], durations=[length], step=30, buffers=NO_BUFFERS, capacity=1, is_joint=True
        )

    def duration_min(self, value: int) -> str:
        service = self.stubs.Service(name="X", durations_minutes=[value])
        return self.code(self.stubs.CreateServiceRequest(service=service))

    def step_min(self, value: int) -> str:
        """Said for one location, where a step of 0 is not the same as none."""
        variant = self.stubs.ServiceVariant(
            location_id=self.clinic.location.id, step_minutes=value
        )
        service = self.stubs.Service(name="X", durations_minutes=[30], variants=[variant])
        return self.code(self.stubs.CreateServiceRequest(service=service))

    def page_size(self, value: int) -> str:
        answer = self.code(self.stubs.ListBookingsRequest(page_size=value))
        return "default page size (AIP-158)" if (value, answer) == (0, "served") else answer

    def window(self, value: list[str]) -> str:
        first, last = (stamp(moment(f"{day}T00:00:00+00:00")) for day in value)
        return self.code(
            self.stubs.FindSlotsRequest(
                location_id=self.clinic.location.id,
                service_id=self.service_of(self.clinic, 30).id,
                **{"from": first, "to": last},
            )
        )

    def service(self, value: str) -> str:
        stubs = self.stubs
        if value.startswith("unknown"):
            id = f"service_{'0' * 26}"
        else:
            known(value, {"exists, but this provider does not offer it"}, "service")
            other = stubs.Service(name="X", durations_minutes=[30])
            id = self.client(stubs.CreateServiceRequest(service=other)).service.id
        return self.code(
            stubs.FindSlotsRequest(
                location_id=self.clinic.location.id, service_id=id,
                provider_ids=[self.clinic.providers["p"].id],
                **{"from": stamp(moment(NOW)), "to": stamp(moment(NOW) + DAY)},
            )
        )  # fmt: skip

    def weekly_same_day(self, value: list[list[str]]) -> str:
        """Overlapping hours are merged; reversed ones run into the next day; short ones offer
        nothing."""
        clinic = self.clinic_of([{"days": ["mon"], "start": a, "end": b} for a, b in value])
        length = self.input.get("slot", 30)
        week = ["2026-09-21T00:00:00+00:00", "2026-09-23T00:00:00+00:00"]
        slots = clinic.find(self.service_of(clinic, length), week).slots
        start = moment(week[0]).timestamp()
        found = [int(slot.start.seconds - start) // 60 for slot in slots]
        if not found:
            return "accepted, no slots"
        first, last = minutes(value[0][0]), minutes(value[-1][1])
        if last <= first:
            assert found == list(range(first, last + 1440 - length + 1, 30))
            return "overnight (medplum, slotify)"
        assert found == list(range(first, last - length + 1, 30))
        return "merged (cal.com, nettu, zap)"

    def date(self, _: str) -> str:
        """A date that is none: a typed date cannot be a word, but it can be no date."""
        date = self.stubs.LocalDate(year=2030, month=2, day=30)
        request = self.stubs.GetBoardRequest(location_id=self.clinic.location.id, date=date)
        return self.code(request)

    def code(self, request: Message) -> str:
        """The status of a refusal; a search without an answer is `empty`."""
        try:
            reply = self.client(request)
        except grpc.RpcError as error:
            return error.code().name
        return "empty" if not getattr(reply, "slots", ["a slot"]) else "served"


# What an input may have besides the one thing that is wrong.
BESIDES = {"slot"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in INVALID])
def test_invalid_input(peers: Peers, case: dict):
    """The answer is one of those that the case accepts."""
    if more := set(case) - {"id", "source", "input", "peer_answer", "acceptable"}:
        raise Unknown(f"fields of an invalid input: {sorted(more)}")
    [kind] = set(case["input"]) - BESIDES
    attempts = Attempts(peers, case)
    attempt = getattr(attempts, kind.replace(" ", "_"), None)
    if kind.startswith("_") or attempt is None:
        raise Unknown(f"input: {kind!r}")
    answer = attempt(case["input"][kind])
    problem = None if answer in case["acceptable"] else f"answers {answer}"
    problem = judge(case["id"], "", problem)
    assert not problem


# MARK: The runner itself


def test_a_listed_difference_must_be_one(monkeypatch: pytest.MonkeyPatch):
    """A case that begins to differ fails, and so does one that no longer does."""
    monkeypatch.setitem(DIFFERENCES, ("listed", "grid"), "a rule")
    assert judge("listed", "grid", "offers more") is None
    assert "agrees" in judge("listed", "grid", None)
    assert "offers more" in judge("listed", "hours", "offers more")
    assert judge("listed", "hours", None) is None


def test_what_is_not_understood_is_loud(peers: Peers):
    """A field or a value that the runner does not know is an error, not a case that passes."""

    def changed(case: dict, change) -> dict:
        copy = json.loads(json.dumps(case))
        change(copy)
        return copy

    slot = next(case for case in SLOTS if case["resources"][0]["weekly"])
    slot = changed(slot, lambda case: case["resources"][0]["busy"].clear())
    busy = {"start": slot["window"][0], "end": slot["window"][1]}
    check_case(slot, "slot")
    for change in [
        lambda case: case.update(max_per_day=3),
        lambda case: case.update(combine="most"),
        lambda case: case["buffers"].update(mode="shared"),
        lambda case: case["buffers"].update(travel_min=5),
        lambda case: case["anchors_agreeing"].append("lunar"),
        lambda case: case["resources"][0].update(closed=True),
        lambda case: case["resources"][0]["weekly"][0].update(every=2),
        lambda case: case["resources"][0]["busy"].append(busy | {"status": "maybe"}),
        lambda case: case["resources"][0]["busy"].append(busy | {"seats": 2}),
        lambda case: case["holds"].append(busy | {"seats": 2}),
    ]:
        with pytest.raises(Unknown):
            check_case(changed(slot, change), "slot")
    script = SCRIPTS[0]
    for change in [
        lambda case: case["service"].update(deposit=1),
        lambda case: case["steps"].append({"op": "swap", "expect": "ok"}),
        lambda case: case["steps"][0].update(because="so"),
    ]:
        with pytest.raises(Unknown):
            Script(peers, changed(script, change))
