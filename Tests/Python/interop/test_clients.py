"""Other clients and other ways to connect: grpclib's own HTTP/2 stack, Unix sockets, many hosts."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from grpclib.client import Channel, StreamStreamMethod, StreamUnaryMethod, UnaryUnaryMethod
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from process import ServerProcess, binary
from test_cases import (
    INITIAL,
    INITIAL_KEY,
    LARGE_RESPONSE,
    REQUEST_SIZES,
    RESPONSE_SIZES,
    SPECIAL_MESSAGE,
    TRAILING,
    TRAILING_KEY,
    large_request,
    output_request,
    status_request,
)

SERVICE = "/grpc.testing.TestService"


@pytest.fixture
def play(interop_server):
    """Runs a coroutine function with a grpclib channel."""

    def run(case) -> None:
        async def body() -> None:
            async with Channel("127.0.0.1", interop_server.port) as channel:
                await asyncio.wait_for(case(channel), 20)

        asyncio.run(body())

    return run


def unary(channel: Channel, interop) -> UnaryUnaryMethod:
    return UnaryUnaryMethod(
        channel, f"{SERVICE}/UnaryCall", interop.SimpleRequest, interop.SimpleResponse
    )


def full_duplex(channel: Channel, interop) -> StreamStreamMethod:
    return StreamStreamMethod(
        channel,
        f"{SERVICE}/FullDuplexCall",
        interop.StreamingOutputCallRequest,
        interop.StreamingOutputCallResponse,
    )


def test_grpclib_large_unary(play, interop):
    async def case(channel):
        for _ in range(20):
            response = await unary(channel, interop)(large_request(interop))
            assert len(response.payload.body) == LARGE_RESPONSE

    play(case)


def test_grpclib_client_streaming(play, interop):
    async def case(channel):
        method = StreamUnaryMethod(
            channel,
            f"{SERVICE}/StreamingInputCall",
            interop.StreamingInputCallRequest,
            interop.StreamingInputCallResponse,
        )
        requests = [
            interop.StreamingInputCallRequest(payload=interop.Payload(body=bytes(size)))
            for size in REQUEST_SIZES
        ]
        assert (await method(requests)).aggregated_payload_size == 74_922

    play(case)


def test_grpclib_ping_pong(play, interop):
    async def case(channel):
        async with full_duplex(channel, interop).open() as stream:
            for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES, strict=True):
                await stream.send_message(output_request(interop, response_size, body=request_size))
                response = await stream.recv_message()
                assert len(response.payload.body) == response_size
            await stream.end()
            assert await stream.recv_message() is None

    play(case)


def test_grpclib_metadata_and_status(play, interop):
    async def case(channel):
        metadata = {INITIAL_KEY: INITIAL, TRAILING_KEY: TRAILING}
        async with full_duplex(channel, interop).open(metadata=metadata) as stream:
            await stream.send_message(output_request(interop, 1), end=True)
            await stream.recv_initial_metadata()
            assert stream.initial_metadata[INITIAL_KEY] == INITIAL
            assert len((await stream.recv_message()).payload.body) == 1
            await stream.recv_trailing_metadata()
            assert stream.trailing_metadata[TRAILING_KEY] == TRAILING
        with pytest.raises(GRPCError) as error:
            await unary(channel, interop)(
                status_request(interop.SimpleRequest, interop, 2, SPECIAL_MESSAGE)
            )
        assert (error.value.status, error.value.message) == (Status.UNKNOWN, SPECIAL_MESSAGE)

    play(case)


def test_grpclib_many_at_once(play, interop):
    async def case(channel):
        method = unary(channel, interop)
        calls = [method(interop.SimpleRequest(response_size=size)) for size in range(300)]
        sizes = [len(response.payload.body) for response in await asyncio.gather(*calls)]
        assert sizes == list(range(300))

    play(case)


def test_unix_socket(interop, tmp_path):
    path = tmp_path / "interop.sock"
    with (
        ServerProcess(binary("InteropServer"), "--listen", f"unix:{path}") as server,
        grpc.insecure_channel(server.unix_address) as channel,
    ):
        stub = interop.TestServiceStub(channel)
        assert len(stub.UnaryCall(large_request(interop)).payload.body) == LARGE_RESPONSE
        assert server.stop() == 0


def test_a_socket_left_by_a_killed_server_is_taken_over(interop, tmp_path):
    listen = f"unix:{tmp_path}/interop.sock"
    ServerProcess(binary("InteropServer"), "--listen", listen).kill()
    with (
        ServerProcess(binary("InteropServer"), "--listen", listen) as server,
        grpc.insecure_channel(server.unix_address) as channel,
    ):
        interop.TestServiceStub(channel).EmptyCall(interop.Empty())


def test_several_addresses(interop, tmp_path):
    listen = ["--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--listen", f"unix:{tmp_path}/s"]
    with ServerProcess(binary("InteropServer"), *listen) as server:
        addresses = server.ready_line.split()[1:]
        assert len(addresses) == 3
        for address in addresses:
            with grpc.insecure_channel(address) as channel:
                interop.TestServiceStub(channel).EmptyCall(interop.Empty())


def test_a_port_in_use_is_an_error(interop_server):
    with pytest.raises(AssertionError, match="did not get ready"):
        ServerProcess(binary("InteropServer"), "--listen", interop_server.address)
