"""Flow control and back-pressure: small windows, slow readers on either side, bounded memory."""

from __future__ import annotations

import grpc
from frames import CANCEL, RawConnection, message, request
from hyperframe.frame import RstStreamFrame, SettingsFrame
from process import poll

MIB = 1 << 20
SMALL_WINDOWS = ("--stream-window", 65_535, "--connection-window", 65_535)
OK, UNIMPLEMENTED, UNAVAILABLE = 0, 12, 14


def output(interop, count: int, size: int) -> bytes:
    """A request for that many responses."""
    proto = interop.StreamingOutputCallRequest(
        response_parameters=[interop.ResponseParameters(size=size)] * count
    )
    return message(proto.SerializeToString())


def input_(interop, size: int) -> bytes:
    proto = interop.StreamingInputCallRequest(payload=interop.Payload(body=bytes(size)))
    return message(proto.SerializeToString())


def test_a_large_upload_through_small_windows(start_server, interop):
    server = start_server(*SMALL_WINDOWS)
    before = server.resident_bytes()
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        request_ = interop.StreamingInputCallRequest(payload=interop.Payload(body=bytes(100_000)))
        response = stub.StreamingInputCall(request_ for _ in range(500))
        assert response.aggregated_payload_size == 50_000_000
    assert server.resident_bytes() - before < 32 * MIB


def test_a_message_larger_than_the_window(start_server, interop):
    server = start_server(*SMALL_WINDOWS)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        payload = interop.Payload(body=bytes(3_000_000))
        assert stub.UnaryCall(interop.SimpleRequest(payload=payload)).payload.body == b""
        requests = [interop.StreamingInputCallRequest(payload=payload)] * 3
        assert stub.StreamingInputCall(iter(requests)).aggregated_payload_size == 9_000_000


def test_a_large_download_through_small_windows(interop_server, interop):
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 65_535}
    with RawConnection(interop_server.address, settings) as connection:
        stream = connection.open(request("StreamingOutputCall"))
        connection.send_data(stream, output(interop, 200, 100_000), ends=True)
        exchange = connection.finish(stream, seconds=30)
        assert exchange.status == OK
        assert len(exchange.messages) == 200
        assert len(exchange.data) > 20_000_000


def test_one_byte_windows(interop_server, interop):
    """The smallest steps there are: a window of one byte, given again for each byte."""
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 1}
    with RawConnection(interop_server.address, settings) as connection:
        stream = connection.open(request("StreamingOutputCall"))
        connection.send_data(stream, output(interop, 3, 100), ends=True)
        exchange = connection.finish(stream)
        assert exchange.status == OK
        assert len(exchange.messages) == 3


def test_a_client_that_gives_no_window_costs_little(start_server, interop):
    """100 MB are asked for and not taken: the server waits with a queue's worth in hand."""
    server = start_server()
    before = server.resident_bytes()
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 65_535}
    with RawConnection(server.address, settings) as connection:
        connection.gives_window = False
        streams = [connection.open(request("StreamingOutputCall")) for _ in range(10)]
        for stream in streams:
            connection.send_data(stream, output(interop, 100, 100_000), ends=True)
        connection.read_until(
            lambda: sum(len(connection.streams[s].data) for s in streams) >= 65_535
        )
        # A call that needs no window is answered meanwhile.
        refused = connection.finish(connection.open(request(path="/no.Service/Method")))
        assert refused.status == 12
        assert server.resident_bytes() - before < 32 * MIB
        # All of it arrives once it is wanted.
        connection.gives_window = True
        for stream in streams:
            connection.give_window(stream, 4 * MIB)
        for stream in streams:
            exchange = connection.finish(stream, seconds=30)
            assert exchange.status == OK
            assert len(exchange.messages) == 100


def test_a_client_that_does_not_read_the_socket_costs_little(start_server, interop):
    """Windows are open wide, but the socket is not read: it is TCP that pushes back."""
    server = start_server("--write-stall-timeout", 60_000)
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: (1 << 31) - 1}
    before = server.resident_bytes()
    with RawConnection(server.address, settings, window=(1 << 30)) as connection:
        streams = [connection.open(request("StreamingOutputCall")) for _ in range(20)]
        for stream in streams:
            connection.send_data(stream, output(interop, 100, 200_000), ends=True)
        peak = 0

        def is_steady() -> bool:
            nonlocal peak
            now = server.resident_bytes()
            grown, peak = now > peak, max(peak, now)
            return not grown

        # Memory stops growing long before 400 MB.
        poll(is_steady, "memory is steady", interval=0.2)
        assert peak - before < 64 * MIB
        with RawConnection(server.address) as other:
            other.assert_serves()


