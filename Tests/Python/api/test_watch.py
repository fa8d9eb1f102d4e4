"""WatchBoard and WatchBooking: a snapshot, then every change in order, none missed and none twice,
whoever comes, lags, goes and comes back."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess, binary, poll

from clinic import Clinic
from slotd_client import Client, Refusal
from watching import BoardCopy, BookingCopy, Watcher, cards_of, kinds, refusal_of, stream_of

DAY = 2


@pytest.fixture
def watch(clinic: Clinic) -> Callable[..., Message]:
    """Makes the request to watch the clinic's board on the test's day."""

    def make(since_revision: int = 0, **fields: object) -> Message:
        day = clinic.day(DAY)
        return clinic.stubs.WatchBoardRequest(
            location_id=clinic.location.id,
            date=clinic.stubs.LocalDate(year=day.year, month=day.month, day=day.day),
            since_revision=since_revision,
            **fields,
        )

    return make


def board(clinic: Clinic, ahead: int = DAY) -> Message:
    day = clinic.day(ahead)
    return clinic.client(
        clinic.stubs.GetBoardRequest(
            location_id=clinic.location.id,
            date=clinic.stubs.LocalDate(year=day.year, month=day.month, day=day.day),
        )
    )


def full_day(clinic: Clinic) -> list[Message]:
    """Eight bookings."""
    return [
        clinic.book(DAY, hour, provider_id=provider.id)
        for hour in range(9, 17, 2)
        for provider in [clinic.ada, clinic.ben]
    ]


class Play:
    """Changes of all kinds on the day's board and beside it, from a seed."""

    def __init__(self, clinic: Clinic, seed: int):
        self.clinic = clinic
        self.random = random.Random(seed)
        self.bookings: list[str] = []
        self.names = 0

    def step(self) -> None:
        """Tries one thing; refusals are part of the game."""
        actions = [self.book] * 3 + [self.stage] * 5 + [self.reschedule, self.rename, self.cancel]
        try:
            self.random.choice(actions)()
        except grpc.RpcError as error:
            refusal = Refusal.of(error)
            assert refusal.reason, refusal

    def book(self) -> None:
        provider = self.random.choice([self.clinic.ada, self.clinic.ben])
        booking = self.clinic.book(
            self.random.choice([DAY, DAY, DAY + 1]),
            self.random.randrange(9, 16),
            provider_id=provider.id,
            patient=self.random.choice([self.clinic.jane, self.clinic.joe]),
        )
        self.bookings.append(booking.id)

    def get(self) -> Message:
        if not self.bookings:
            self.book()
        stubs = self.clinic.stubs
        return self.clinic.client(stubs.GetBookingRequest(id=self.random.choice(self.bookings))).booking

    def stage(self) -> None:
        booking = self.get()
        if booking.stage == self.clinic.stubs.STAGE_CHECK_IN and self.random.random() < 0.5:
            self.clinic.client(
                self.clinic.stubs.StartProcedureRequest(
                    booking_id=booking.id, view=self.clinic.stubs.PROCEDURE_VIEW_SINGLE_PAGE
                )
            )
        else:
            name = self.random.choice(["CONFIRMED", "CHECK_IN", "NEW", "ARCHIVED"])
            self.clinic.move(booking, name)

    def reschedule(self) -> None:
        stubs = self.clinic.stubs
        self.clinic.client(
            stubs.RescheduleBookingRequest(
                booking_id=self.get().id,
                start=self.clinic.at(
                    self.random.choice([DAY, DAY + 1]), self.random.randrange(9, 16)
                ),
            )
        )

    def cancel(self) -> None:
        stubs = self.clinic.stubs
        self.clinic.client(stubs.CancelBookingRequest(booking_id=self.get().id, reason="ill"))

    def rename(self) -> None:
        """Names on cards change with the records that have them."""
        stubs = self.clinic.stubs
        self.names += 1
        jane = self.clinic.client(stubs.GetPatientRequest(id=self.clinic.jane.id)).patient
        jane.name = f"Jane Doe the {self.names}."
        self.clinic.client(stubs.UpdatePatientRequest(patient=jane))


