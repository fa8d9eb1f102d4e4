"""Limits at the limit and one beyond: message sizes, streams, running calls."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from frames import CANCEL, PROTOCOL_ERROR, REFUSED_STREAM, RawConnection, message, request
from hyperframe.frame import RstStreamFrame
from process import poll

RECEIVE_MAX = 1000
OK, RESOURCE_EXHAUSTED, UNAVAILABLE = 0, 8, 14
SHAPES = ["UnaryCall", "StreamingOutputCall", "StreamingInputCall", "FullDuplexCall"]


@pytest.fixture
def small_server(start_server):
    return start_server("--receive-max", RECEIVE_MAX)


def body_of(interop, rpc: str, size: int) -> bytes:
    """A request that is exactly this long."""
    type_ = {
        "UnaryCall": interop.SimpleRequest,
        "StreamingInputCall": interop.StreamingInputCallRequest,
    }.get(rpc, interop.StreamingOutputCallRequest)
    overhead = len(type_(payload=interop.Payload(body=bytes(size))).SerializeToString()) - size
    body = type_(payload=interop.Payload(body=bytes(size - overhead))).SerializeToString()
    assert len(body) == size
    return body


@pytest.mark.parametrize("rpc", SHAPES)
@pytest.mark.parametrize("is_compressed", [False, True])
def test_message_size_at_the_limit_and_one_beyond(small_server, interop, rpc, is_compressed):
    fields = request(rpc, ("grpc-encoding", "gzip"))

    def framed(size: int) -> bytes:
        body = body_of(interop, rpc, size)
        return message(gzip.compress(body), flag=1) if is_compressed else message(body)

    with RawConnection(small_server.address) as connection:
        assert connection.call(fields, [framed(RECEIVE_MAX)]).status == OK
        refused = connection.call(fields, [framed(RECEIVE_MAX + 1)])
        assert refused.status == RESOURCE_EXHAUSTED
        assert "larger than max" in refused.trailers["grpc-message"]
        connection.assert_serves()


@pytest.mark.parametrize("rpc", ["StreamingInputCall", "FullDuplexCall"])
def test_a_later_message_is_limited_as_the_first(small_server, interop, rpc):
    with RawConnection(small_server.address) as connection:
        good = message(body_of(interop, rpc, RECEIVE_MAX))
        bad = message(body_of(interop, rpc, RECEIVE_MAX + 1))
        assert connection.call(request(rpc), [good, good]).status == OK
        assert connection.call(request(rpc), [good, good, bad]).status == RESOURCE_EXHAUSTED
        connection.assert_serves()


@pytest.mark.parametrize("rpc", ["UnaryCall", "StreamingOutputCall"])
def test_a_response_beyond_the_limit_is_resource_exhausted(start_server, interop, rpc):
    server = start_server("--send-max", 1000)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        sizes = interop.ResponseParameters(size=5), interop.ResponseParameters(size=2000)
        stream = interop.StreamingOutputCallRequest(response_parameters=sizes)
        with pytest.raises(grpc.RpcError) as error:
            if rpc == "UnaryCall":
                stub.UnaryCall(interop.SimpleRequest(response_size=2000))
            else:
                list(stub.StreamingOutputCall(stream))
        assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert stub.EmptyCall(interop.Empty()) == interop.Empty()


def test_a_client_waits_for_free_streams(start_server, interop):
    """grpcio keeps to the server's number; all calls go well, four at a time."""
    server = start_server("--concurrent-streams", 4)
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(server.address, options=options) as channel:
        stub = interop.TestServiceStub(channel)
        with ThreadPoolExecutor(20) as pool:
            calls = [
                pool.submit(
                    stub.UnaryCall,
                    interop.SimpleRequest(response_size=1),
                    metadata=(("x-slotd-test-delay-ms", "50"),),
                )
                for _ in range(20)
            ]
            assert all(len(call.result().payload.body) == 1 for call in calls)


def test_a_stream_too_many_ends_the_connection_that_knew(start_server):
    server = start_server("--concurrent-streams", 2)
    with RawConnection(server.address) as connection:
        for _ in range(3):
            connection.open(request("FullDuplexCall"))
        connection.wait_closed()
        assert [goaway.error_code for goaway in connection.goaways] == [PROTOCOL_ERROR]
    with RawConnection(server.address) as connection:
        connection.assert_serves()


def test_a_stream_too_many_is_refused_before_the_limit_is_known(start_server):
    server = start_server("--concurrent-streams", 2)
    with RawConnection(server.address, acknowledges=False) as connection:
        streams = [connection.open(request("FullDuplexCall")) for _ in range(3)]
        assert connection.finish(streams[2]).reset == REFUSED_STREAM
        connection.send_data(streams[0], ends=True)
        assert connection.finish(streams[0]).status == OK


def test_a_call_too_many_is_unavailable_with_a_time_to_wait(start_server):
    server = start_server("--running-calls", 2)
    with RawConnection(server.address) as connection:
        first, _ = (connection.open(request("FullDuplexCall")) for _ in range(2))
        refused = connection.call()
        assert refused.status == UNAVAILABLE
        assert int(refused.trailers["grpc-retry-pushback-ms"]) > 0
        connection.send_data(first, ends=True)
        assert connection.finish(first).status == OK
        connection.assert_serves()


def test_a_cancelled_handler_counts_until_it_ends(start_server):
    """Resetting a stream frees it at once, but not the work it began."""
    server = start_server("--running-calls", 2)
    delay = ("x-slotd-test-delay-ms", "400")
    with RawConnection(server.address) as connection:
        for _ in range(2):
            stream = connection.open(request("EmptyCall", delay))
            connection.send_data(stream, message(), ends=True)
            connection.send(RstStreamFrame(stream, CANCEL))
        assert connection.call().status == UNAVAILABLE
        statuses: list[int] = []
        while statuses[-1:] != [OK]:
            statuses.append(connection.call().status)
            assert len(statuses) < 100_000
        assert set(statuses) <= {OK, UNAVAILABLE}


def test_an_even_stream_id_ends_the_connection(interop_server):
    with RawConnection(interop_server.address) as connection:
        connection.assert_serves()
        connection.send(connection.headers_frame(2, request()))
        connection.wait_closed()
        assert [goaway.error_code for goaway in connection.goaways] == [PROTOCOL_ERROR]


def test_many_connections_come_and_go(interop_server):
    before = interop_server.descriptor_count()
    for _ in range(200):
        with RawConnection(interop_server.address) as connection:
            connection.assert_serves()
    poll(lambda: interop_server.descriptor_count() <= before + 5, "descriptors are closed")


def test_calls_from_many_threads(start_server, interop):
    server = start_server("--loops", 2)
    failures: list[Exception] = []

    def work() -> None:
        try:
            options = [("grpc.use_local_subchannel_pool", 1)]
            with grpc.insecure_channel(server.address, options=options) as channel:
                stub = interop.TestServiceStub(channel)
                for size in range(100):
                    response = stub.UnaryCall(interop.SimpleRequest(response_size=size))
                    assert len(response.payload.body) == size
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
