"""slotctl against the gRPC server that everybody has: grpcio's, which hands each call on to slotd.

So every kind of call, with metadata, statuses, details, deadlines, compression and cancellation,
goes through C-core's server side, which is not ours, and must look like slotd itself.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from clinic import Clinic
from ctl import Ctl
from nasty import fill, furnish
from slotd_client import Client

COMPRESSIONS = [grpc.Compression.NoCompression, grpc.Compression.Gzip]


class Relay(grpc.GenericRpcHandler):
    """Hands each call on, bytes as they are; keeps what it saw of the client."""

    def __init__(self, channel: grpc.Channel):
        self._channel = channel
        self.metadata: list[dict[str, str]] = []
        self.times_left: list[float | None] = []
        self.cancelled = threading.Event()
        # Keeps every caller waiting, until it gives up.
        self.is_deaf = False

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        # On the wire a call of one message is a stream of one.
        method = details.method
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self._relay(method, requests, context)
        )

    def _relay(
        self, method: str, requests: Iterator[bytes], context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        fields = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-")]
        self.metadata.append(dict(fields))
        left = context.time_remaining()
        # Without a deadline C-core counts down from the end of time.
        left = None if left is None or left > 1e6 else left
        self.times_left.append(left)
        if self.is_deaf:
            context.add_callback(self.cancelled.set)
            assert self.cancelled.wait(10)
            return
        call = self._channel.stream_stream(method)(requests, metadata=fields, timeout=left)

        def ended() -> None:
            if not call.done():
                self.cancelled.set()
                call.cancel()

        context.add_callback(ended)
        try:
            yield from call
        except grpc.RpcError as error:
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())


@pytest.fixture(params=COMPRESSIONS, ids=lambda form: form.name)
def relay(
    request: pytest.FixtureRequest, slotd_channel: grpc.Channel, ctl: Ctl
) -> Iterator[Relay]:
    """A relay in front of the fresh daemon; `ctl` talks to it."""
    relay = Relay(slotd_channel)
    with ThreadPoolExecutor(8) as pool:
        server = grpc.server(pool, handlers=[relay], compression=request.param)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        ctl.environment["SLOTD_SERVER"] = f"127.0.0.1:{port}"
        yield relay
        server.stop(None).wait()


def test_a_booking_and_its_refusal_come_through(relay: Relay, clinic: Clinic, ctl: Ctl):
    """One message each way; a status with its details and its exit code; who calls."""
    words = ["booking", "create", "--patient", "Jane", "--service", "Laser", "--provider", "Ada"]
    words += ["--start", f"{clinic.day(2)} 10:00", "-o", "json"]
    first = ctl(*words, "--ref", "first").json()
    stubs = clinic.stubs
    read = clinic.client(stubs.GetBookingRequest(id=first["booking"]["id"])).booking
    assert read.external_ref == "first" and read.patient_id == clinic.jane.id
    refused = json.loads(ctl(*words, code=5).stderr)
    assert (refused["code"], refused["reason"]) == ("FAILED_PRECONDITION", "SLOT_TAKEN")
    assert json.loads(ctl("booking", "show", "ref:nobody", "-o", "json", code=3).stderr)
    assert {fields["x-slotd-actor"] for fields in relay.metadata} == {"desk"}
    assert all(left and left <= 10 for left in relay.times_left)


def test_streams_of_both_kinds_come_through(
    relay: Relay, client: Client, ctl: Ctl, tmp_path: pathlib.Path
):
    """An export, one message after another, and an import, records and results at once."""
    stubs = client.stubs
    for name in ("source", "copy"):
        record = stubs.Organization(external_ref=name, name=name)
        client(stubs.CreateOrganizationRequest(organization=record))
        furnish(client.named(organization=name))
    fill(client.named(organization="source"), seed=17)
    exported = ctl("export", "ndjson", "patients", "--org", "source").stdout
    assert exported.count("\n") >= 20
    file = tmp_path / "patients.ndjson"
    file.write_text(exported)
    taken = ctl("import", "ndjson", str(file), "--org", "copy")
    assert taken.rows[0][1] == str(exported.count("\n")), taken.stdout
    assert ctl("export", "ndjson", "patients", "--org", "copy").stdout == exported


def test_a_deadline_ends_a_call_here(relay: Relay, clinic: Clinic, ctl: Ctl):
    relay.is_deaf = True
    words = ["location", "list", "--timeout", "400ms", "-o", "json"]
    assert json.loads(ctl(*words, code=6).stderr)["code"] == "DEADLINE_EXCEEDED"
    assert relay.cancelled.wait(10)
    assert relay.times_left[0] <= 0.4


def test_a_watch_that_is_left_is_cancelled_there(relay: Relay, clinic: Clinic, ctl: Ctl):
    booking = clinic.book(2, 9)
    watch = ctl.pipe("booking", "watch", booking.id)
    first = json.loads(watch.stdout.readline())
    assert booking.id in json.dumps(first)
    clinic.move(booking, "CHECK_IN")
    assert "CHECK_IN" in watch.stdout.readline()
    watch.terminate()
    assert relay.cancelled.wait(10)
    try:
        watch.wait(10)
    except subprocess.TimeoutExpired:
        watch.kill()
        raise
