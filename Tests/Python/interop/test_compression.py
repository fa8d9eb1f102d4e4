"""The compressed cases of the interoperability suite, where the flag of each message counts.

grpcio hides the flag, so the frames are made and read by hand.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from frames import Exchange, Fields, RawConnection, message, request
from process import ServerProcess

GZIP = ("grpc-encoding", "gzip")
ACCEPTS = ("grpc-accept-encoding", "identity,gzip")
OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED = 0, 3, 8


@pytest.fixture
def connection(interop_server: ServerProcess) -> Iterator[RawConnection]:
    with RawConnection(interop_server.address) as connection:
        yield connection
        connection.assert_serves()


def exchange(connection: RawConnection, fields: Fields, body: bytes) -> Exchange:
    """One call whose body is longer than a frame."""
    stream = connection.open(fields)
    connection.upload(stream, body, ends=True)
    return connection.finish(stream)


def packed(body: bytes) -> bytes:
    return message(gzip.compress(body), flag=1)


def unpacked(flag: int, body: bytes) -> bytes:
    return gzip.decompress(body) if flag else body


def input_request(interop: SimpleNamespace, size: int, expects_compressed: bool) -> bytes:
    return interop.StreamingInputCallRequest(
        payload=interop.Payload(body=bytes(size)),
        expect_compressed=interop.BoolValue(value=expects_compressed),
    ).SerializeToString()


def output_request(interop: SimpleNamespace, *sizes: tuple[int, bool]) -> bytes:
    return interop.StreamingOutputCallRequest(
        response_parameters=[
            interop.ResponseParameters(size=size, compressed=interop.BoolValue(value=compressed))
            for size, compressed in sizes
        ]
    ).SerializeToString()


def test_client_compressed_streaming(connection, interop):
    fields = request("StreamingInputCall", GZIP)
    probe = exchange(connection, fields, message(input_request(interop, 27_182, True)))
    assert probe.status == INVALID_ARGUMENT
    answer = exchange(
        connection,
        fields,
        packed(input_request(interop, 27_182, True))
        + message(input_request(interop, 45_904, False)),
    )
    assert answer.status == OK
    [(_, body)] = answer.messages
    response = interop.StreamingInputCallResponse.FromString(body)
    assert response.aggregated_payload_size == 73_086


def test_server_compressed_streaming(connection, interop):
    answer = exchange(
        connection,
        request("StreamingOutputCall", ACCEPTS),
        message(output_request(interop, (31_415, True), (92_653, False))),
    )
    assert answer.status == OK
    assert answer.headers["grpc-encoding"] == "gzip"
    assert [flag for flag, _ in answer.messages] == [1, 0]
    responses = [
        interop.StreamingOutputCallResponse.FromString(unpacked(*each)) for each in answer.messages
    ]
    assert [len(response.payload.body) for response in responses] == [31_415, 92_653]


@pytest.mark.parametrize("is_compressed", [True, False])
def test_server_compressed_unary(connection, interop, is_compressed):
    proto = interop.SimpleRequest(
        response_size=314_159, response_compressed=interop.BoolValue(value=is_compressed)
    )
    answer = exchange(connection, request("UnaryCall", ACCEPTS), message(proto.SerializeToString()))
    [(flag, body)] = answer.messages
    assert flag == is_compressed
    response = interop.SimpleResponse.FromString(unpacked(flag, body))
    assert len(response.payload.body) == 314_159


def test_both_directions_compressed(connection, interop):
    body = packed(output_request(interop, (31_415, True))) * 20
    answer = exchange(connection, request("FullDuplexCall", GZIP, ACCEPTS), body)
    assert answer.status == OK
    assert [flag for flag, _ in answer.messages] == [1] * 20


@pytest.mark.parametrize("rpc", ["UnaryCall", "StreamingOutputCall", "StreamingInputCall"])
def test_a_bomb_is_refused_before_it_is_unpacked(connection, interop_server, rpc):
    """4 MiB is the limit; these four megabytes of gzip hold four gigabytes of zeros."""
    bomb = gzip.compress(bytes(64 << 20))
    before = interop_server.resident_bytes()
    answer = exchange(connection, request(rpc, GZIP), message(bomb * 64, flag=1))
    assert answer.status == RESOURCE_EXHAUSTED
    assert interop_server.resident_bytes() - before < 32 << 20


def test_small_bombs_that_are_not_read_stay_packed(connection, interop_server, interop):
    """A stream whose reader sleeps holds what fits the window, not what that unpacks to.

    Each message is below the limit, and 1 MiB of them on the wire would be 1 GiB unpacked.
    """
    bomb = packed(interop.StreamingInputCallRequest(
        payload=interop.Payload(body=bytes(4_000_000))
    ).SerializeToString())  # fmt: skip
    before = interop_server.resident_bytes()
    stream = connection.open(
        request("StreamingInputCall", GZIP, ("x-slotd-test-delay-ms", "60000"))
    )
    connection.upload(stream, bomb * (900_000 // len(bomb)))
    connection.assert_serves()  # Everything sent before has been received.
    assert interop_server.resident_bytes() - before < 64 << 20
