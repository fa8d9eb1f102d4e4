"""An HTTP/2 client that sends what it is told to, whether that is allowed or not.

`RawConnection` speaks in frames (hyperframe) and header lists (hpack), answers SETTINGS and PING by
itself, and keeps an `Exchange` for every stream. Nothing happens behind the test's back: frames are
read only inside `read_until` and the calls that use it.
"""

from __future__ import annotations

import base64
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import hpack
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = 0x0, 0x1, 0x2, 0x3
REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0x7, 0x8, 0xB

Fields = list[tuple[str, str]]


def request(rpc: str = "EmptyCall", *more: tuple[str, str], **changes: str | None) -> Fields:
    """A proper header list, changed: `request(te=None)` leaves a field out, `content_type="x"`
    replaces a value, further pairs are appended."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": f"/grpc.testing.TestService/{rpc}",
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    for name, value in changes.items():
        name = f":{name}" if f":{name}" in fields else name.replace("_", "-")
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = value
    return [*fields.items(), *more]


def message(body: bytes = b"", flag: int = 0, length: int | None = None) -> bytes:
    """A message with gRPC's prefix."""
    return struct.pack(">BI", flag, len(body) if length is None else length) + body


@dataclass
class Exchange:
    """What came back on one stream."""

    blocks: list[dict[str, str]] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    is_ended: bool = False
    reset: int | None = None

    @property
    def is_over(self) -> bool:
        return self.is_ended or self.reset is not None

    @property
    def headers(self) -> dict[str, str]:
        return self.blocks[0]

    @property
    def trailers(self) -> dict[str, str]:
        return self.blocks[-1]

    @property
    def is_trailers_only(self) -> bool:
        return len(self.blocks) == 1 and self.is_ended and not self.data

    @property
    def http_status(self) -> int:
        return int(self.headers[":status"])

    @property
    def status(self) -> int:
        return int(self.trailers["grpc-status"])

    @property
    def messages(self) -> list[tuple[int, bytes]]:
        """The whole messages received, each with its compression flag."""
        found, offset = [], 0
        while offset + 5 <= len(self.data):
            flag, length = struct.unpack_from(">BI", self.data, offset)
            end = offset + 5 + length
            if end > len(self.data):
                break
            found.append((flag, bytes(self.data[offset + 5 : end])))
            offset = end
        return found

    def binary(self, key: str) -> list[bytes]:
        """The decoded values of a -bin trailer."""
        return [
            base64.b64decode(value + "=" * (-len(value) % 4))
            for value in self.trailers[key].split(",")
        ]


