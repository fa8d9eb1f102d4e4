"""SIGKILL under load, ten times on one data directory, and an audit after each (F1 of the fault
tests).

Eight clients hold, book, reschedule, cancel, move, start and attach, each call with a request_id,
and each client keeps a ledger of what it was told. The daemon is killed at a moment that the seed
picks (50 to 1,500 ms), started again, and audited:

- R1: every record is as its last acknowledgement says, field by field; what a client read from
  others is there, too, in that version or a later one;
- R2: the one call that a client had under way is absent or present once, and repeating it with the
  same request_id either does it now or gives the first answer; so does repeating any acknowledged
  call;
- R3: nothing exists that nobody asked for;
- R4: no two bookings of a provider that keep their time overlap, buffers included; no segment has
  two active procedures.

At the end `slotd verify` says that the files are sound. Every second cycle starves the daemon's
threads but for its event loops (see `starve`) and kills it when a client has just been told
something.

To replay a run, give it the seed that it printed: SLOTD_KILL_SEED=… ; SLOTD_KILL_CYCLES sets the
number of cycles.

This test must fail when a reply can leave before the commit. To see it fail, make the committer
release its waiters first: in Sources/Engine/Committer.swift, `commit(_:)`, move the line

    release(items.compactMap(\\.waiter), .durable)

above `if !entries.isEmpty`, build, and run this test. It reports that acknowledged records are
gone, or that what was acknowledged is done again. A kill does not empty the system's page cache,
so only what was told before SQLite wrote it can be lost; a `usleep(20_000)` before the commit
widens that.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import grpc
from google.protobuf.message import Message
from process import ServerProcess, binary

from clinic import Clinic, every_day
from slotd_client import Client, Refusal

CLIENTS = 8
PROVIDERS = 4
DAYS = 12
STEP, DURATION, BUFFER = 15, 30, 15
SEED = int(os.environ.get("SLOTD_KILL_SEED", time.time_ns() % (1 << 32)))
CYCLES = int(os.environ.get("SLOTD_KILL_CYCLES", "10"))
# A channel of its own for each client, which gives up when the daemon is gone.
CHANNEL = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]


@dataclasses.dataclass
class Plan:
    """What there is to book."""

    stubs: SimpleNamespace
    location: str
    service: str
    providers: list[str]
    first: int  # the first start, in seconds since 1970

    def start(self, dice: random.Random) -> int:
        return self.first + dice.randrange(DAYS * 1440 // STEP) * STEP * 60


@dataclasses.dataclass
class Ledger:
    """What one client was told, and what it did not hear."""

    actor: str
    patient: str
    bookings: dict[str, Message] = dataclasses.field(default_factory=dict)
    procedures: dict[str, Message] = dataclasses.field(default_factory=dict)
    holds: dict[str, Message] = dataclasses.field(default_factory=dict)
    # How often a procedure's booking was moved since the procedure was last told of: each time makes
    # another version of it.
    moved: Counter[str] = dataclasses.field(default_factory=Counter)
    # Records of others as they were read.
    seen: dict[str, Message] = dataclasses.field(default_factory=dict)
    # The notes of all bookings that were asked for.
    asked: set[str] = dataclasses.field(default_factory=set)
    acknowledged: list[tuple[Message, Message]] = dataclasses.field(default_factory=list)
    unknown: Message | None = None
    count: int = 0
    refusals: Counter[str] = dataclasses.field(default_factory=Counter)

    def acknowledge(self, request: Message, reply: Message) -> None:
        """Takes an answer for true: from now on it must not be lost."""
        kind = type(request).DESCRIPTOR.name
        fields = {field.name for field, _ in reply.ListFields()}
        if kind == "GetBookingRequest":
            self.seen[reply.booking.id] = reply.booking
            return
        if "booking" in fields:
            before = self.bookings.get(reply.booking.id)
            if kind == "RescheduleBookingRequest" and reply.booking.version > before.version:
                self.moved.update(s.procedure_id for s in reply.booking.segments)
            self.bookings[reply.booking.id] = reply.booking
        if "procedure" in fields:
            self.procedures[reply.procedure.id] = reply.procedure
            self.moved.pop(reply.procedure.id, None)
        if kind == "HoldRequest":
            self.holds[reply.hold.id] = reply.hold
        if kind == "CreateBookingRequest":
            self.holds.pop(request.booking.hold_id, None)
        self.acknowledged.append((request, reply))

    def forget_cycle(self) -> None:
        self.acknowledged.clear()
        self.unknown = None


class Player:
    """Makes a client's calls, one after another, as the dice fall."""

    def __init__(self, plan: Plan, ledger: Ledger, dice: random.Random, everyone: list[Ledger]):
        self.plan, self.ledger, self.dice, self.everyone = plan, ledger, dice, everyone

    def request(self) -> Message:
        stubs, ledger, dice = self.plan.stubs, self.ledger, self.dice
        ledger.count += 1
        key = f"{ledger.actor}-{ledger.count}"
        if ledger.holds:
            ledger.asked.add(key)
            return stubs.CreateBookingRequest(
                request_id=key, patient_id=ledger.patient,
                booking=stubs.NewBooking(hold_id=next(iter(ledger.holds)), note=key),
            )  # fmt: skip
        booking = self.pick(stubs.STAGE_NEW, stubs.STAGE_CONFIRMED, stubs.STAGE_CHECK_IN)
        choices: list[tuple[int, Callable[[str, Message], Message]]] = [(20, self.create)]
        choices += [(10, self.hold), (3, self.draft), (10, self.read)]
        if booking is not None:
            is_open = booking.stage in (stubs.STAGE_NEW, stubs.STAGE_CONFIRMED)
            if is_open:
                choices += [(15, self.reschedule), (10, self.move)]
                if not booking.segments[0].procedure_id:
                    # A cancellation would change the procedure behind its ledger's back.
                    choices += [(10, self.cancel)]
            elif not booking.segments[0].procedure_id:
                choices += [(15, self.begin)]
            if not booking.segments[0].procedure_id and self.loose_draft():
                choices += [(15, self.attach)]
        weights, makers = zip(*choices, strict=True)
        return dice.choices(makers, weights)[0](key, booking)

    def pick(self, *stages: int) -> Message | None:
        """One of the client's latest bookings in these stages."""
        rows = [b for b in list(self.ledger.bookings.values())[-40:] if b.stage in stages]
        return self.dice.choice(rows) if rows else None

    def loose_draft(self) -> Message | None:
        for procedure in list(self.ledger.procedures.values())[-10:]:
            if not procedure.HasField("attachment"):
                return procedure
        return None

    def slot(self) -> dict[str, object]:
        start = self.plan.stubs.NewBooking().start
        start.seconds = self.plan.start(self.dice)
        return {
            "location_id": self.plan.location,
            "service_id": self.plan.service,
            "provider_id": self.dice.choice([*self.plan.providers, ""]),
            "start": start,
        }

    def create(self, key: str, _: Message) -> Message:
        self.ledger.asked.add(key)
        stubs = self.plan.stubs
        booking = stubs.NewBooking(note=key, **self.slot())
        return stubs.CreateBookingRequest(
            request_id=key, patient_id=self.ledger.patient, booking=booking
        )

    def hold(self, key: str, _: Message) -> Message:
        return self.plan.stubs.HoldRequest(
            request_id=key, owner=self.ledger.actor, ttl_seconds=1800, **self.slot()
        )

    def reschedule(self, key: str, booking: Message) -> Message:
        slot = self.slot()
        return self.plan.stubs.RescheduleBookingRequest(
            request_id=key, booking_id=booking.id, expected_version=booking.version,
            start=slot["start"], provider_id=slot["provider_id"],
        )  # fmt: skip

    def cancel(self, key: str, booking: Message) -> Message:
        return self.plan.stubs.CancelBookingRequest(
            request_id=key, booking_id=booking.id, expected_version=booking.version, reason=key
        )

    def move(self, key: str, booking: Message) -> Message:
        stubs = self.plan.stubs
        stages = [stubs.STAGE_CHECK_IN]
        if booking.stage == stubs.STAGE_NEW:
            stages.append(stubs.STAGE_CONFIRMED)
        return stubs.MoveBookingRequest(
            request_id=key, booking_id=booking.id, expected_version=booking.version,
            stage=self.dice.choice(stages),
        )  # fmt: skip

    def begin(self, key: str, booking: Message) -> Message:
        return self.plan.stubs.StartProcedureRequest(
            request_id=key, booking_id=booking.id, expected_version=booking.version
        )

    def draft(self, key: str, _: Message) -> Message:
        return self.plan.stubs.NewProcedureRequest(
            request_id=key, patient_id=self.ledger.patient, external_ref=key
        )

    def attach(self, key: str, booking: Message) -> Message:
        draft = self.loose_draft()
        return self.plan.stubs.AttachBookingRequest(
            request_id=key, procedure_id=draft.id, expected_version=draft.version,
            booking_id=booking.id, expected_booking_version=booking.version, advance_stage=True,
        )  # fmt: skip

    def read(self, key: str, _: Message) -> Message:
        rows = list(self.dice.choice(self.everyone).bookings) or list(self.ledger.bookings)
        if not rows:
            return self.create(key, _)
        return self.plan.stubs.GetBookingRequest(id=rows[-1])

    def play(self, server: ServerProcess, doomed: threading.Event) -> None:
        """Calls until the daemon is gone; the last call's outcome is unknown then. Once the daemon
        is doomed, an acknowledgement is answered with its end."""
        with grpc.insecure_channel(server.address, options=CHANNEL) as channel:
            client = Client(channel, self.plan.stubs, actor=self.ledger.actor)
            while True:
                request = self.request()
                try:
                    reply = client(request, timeout=20)
                except grpc.RpcError as error:
                    refusal = Refusal.of(error)
                    if refusal.reason and refusal.code != grpc.StatusCode.UNAVAILABLE:
                        self.ledger.refusals[refusal.reason] += 1
                        continue
                    if type(request).DESCRIPTOR.name != "GetBookingRequest":
                        self.ledger.unknown = request
                    return
                if doomed.is_set():
                    server.send(signal.SIGKILL)
                self.ledger.acknowledge(request, reply)


