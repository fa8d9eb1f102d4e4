"""slotctl against servers that break the rules: whatever comes, the command ends at once with the
code that rpc.md's tables give it and the exit status that goes with that, and never with a hang, a
crash or half an answer taken for a whole one.

`location list` makes one unary call, whose empty reply is an empty list.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import time
from collections.abc import Callable

import pytest
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PushPromiseFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from rogue import HEADERS, OK, Fields, Peer, Play, RogueServer, message
from slotctl import slotctl

CODES = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
]  # fmt: skip
EXIT = {
    "CANCELLED": 2, "NOT_FOUND": 3, "PERMISSION_DENIED": 4, "UNAUTHENTICATED": 4,
    "FAILED_PRECONDITION": 5, "ABORTED": 5, "ALREADY_EXISTS": 5, "UNAVAILABLE": 6,
    "RESOURCE_EXHAUSTED": 6, "DEADLINE_EXCEEDED": 6,
}  # fmt: skip
# Well below the deadline of a call: what takes longer has waited for it.
AT_ONCE = 5


def run(server: RogueServer, *words: str) -> subprocess.CompletedProcess[bytes]:
    began = time.monotonic()
    ran = slotctl(server.address, *(words or ("location", "list")), "-o", "json")
    assert time.monotonic() - began < AT_ONCE, "it hung"
    assert not server.trouble
    return ran


def fails(server: RogueServer, code: str, words: str = "") -> dict:
    """The command fails with this code, the exit status that belongs to it, and no data."""
    ran = run(server)
    error = json.loads(ran.stderr)
    assert (error["code"], ran.returncode) == (code, EXIT.get(code, 1)), error
    assert words in error["message"], error
    assert ran.stdout == b""
    return error


def works(server: RogueServer) -> None:
    ran = run(server)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["locations"] == []


# What is odd and allowed.


def bytewise(peer: Peer, stream: int) -> None:
    peer.headers(stream)
    for byte in message():
        peer.data(stream, bytes([byte]))
        peer.data(stream, b"")
    peer.headers(stream, OK, ends=True)


def padded(peer: Peer, stream: int) -> None:
    peer.headers(stream)
    for byte in message():
        peer.send(DataFrame(stream, bytes([byte]), pad_length=255, flags=["PADDED"]))
    peer.headers(stream, OK, ends=True)


def informed(peer: Peer, stream: int) -> None:
    peer.headers(stream, [(":status", "103"), ("link", "</x>")])
    peer.answer(stream)


def in_pieces(peer: Peer, stream: int) -> None:
    """A header list over several frames, with an unknown frame type before it."""
    peer.send_bytes(b"\x00\x00\x03\xbe\x00" + stream.to_bytes(4, "big") + b"abc")
    block = peer._encoder.encode([*HEADERS, ("x-long", "y" * 300)])
    first = HeadersFrame(stream, block[:20])
    last = ContinuationFrame(stream, block[20:], flags=["END_HEADERS"])
    peer.send(first, last)
    peer.data(stream, message())
    peer.headers(stream, OK, ends=True)


def pinged(peer: Peer, stream: int) -> None:
    peer.send(PingFrame(0, b"12345678"))
    peer.answer(stream)


def leaving(peer: Peer, stream: int) -> None:
    """A server that shuts down, in two steps, and finishes what it has begun."""
    peer.go_away(2**31 - 1)
    peer.go_away(stream)
    peer.answer(stream)


def zipped(peer: Peer, stream: int) -> None:
    peer.headers(stream, [*HEADERS, ("grpc-encoding", "gzip")])
    peer.data(stream, message(gzip.compress(b""), flag=1))
    peer.headers(stream, OK, ends=True)


@pytest.mark.parametrize(
    "play", [Peer.answer, bytewise, padded, informed, in_pieces, pinged, leaving, zipped]
)
def test_what_is_odd_and_allowed_works(play: Play) -> None:
    with RogueServer(play) as server:
        works(server)
        assert server.resets == [], "nothing was left to stop"
    if play is pinged:
        assert server.pongs == [b"12345678"]
    (request,) = server.requests
    assert request["te"] == "trailers" and request["content-type"] == "application/grpc"
    assert request[":path"] == "/slotd.v1.CatalogService/ListLocations"


def test_one_stream_at_a_time_is_enough() -> None:
    with RogueServer(Peer.answer, {SettingsFrame.MAX_CONCURRENT_STREAMS: 1}) as server:
        works(server)


# Statuses.


@pytest.mark.parametrize("number", range(1, 17))
@pytest.mark.parametrize("comes_late", [False, True])
def test_a_status_becomes_its_exit_code(number: int, comes_late: bool) -> None:
    """Trailers only, and after a message, which then counts for nothing."""

    def play(peer: Peer, stream: int) -> None:
        status = [("grpc-status", str(number)), ("grpc-message", "50%25 of %E2%98%BA 100%")]
        if comes_late:
            peer.answer(stream, trailers=status)
        else:
            peer.trailers_only(stream, *status)

    with RogueServer(play) as server:
        fails(server, CODES[number], "50% of ☺ 100%")
        assert server.resets == []


@pytest.mark.parametrize("text", ["17", "999", "abc", "-1", ""])
def test_a_status_that_nobody_knows_is_unknown(text: str) -> None:
    with RogueServer(lambda p, s: p.trailers_only(s, ("grpc-status", text))) as server:
        fails(server, "UNKNOWN")


@pytest.mark.parametrize("details", ["!!!", "AAAA", "CAkSAm5v"])
def test_details_that_nobody_can_read_take_nothing_away(details: str) -> None:
    fields = [("grpc-status", "9"), ("grpc-message", "no"), ("grpc-status-details-bin", details)]
    with RogueServer(lambda p, s: p.trailers_only(s, *fields)) as server:
        fails(server, "FAILED_PRECONDITION", "no")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "INTERNAL"), (401, "UNAUTHENTICATED"), (403, "PERMISSION_DENIED"),
        (404, "UNIMPLEMENTED"), (418, "UNKNOWN"), (429, "UNAVAILABLE"), (431, "INTERNAL"),
        (500, "UNKNOWN"), (502, "UNAVAILABLE"), (503, "UNAVAILABLE"), (504, "UNAVAILABLE"),
        (200, "UNKNOWN"),
    ],
)  # fmt: skip
def test_a_proxys_page_gets_the_code_of_its_http_status(status: int, code: str) -> None:
    """Its first words are shown, whether they come or not."""
    page: Fields = [(":status", str(status)), ("content-type", "text/html")]

    def with_page(peer: Peer, stream: int) -> None:
        peer.headers(stream, page)
        peer.data(stream, b"<h1>Gone fishing</h1>", ends=True)

    with RogueServer(with_page) as server:
        assert str(status) in fails(server, code, "Gone fishing")["message"]
    with RogueServer(lambda p, s: p.headers(s, page, ends=True)) as server:
        fails(server, code, str(status))


# Answers that are not whole.


def play_of(*steps: Callable[[Peer, int], None]) -> Play:
    def play(peer: Peer, stream: int) -> None:
        for step in steps:
            step(peer, stream)

    return play


def head(*more: tuple[str, str]) -> Callable[[Peer, int], None]:
    return lambda peer, stream: peer.headers(stream, [*HEADERS, *more])


def body(data: bytes, *, ends: bool = False) -> Callable[[Peer, int], None]:
    return lambda peer, stream: peer.data(stream, data, ends=ends)


def done(peer: Peer, stream: int) -> None:
    peer.headers(stream, OK, ends=True)


GZIP = ("grpc-encoding", "gzip")
BOMB = gzip.compress(bytes(65 << 20))


@pytest.mark.parametrize(
    ("play", "code", "words"),
    [
        (play_of(head(), body(message(), ends=True)), "INTERNAL", "without a status"),
        (play_of(lambda p, s: p.trailers_only(s)), "INTERNAL", "without a status"),
        (play_of(head(), body(message()), lambda p, s: p.headers(s, [("x", "y")], ends=True)),
         "INTERNAL", "without a status"),
        (play_of(head(), done), "UNIMPLEMENTED", "0 messages"),
        (play_of(lambda p, s: p.trailers_only(s, *OK)), "UNIMPLEMENTED", "0 messages"),
        (play_of(head(), body(message() * 2), done), "UNIMPLEMENTED", "2 messages"),
        (play_of(head(), body(message(b"abc", length=9)), done), "INTERNAL", "inside a message"),
        (play_of(head(), body(message()[:3]), done), "INTERNAL", "inside a message"),
        (play_of(head(), body(message(flag=2)), done), "INTERNAL", ""),
        (play_of(head(), body(message(flag=1)), done), "INTERNAL", "compressed"),
        (play_of(head(("grpc-encoding", "br")), body(message(b"x", flag=1)), done),
         "INTERNAL", "grpc-encoding"),
        (play_of(head(GZIP), body(message(b"no gzip", flag=1)), done), "INTERNAL", ""),
        (play_of(head(GZIP), body(message(gzip.compress(b"a")[:-9], flag=1)), done),
         "INTERNAL", ""),
        (play_of(head(), body(message(length=100 << 20))), "RESOURCE_EXHAUSTED", "104857600"),
        (play_of(head(), head()), "INTERNAL", "reset"),
        (play_of(head(*[("x", "y" * 1_000)] * 20)), "RESOURCE_EXHAUSTED", "metadata"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_whole_is_none(play: Play, code: str, words: str) -> None:
    with RogueServer(play) as server:
        fails(server, code, words)


def test_a_small_message_that_unpacks_to_a_huge_one_is_refused() -> None:
    """64 MiB is what a reply may be, packed and unpacked."""

    def play(peer: Peer, stream: int) -> None:
        peer.headers(stream, [*HEADERS, GZIP])
        packed = message(BOMB, flag=1)
        # Well within the window that the client opens at its start.
        for start in range(0, len(packed), 16_384):
            peer.data(stream, packed[start : start + 16_384])
        peer.headers(stream, OK, ends=True)

    with RogueServer(play) as server:
        fails(server, "RESOURCE_EXHAUSTED")


def test_a_reply_of_another_kind_is_no_reply() -> None:
    with RogueServer(lambda p, s: p.answer(s, b"\xff\xff\xff")) as server:
        fails(server, "LOCAL", "ListLocationsResponse")


# Streams and connections that end early.


@pytest.mark.parametrize(
    ("number", "code"),
    [
        *[(number, "INTERNAL") for number in (0, 1, 2, 3, 4, 5, 6, 9, 10, 13)],
        (7, "UNAVAILABLE"), (8, "CANCELLED"), (11, "RESOURCE_EXHAUSTED"),
        (12, "PERMISSION_DENIED"), (99, "UNKNOWN"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("begun", [0, 1, 2])
def test_a_reset_stream_gets_the_code_of_its_error(number: int, code: str, begun: int) -> None:
    """At once, after the headers, and within the message. REFUSED_STREAM says that nobody looked
    at the request: it is sent a second time, and no more."""
    if number == 5:
        code = "UNKNOWN"  # STREAM_CLOSED is not in gRPC's table.

    def play(peer: Peer, stream: int) -> None:
        if begun:
            peer.headers(stream)
        if begun == 2:
            peer.data(stream, message(length=10))
        peer.reset(stream, number)

    with RogueServer(play) as server:
        fails(server, code)
        assert len(server.requests) == (2 if number == 7 else 1)
        assert server.resets == []


def test_a_request_that_was_refused_is_sent_again() -> None:
    def play(peer: Peer, stream: int) -> None:
        if len(peer.server.requests) == 1:
            peer.reset(stream, 7)
        else:
            peer.answer(stream)

    with RogueServer(play) as server:
        works(server)


def test_a_reset_after_a_whole_answer_changes_nothing() -> None:
    def play(peer: Peer, stream: int) -> None:
        peer.answer(stream)
        peer.reset(stream, 0)

    with RogueServer(play) as server:
        works(server)


@pytest.mark.parametrize("always", [False, True])
def test_a_call_that_a_leaving_server_did_not_see_goes_to_a_new_connection(always: bool) -> None:
    def play(peer: Peer, stream: int) -> None:
        if always or peer.server.connection_count == 1:
            peer.go_away(0)
        else:
            peer.answer(stream)

    with RogueServer(play) as server:
        if always:
            fails(server, "UNAVAILABLE")
        else:
            works(server)
        assert server.connection_count == 2


@pytest.mark.parametrize("steps", [[], [head()], [head(), body(message()[:2])]])
def test_a_lost_connection_is_unavailable(steps: list) -> None:
    """And not tried again: whether the server acted is not known."""
    with RogueServer(play_of(*steps, lambda p, s: p.hang_up())) as server:
        assert fails(server, "UNAVAILABLE", server.address)["retryable"] is True
        assert len(server.requests) == 1


@pytest.mark.parametrize("greets", [False, True])
def test_a_silent_server_costs_the_timeout_and_is_told(greets: bool) -> None:
    with RogueServer(lambda p, s: None, greets=greets) as server:
        ran = run(server, "location", "list", "--timeout", "300ms")
        assert (json.loads(ran.stderr)["code"], ran.returncode) == ("DEADLINE_EXCEEDED", 6)
    assert server.resets == [8]
    assert server.requests[0]["grpc-timeout"]


# No HTTP/2 at all, and HTTP/2 that is wrong.


def test_a_server_of_another_kind_is_told_apart() -> None:
    def play(peer: Peer, _: int) -> None:
        peer.send_bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with RogueServer(play, greets=False) as server:
        fails(server, "UNAVAILABLE", "does not speak HTTP/2")


def raw(kind: int, payload: bytes, stream: int = 0, flags: int = 0) -> bytes:
    """Any frame."""
    prefix = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return prefix + payload


@pytest.mark.parametrize(
    "bad",
    [
        lambda s: raw(0x0, b"data of no stream"),
        lambda s: raw(0x0, b"of a stream that was never opened", s + 100),
        lambda s: raw(0x1, b"\x88", 2, flags=4),
        lambda s: raw(0x1, b"\xff\xff\xff\xff\xff\xff\xff", s, flags=4),
        lambda s: raw(0x4, b"five!"),
        lambda s: raw(0x4, b"\x00\x05\x00\x00\x00\x01"),
        lambda s: raw(0x4, b"\x00\x04\xff\xff\xff\xff"),
        lambda s: raw(0x6, b"seven b"),
        lambda s: raw(0x8, b"\x00\x00\x00\x00"),
        lambda s: raw(0x9, b"\x88", s, flags=4),
        lambda s: raw(0x3, b"\x00\x00", s),
        lambda s: raw(0x0, bytes(20_000), s),
        lambda s: PushPromiseFrame(s, promised_stream_id=2, data=b"\x82").serialize(),
        lambda s: WindowUpdateFrame(0, 2**31 - 1).serialize(),
        lambda s: RstStreamFrame(s + 100, error_code=0).serialize(),
    ],
)
def test_a_frame_that_breaks_the_rules_ends_the_call_at_once(bad: Callable[[int], bytes]) -> None:
    """The connection is no good after it: both sides are told, nobody waits for the deadline."""
    with RogueServer(lambda p, s: p.send_bytes(bad(s))) as server:
        error = fails(server, "UNAVAILABLE", server.address)
        assert "HTTP/2" in error["message"]
    assert server.goaways and server.goaways[0] != 0


@pytest.mark.parametrize(
    "fields",
    [
        [("content-type", "application/grpc")],
        [(":status", "abc"), ("content-type", "application/grpc")],
        [(":status", "200"), ("Content-Type", "application/grpc")],
        [(":status", "200"), ("connection", "close")],
        [("x", "y"), (":status", "200")],
        [(":status", "200"), (":path", "/")],
    ],
)
def test_headers_that_break_the_rules_end_the_call_at_once(fields: Fields) -> None:
    with RogueServer(lambda p, s: p.headers(s, fields)) as server:
        fails(server, "INTERNAL")
    assert server.resets == [1]


def test_a_stream_that_breaks_off_is_no_whole_export() -> None:
    """What has come was true; the exit status says that more was to come."""

    def play(peer: Peer, stream: int) -> None:
        peer.headers(stream)
        peer.data(stream, message())
        peer.hang_up()

    with RogueServer(play) as server:
        ran = run(server, "export", "ndjson", "patients")
        assert ran.returncode == EXIT["UNAVAILABLE"], ran.stderr
