"""Requests that no gRPC library would send, frame by frame, and the answer each must get.

The connection lives on after each of them: a good call on it follows.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from frames import (
    NO_ERROR,
    PROTOCOL_ERROR,
    Exchange,
    Fields,
    RawConnection,
    message,
    request,
)
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame
from process import ServerProcess

OK, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 0, 4, 8, 12, 13


@pytest.fixture
def connection(interop_server: ServerProcess) -> Iterator[RawConnection]:
    with RawConnection(interop_server.address) as connection:
        yield connection
        connection.assert_serves()


def assert_refused(exchange: Exchange, status: int, http_status: int = 200) -> None:
    assert exchange.http_status == http_status
    assert exchange.status == status
    assert exchange.is_trailers_only


@pytest.mark.parametrize(
    "content_type",
    ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"],
)
def test_content_types_of_grpc_are_served(connection, content_type):
    exchange = connection.call(request(content_type=content_type))
    assert exchange.status == OK
    assert exchange.headers["content-type"].startswith("application/grpc")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/grpc-web", "application/grpcx", "text/html", "", None],
)
def test_another_content_type_is_415(connection, content_type):
    exchange = connection.call(request(content_type=content_type))
    assert exchange.http_status == 415
    assert exchange.is_trailers_only


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "post"])
def test_another_verb_is_405(connection, method):
    exchange = connection.call(request(method=method))
    assert_refused(exchange, INTERNAL, 405)
    assert exchange.headers["allow"] == "POST"


def test_a_request_without_te_is_served(connection):
    assert connection.call(request(te=None)).status == OK


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/grpc.testing.TestService/Nope", "unknown method Nope"),
        ("/grpc.testing.TestService/emptycall", "unknown method emptycall"),
        ("/grpc.testing.Nope/EmptyCall", "unknown service grpc.testing.Nope"),
        ("/EmptyCall", "malformed method name"),
        ("/", "malformed method name"),
        ("/grpc.testing.TestService/", "malformed method name"),
        ("//", "malformed method name"),
    ],
)
def test_an_unknown_path_is_unimplemented(connection, path, words):
    exchange = connection.call(request(path=path))
    assert_refused(exchange, UNIMPLEMENTED)
    assert words in exchange.trailers["grpc-message"]


@pytest.mark.parametrize(
    "timeout", ["abc", "", "1", "S", "123456789S", "-1S", "1.5S", "1 S", "1s", "+1S", "0x1S"]
)
def test_a_malformed_timeout_is_internal(connection, timeout):
    assert_refused(connection.call(request(grpc_timeout=timeout)), INTERNAL)


@pytest.mark.parametrize("timeout", ["0n", "0H", "00000000S"])
def test_no_time_left_is_deadline_exceeded(connection, timeout):
    assert_refused(connection.call(request(grpc_timeout=timeout)), DEADLINE_EXCEEDED)


@pytest.mark.parametrize("timeout", ["99999999H", "1M", "5S", "5000m", "5000000u", "99999999n"])
def test_every_unit_of_time_is_read(connection, timeout):
    assert connection.call(request(grpc_timeout=timeout)).status == OK


def test_an_unknown_encoding_is_unimplemented_with_the_list_of_ours(connection):
    exchange = connection.call(request(grpc_encoding="zzz"))
    assert_refused(exchange, UNIMPLEMENTED)
    assert {e.strip() for e in exchange.headers["grpc-accept-encoding"].split(",")} == {
        "identity",
        "gzip",
    }


def test_two_encodings_are_internal(connection):
    fields = request("EmptyCall", ("grpc-encoding", "gzip"), ("grpc-encoding", "gzip"))
    assert_refused(connection.call(fields), INTERNAL)


@pytest.mark.parametrize("encoding", [None, "identity"])
def test_a_compressed_flag_without_encoding_is_internal(connection, encoding):
    fields = request(grpc_encoding=encoding)
    body = message(gzip.compress(b""), flag=1)
    assert_refused(connection.call(fields, [body]), INTERNAL)


@pytest.mark.parametrize("flag", [2, 3, 0x80, 0xFF])
@pytest.mark.parametrize("method", ["EmptyCall", "StreamingInputCall", "FullDuplexCall"])
def test_an_unknown_flag_is_internal(connection, flag, method):
    assert_refused(connection.call(request(method), [message(flag=flag)]), INTERNAL)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzip",
        gzip.compress(b"x" * 1000)[:-1],
        gzip.compress(b"x" * 1000)[:-9] + bytes(9),
        gzip.compress(b"x" * 1000)[:20],
        gzip.compress(b"") + b"trailing rubbish",
    ],
    ids=["empty", "rubbish", "short", "wrong sum", "half", "longer"],
)
@pytest.mark.parametrize("method", ["EmptyCall", "FullDuplexCall"])
def test_broken_gzip_is_internal(connection, body, method):
    fields = request(method, ("grpc-encoding", "gzip"))
    assert_refused(connection.call(fields, [message(body, flag=1)]), INTERNAL)


@pytest.mark.parametrize("method", ["EmptyCall", "StreamingOutputCall"])
@pytest.mark.parametrize("chunks", [[], [b""]], ids=["headers only", "empty data"])
def test_no_message_for_a_single_one_is_unimplemented(connection, method, chunks):
    assert_refused(connection.call(request(method), chunks), UNIMPLEMENTED)


@pytest.mark.parametrize("method", ["EmptyCall", "StreamingOutputCall"])
def test_two_messages_for_a_single_one_are_unimplemented(connection, method):
    assert_refused(connection.call(request(method), [message() + message()]), UNIMPLEMENTED)
    assert_refused(connection.call(request(method), [message(), message()]), UNIMPLEMENTED)


@pytest.mark.parametrize("method", ["EmptyCall", "StreamingInputCall", "FullDuplexCall"])
@pytest.mark.parametrize(
    "body",
    [b"\0", b"\0\0\0\0", message(length=1), message(b"abc", length=4), message(b"ab") + b"\0"],
    ids=["1 byte", "4 bytes", "prefix", "3 of 4", "one and a bit"],
)
def test_a_truncated_message_is_internal(connection, method, body):
    exchange = connection.call(request(method), [body])
    assert exchange.status == INTERNAL


@pytest.mark.parametrize("method", ["UnaryCall", "StreamingOutputCall", "StreamingInputCall"])
@pytest.mark.parametrize("length", [100 << 20, 0xFFFFFFFF])
def test_a_huge_length_is_refused_on_its_prefix(connection, method, length):
    # The call stays open on our side: the answer must not wait for the message.
    stream = connection.open(request(method))
    connection.send_data(stream, message(length=length))
    exchange = connection.finish(stream)
    assert_refused(exchange, RESOURCE_EXHAUSTED)
    connection.read_until(lambda: exchange.reset is not None)
    assert exchange.reset == NO_ERROR


@pytest.mark.parametrize("method", ["EmptyCall", "FullDuplexCall", "StreamingInputCall"])
def test_bytes_that_are_no_protobuf_are_internal(connection, method):
    stream = connection.open(request(method))
    connection.send_data(stream, message(b"\xff\xff\xff"), ends=True)
    assert_refused(connection.finish(stream), INTERNAL)


@pytest.mark.parametrize("value", ["$$$", "AAAAA", "q===", "qq=q", "qg =="])
def test_a_binary_value_that_is_not_base64_is_internal(connection, value):
    assert_refused(connection.call(request("EmptyCall", ("x-y-bin", value))), INTERNAL)


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ("q6s=", [b"\xab\xab"]),
        ("q6s", [b"\xab\xab"]),
        ("q6ur", [b"\xab\xab\xab"]),
        ("", [b""]),
        ("q6s,q6s=", [b"\xab\xab", b"\xab\xab"]),
        ("q6s, q6s", [b"\xab\xab", b"\xab\xab"]),
    ],
)
def test_binary_values_padded_or_not_one_or_many(connection, value, bytes_):
    key = "x-grpc-test-echo-trailing-bin"
    exchange = connection.call(request("EmptyCall", (key, value)))
    assert exchange.status == OK
    # Several values come back as fields of the same name, of which the dict keeps the last.
    assert exchange.binary(key)[-1] == bytes_[-1]


def test_an_early_answer_is_followed_by_a_reset_without_error(connection):
    stream = connection.open(request(path="/no.Service/Method"))
    exchange = connection.finish(stream)
    assert_refused(exchange, UNIMPLEMENTED)
    connection.read_until(lambda: exchange.reset is not None)
    assert exchange.reset == NO_ERROR


def test_data_after_an_early_answer_does_not_leak_the_window(connection):
    """Many times the connection's window is thrown at calls that have been answered."""
    for _ in range(40):
        stream = connection.open(request(path="/no.Service/Method"))
        connection.upload(stream, bytes(1 << 20))
    connection.read_until(lambda: connection.connection_window > 1 << 20)