def test_a_client_that_never_reads_is_cut_off(start_server, interop):
    server = start_server("--write-stall-timeout", 200)
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: (1 << 31) - 1}
    count = server.descriptor_count()
    with RawConnection(server.address, settings, window=(1 << 30)) as connection:
        stream = connection.open(request("StreamingOutputCall"))
        connection.send_data(stream, output(interop, 100, 1_000_000), ends=True)
        poll(lambda: server.descriptor_count() == count + 1, "the connection is there")
        poll(lambda: server.descriptor_count() == count, "the connection is gone")


def test_answers_that_are_not_taken_stop_new_calls(start_server, interop):
    """A hundred calls for a megabyte each, and no window for any of the answers."""
    server = start_server("--send-buffer-max", 8 * MIB)
    before = server.resident_bytes()
    body = message(interop.SimpleRequest(response_size=MIB).SerializeToString())
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 0}
    with RawConnection(server.address, settings) as connection:
        # All calls begin before any is answered.
        streams = [connection.open(request("UnaryCall")) for _ in range(100)]
        for stream in streams:
            connection.send_data(stream, body, ends=True)
        connection.read_until(lambda: all(connection.streams[s].blocks for s in streams))
        refused = [s for s in streams if connection.streams[s].is_over]
        assert {connection.streams[s].status for s in refused} == {UNAVAILABLE}
        assert len(streams) - len(refused) in (8, 9)
        assert server.resident_bytes() - before < 32 * MIB
        # Room is made, and calls are taken again.
        for stream in set(streams) - set(refused):
            connection.give_window(stream, 2 * MIB)
        for stream in set(streams) - set(refused):
            assert connection.finish(stream).status == OK
        # This one needs no window: it is looked at, and found to lack its message.
        assert connection.call(request("EmptyCall"), [b""]).status == UNIMPLEMENTED


def test_a_client_that_gives_no_window_is_cut_off_unless_it_holds_little(start_server, interop):
    server = start_server("--write-stall-timeout", 1)
    body = message(interop.SimpleRequest(response_size=2 * MIB).SerializeToString())
    settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 1000}
    with (
        RawConnection(server.address, settings) as paused,
        RawConnection(server.address, settings) as greedy,
    ):
        paused.gives_window = greedy.gives_window = False
        stream = paused.open(request("StreamingOutputCall"))
        paused.send_data(stream, output(interop, 100, 10_000), ends=True)
        paused.read_until(lambda: len(paused.streams[stream].data) == 1000)
        greedy.send_data(greedy.open(request("UnaryCall")), body, ends=True)
        greedy.wait_closed()
        # The same look at the connections has spared the one with a paused reader.
        paused.gives_window = True
        paused.give_window(stream, MIB)
        assert paused.finish(stream).status == OK


def test_a_slow_handler_keeps_the_window_closed(start_server, interop):
    """The handler waits after each request: the client is held back, not buffered."""
    server = start_server()
    before = server.resident_bytes()
    with RawConnection(server.address) as connection:
        slow = ("x-slotd-test-delay-ms", "60000")
        stream = connection.open(request("StreamingInputCall", slow))
        sent = 0
        chunk = input_(interop, 16_000)
        while min(connection.stream_window(stream), connection.connection_window) > len(chunk):
            connection.upload(stream, chunk)
            sent += len(chunk)
            assert sent < 64 * MIB, "the window never closes"
        # The stream's window is spent; another call on the connection goes on.
        connection.assert_serves()
        assert sent < 2 * MIB
        assert connection.stream_window(stream) < len(chunk)
        assert server.resident_bytes() - before < 32 * MIB
        connection.send(RstStreamFrame(stream, CANCEL))
        # What was held for the cancelled call is given back to the connection.
        for _ in range(20):
            stream = connection.open(request("StreamingInputCall"))
            connection.upload(stream, input_(interop, MIB), ends=True)
            assert connection.finish(stream).status == OK


def test_a_reader_that_lags_gets_everything(start_server, interop):
    server = start_server(*SMALL_WINDOWS)
    with grpc.insecure_channel(server.address) as channel:
        stub = interop.TestServiceStub(channel)
        request_ = interop.StreamingInputCallRequest(payload=interop.Payload(body=bytes(50_000)))
        response = stub.StreamingInputCall(
            (request_ for _ in range(100)), metadata=(("x-slotd-test-read-delay-ms", "2"),)
        )
        assert response.aggregated_payload_size == 5_000_000


def test_streams_share_a_connection_fairly(interop_server, interop):
    """A short stream is not kept waiting behind a long one."""
    with RawConnection(interop_server.address) as connection:
        long = connection.open(request("StreamingOutputCall"))
        connection.send_data(long, output(interop, 1000, 60_000), ends=True)
        connection.read_until(lambda: len(connection.streams[long].data) > 100_000)
        short = connection.open(request("StreamingOutputCall"))
        connection.send_data(short, output(interop, 2, 10_000), ends=True)
        assert connection.finish(short).status == OK
        assert not connection.streams[long].is_over
        connection.send(RstStreamFrame(long, CANCEL))
        connection.assert_serves()
