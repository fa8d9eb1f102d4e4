"""Calls that fail before a handler sees them are in the access log, as all calls that fail are: with
who, what and how it ended, and with nothing that the client wrote where a name belongs."""

from __future__ import annotations

import json
import pathlib
import socket
import struct
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import h2.config
import h2.connection
import pytest
from process import ServerProcess, binary, poll

from raw_call import raw_call
from slotd_client import Client

GET = "/slotd.v1.PatientService/GetPatient"
SECRET = "Jane.Doe"


@pytest.fixture
def server(tmp_path: pathlib.Path) -> Iterator[ServerProcess]:
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"), "--listen", "127.0.0.1:0"
    ) as server:
        yield server
        assert server.stop() == 0, server.output


def lines(server: ServerProcess) -> list[dict]:
    return [line for line in map(json.loads, server.log) if "rpc" in line]


# What is sent, and what the log says of it: rpc, access, status.
CASES: dict[str, tuple[str, list[tuple[str, str]], tuple[str, str, str]]] = {
    "a method that there is not": (
        f"/slotd.v1.PatientService/{SECRET}", [], ("unknown", "other", "UNIMPLEMENTED"),
    ),
    "a service that there is not": (
        f"/{SECRET}/GetPatient", [], ("unknown", "other", "UNIMPLEMENTED"),
    ),
    "no method at all": (f"/{SECRET}", [], ("unknown", "other", "UNIMPLEMENTED")),
    "a timeout that is none": (
        GET, [("grpc-timeout", SECRET)], ("PatientService/GetPatient", "read", "INTERNAL"),
    ),
    "a deadline that had passed": (
        GET, [("grpc-timeout", "0n")],
        ("PatientService/GetPatient", "read", "DEADLINE_EXCEEDED"),
    ),
    "an encoding that we do not read": (
        GET, [("grpc-encoding", "lzma")], ("PatientService/GetPatient", "read", "UNIMPLEMENTED"),
    ),
    "metadata that is not base64": (
        GET, [("x-thing-bin", "?")], ("PatientService/GetPatient", "read", "INTERNAL"),
    ),
    "metadata that is too large": (
        GET, [("x-thing", SECRET * 4000)], ("unknown", "other", "RESOURCE_EXHAUSTED"),
    ),
    "a call of another service's": (
        "/grpc.health.v1.Health/Check", [("grpc-timeout", "0n")],
        ("Health/Check", "other", "DEADLINE_EXCEEDED"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_call_that_no_handler_saw_is_logged(server: ServerProcess, case: str):
    path, headers, told = CASES[case]
    named = [("x-slotd-actor", "desk-2"), ("x-slotd-role", "manager")]
    answer = raw_call(server.address, path, b"", [*named, *headers])
    assert answer.status not in (0, -1), answer
    assert server.stop() == 0
    (line,) = lines(server)
    assert (line["rpc"], line["access"], line["status"]) == told
    assert line["message"] == "call" and line["ms"] >= 0 and "ids" not in line
    if "too large" not in case:
        assert (line["actor"], line["role"]) == ("desk-2", "manager")
    assert SECRET not in server.output


def test_a_body_that_no_handler_saw_is_logged(server: ServerProcess, stubs: SimpleNamespace):
    """Too large, or two messages where one belongs."""
    with grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        with pytest.raises(grpc.RpcError) as refused:
            client.raw(GET, b"\0" * (5 << 20))
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    two = raw_call(server.address, GET, b"\0" + struct.pack(">BI", 0, 1) + b"\0", [])
    assert two.status != 0
    assert server.stop() == 0
    assert [(line["rpc"], line["status"]) for line in lines(server)] == [
        ("PatientService/GetPatient", "RESOURCE_EXHAUSTED"),
        ("PatientService/GetPatient", two_status(two.status)),
    ]


def two_status(number: int) -> str:
    return next(code.name for code in grpc.StatusCode if code.value[0] == number)


@pytest.mark.parametrize("content_type", ["application/json", "application/grpc-web", ""])
def test_what_is_no_grpc_is_logged(server: ServerProcess, content_type: str):
    request(server.address, [("content-type", content_type)] if content_type else [])
    poll(lambda: lines(server), "a line")
    assert server.stop() == 0
    (line,) = lines(server)
    assert (line["rpc"], line["status"]) == ("PatientService/GetPatient", "INVALID_ARGUMENT")


def test_a_deadline_that_passes_while_the_body_is_awaited_is_logged(server: ServerProcess):
    request(
        server.address,
        [("content-type", "application/grpc"), ("grpc-timeout", "50m")], is_whole=False,
    )  # fmt: skip
    poll(lambda: lines(server), "a line")
    assert server.stop() == 0
    (line,) = lines(server)
    assert (line["rpc"], line["status"]) == ("PatientService/GetPatient", "DEADLINE_EXCEEDED")
    assert 50 <= line["ms"] < 30_000


def request(address: str, headers: list[tuple[str, str]], is_whole: bool = True) -> None:
    """Sends a request's headers and waits for an answer of whatever kind."""
    host, port = address.rsplit(":", 1)
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    with socket.create_connection((host, int(port)), 30) as wire:
        connection.initiate_connection()
        pseudo = [
            (":method", "POST"), (":scheme", "http"), (":path", GET), (":authority", address),
        ]  # fmt: skip
        connection.send_headers(1, [*pseudo, ("te", "trailers"), *headers], end_stream=is_whole)
        wire.sendall(connection.data_to_send())
        while True:
            data = wire.recv(65536)
            assert data, "the connection was closed"
            events = connection.receive_data(data)
            wire.sendall(connection.data_to_send())
            if any(getattr(event, "stream_id", 0) == 1 for event in events):
                return