BURNER = """
import time
while True:
    end = time.monotonic() + 0.008
    while time.monotonic() < end:
        pass
    time.sleep(0.002)
"""


@contextmanager
def starve(server: ServerProcess) -> Iterator[None]:
    """Lets all threads of the daemon but its event loops run only while one processor has nothing
    else to do, and gives that processor a lot to do.

    Nothing becomes wrong by it. But a commit takes long, and an event loop that has something to
    send comes before it: a reply that does not wait for its commit is far ahead of it.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    processor = {min(os.sched_getaffinity(0))}
    burner = subprocess.Popen([sys.executable, "-c", BURNER])
    try:
        os.sched_setaffinity(burner.pid, processor)
        for task in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
            thread = int(task.name)
            os.sched_setaffinity(thread, processor)
            if not (task / "comm").read_text().startswith("NIO"):
                os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        yield
    finally:
        burner.kill()
        burner.wait()


def run_cycle(server: ServerProcess, players: list[Player], seconds: float, starved: bool) -> None:
    """Lets all players play until the daemon is killed: at that moment, or, where it is starved, as
    soon as somebody is told something after it, which is when a commit has just been, or begins."""
    doomed = threading.Event()
    threads = [threading.Thread(target=player.play, args=(server, doomed)) for player in players]
    with starve(server) if starved else nullcontext():
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        if starved:
            doomed.set()
            deadline = time.monotonic() + 5
            while server.is_running and time.monotonic() < deadline:
                time.sleep(0.01)
        server.kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a client waits for a daemon that is dead"


class Audit:
    """Compares the daemon with the ledgers."""

    def __init__(self, plan: Plan, channel: grpc.Channel, ledgers: list[Ledger]):
        self.plan, self.ledgers = plan, ledgers
        self.clients = {
            ledger.actor: Client(channel, plan.stubs, actor=ledger.actor) for ledger in ledgers
        }
        self.reader = Client(channel, plan.stubs)
        self.problems: list[str] = []

    def check(self, is_right: bool, problem: Callable[[], str]) -> None:
        if not is_right:
            self.problems.append(problem())

    def read(self) -> None:
        stubs = self.plan.stubs
        bookings = self.reader.pages(stubs.ListBookingsRequest(page_size=1000), "bookings")
        procedures = self.reader.pages(stubs.ListProceduresRequest(page_size=1000), "procedures")
        self.bookings = {row.id: row for row in bookings}
        self.procedures = {row.id: row for row in procedures}
        self.check(len(bookings) == len(self.bookings), lambda: "a booking is listed twice")

    def run(self) -> list[str]:
        self.read()
        for ledger in self.ledgers:
            self.acknowledged_records(ledger)
        self.nothing_unasked()
        self.no_overlap()
        for ledger in self.ledgers:
            self.unknown_call(ledger)
            self.repeated_calls(ledger)
        self.read()
        self.nothing_unasked()
        self.no_overlap()
        for ledger in self.ledgers:
            ledger.unknown = None
            self.acknowledged_records(ledger)
        return self.problems

    def touched(self, request: Message | None) -> set[str]:
        """The ids that a call under way may have changed."""
        if request is None:
            return set()
        names = {field.name for field, _ in request.ListFields()}
        ids = {getattr(request, n) for n in names & {"booking_id", "procedure_id"}}
        if type(request).DESCRIPTOR.name == "RescheduleBookingRequest":
            booking = self.bookings.get(request.booking_id)
            ids |= {s.procedure_id for s in booking.segments} if booking else set()
        return ids

    def acknowledged_records(self, ledger: Ledger) -> None:
        """R1."""
        touched = self.touched(ledger.unknown)
        for expected, found in [
            (ledger.bookings, self.bookings), (ledger.procedures, self.procedures),
        ]:  # fmt: skip
            for id, record in expected.items():
                now = found.get(id)
                if now is not None and ledger.moved[id]:
                    copy = type(record)()
                    copy.CopyFrom(record)
                    copy.version += ledger.moved[id]
                    copy.booking_rescheduled_at.CopyFrom(now.booking_rescheduled_at)
                    record = copy
                if now is None:
                    self.problems.append(f"R1: {id} was acknowledged and is gone")
                elif now != record and not (id in touched and now.version == record.version + 1):
                    self.problems.append(
                        f"R1: {id} was acknowledged in version {record.version} and is in"
                        f" {now.version}:\n{record}\n---\n{now}"
                    )
        for id, record in ledger.seen.items():
            now = self.bookings.get(id)
            self.check(
                now is not None and now.version >= record.version,
                lambda id=id, record=record: (
                    f"R1: {id} was read in version {record.version} and is gone or older"
                ),
            )

    def nothing_unasked(self) -> None:
        """R3, and the counting half of R2."""
        asked = set().union(*(ledger.asked for ledger in self.ledgers))
        notes = Counter(row.note for row in self.bookings.values())
        for note, count in notes.items():
            self.check(note in asked, lambda n=note: f"R3: nobody asked for {n}")
            self.check(count == 1, lambda n=note, c=count: f"R2: {n} was booked {c} times")
        owned = set().union(*(ledger.procedures for ledger in self.ledgers))
        under_way = [ledger for ledger in self.ledgers if ledger.unknown is not None]
        more = set(self.procedures) - owned
        self.check(
            len(more) <= len(under_way), lambda: f"R3: nobody asked for some of {sorted(more)}"
        )

    def no_overlap(self) -> None:
        """R4."""
        stubs = self.plan.stubs
        free = {stubs.STAGE_WAITLIST, stubs.STAGE_NO_SHOW, stubs.STAGE_CANCELLED,
                stubs.STAGE_ARCHIVED}  # fmt: skip
        taken = defaultdict(list)
        for row in self.bookings.values():
            if row.stage in free:
                continue
            for segment in row.segments:
                start = segment.start.seconds - 60 * segment.buffer_before_minutes
                end = segment.end.seconds + 60 * segment.buffer_after_minutes
                taken[segment.provider_id].append((start, end, row.id))
        for intervals in taken.values():
            intervals.sort()
            for (_, end, first), (start, _, second) in zip(intervals, intervals[1:], strict=False):
                self.check(start >= end, lambda a=first, b=second: f"R4: {a} and {b} overlap")
        attached = Counter(
            (row.attachment.booking_id, row.attachment.segment)
            for row in self.procedures.values()
            if row.HasField("attachment")
        )
        for place, count in attached.items():
            self.check(count == 1, lambda p=place, c=count: f"R4: {p} has {c} procedures")

    def unknown_call(self, ledger: Ledger) -> None:
        """R2: the retry does it now, or gives the answer that was lost."""
        request = ledger.unknown
        if request is None:
            return
        was_done = self.was_done(ledger, request)
        try:
            reply = self.clients[ledger.actor](request)
        except grpc.RpcError as error:
            if was_done or not Refusal.of(error).reason:
                self.problems.append(f"R2: the retry of {request.request_id} got {error}")
            return
        if was_done is not None:
            self.check(
                reply.replayed == was_done,
                lambda: f"R2: {request.request_id}: done {was_done}, replayed {reply.replayed}",
            )
        if reply.replayed:
            # The lost answer says what is there.
            kinds = {field.name for field, _ in reply.ListFields()}
            if "booking" in kinds:
                self.check(
                    self.bookings.get(reply.booking.id) == reply.booking,
                    lambda: f"R2: the first answer to {request.request_id} differs from the state",
                )
            if "procedure" in kinds:
                self.check(
                    self.procedures.get(reply.procedure.id) == reply.procedure,
                    lambda: f"R2: the first answer to {request.request_id} differs from the state",
                )
        reply.replayed = False
        ledger.acknowledge(request, reply)

    def was_done(self, ledger: Ledger, request: Message) -> bool | None:
        """Whether the state shows the call's effect; None: a hold does not show."""
        kind = type(request).DESCRIPTOR.name
        if kind == "HoldRequest":
            return None
        if kind == "CreateBookingRequest":
            return any(row.note == request.request_id for row in self.bookings.values())
        if kind == "NewProcedureRequest":
            return any(r.external_ref == request.request_id for r in self.procedures.values())
        before = ledger.bookings[request.booking_id]
        return self.bookings[request.booking_id].version > before.version

    def repeated_calls(self, ledger: Ledger) -> None:
        """R2: what was acknowledged gets the same answer again, and is not done again."""
        for request, reply in ledger.acknowledged[-60:]:
            try:
                again = self.clients[ledger.actor](request)
            except grpc.RpcError as error:
                self.problems.append(f"R2: repeating {request.request_id} got {error}")
                continue
            self.check(again.replayed, lambda r=request: f"R2: {r.request_id} was done again")
            again.replayed = False
            self.check(again == reply, lambda r=request: f"R2: {r.request_id} got another answer")


