"""Connections that mean harm: each ends, and the server lives on for the others.

The probes are those of the published attacks on HTTP/2 servers; how much of each is tolerated
stands in `AbuseLimits`.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from random import Random

import pytest
from frames import (
    CANCEL,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    NO_ERROR,
    PREFACE,
    PROTOCOL_ERROR,
    RawConnection,
    message,
    request,
)
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from process import ServerProcess, poll

MIB = 1 << 20


@pytest.fixture
def victim(interop_server: ServerProcess) -> Iterator[ServerProcess]:
    """The server, with another client that must not notice, and a ceiling on memory."""
    before = interop_server.resident_bytes()
    with RawConnection(interop_server.address) as bystander:
        bystander.assert_serves()
        yield interop_server
        bystander.assert_serves()
    assert interop_server.is_running
    assert interop_server.resident_bytes() - before < 64 * MIB


@pytest.fixture
def attacker(victim: ServerProcess) -> Iterator[RawConnection]:
    with RawConnection(victim.address) as connection:
        yield connection


def flood(connection: RawConnection, make: Callable[[int], bytes], count: int) -> None:
    """Sends many, a hundred at a time, until the server has had enough; it must have had."""
    for start in range(0, count, 100):
        if connection.is_closed or connection.goaways:
            break
        connection.send_bytes(b"".join(make(start + i) for i in range(100)))
        connection.socket.settimeout(0.001)
        connection.read_once()
    connection.wait_closed()


def assert_calmed(connection: RawConnection, *words: str) -> None:
    assert [goaway.error_code for goaway in connection.goaways] == [ENHANCE_YOUR_CALM]
    assert connection.goaways[0].additional_data.decode() in words


def test_rapid_reset(attacker):
    """CVE-2023-44487: begin and cancel, for ever."""

    def make(_: int) -> bytes:
        stream = attacker.new_stream()
        headers = attacker.headers_frame(stream, request("FullDuplexCall"))
        return headers.serialize() + RstStreamFrame(stream, CANCEL).serialize()

    flood(attacker, make, 20_000)
    assert_calmed(attacker, "too_many_resets")


def test_some_cancelled_calls_are_no_attack(attacker):
    """As many calls cancelled as finished is what impatient clients do."""
    for _ in range(500):
        attacker.assert_serves()
        stream = attacker.open(request("FullDuplexCall"))
        attacker.send(RstStreamFrame(stream, CANCEL))


def test_resets_forced_by_window_updates(attacker):
    """CVE-2025-8671: make the server reset, by overflowing the window of each stream."""

    def make(_: int) -> bytes:
        stream = attacker.new_stream()
        headers = attacker.headers_frame(stream, request("FullDuplexCall"))
        return headers.serialize() + WindowUpdateFrame(stream, (1 << 31) - 1).serialize()

    flood(attacker, make, 20_000)
    assert_calmed(attacker, "too_many_violations", "too_many_invalid_frames")


def test_resets_forced_by_malformed_requests(attacker):
    def make(_: int) -> bytes:
        stream = attacker.new_stream()
        fields = request("EmptyCall", ("connection", "close"))
        return attacker.headers_frame(stream, fields, ends=True).serialize()

    flood(attacker, make, 20_000)
    assert_calmed(attacker, "too_many_violations", "too_many_invalid_frames")


def test_ping_flood(attacker):
    """CVE-2019-9512."""
    flood(attacker, lambda i: PingFrame(0, struct.pack(">Q", i)).serialize(), 3_000)
    assert_calmed(attacker, "too_many_pings")


def test_settings_flood(attacker):
    """CVE-2019-9515."""
    flood(attacker, lambda _: SettingsFrame(0, {}).serialize(), 3_000)
    assert_calmed(attacker, "too_many_settings")


def test_a_huge_settings_frame(attacker):
    """CVE-2020-11080."""
    body = struct.pack(">HI", SettingsFrame.INITIAL_WINDOW_SIZE, 1) * 2000
    attacker.send_bytes(struct.pack(">I", len(body))[1:] + bytes([4, 0]) + bytes(4) + body)
    attacker.wait_closed()


def test_empty_data_flood(attacker):
    """CVE-2019-9518."""
    stream = attacker.open(request("FullDuplexCall"))
    flood(attacker, lambda _: DataFrame(stream, b"").serialize(), 10_000)
    assert_calmed(attacker, "too_many_empty_data")


def test_priority_flood(attacker):
    """CVE-2019-9513."""
    flood(attacker, lambda i: PriorityFrame(1 + 2 * i, 0, 1, False).serialize(), 20_000)
    assert_calmed(attacker, "too_many_priorities")


def test_window_update_flood(attacker):
    flood(attacker, lambda _: WindowUpdateFrame(0, 1).serialize(), 20_000)
    assert_calmed(attacker, "too_many_window_updates")


def test_unknown_frame_flood(attacker):
    flood(attacker, lambda _: bytes([0, 0, 1, 0xEE, 0]) + bytes(4) + b"x", 10_000)
    assert_calmed(attacker, "too_many_unknown_frames")


def test_continuation_flood(attacker):
    """CVE-2024-28182: a header block without end."""
    stream = attacker.new_stream()
    attacker.send(HeadersFrame(stream, attacker.encode(request())))
    field = attacker.encode([("x-filler", "v" * 100)])
    flood(attacker, lambda _: ContinuationFrame(stream, field).serialize(), 10_000)


def test_header_bomb(attacker):
    """A large entry in the table, then thousands of references to it, a byte each."""
    attacker.encode([("x-bomb", "v" * 3_000)])
    reference = attacker.encode([("x-bomb", "v" * 3_000)])
    assert len(reference) == 1
    for _ in range(20):
        stream = attacker.new_stream()
        attacker._encoder = type(attacker._encoder)()
        block = attacker.encode([*request(), ("x-bomb", "v" * 3_000)]) + reference * 12_000
        frame = HeadersFrame(stream, block)
        frame.flags.add("END_HEADERS")
        attacker.send(frame)
        exchange = attacker.finish(stream)
        assert exchange.reset is not None or exchange.status == 8


def test_broken_compression_of_headers(attacker):
    frame = HeadersFrame(attacker.new_stream(), b"\xff\xff\xff\xff\xff\xff")
    frame.flags.add("END_HEADERS")
    attacker.send(frame)
    attacker.wait_closed()
    assert attacker.goaways[0].error_code == 0x9  # COMPRESSION_ERROR


def test_a_window_that_overflows(attacker):
    attacker.send(WindowUpdateFrame(0, (1 << 31) - 1))
    attacker.wait_closed()
    assert attacker.goaways[0].error_code == FLOW_CONTROL_ERROR


def test_more_data_than_the_window(attacker):
    stream = attacker.open(request("StreamingInputCall", ("x-slotd-test-delay-ms", "60000")))
    chunk = attacker.data_frame(stream, bytes(16_000)).serialize()
    for _ in range(1_000):
        attacker.send_bytes(chunk)
        if attacker.is_closed:
            break
    attacker.read_until(lambda: attacker.streams[stream].is_over or attacker.is_closed)
    assert attacker.is_closed or attacker.streams[stream].reset == FLOW_CONTROL_ERROR


@pytest.mark.parametrize(
    "frame",
    [
        bytes([0xFF, 0xFF, 0xFF, 0, 0]) + bytes(4),
        bytes([0, 0, 1, 6, 0]) + bytes(4) + b"x",
        bytes([0, 0, 8, 6, 0, 0, 0, 0, 1]) + bytes(8),
        bytes([0, 0, 3, 8, 0]) + bytes(4) + b"abc",
        bytes([0, 0, 0, 0, 0]) + bytes(4),
        bytes([0, 0, 0, 9, 4, 0, 0, 0, 1]),
        bytes([0, 0, 4, 3, 0]) + bytes(4) + bytes(4),
        bytes([0, 0, 0, 5, 4, 0, 0, 0, 1]),
    ],
    ids=[
        "too long", "short ping", "ping on a stream", "short update", "data on 0",
        "lone continuation", "reset on 0", "push",
    ],
)  # fmt: skip
def test_a_malformed_frame_ends_the_connection(attacker, frame):
    attacker.assert_serves()
    attacker.send_bytes(frame)
    attacker.wait_closed()
    assert attacker.goaways[0].error_code != NO_ERROR


def connect(server: ServerProcess) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def read_to_end(peer: socket.socket) -> bytes:
    """Everything until the server closes."""
    received = b""
    try:
        while data := peer.recv(1 << 16):
            received += data
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("verb", [b"GET", b"POST"])
def test_http_1_is_told_so(victim, verb):
    with connect(victim) as peer:
        peer.sendall(verb + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # Our SETTINGS come first: they are sent before anything is known of the client.
        assert b"HTTP/1.1 505 " in read_to_end(peer)


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\x01", b"\0" * 100, b"SSH-2.0-x\r\n"])
def test_another_protocol_is_closed(victim, garbage):
    with connect(victim) as peer:
        peer.sendall(garbage * 10)
        read_to_end(peer)


def test_preface_then_no_settings(victim):
    with connect(victim) as peer:
        peer.sendall(PREFACE + PingFrame(0, bytes(8)).serialize())
        read_to_end(peer)


def test_probers_that_only_connect(victim):
    for _ in range(300):
        connect(victim).close()


def test_a_connection_that_says_nothing_is_closed(start_server):
    server = start_server("--handshake-timeout", 200)
    with connect(server) as silent:
        read_to_end(silent)
    with connect(server) as slow:
        slow.sendall(PREFACE[:10])
        read_to_end(slow)


def test_many_connections_with_half_a_call(victim):
    """Slowloris: a lot of calls that never send their message."""
    connections = [RawConnection(victim.address) for _ in range(50)]
    for connection in connections:
        for _ in range(20):
            stream = connection.open()
            connection.send_data(stream, message()[:3])
    with RawConnection(victim.address) as good:
        good.assert_serves()
    # A unary call without a deadline has one of the server's, from its first byte on.
    for connection in connections:
        for stream in list(connection.streams):
            assert connection.finish(stream).status == 4
        connection.close()


def test_descriptors_are_not_used_up(start_server):
    server = start_server()
    count = server.descriptor_count()
    connections = [RawConnection(server.address) for _ in range(200)]
    assert server.descriptor_count() == count + 200
    for connection in connections:
        connection.close()
    poll(lambda: server.descriptor_count() == count, "every descriptor is closed")


def test_violations_do_not_reach_other_streams(attacker):
    good = attacker.open(request("FullDuplexCall"))
    for _ in range(20):
        bad = attacker.open(request("EmptyCall", ("connection", "close")), ends=True)
        assert attacker.finish(bad).reset == PROTOCOL_ERROR
    attacker.send_data(good, ends=True)
    assert attacker.finish(good).status == 0


@pytest.mark.parametrize("seed", range(20))
def test_random_frames(victim, seed):
    """Frames of every type with random flags, streams and contents, some of them sensible."""
    random = Random(seed)
    for _ in range(10):
        with RawConnection(victim.address) as connection:
            for _ in range(200):
                if random.random() < 0.3:
                    stream = connection.new_stream()
                    connection.send(connection.headers_frame(stream, request("FullDuplexCall")))
                body = random.randbytes(random.choice([0, 1, 4, 5, 6, 8, 9, random.randrange(300)]))
                head = struct.pack(
                    ">BHBBI", 0, len(body), random.randrange(11), random.randrange(256),
                    random.choice([0, random.randrange(10), random.randrange(1 << 31)]),
                )  # fmt: skip
                connection.send_bytes(head + body)
                if connection.is_closed:
                    break


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes(victim, seed):
    random = Random(seed)
    for _ in range(20):
        with connect(victim) as peer:
            try:
                peer.sendall(random.choice([b"", PREFACE]) + random.randbytes(2000))
                peer.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError, OSError):
                pass
            read_to_end(peer)


@pytest.mark.parametrize("seed", range(10))
def test_random_messages(victim, seed):
    """Proper calls with random bodies, in random pieces; every one gets an answer."""
    random = Random(seed)
    rpcs = ["EmptyCall", "UnaryCall", "StreamingInputCall", "FullDuplexCall", "HalfDuplexCall"]
    with RawConnection(victim.address) as connection:
        for _ in range(100):
            parts = []
            for _ in range(random.randrange(4)):
                body = random.randbytes(random.randrange(40))
                length = len(body) if random.random() < 0.9 else random.randrange(1 << 32)
                flag = 0 if random.random() < 0.8 else random.randrange(256)
                parts.append(message(body, flag, length))
            whole = b"".join(parts)
            cuts = sorted(random.randrange(len(whole) + 1) for _ in range(random.randrange(5)))
            ends = [0, *cuts, len(whole)]
            chunks = [whole[a:b] for a, b in zip(ends, ends[1:], strict=False)]
            fields = request(random.choice(rpcs), ("grpc-encoding", "gzip"))
            exchange = connection.call(fields, chunks)
            assert exchange.reset is not None or 0 <= exchange.status <= 16
        connection.assert_serves()