def test_snapshot_then_each_change_by_itself_in_order(clinic: Clinic, watch):
    first = clinic.book(DAY, 9)
    with Watcher(clinic.client, watch()) as watcher:
        watcher.wait_for(clinic.client.revision())
        booking = clinic.book(DAY, 11)
        for stage in ["CONFIRMED", "CHECK_IN"]:
            booking = clinic.move(booking, stage)
        copy = watcher.wait_for(clinic.client.revision())
    assert list(kinds(copy.messages)) == ["snapshot", "change", "change", "change"]
    stubs = clinic.stubs
    assert [m.change.cards[0].booking.stage for m in copy.messages[1:]] == [
        stubs.STAGE_NEW, stubs.STAGE_CONFIRMED, stubs.STAGE_CHECK_IN,
    ]  # fmt: skip
    assert [m.change.rpc for m in copy.messages[1:]] == [
        "BookingService/CreateBooking", "BoardService/MoveBooking", "BoardService/MoveBooking",
    ]  # fmt: skip
    assert set(copy.cards) == {first.id, booking.id}
    assert copy.cards == cards_of(board(clinic))


def test_what_leaves_the_board_is_removed_and_what_comes_is_added(clinic: Clinic, watch):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9)
    with Watcher(clinic.client, watch()) as watcher:
        watcher.wait_for(clinic.client.revision())
        for ahead in [DAY + 1, DAY]:
            clinic.client(
                stubs.RescheduleBookingRequest(booking_id=booking.id, start=clinic.at(ahead, 10))
            )
        copy = watcher.wait_for(clinic.client.revision())
    _, away, back = copy.messages
    assert away.change.removed_booking_ids == [booking.id] and not away.change.cards
    assert [card.booking.id for card in back.change.cards] == [booking.id]


def test_names_and_procedures_on_cards_are_followed(clinic: Clinic, watch):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9, walk_in=False)
    with Watcher(clinic.client, watch()) as watcher:
        watcher.wait_for(clinic.client.revision())
        clinic.move(booking, "CHECK_IN")
        procedure = clinic.client(
            stubs.StartProcedureRequest(
                booking_id=booking.id, view=stubs.PROCEDURE_VIEW_SINGLE_PAGE
            )
        ).procedure
        assert procedure.id
        jane = clinic.client(stubs.GetPatientRequest(id=clinic.jane.id)).patient
        jane.name = "Jane Roe"
        clinic.client(stubs.UpdatePatientRequest(patient=jane))
        copy = watcher.wait_for(clinic.client.revision())
    card = copy.messages[-1].change.cards[0]
    assert card.patient_name == "Jane Roe"
    assert card.procedure_status == stubs.PROCEDURE_STATUS_DRAFT
    assert card.booking.segments[0].procedure_id == procedure.id
    assert copy.cards == cards_of(board(clinic))


def test_a_changed_location_brings_a_new_snapshot(clinic: Clinic, watch):
    clinic.book(DAY, 9)
    with Watcher(clinic.client, watch()) as watcher:
        watcher.wait_for(clinic.client.revision())
        location = clinic.client(clinic.stubs.GetLocationRequest(id=clinic.location.id)).location
        location.name = "Uptown"
        clinic.client(clinic.stubs.UpdateLocationRequest(location=location))
        copy = watcher.wait_for(clinic.client.revision())
    assert list(kinds(copy.messages)) == ["snapshot", "snapshot"]
    assert copy.messages[-1].snapshot.location_name == "Uptown"


@pytest.mark.parametrize("seed", [1, 2])
def test_watchers_that_come_lag_and_go_end_with_the_board(
    clinic: Clinic, watch, slotd: ServerProcess, seed: int
):
    """Twelve watchers come while changes are played from three sides; each ends with what GetBoard
    says, over an unbroken chain of revisions."""
    players = [Play(clinic, seed * 100 + number) for number in range(3)]
    threads = [
        threading.Thread(target=lambda play=play: [play.step() for _ in range(60)])
        for play in players
    ]
    for thread in threads:
        thread.start()
    watchers: list[Watcher] = []
    while any(thread.is_alive() for thread in threads) and len(watchers) < 12:
        watchers.append(Watcher(clinic.client, watch(heartbeat_seconds=1)))
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    end = clinic.client.revision()
    expected = cards_of(board(clinic))
    for watcher in watchers:
        copy = watcher.wait_for(end)
        assert copy.cards == expected
        watcher.stop()


def test_one_that_comes_back_goes_on_without_a_gap(clinic: Clinic, watch):
    """Again and again the stream breaks, between and within bursts of changes: the copy goes on
    from the last message, with nothing missed, nothing twice and no second snapshot."""
    play = Play(clinic, 7)
    copy = BoardCopy()
    for round in range(12):
        for _ in range(6):
            play.step()
        request = watch(since_revision=copy.revision, heartbeat_seconds=1)
        with Watcher(clinic.client, request, copy) as watcher:
            for _ in range(4):
                play.step()
            if round % 3:
                watcher.wait_for(clinic.client.revision())
    with Watcher(clinic.client, watch(since_revision=copy.revision), copy) as watcher:
        play.step()
        play.step()
    request = watch(since_revision=copy.revision, heartbeat_seconds=1)
    with Watcher(clinic.client, request, copy) as watcher:
        watcher.wait_for(clinic.client.revision())
    assert cards_of(board(clinic)) == copy.cards
    assert list(kinds(copy.messages)).count("snapshot") == 1


