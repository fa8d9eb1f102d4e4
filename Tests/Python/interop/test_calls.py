"""What each shape of call must do: deadlines, metadata, details, cancellation.

The expectations are those of the connectrpc conformance suite
(https://github.com/connectrpc/conformance), as far as grpcio can drive them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import unquote

import grpc
import pytest
from frames import CANCEL, INTERNAL_ERROR, RawConnection, message, request
from hyperframe.frame import ContinuationFrame, HeadersFrame, RstStreamFrame
from process import poll

INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
Caller = Callable[..., tuple[grpc.Call, list[object]]]

SHAPES = ["unary", "client stream", "server stream", "half duplex", "full duplex"]


@pytest.fixture(params=SHAPES)
def invoke(request: pytest.FixtureRequest, stub, interop: SimpleNamespace) -> Caller:
    """Makes one call of a shape; answers the call, over, and the messages that came."""

    def run(*, fails: bool = False, **options: object) -> tuple[grpc.Call, list[object]]:
        status = interop.EchoStatus(code=9, message="no") if fails else None
        streamed = interop.StreamingOutputCallRequest(
            response_parameters=[] if fails else [interop.ResponseParameters(size=1)],
            response_status=status,
        )
        match request.param:
            case "unary":
                call = stub.UnaryCall.future(
                    interop.SimpleRequest(response_size=1, response_status=status), **options
                )
            case "client stream":
                # Its requests carry no status: one that is expected to be compressed fails.
                call = stub.StreamingInputCall.future(
                    iter([interop.StreamingInputCallRequest(expect_compressed={"value": fails})]),
                    **options,
                )
            case "server stream":
                call = stub.StreamingOutputCall(streamed, **options)
            case "half duplex":
                call = stub.HalfDuplexCall(iter([streamed]), **options)
            case "full duplex":
                call = stub.FullDuplexCall(iter([streamed]), **options)
        is_streamed = request.param not in ("unary", "client stream")
        try:
            messages = list(call) if is_streamed else [call.result()]
        except grpc.RpcError:
            messages = []
        return call, messages

    return run


def test_success(invoke):
    call, messages = invoke()
    assert (call.code(), len(messages)) == (grpc.StatusCode.OK, 1)


def test_a_deadline_passes(invoke):
    begun = time.monotonic()
    call, messages = invoke(timeout=0.2, metadata=(("x-slotd-test-delay-ms", "1500"),))
    assert call.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert messages == []
    assert time.monotonic() - begun < 1.4


def test_a_deadline_that_is_kept(invoke):
    call, messages = invoke(timeout=5, metadata=(("x-slotd-test-delay-ms", "50"),))
    assert (call.code(), len(messages)) == (grpc.StatusCode.OK, 1)


@pytest.mark.parametrize("fails", [False, True])
def test_metadata_with_equal_names_keeps_its_values_and_order(invoke, fails):
    sent = [(INITIAL, "one"), (TRAILING, b"\1"), (INITIAL, "two"), (TRAILING, b"\2\0\xff")]
    call, _ = invoke(fails=fails, metadata=sent)
    assert (call.code() == grpc.StatusCode.OK) != fails
    # A unary failure has no headers of its own: its metadata comes together, in the trailers.
    received = [*call.initial_metadata(), *call.trailing_metadata()]
    assert [value for key, value in received if key == INITIAL] == ["one", "two"]
    assert [value for key, value in call.trailing_metadata() if key == TRAILING] == [
        b"\1",
        b"\2\0\xff",
    ]


@pytest.mark.parametrize("value", ["a", "a b", "a,b", "~!@#$%^&*()_+{}|:<>?", "x" * 3000])
def test_text_values_arrive_as_they_are(interop, stub, value):
    _, call = stub.UnaryCall.with_call(interop.SimpleRequest(), metadata=((INITIAL, value),))
    assert dict(call.initial_metadata())[INITIAL] == value


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 3000])
def test_binary_values_arrive_as_they_are(interop, stub, size):
    value = bytes(i % 256 for i in range(size))
    _, call = stub.UnaryCall.with_call(interop.SimpleRequest(), metadata=((TRAILING, value),))
    assert dict(call.trailing_metadata())[TRAILING] == value


@pytest.mark.parametrize("rpc", ["UnaryCall", "FullDuplexCall"])
def test_details_travel_with_the_status(stub, interop, rpc):
    details = b"\x08\x09" + b"\xff" * 2000
    status = interop.EchoStatus(code=9, message="detailed")
    metadata = (("x-slotd-test-details-bin", details),)
    with pytest.raises(grpc.RpcError) as error:
        if rpc == "UnaryCall":
            stub.UnaryCall(interop.SimpleRequest(response_status=status), metadata=metadata)
        else:
            requests = iter([interop.StreamingOutputCallRequest(response_status=status)])
            list(stub.FullDuplexCall(requests, metadata=metadata))
    trailers = dict(error.value.trailing_metadata())
    if rpc == "UnaryCall":
        assert error.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert trailers["grpc-status-details-bin"] == details


@pytest.mark.parametrize("rpc", ["UnaryCall", "FullDuplexCall"])
@pytest.mark.parametrize("text", ["x", "%", "☺", "x☺"])
def test_a_message_too_long_for_a_header_is_cut(interop_server, interop, rpc, text):
    status = interop.EchoStatus(code=2, message=text * 100_000)
    type_ = interop.SimpleRequest if rpc == "UnaryCall" else interop.StreamingOutputCallRequest
    with RawConnection(interop_server.address) as connection:
        stream = connection.open(request(rpc))
        body = message(type_(response_status=status).SerializeToString())
        connection.upload(stream, body, ends=True)
        exchange = connection.finish(stream)
        assert exchange.status == 2
        cut = exchange.trailers["grpc-message"]
        assert 4000 < len(cut) <= 4096
        assert (text * 100_000).startswith(unquote(cut, errors="strict"))
        connection.assert_serves()


def test_metadata_too_large_to_send_resets_the_stream(start_server, interop):
    """The call must end somehow, although its answer cannot be sent."""
    server = start_server("--header-list-max", 200_000)
    with RawConnection(server.address) as connection:
        large = [(INITIAL, "v" * 30_000)] * 3
        for rpc, body in [("UnaryCall", b""), ("FullDuplexCall", b"")]:
            stream = connection.new_stream()
            block = connection.encode(request(rpc, *large))
            parts = [block[i : i + 16_000] for i in range(0, len(block), 16_000)]
            frames = [HeadersFrame(stream, parts[0])]
            frames += [ContinuationFrame(stream, part) for part in parts[1:]]
            frames[-1].flags.add("END_HEADERS")
            connection.send(*frames)
            connection.send_data(stream, message(body), ends=True)
            assert connection.finish(stream).reset == INTERNAL_ERROR
        connection.assert_serves()


def test_responses_before_an_error_arrive(stub, interop):
    call = stub.StreamingOutputCall(
        interop.StreamingOutputCallRequest(
            response_parameters=[interop.ResponseParameters(size=n) for n in (1, 2, 3)],
            response_status=interop.EchoStatus(code=10, message="after three"),
        )
    )
    sizes = []
    with pytest.raises(grpc.RpcError):
        for response in call:
            sizes.append(len(response.payload.body))  # noqa: PERF401
    assert sizes == [1, 2, 3]
    assert (call.code(), call.details()) == (grpc.StatusCode.ABORTED, "after three")


def test_a_unary_call_without_deadline_gets_the_server_s(start_server, interop):
    server = start_server("--unary-deadline", 100)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        with pytest.raises(grpc.RpcError) as error:
            stub.EmptyCall(interop.Empty(), metadata=(("x-slotd-test-delay-ms", "5000"),))
        assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_deadline_too_far_away_is_cut(start_server, interop):
    server = start_server("--unary-deadline-max", 100)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        begun = time.monotonic()
        with pytest.raises(grpc.RpcError) as error:
            stub.EmptyCall(
                interop.Empty(), timeout=60, metadata=(("x-slotd-test-delay-ms", "5000"),)
            )
        assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        assert time.monotonic() - begun < 4


def test_a_deadline_ends_a_stream_on_the_server_too(interop_server):
    """The server answers by itself: this client has no clock."""
    with RawConnection(interop_server.address) as connection:
        stream = connection.open(request("FullDuplexCall", grpc_timeout="100m"))
        assert connection.finish(stream).status == 4
        half = connection.open(request("EmptyCall", grpc_timeout="100m"))
        connection.send_data(half, message()[:3])
        assert connection.finish(half).status == 4
        connection.assert_serves()


@pytest.mark.parametrize("moment", ["at once", "after headers", "half closed", "mid message"])
@pytest.mark.parametrize("rpc", ["UnaryCall", "StreamingInputCall", "FullDuplexCall"])
def test_cancelled_at_any_moment(interop_server, rpc, moment):
    echo = (INITIAL, "x")
    with RawConnection(interop_server.address) as connection:
        fields = request(rpc, echo, ("x-slotd-test-delay-ms", "100"))
        for _ in range(20):
            stream = connection.open(fields)
            if moment == "after headers" and rpc != "UnaryCall":
                connection.read_until(lambda stream=stream: connection.streams[stream].blocks)
            if moment == "half closed":
                connection.send_data(stream, message(), ends=True)
            if moment == "mid message":
                connection.send_data(stream, message(b"12345", length=10))
            connection.send(RstStreamFrame(stream, CANCEL))
            connection.assert_serves()
            assert not connection.streams[stream].is_over


def test_cancelling_frees_the_handler(start_server):
    """With room for one call only, the next can run as soon as the first was cancelled."""
    server = start_server("--running-calls", 1)
    with RawConnection(server.address) as connection:
        for _ in range(20):
            stream = connection.open(
                request("FullDuplexCall", (INITIAL, "x"), ("x-slotd-test-delay-ms", "60000"))
            )
            connection.read_until(lambda stream=stream: connection.streams[stream].blocks)
            assert not connection.streams[stream].is_over
            connection.send(RstStreamFrame(stream, CANCEL))
            poll(lambda: connection.call().status == 0, "the handler has ended", interval=0)


def test_answers_come_while_requests_go(stub, interop):
    """Neither direction of a stream waits for the other's end."""
    released = [threading.Event() for _ in range(5)]

    def requests() -> Iterator[object]:
        for number, event in enumerate(released):
            yield interop.StreamingOutputCallRequest(
                response_parameters=[interop.ResponseParameters(size=number)]
            )
            event.wait()

    call = stub.FullDuplexCall(requests())
    for number, event in enumerate(released):
        assert len(next(call).payload.body) == number
        event.set()
    assert list(call) == []


def test_intervals_between_responses_are_kept(stub, interop):
    pause = interop.ResponseParameters(size=1, interval_us=50_000)
    begun = time.monotonic()
    requests = interop.StreamingOutputCallRequest(response_parameters=[pause] * 4)
    assert len(list(stub.StreamingOutputCall(requests))) == 4
    assert time.monotonic() - begun >= 0.2