@pytest.mark.parametrize(
    "fields",
    [
        request(te="gzip"),
        request("EmptyCall", ("connection", "keep-alive")),
        request("EmptyCall", ("transfer-encoding", "chunked")),
        request("EmptyCall", ("Upper-Case", "x")),
        request(authority=None),
        request("EmptyCall", (":path", "/other")),
        request("EmptyCall", ("content-length", "5"), ("content-length", "6")),
        request(path=None),
        request("EmptyCall", (":status", "200")),
    ],
    ids=lambda fields: f"{len(fields)} fields, last {fields[-1][0]}",
)
def test_malformed_http_is_a_stream_error(connection, fields: Fields):
    stream = connection.open(fields)
    connection.send_data(stream, message(), ends=True)
    assert connection.finish(stream).reset == PROTOCOL_ERROR


@pytest.mark.parametrize("name", ["bad name", "bad\x01name", "bad(name)"])
def test_an_illegal_name_is_dropped_or_a_stream_error(connection, name):
    exchange = connection.call(request("EmptyCall", (name, "x")))
    assert exchange.reset == PROTOCOL_ERROR or exchange.status == OK


def test_a_content_length_that_lies_is_a_stream_error(connection):
    stream = connection.open(request("EmptyCall", ("content-length", "7")))
    connection.send_data(stream, message(), ends=True)
    assert connection.finish(stream).reset == PROTOCOL_ERROR


