"""That a hold expired is an event of the audit trail (availability.md 6)."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from practice import START, TEN, Practice, serve
from slotd_client import Client


@pytest.fixture
def client(tmp_path: pathlib.Path, stubs: SimpleNamespace) -> Iterator[Client]:
    with serve(tmp_path / "data", f"--test-clock={START}") as server:
        with grpc.insecure_channel(server.address) as channel:
            yield Client(channel, stubs)
        assert server.stop() == 0, server.output


def history(client: Client, record_id: str) -> list[object]:
    return client.pages(client.stubs.ListEventsRequest(record_id=record_id), "events")


def test_the_trail_tells_when_a_hold_expired(client: Client):
    practice = Practice(client)
    held = practice.hold(owner="web", ttl_seconds=300)
    practice.advance(299.999)
    assert [event.rpc for event in history(client, held.id)] == ["BookingService/Hold"]
    practice.advance(3600)
    [_, event] = history(client, held.id)
    assert (event.rpc, event.actor, event.at) == ("HoldExpired", "slotd", practice.now)
    [change] = event.changes
    assert (change.kind, change.record_id, change.removed) == ("hold", held.id, False)
    [field] = change.fields
    expires_at = held.expires_at.ToJsonString()
    assert (field.field, field.before, field.after) == ("expired_at", "", f'"{expires_at}"')
    [told] = client.pages(client.stubs.ListEventsRequest(rpc="HoldExpired"), "events")
    assert told.revision == event.revision
    # Its owner is answered as before, as long as it is there.
    late = practice.booking()
    late.booking.hold_id, late.booking.on_expired = held.id, client.stubs.ON_EXPIRED_FAIL
    assert client.refusal(late).reason == "HOLD_EXPIRED"
    practice.advance(86400)
    assert [event.rpc for event in history(client, held.id)][2:] == ["sweep"]
    assert client.refusal(late).reason == "UNKNOWN_RECORD"
    # Of one that expires and goes in one leap of the clock, both are told.
    other = practice.hold(owner="web", start=Timestamp(seconds=TEN.seconds + 7 * 86400))
    practice.advance(2 * 86400)
    told = [(event.rpc, event.changes[0].removed) for event in history(client, other.id)]
    assert told == [("BookingService/Hold", False), ("HoldExpired", False), ("sweep", True)]
    quiet = client.revision()
    practice.advance(86400)
    assert client.revision() == quiet + 1