def test_a_watch_goes_on_from_get_board(clinic: Clinic, watch):
    clinic.book(DAY, 9)
    first = board(clinic)
    copy = BoardCopy(first.revision, cards_of(first))
    with Watcher(clinic.client, watch(since_revision=first.revision), copy) as watcher:
        clinic.book(DAY, 11)
        watcher.wait_for(clinic.client.revision())
    assert set(kinds(copy.messages)) == {"change"}
    assert copy.cards == cards_of(board(clinic))


def test_a_watch_goes_on_from_get_board_whatever_came_in_between(clinic: Clinic, watch):
    """Nobody watched: the changes are read from the journal, and come as one."""
    stays, leaves = clinic.book(DAY, 9), clinic.book(DAY, 11)
    first = board(clinic)
    copy = BoardCopy(first.revision, cards_of(first))
    clinic.move(stays, "CHECK_IN")
    stubs = clinic.stubs
    clinic.client(
        stubs.RescheduleBookingRequest(booking_id=leaves.id, start=clinic.at(DAY + 1, 9))
    )
    clinic.book(DAY + 1, 13)
    clinic.book(DAY, 15)
    with Watcher(clinic.client, watch(since_revision=first.revision), copy) as watcher:
        watcher.wait_for(clinic.client.revision())
        clinic.book(DAY, 13)
        watcher.wait_for(clinic.client.revision())
    assert list(kinds(copy.messages)) == ["change", "change"]
    assert copy.messages[0].change.removed_booking_ids == [leaves.id]
    assert copy.messages[0].change.merged_changes == 3
    assert copy.cards == cards_of(board(clinic))