def test_too_large_metadata_is_resource_exhausted(connection):
    exchange = connection.call(request("EmptyCall", *[("x-y", "v" * 4000)] * 5))
    assert_refused(exchange, RESOURCE_EXHAUSTED)


def test_too_many_fields_are_resource_exhausted(connection):
    exchange = connection.call(request("EmptyCall", *[("a", "b")] * 200))
    assert_refused(exchange, RESOURCE_EXHAUSTED)


def test_metadata_below_the_limit_is_served(connection):
    assert connection.call(request("EmptyCall", *[("x-y", "v" * 4000)] * 3)).status == OK
    assert connection.call(request("EmptyCall", *[("a", "b")] * 100)).status == OK


# What is allowed, though seldom seen


@pytest.mark.parametrize("method", ["UnaryCall", "FullDuplexCall"])
def test_one_byte_frames_make_whole_messages(connection, interop, method):
    if method == "UnaryCall":
        proto = interop.SimpleRequest(response_size=3, payload=interop.Payload(body=b"x" * 100))
    else:
        proto = interop.StreamingOutputCallRequest(
            response_parameters=[interop.ResponseParameters(size=3)],
            payload=interop.Payload(body=b"x" * 100),
        )
    body = message(proto.SerializeToString())
    exchange = connection.call(request(method), [body[i : i + 1] for i in range(len(body))])
    assert exchange.status == OK
    assert len(exchange.messages) == 1