def furnish(client: Client) -> Plan:
    stubs = client.stubs
    location = client(
        stubs.CreateLocationRequest(
            location=stubs.Location(
                name="Always", time_zone="Europe/Berlin", hours=every_day(stubs, 0, 1440)
            )
        )
    ).location
    providers = [
        client(
            stubs.CreateProviderRequest(
                provider=stubs.Provider(
                    name=f"Provider {index}",
                    schedules=[
                        stubs.ProviderSchedule(
                            location_id=location.id, hours=every_day(stubs, 0, 1440)
                        )
                    ],
                )
            )
        ).provider.id
        for index in range(PROVIDERS)
    ]
    service = client(
        stubs.CreateServiceRequest(
            service=stubs.Service(
                name="Visit",
                durations_minutes=[DURATION],
                step_minutes=STEP,
                buffer_after_minutes=BUFFER,
                provider_ids=providers,
            )
        )
    ).service
    client(
        stubs.CreateProcedureTypeRequest(
            procedure_type=stubs.ProcedureType(name="Treatment", service_ids=[service.id])
        )
    )
    first = Clinic.at(2, 0).seconds // 86400 * 86400
    return Plan(stubs, location.id, service.id, providers, first)


def start(data: pathlib.Path) -> ServerProcess:
    return ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0"
    )