def test_changes_of_a_procedure_alone_are_counted_too(clinic: Clinic, watch):
    """Completing changes what a card says, and neither the booking nor the attachment."""
    stubs, client = clinic.stubs, clinic.client
    booking = clinic.move(clinic.book(DAY, 9), "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
    first = board(clinic)
    copy = BoardCopy(first.revision, cards_of(first))
    client(stubs.SubmitProcedureRequest(procedure_id=procedure.id))
    client(stubs.CompleteProcedureRequest(procedure_id=procedure.id))
    with Watcher(client, watch(since_revision=first.revision), copy) as watcher:
        watcher.wait_for(client.revision())
    assert [message.change.merged_changes for message in copy.messages] == [2]
    assert copy.cards == cards_of(board(clinic))


def test_a_watch_goes_on_after_a_restart(tmp_path, stubs):
    directory = str(tmp_path / "data")

    def serve() -> ServerProcess:
        return ServerProcess(
            binary("slotd"), "serve", "--data-dir", directory, "--listen", "127.0.0.1:0"
        )

    with serve() as server, grpc.insecure_channel(server.address) as channel:
        clinic = Clinic(Client(channel, stubs))
        booking = clinic.book(DAY, 9)
        first = board(clinic)
        clinic.move(booking, "CONFIRMED")
        server.stop()
    copy = BoardCopy(first.revision, cards_of(first))
    booking_copy = BookingCopy(first.revision)
    with serve() as server, grpc.insecure_channel(server.address) as channel:
        clinic.client = Client(channel, stubs)
        day = clinic.day(DAY)
        request = stubs.WatchBoardRequest(
            location_id=clinic.location.id,
            date=stubs.LocalDate(year=day.year, month=day.month, day=day.day),
            since_revision=first.revision,
        )
        with Watcher(clinic.client, request, copy) as watcher:
            watcher.wait_for(clinic.client.revision())
        one = stubs.WatchBookingRequest(booking_id=booking.id, since_revision=first.revision)
        with Watcher(clinic.client, one, booking_copy) as watcher:
            watcher.wait_for(clinic.client.revision())
        assert set(kinds(copy.messages)) == {"change"}
        assert copy.cards == cards_of(board(clinic))
        assert set(kinds(booking_copy.messages)) == {"change"}
        stored = clinic.client(stubs.GetBookingRequest(id=booking.id)).booking
        assert booking_copy.cards == {booking.id: stored.SerializeToString()}
        server.stop()


@pytest.mark.parametrize("seed", [11, 12])
def test_readers_that_come_and_go_miss_nothing_while_changes_go_on(clinic: Clinic, watch, seed):
    """Each goes on from an older revision, most of them long after its channel is gone."""
    play = Play(clinic, seed)
    for _ in range(10):
        play.step()
    copies: list[BoardCopy] = []
    for _ in range(12):
        first = board(clinic)
        copies.append(BoardCopy(first.revision, cards_of(first)))
        for _ in range(6):
            play.step()
    running = threading.Thread(target=lambda: [play.step() for _ in range(60)])
    running.start()
    watchers = []
    for copy in copies:
        watcher = Watcher(clinic.client, watch(since_revision=copy.revision, heartbeat_seconds=1), copy)
        watchers.append(watcher)
    running.join()
    revision = clinic.client.revision()
    last = cards_of(board(clinic))
    for watcher in watchers:
        watcher.wait_for(revision)
        watcher.stop()
        assert watcher.copy.cards == last


def test_heartbeats_come_in_silence_and_carry_the_revision(clinic: Clinic, watch):
    with Watcher(clinic.client, watch(heartbeat_seconds=1)) as watcher:
        clinic.book(DAY + 1, 9)
        revision = clinic.client.revision()
        copy = watcher.wait_for(revision, seconds=5)
        count = len(copy.messages)
        poll(lambda: len(copy.messages) >= count + 2, "two more heartbeats", seconds=5)
    assert list(kinds(copy.messages))[0] == "snapshot"
    assert set(kinds(copy.messages[1:])) == {"heartbeat"}
    assert copy.revision == revision
    beats = [m.heartbeat.server_now.ToDatetime() for m in copy.messages[1:]]
    for first, second in itertools.pairwise(beats):
        assert 0.9 < (second - first).total_seconds() < 2.5


def test_readers_that_do_not_read_cost_nothing_and_end_right(
    clinic: Clinic, watch, slotd: ServerProcess
):
    """Twenty readers sleep while megabytes of changes pass: the daemon keeps no more for them than a
    bound, and what they read at last is right."""
    stubs = clinic.stubs
    full_day(clinic)
    # Windows that do not grow, so that what is not read waits in the daemon.
    options = [("grpc.http2.bdp_probe", 0), ("grpc.use_local_subchannel_pool", 1)]
    sleepers = []
    for _ in range(20):
        channel = grpc.insecure_channel(slotd.address, options=options)
        sleeper = stream_of(Client(channel, stubs), watch())
        copy = BoardCopy()
        copy.take(next(sleeper))
        sleepers.append((channel, sleeper, copy))

    jane = clinic.client(stubs.GetPatientRequest(id=clinic.jane.id)).patient

    def play(rounds: int) -> None:
        for number in range(rounds):
            jane.name = f"Jane the {number}." + "e" * 150
            clinic.client(stubs.UpdatePatientRequest(patient=jane))

    play(200)
    before = slotd.resident_bytes()
    play(1500)
    assert slotd.resident_bytes() - before < 48 << 20
    end = clinic.client.revision()
    expected = cards_of(board(clinic))
    for channel, sleeper, copy in sleepers:
        while copy.revision < end:
            copy.take(next(sleeper))
        channel.close()
        assert copy.cards == expected
        # What stood in the windows came one by one; the rest came as a whole.
        assert len(copy.messages) < 600
        assert "snapshot" in list(kinds(copy.messages[1:]))


def test_a_reader_that_lags_a_little_gets_changes_put_together(clinic: Clinic, watch):
    bookings = full_day(clinic)
    sleeper = stream_of(clinic.client, watch())
    copy = BoardCopy()
    copy.take(next(sleeper))
    for _ in range(60):
        for index, booking in enumerate(bookings):
            stage = "CHECK_IN" if booking.stage != clinic.stubs.STAGE_CHECK_IN else "CONFIRMED"
            bookings[index] = clinic.move(booking, stage)
    end = clinic.client.revision()
    while copy.revision < end:
        copy.take(next(sleeper))
    sleeper.cancel()
    assert copy.cards == cards_of(board(clinic))
    if "snapshot" not in list(kinds(copy.messages[1:])):
        assert copy.change_count == 480


def test_watch_booking_follows_one_booking(clinic: Clinic):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9, external_ref="mine")
    clinic.book(DAY, 11)
    request = stubs.WatchBookingRequest(booking_id="ref:mine")
    with Watcher(clinic.client, request, BookingCopy()) as watcher:
        poll(lambda: watcher.copy.messages, "the snapshot")
        clinic.book(DAY, 13)
        clinic.move(booking, "CONFIRMED")
        clinic.client(stubs.RescheduleBookingRequest(booking_id=booking.id, start=clinic.at(3, 9)))
        poll(lambda: len(watcher.copy.messages) == 3, "both changes")
        messages = watcher.copy.messages
    assert messages[0].snapshot.id == booking.id
    assert messages[1].change.booking.stage == stubs.STAGE_CONFIRMED
    assert messages[2].change.booking.start == clinic.at(3, 9)
    assert messages[2].change.rpc == "BookingService/RescheduleBooking"


