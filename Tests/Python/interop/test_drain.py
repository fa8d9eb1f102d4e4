"""The drain on SIGTERM: two GOAWAYs, what is under way finishes, what is new goes elsewhere."""

from __future__ import annotations

import signal

import grpc
import pytest
from frames import NO_ERROR, RawConnection, message, request
from process import poll

OK = 0
DELAY = ("x-slotd-test-delay-ms", "200")
ECHO = ("x-grpc-test-echo-initial", "here")


def test_calls_under_load_finish_and_new_ones_are_unavailable(start_server, interop):
    server = start_server()
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(server.address, options=options) as channel:
        stub = interop.TestServiceStub(channel)
        unary = [
            stub.UnaryCall.future(interop.SimpleRequest(response_size=7), metadata=(DELAY,))
            for _ in range(25)
        ]
        pause = interop.ResponseParameters(size=7, interval_us=200_000)
        streams = [
            stub.StreamingOutputCall(
                interop.StreamingOutputCallRequest(response_parameters=[pause]), metadata=(ECHO,)
            )
            for _ in range(25)
        ]
        for stream in streams:
            assert dict(stream.initial_metadata())[ECHO[0]] == ECHO[1]  # It is under way.
        server.send(signal.SIGTERM)
        assert all(len(call.result().payload.body) == 7 for call in unary)
        assert all([len(r.payload.body) for r in stream] == [7] for stream in streams)
        assert server.wait() == 0
        with pytest.raises(grpc.RpcError) as error:
            stub.EmptyCall(interop.Empty())
        assert error.value.code() == grpc.StatusCode.UNAVAILABLE
    assert server.lines[-1] == "drained"


def test_the_end_is_announced_in_two_steps(start_server):
    server = start_server()
    with RawConnection(server.address) as connection:
        connection.assert_serves()
        early = connection.open(request("EmptyCall", DELAY))
        connection.send_data(early, message(), ends=True)
        stream = connection.open(request("FullDuplexCall", ECHO))
        connection.read_until(lambda: connection.streams[stream].blocks)
        server.send(signal.SIGTERM)
        connection.read_until(lambda: len(connection.goaways) == 2)
        first, second = connection.goaways
        assert (first.error_code, first.last_stream_id) == (NO_ERROR, (1 << 31) - 1)
        assert (second.error_code, second.last_stream_id) == (NO_ERROR, stream)
        # Nothing answers a stream that began after the second.
        late = connection.open()
        connection.send_data(late, message(), ends=True)
        assert connection.finish(early).status == OK
        connection.send_data(stream, ends=True)
        assert connection.finish(stream).status == OK
        connection.wait_closed()
        assert not connection.streams[late].blocks
    assert server.wait() == 0


def test_a_call_sent_before_the_client_could_know_is_served(start_server):
    """Between the two GOAWAYs: the client has not answered the PING that separates them."""
    server = start_server()
    with RawConnection(server.address) as connection:
        connection.assert_serves()
        connection._acknowledges = False
        server.send(signal.SIGTERM)
        connection.read_until(lambda: len(connection.goaways) == 1)
        connection.assert_serves()
        connection.wait_closed()
        assert len(connection.goaways) == 2
    assert server.wait() == 0


def test_no_new_connection_is_taken(start_server):
    server = start_server()
    with RawConnection(server.address) as connection:
        stream = connection.open(request("FullDuplexCall", ECHO))
        connection.read_until(lambda: connection.streams[stream].blocks)
        server.send(signal.SIGTERM)
        connection.read_until(lambda: len(connection.goaways) == 2)
        with pytest.raises(ConnectionRefusedError):
            RawConnection(server.address)
        connection.send_data(stream, ends=True)
        assert connection.finish(stream).status == OK
    assert server.wait() == 0


def test_idle_connections_end_at_once(start_server, interop):
    server = start_server()
    with RawConnection(server.address) as raw, grpc.insecure_channel(server.address) as channel:
        raw.assert_serves()
        interop.TestServiceStub(channel).EmptyCall(interop.Empty())
        assert server.stop(seconds=5) == 0
        raw.wait_closed()


def test_what_does_not_end_is_cut_when_the_grace_is_over(start_server, interop):
    server = start_server("--drain-grace", 300)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        forever = interop.ResponseParameters(size=1, interval_us=60_000_000)
        stream = stub.StreamingOutputCall(
            interop.StreamingOutputCallRequest(response_parameters=[forever]), metadata=(ECHO,)
        )
        assert stream.initial_metadata()
        assert server.stop(seconds=5) == 0
        with pytest.raises(grpc.RpcError):
            next(stream)
        assert stream.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


def test_health_says_so_first(start_server):
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    server = start_server()
    with grpc.insecure_channel(server.address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        server.send(signal.SIGTERM)
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
    assert server.wait() == 0


def test_a_second_signal_does_not_break_the_drain(start_server):
    server = start_server()
    with RawConnection(server.address) as connection:
        stream = connection.open(request("FullDuplexCall", ECHO))
        connection.read_until(lambda: connection.streams[stream].blocks)
        server.send(signal.SIGTERM)
        connection.read_until(lambda: len(connection.goaways) == 2)
        server.send(signal.SIGTERM)
        server.send(signal.SIGINT)
        connection.send_data(stream, ends=True)
        assert connection.finish(stream).status == OK
    assert server.wait() == 0


def test_the_process_holds_nothing_of_a_connection_that_has_gone(start_server):
    server = start_server()
    count = server.descriptor_count()
    with RawConnection(server.address) as connection:
        connection.assert_serves()
        for _ in range(50):
            connection.open(request("FullDuplexCall", ECHO))
    poll(lambda: server.descriptor_count() == count, "the descriptor is closed")
    assert server.stop(seconds=5) == 0  # No handler keeps the drain waiting.