def test_many_messages_in_one_frame(connection, interop):
    proto = interop.StreamingOutputCallRequest(
        response_parameters=[interop.ResponseParameters(size=1)]
    )
    body = message(proto.SerializeToString()) * 500
    exchange = connection.call(request("FullDuplexCall"), [body])
    assert exchange.status == OK
    assert len(exchange.messages) == 500


def test_the_end_may_come_on_an_empty_frame(connection):
    assert connection.call(chunks=[message(), b""]).status == OK


def test_the_end_may_come_with_trailers(connection):
    stream = connection.open()
    connection.send_data(stream, message())
    connection.send(connection.headers_frame(stream, [("x-trailer", "ignored")], ends=True))
    assert connection.finish(stream).status == OK


def test_padded_frames_are_served(connection):
    stream = connection.new_stream()
    headers = HeadersFrame(stream, connection.encode(request()), pad_length=50)
    headers.flags.add("END_HEADERS")
    headers.flags.add("PADDED")
    data = DataFrame(stream, message(), pad_length=200)
    data.flags.add("PADDED")
    data.flags.add("END_STREAM")
    connection.send(headers, data)
    assert connection.finish(stream).status == OK


def test_padding_does_not_leak_the_window(connection):
    for _ in range(300):
        stream = connection.open()
        frames = []
        for chunk in (b"", b"", message()):
            data = DataFrame(stream, chunk, pad_length=255)
            data.flags.add("PADDED")
            frames.append(data)
        frames[-1].flags.add("END_STREAM")
        connection.send(*frames)
        assert connection.finish(stream).status == OK


def test_headers_in_continuations_are_served(connection):
    stream = connection.new_stream()
    block = connection.encode(request("EmptyCall", ("x-y", "v" * 1000)))
    size = len(block) // 4
    frames = [HeadersFrame(stream, block[:size])]
    frames += [
        ContinuationFrame(stream, block[i : i + size]) for i in range(size, len(block), size)
    ]
    frames[-1].flags.add("END_HEADERS")
    data = DataFrame(stream, message())
    data.flags.add("END_STREAM")
    connection.send(*frames, data)
    assert connection.finish(stream).status == OK


def test_frames_may_arrive_byte_by_byte(interop_server):
    with RawConnection(interop_server.address) as connection:
        stream = connection.new_stream()
        for frame in (
            connection.headers_frame(stream, request()),
            connection.data_frame(stream, message(), ends=True),
        ):
            for byte in frame.serialize():
                connection.send_bytes(bytes([byte]))
        assert connection.finish(stream).status == OK


@pytest.mark.parametrize("accepts", ["gzip", "identity,deflate,gzip", "identity, gzip", "gzip,x"])
def test_compression_is_used_when_asked_for_and_accepted(connection, interop, accepts):
    proto = interop.SimpleRequest(
        response_size=10_000, response_compressed=interop.BoolValue(value=True)
    )
    body = [message(proto.SerializeToString())]
    exchange = connection.call(request("UnaryCall", ("grpc-accept-encoding", accepts)), body)
    assert exchange.headers["grpc-encoding"] == "gzip"
    [(flag, packed)] = exchange.messages
    assert flag == 1
    response = interop.SimpleResponse.FromString(gzip.decompress(packed))
    assert len(response.payload.body) == 10_000


@pytest.mark.parametrize("accepts", [None, "identity", "deflate", "xgzip", "gzipx"])
def test_compression_is_not_used_when_not_accepted(connection, interop, accepts):
    proto = interop.SimpleRequest(
        response_size=10_000, response_compressed=interop.BoolValue(value=True)
    )
    body = [message(proto.SerializeToString())]
    exchange = connection.call(request("UnaryCall", grpc_accept_encoding=accepts), body)
    assert exchange.headers.get("grpc-encoding", "identity") == "identity"
    assert [flag for flag, _ in exchange.messages] == [0]
    assert exchange.status == OK