def test_a_watch_from_the_future_is_told_to_begin_again(clinic: Clinic, watch):
    booking = clinic.book(DAY, 9)
    future = clinic.client.revision() + 1
    for request in [
        watch(since_revision=future),
        clinic.stubs.WatchBookingRequest(booking_id=booking.id, since_revision=1 << 62),
    ]:
        refusal = refusal_of(clinic.client, request)
        assert refusal.code == grpc.StatusCode.OUT_OF_RANGE
        assert refusal.reason == "RESYNC"
        assert refusal.field == "since_revision"


def test_bad_watches_are_refused(clinic: Clinic, watch):
    stubs = clinic.stubs
    cases = [
        (watch(since_revision=-1), "INVALID_ARGUMENT", "since_revision"),
        (watch(heartbeat_seconds=301), "INVALID_ARGUMENT", "heartbeat_seconds"),
        (watch(heartbeat_seconds=-1), "INVALID_ARGUMENT", "heartbeat_seconds"),
        (stubs.WatchBoardRequest(), "INVALID_ARGUMENT", "location_id"),
        (stubs.WatchBoardRequest(location_id="ref:nowhere"), "NOT_FOUND", "location_id"),
        (
            stubs.WatchBoardRequest(
                location_id=clinic.location.id, date=stubs.LocalDate(year=2026, month=2, day=30)
            ),
            "INVALID_ARGUMENT",
            "date",
        ),
        (stubs.WatchBookingRequest(), "INVALID_ARGUMENT", "booking_id"),
        (stubs.WatchBookingRequest(booking_id=clinic.jane.id), "INVALID_ARGUMENT", "booking_id"),
        (stubs.WatchBookingRequest(booking_id="ref:nothing"), "NOT_FOUND", "booking_id"),
    ]
    for request, code, field in cases:
        refusal = refusal_of(clinic.client, request)
        assert (refusal.code.name, refusal.field) == (code, field), request


def test_another_organizations_changes_are_not_heard(clinic: Clinic, watch):
    stubs = clinic.stubs
    clinic.client(
        stubs.CreateOrganizationRequest(
            organization=stubs.Organization(external_ref="other", name="Other")
        )
    )
    other = Clinic(clinic.client.named(organization="other"))
    with Watcher(clinic.client, watch(heartbeat_seconds=1)) as watcher:
        other.book(DAY, 9)
        poll(lambda: len(watcher.copy.messages) >= 2, "a heartbeat", seconds=5)
        assert list(kinds(watcher.copy.messages)) == ["snapshot", "heartbeat"]


def test_a_stopping_daemon_ends_watches_at_once(slotd: ServerProcess, clinic: Clinic, watch):
    with Watcher(clinic.client, watch()) as watcher:
        poll(lambda: watcher.copy.messages, "the snapshot")
        began = time.monotonic()
        assert slotd.stop() == 0
        assert time.monotonic() - began < 10
        error = watcher.ended()
    assert isinstance(error, grpc.RpcError) and error.code() == grpc.StatusCode.UNAVAILABLE


def test_a_thousand_watches_are_bounded(clinic: Clinic, watch, slotd: ServerProcess):
    """The bound is refused at, and who leaves makes room."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    channels = [grpc.insecure_channel(slotd.address, options=options) for _ in range(12)]
    clients = [Client(channel, clinic.stubs) for channel in channels]
    calls = []
    for number in range(1000):
        call = stream_of(clients[number % len(clients)], watch(heartbeat_seconds=300))
        calls.append(call)
    for call in calls:
        next(call)
    refusal = refusal_of(clinic.client, watch())
    assert refusal.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert refusal.reason == "TOO_MANY_WATCHERS"
    for call in calls:
        call.cancel()

    def is_served() -> bool:
        call = stream_of(clinic.client, watch())
        try:
            next(call)
        except grpc.RpcError:
            return False
        call.cancel()
        return True

    poll(is_served, "room for one more")
    for channel in channels:
        channel.close()