def test_nothing_acknowledged_is_lost(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """Ten kills under load; see the top of this file."""
    print(f"SLOTD_KILL_SEED={SEED}")
    dice = random.Random(SEED)
    data = tmp_path / "data"
    ledgers: list[Ledger] = []
    server = start(data)
    try:
        with grpc.insecure_channel(server.address) as channel:
            client = Client(channel, stubs)
            plan = furnish(client)
            for index in range(CLIENTS):
                patient = stubs.Patient(name=f"Patient {index}")
                made = client(stubs.CreatePatientRequest(patient=patient)).patient
                ledgers.append(Ledger(f"client-{index}", made.id))
        players = [
            Player(plan, ledger, random.Random(dice.getrandbits(64)), ledgers) for ledger in ledgers
        ]
        for cycle in range(CYCLES):
            for ledger in ledgers:
                ledger.forget_cycle()
            seconds = dice.uniform(0.05, 1.5)
            run_cycle(server, players, seconds, starved=cycle % 2 == 1)
            began = time.monotonic()
            server = start(data)
            recovery = time.monotonic() - began
            with grpc.insecure_channel(server.address) as channel:
                problems = Audit(plan, channel, ledgers).run()
            calls = sum(len(ledger.acknowledged) for ledger in ledgers)
            print(
                f"cycle {cycle}: killed after {seconds * 1000:.0f} ms, {calls} acknowledged,"
                f" {len(problems)} problems, ready again after {recovery * 1000:.0f} ms"
            )
            assert not problems, (
                f"cycle {cycle} of seed {SEED}: {len(problems)} problems; the first:\n"
                + "\n".join(problems[:5])
            )
        assert server.stop() == 0, server.output
    finally:
        server.kill()
    done = subprocess.run(
        [binary("slotd"), "verify", "--data-dir", str(data)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, "sound"), done.stdout + done.stderr
    bookings = sum(len(ledger.bookings) for ledger in ledgers)
    procedures = sum(len(ledger.procedures) for ledger in ledgers)
    refusals = sum((ledger.refusals for ledger in ledgers), Counter())
    print(f"{bookings} bookings, {procedures} procedures; refused: {dict(refusals)}")
    assert bookings > 100 and procedures > 10, "the load was no load"
