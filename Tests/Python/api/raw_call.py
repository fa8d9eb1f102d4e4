"""One unary gRPC call, written with h2 alone: for headers that client libraries will not send."""

from __future__ import annotations

import dataclasses
import socket
import struct

import h2.config
import h2.connection
import h2.events


@dataclasses.dataclass
class RawAnswer:
    """What came back: the status (-1 when the stream was reset) and the messages, each with its flag:
    1 when it is compressed."""

    status: int
    messages: list[bytes]
    headers: dict[str, str]
    flags: list[int] = dataclasses.field(default_factory=list)


def raw_call(
    address: str, path: str, message: bytes, headers: list[tuple[str, str]], seconds: float = 30
) -> RawAnswer:
    host, port = address.rsplit(":", 1)
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    received: dict[str, str] = {}
    body = b""
    is_reset = False
    with socket.create_connection((host, int(port)), seconds) as wire:
        connection.initiate_connection()
        stream = connection.get_next_available_stream_id()
        connection.send_headers(
            stream,
            [
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", address),
                ("te", "trailers"), ("content-type", "application/grpc+proto"), *headers,
            ],
        )  # fmt: skip
        framed = struct.pack(">BI", 0, len(message)) + message
        connection.send_data(stream, framed, end_stream=True)
        wire.sendall(connection.data_to_send())
        is_open = True
        while is_open:
            data = wire.recv(65536)
            if not data:
                break
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived | h2.events.TrailersReceived):
                    received |= dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, stream)
                elif isinstance(event, h2.events.StreamReset):
                    is_reset, is_open = True, False
                elif isinstance(event, h2.events.StreamEnded):
                    is_open = False
            wire.sendall(connection.data_to_send())
    messages, flags = [], []
    while body:
        (flag, length), body = struct.unpack(">BI", body[:5]), body[5:]
        messages.append(body[:length])
        flags.append(flag)
        body = body[length:]
    status = -1 if is_reset else int(received.get("grpc-status", "-1"))
    return RawAnswer(status, messages, received, flags)
