"""A server that says what it is told to, whether that is allowed or not.

`RogueServer(play)` accepts connections and, for each request that has wholly arrived, calls
`play(peer, stream)`, which answers with the methods of `Peer` or with any bytes. What the client
sends is kept: `requests` (header lists), `resets` and `goaways` (error codes), `pongs`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

import hpack
from hyperframe.frame import (
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
Fields = list[tuple[str, str]]
Play = Callable[["Peer", int], None]
HEADERS: Fields = [(":status", "200"), ("content-type", "application/grpc")]
OK: Fields = [("grpc-status", "0")]


def message(body: bytes = b"", flag: int = 0, length: int | None = None) -> bytes:
    """A message with gRPC's prefix."""
    return struct.pack(">BI", flag, len(body) if length is None else length) + body


class Peer:
    """One connection, seen from the server."""

    def __init__(self, server: RogueServer, connection: socket.socket):
        self.server = server
        self.socket = connection
        self._encoder = hpack.Encoder()

    def send_bytes(self, data: bytes) -> None:
        # A client that has had enough may be gone.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def send(self, *frames: Frame) -> None:
        self.send_bytes(b"".join(frame.serialize() for frame in frames))

    def headers(self, stream: int, fields: Fields = HEADERS, *, ends: bool = False) -> None:
        frame = HeadersFrame(stream, self._encoder.encode(fields), flags=["END_HEADERS"])
        if ends:
            frame.flags.add("END_STREAM")
        self.send(frame)

    def data(self, stream: int, body: bytes, *, ends: bool = False) -> None:
        self.send(DataFrame(stream, body, flags=["END_STREAM"] if ends else []))

    def trailers_only(self, stream: int, *fields: tuple[str, str]) -> None:
        self.headers(stream, [*HEADERS, *fields], ends=True)

    def answer(self, stream: int, body: bytes = b"", trailers: Fields = OK) -> None:
        """A proper answer with one message."""
        self.headers(stream)
        self.data(stream, message(body))
        self.headers(stream, trailers, ends=True)

    def reset(self, stream: int, code: int) -> None:
        self.send(RstStreamFrame(stream, error_code=code))

    def go_away(self, last: int, code: int = 0) -> None:
        self.send(GoAwayFrame(0, last_stream_id=last, error_code=code))

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class RogueServer:
    """Listens on a port of its own, one thread a connection."""

    def __init__(self, play: Play, settings: dict[int, int] | None = None, greets: bool = True):
        self._play = play
        self._settings = settings or {}
        self._greets = greets
        self.connection_count = 0
        self.requests: list[dict[str, str]] = []
        self.resets: list[int] = []
        self.goaways: list[int] = []
        self.pongs: list[bytes] = []
        self.trouble: list[Exception] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connection_count += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                self._converse(Peer(self, connection))
            except (EOFError, ConnectionResetError):
                pass
            except Exception as error:
                self.trouble.append(error)

    @staticmethod
    def _read(connection: socket.socket, count: int) -> bytes:
        data = b""
        while len(data) < count:
            if not (part := connection.recv(count - len(data))):
                raise EOFError
            data += part
        return data

    def _converse(self, peer: Peer) -> None:
        decoder = hpack.Decoder()
        assert self._read(peer.socket, len(PREFACE)) == PREFACE
        if self._greets:
            peer.send(SettingsFrame(0, self._settings))
        while True:
            frame, length = Frame.parse_frame_header(memoryview(self._read(peer.socket, 9)))
            frame.parse_body(memoryview(self._read(peer.socket, length)))
            match frame:
                case SettingsFrame() if "ACK" not in frame.flags and self._greets:
                    peer.send(SettingsFrame(0, flags=["ACK"]))
                case PingFrame() if "ACK" in frame.flags:
                    self.pongs.append(frame.opaque_data)
                case RstStreamFrame():
                    self.resets.append(frame.error_code)
                case GoAwayFrame():
                    self.goaways.append(frame.error_code)
                case HeadersFrame():
                    self.requests.append(dict(decoder.decode(frame.data)))
                case DataFrame() if frame.flow_controlled_length and self._greets:
                    peer.send(WindowUpdateFrame(0, frame.flow_controlled_length))
            if isinstance(frame, HeadersFrame | DataFrame) and "END_STREAM" in frame.flags:
                self._play(peer, frame.stream_id)

    def __enter__(self) -> RogueServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
