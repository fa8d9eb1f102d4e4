"""Follows a board over WatchBoard and keeps a copy of it, as a portal would."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import grpc
from google.protobuf.message import Message

from slotd_client import Client, Refusal, method_of


def stream_of(client: Client, request: Message, **options: object) -> grpc.Call:
    """The stream of replies to a request of a server-streaming method."""
    path, reply = method_of(type(request))
    call = client.channel.unary_stream(
        path,
        request_serializer=type(request).SerializeToString,
        response_deserializer=reply.FromString,
    )
    return call(request, metadata=client.metadata, timeout=120, **options)


def refusal_of(client: Client, request: Message) -> Refusal:
    """Watches, and expects to be refused before anything comes."""
    try:
        message = next(stream_of(client, request))
    except grpc.RpcError as error:
        return Refusal.of(error)
    raise AssertionError(f"{request!r} was not refused but answered with {message!r}")


def cards_of(board: Message) -> dict[str, bytes]:
    """A board's cards by booking, as bytes, so that two boards compare field by field."""
    return {
        card.booking.id: bytes_of(card) for column in board.columns for card in column.cards
    }


def bytes_of(card: Message) -> bytes:
    """A card without what time alone changes."""
    still = type(card)()
    still.CopyFrom(card)
    still.minutes_in_stage = 0
    still.alert = False
    return still.SerializeToString(deterministic=True)


class BoardCopy:
    """What a reader of WatchBoard knows, and the rules it can check by itself."""

    def __init__(self, revision: int = 0, cards: dict[str, bytes] | None = None):
        self.revision = revision
        self.cards = dict(cards or {})
        self.messages: list[Message] = []
        self.change_count = 0

    def take(self, message: Message) -> None:
        kind = message.WhichOneof("event")
        assert message.previous_revision == self.revision, "a gap, or a message out of order"
        if kind == "heartbeat":
            assert message.revision >= self.revision
        else:
            assert message.revision > self.revision, "a change twice"
        if kind == "change":
            assert message.change.merged_changes >= 1
            self.change_count += message.change.merged_changes
        self.apply(kind, message)
        self.revision = message.revision
        self.messages.append(message)

    def apply(self, kind: str, message: Message) -> None:
        if kind == "snapshot":
            assert message.snapshot.revision == message.revision
            self.cards = cards_of(message.snapshot)
        if kind == "change":
            for card in message.change.cards:
                self.cards[card.booking.id] = bytes_of(card)
            for booking in message.change.removed_booking_ids:
                self.cards.pop(booking, None)


class BookingCopy(BoardCopy):
    """The same of WatchBooking."""

    def apply(self, kind: str, message: Message) -> None:
        if kind == "snapshot":
            self.cards = {message.snapshot.id: message.snapshot.SerializeToString()}
        if kind == "change":
            booking = message.change.booking
            self.cards = {booking.id: booking.SerializeToString()}


class Watcher:
    """Reads a watch in a thread of its own until it is told to stop."""

    def __init__(self, client: Client, request: Message, copy: BoardCopy | None = None):
        self.copy = copy or BoardCopy(request.since_revision)
        self.call = stream_of(client, request)
        self.error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for message in self.call:
                with self._changed:
                    self.copy.take(message)
                    self._changed.notify_all()
        except BaseException as error:
            with self._changed:
                self.error = error
                self._changed.notify_all()

    def wait_for(self, revision: int, seconds: float = 30) -> BoardCopy:
        """Until everything up to a revision has come."""
        with self._changed:
            done = self._changed.wait_for(
                lambda: self.error or self.copy.revision >= revision, seconds
            )
            assert self.error is None, self.error
            assert done, f"revision {revision} did not come; {self.copy.revision} did"
            return self.copy

    def ended(self, seconds: float = 30) -> BaseException | None:
        """Until the stream has ended; with what."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the stream goes on"
        return self.error

    def stop(self) -> BoardCopy:
        self.call.cancel()
        self._thread.join(10)
        return self.copy

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def kinds(messages: list[Message]) -> Iterator[str]:
    return (message.WhichOneof("event") for message in messages)