class RawConnection:
    def __init__(
        self,
        address: str,
        settings: dict[int, int] | None = None,
        *,
        window: int = 0,
        acknowledges: bool = True,
        handshake: bool = True,
    ):
        """Connects and sends preface and settings; `window` is added to the connection's. Unless
        told otherwise, waits until both sides' settings are acknowledged."""
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.streams: dict[int, Exchange] = {}
        self.goaways: list[GoAwayFrame] = []
        self.settings: dict[int, int] = {}
        self.pongs: list[bytes] = []
        self.is_closed = False
        self.is_acknowledged = False
        self.gives_window = True
        self.connection_window = 65_535
        self.stream_windows: dict[int, int] = {}
        self._acknowledges = acknowledges
        self._encoder = hpack.Encoder()
        self._decoder = hpack.Decoder(max_header_list_size=1 << 20)
        self._block = bytearray()
        self._block_ends = False
        self._buffer = bytearray()
        self._next_stream = 1
        if handshake:
            self.send_bytes(PREFACE + SettingsFrame(0, settings or {}).serialize())
            if window:
                self.send(WindowUpdateFrame(0, window))
            self.read_until(lambda: self.settings and self.is_acknowledged)

    # Sending

    def send_bytes(self, data: bytes) -> None:
        """Sends; when the server has closed already, remembers that and goes on."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.is_closed = True

    def send(self, *frames: Frame) -> None:
        self.send_bytes(b"".join(frame.serialize() for frame in frames))

    def encode(self, fields: Fields) -> bytes:
        return self._encoder.encode(fields, huffman=False)

    def headers_frame(self, stream: int, fields: Fields, ends: bool = False) -> HeadersFrame:
        frame = HeadersFrame(stream, self.encode(fields))
        frame.flags.add("END_HEADERS")
        if ends:
            frame.flags.add("END_STREAM")
        return frame

    def data_frame(self, stream: int, body: bytes, ends: bool = False) -> DataFrame:
        frame = DataFrame(stream, body)
        if ends:
            frame.flags.add("END_STREAM")
        return frame

    def open(self, fields: Fields | None = None, *, ends: bool = False) -> int:
        """Begins a stream."""
        stream = self.new_stream()
        self.send(self.headers_frame(stream, fields or request(), ends))
        return stream

    def new_stream(self) -> int:
        stream, self._next_stream = self._next_stream, self._next_stream + 2
        self.streams[stream] = Exchange()
        return stream

    def send_data(self, stream: int, body: bytes = b"", *, ends: bool = False) -> None:
        self.send(self.data_frame(stream, body, ends))

    def upload(self, stream: int, body: bytes, *, ends: bool = False) -> None:
        """Sends a body of any length in the windows the server gives."""
        rest = memoryview(body)
        while rest:
            room = min(self.connection_window, self.stream_window(stream), 16_384)
            if room <= 0:
                before = (self.connection_window, self.stream_window(stream))
                self.read_until(
                    lambda before=before: (
                        self.streams[stream].is_over
                        or (self.connection_window, self.stream_window(stream)) != before
                    )
                )
                if self.streams[stream].is_over:
                    return
                continue
            part, rest = rest[:room], rest[room:]
            self.connection_window -= len(part)
            self.stream_windows[stream] = self.stream_window(stream) - len(part)
            self.send_data(stream, bytes(part), ends=ends and not rest)

    def stream_window(self, stream: int) -> int:
        return self.stream_windows.setdefault(
            stream, self.settings.get(SettingsFrame.INITIAL_WINDOW_SIZE, 65_535)
        )

    # Receiving

    def read_until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Handles frames until the condition holds. Fails at the deadline, and when the connection
        ends before."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"nothing came within {seconds} s: {self.streams} {self.goaways}"
            assert not self.is_closed, f"the server closed: {self.streams} {self.goaways}"
            self.socket.settimeout(left)
            self.read_once()

    def read_once(self, limit: int = 1 << 16) -> None:
        """Reads from the socket once and handles every whole frame."""
        try:
            data = self.socket.recv(limit)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        except TimeoutError:
            return
        if not data:
            self.is_closed = True
            return
        self._buffer += data
        offset = 0
        while len(self._buffer) - offset >= 9:
            header = memoryview(bytes(self._buffer[offset : offset + 9]))
            frame, length = Frame.parse_frame_header(header)
            if len(self._buffer) - offset < 9 + length:
                break
            frame.parse_body(memoryview(bytes(self._buffer[offset + 9 : offset + 9 + length])))
            offset += 9 + length
            self._handle(frame)
        del self._buffer[:offset]

    def _handle(self, frame: Frame) -> None:
        exchange = self.streams.get(frame.stream_id, Exchange())
        match frame:
            case SettingsFrame():
                if "ACK" in frame.flags:
                    self.is_acknowledged = True
                else:
                    self.settings.update(frame.settings)
                    if self._acknowledges:
                        self.send(SettingsFrame(0, flags=["ACK"]))
            case PingFrame():
                if "ACK" in frame.flags:
                    self.pongs.append(frame.opaque_data)
                elif self._acknowledges:
                    self.send(PingFrame(0, frame.opaque_data, flags=["ACK"]))
            case GoAwayFrame():
                self.goaways.append(frame)
            case HeadersFrame() | ContinuationFrame():
                self._block += frame.data
                if isinstance(frame, HeadersFrame):
                    self._block_ends = "END_STREAM" in frame.flags
                if "END_HEADERS" in frame.flags:
                    # Of fields with one name the dict keeps the last.
                    exchange.blocks.append(dict(self._decoder.decode(bytes(self._block))))
                    self._block.clear()
                    exchange.is_ended = self._block_ends
            case DataFrame():
                exchange.data += frame.data
                exchange.is_ended = "END_STREAM" in frame.flags
                if self.gives_window and frame.flow_controlled_length:
                    self.give_window(frame.stream_id, frame.flow_controlled_length)
            case RstStreamFrame():
                exchange.reset = frame.error_code
            case WindowUpdateFrame(stream_id=0):
                self.connection_window += frame.window_increment
            case WindowUpdateFrame():
                now = self.stream_window(frame.stream_id)
                self.stream_windows[frame.stream_id] = now + frame.window_increment

    def give_window(self, stream: int, count: int) -> None:
        self.send(WindowUpdateFrame(0, count), WindowUpdateFrame(stream, count))

    # Whole calls

    def finish(self, stream: int, seconds: float = 10) -> Exchange:
        """Waits for the end of a stream."""
        exchange = self.streams[stream]
        self.read_until(lambda: exchange.is_over, seconds)
        return exchange

    def call(
        self, fields: Fields | None = None, chunks: Iterable[bytes] = (message(),)
    ) -> Exchange:
        """One call, each chunk as a DATA frame, the last of which ends the stream."""
        chunks = list(chunks)
        stream = self.open(fields, ends=not chunks)
        for number, chunk in enumerate(chunks, 1):
            self.send_data(stream, chunk, ends=number == len(chunks))
        return self.finish(stream)

    def assert_serves(self) -> None:
        """A good call goes well on this connection."""
        exchange = self.call()
        assert exchange.blocks, f"no answer: {exchange}"
        assert (exchange.http_status, exchange.status) == (200, 0), exchange
        assert exchange.messages == [(0, b"")]

    def wait_closed(self, seconds: float = 10) -> None:
        """Reads until the server closes."""
        deadline = time.monotonic() + seconds
        while not self.is_closed:
            left = deadline - time.monotonic()
            assert left > 0, f"the server did not close: {self.goaways}"
            self.socket.settimeout(left)
            self.read_once()

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
