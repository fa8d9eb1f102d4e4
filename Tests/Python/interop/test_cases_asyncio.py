"""The same cases with grpcio's asyncio client, which drives the connection in another way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import grpc
import pytest
from test_cases import (
    ECHO,
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

Play = Callable[[Callable[[object], Awaitable[None]]], None]


@pytest.fixture
def play(interop_server, interop) -> Play:
    """Runs a coroutine function with a stub of its own channel."""

    def run(case: Callable[[object], Awaitable[None]]) -> None:
        async def body() -> None:
            async with grpc.aio.insecure_channel(interop_server.address) as channel:
                await asyncio.wait_for(case(interop.TestServiceStub(channel)), 20)

        asyncio.run(body())

    return run


def test_unary(play, interop):
    async def case(stub):
        assert await stub.EmptyCall(interop.Empty()) == interop.Empty()
        response = await stub.UnaryCall(large_request(interop))
        assert len(response.payload.body) == LARGE_RESPONSE
        request = large_request(interop)
        request.expect_compressed.value = True
        await stub.UnaryCall(request, compression=grpc.Compression.Gzip)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.UnaryCall(request)
        assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT

    play(case)


def test_client_streaming(play, interop):
    async def case(stub):
        call = stub.StreamingInputCall()
        for size in REQUEST_SIZES:
            payload = interop.Payload(body=bytes(size))
            await call.write(interop.StreamingInputCallRequest(payload=payload))
        await call.done_writing()
        assert (await call).aggregated_payload_size == 74_922

    play(case)


def test_server_streaming(play, interop):
    async def case(stub):
        call = stub.StreamingOutputCall(output_request(interop, *RESPONSE_SIZES))
        assert [len(r.payload.body) async for r in call] == RESPONSE_SIZES

    play(case)


def test_ping_pong(play, interop):
    async def case(stub):
        call = stub.FullDuplexCall()
        for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES, strict=True):
            await call.write(output_request(interop, response_size, body=request_size))
            assert len((await call.read()).payload.body) == response_size
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.code() == grpc.StatusCode.OK

    play(case)


def test_empty_stream(play):
    async def case(stub):
        call = stub.FullDuplexCall()
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.code() == grpc.StatusCode.OK

    play(case)


def test_custom_metadata(play, interop):
    async def case(stub):
        unary = stub.UnaryCall(large_request(interop), metadata=ECHO)
        await unary
        duplex = stub.FullDuplexCall(metadata=ECHO)
        await duplex.write(output_request(interop, 1))
        await duplex.done_writing()
        assert len([response async for response in duplex]) == 1
        for call in (unary, duplex):
            assert (await call.initial_metadata())[INITIAL_KEY] == INITIAL
            assert (await call.trailing_metadata())[TRAILING_KEY] == TRAILING

    play(case)


def test_headers_arrive_before_any_message(play):
    async def case(stub):
        call = stub.FullDuplexCall(metadata=ECHO)
        # The server has nothing to answer yet, and the client nothing to say.
        assert (await call.initial_metadata())[INITIAL_KEY] == INITIAL
        call.cancel()

    play(case)


def test_status(play, interop):
    async def case(stub):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.UnaryCall(status_request(interop.SimpleRequest, interop, 2, SPECIAL_MESSAGE))
        assert error.value.code() == grpc.StatusCode.UNKNOWN
        assert error.value.details() == SPECIAL_MESSAGE
        call = stub.FullDuplexCall()
        await call.write(
            status_request(interop.StreamingOutputCallRequest, interop, 2, SPECIAL_MESSAGE)
        )
        assert await call.code() == grpc.StatusCode.UNKNOWN
        assert await call.details() == SPECIAL_MESSAGE
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stub.UnimplementedCall(interop.Empty())
        assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED

    play(case)


def test_cancellation(play, interop):
    async def case(stub):
        begun = stub.StreamingInputCall()
        begun.cancel()
        with pytest.raises(asyncio.CancelledError):
            await begun
        assert await begun.code() == grpc.StatusCode.CANCELLED

        answered = stub.FullDuplexCall()
        await answered.write(output_request(interop, RESPONSE_SIZES[0]))
        assert len((await answered.read()).payload.body) == RESPONSE_SIZES[0]
        answered.cancel()
        assert await answered.code() == grpc.StatusCode.CANCELLED

    play(case)


def test_timeout_on_sleeping_server(play, interop):
    async def case(stub):
        request = output_request(interop, 1)
        request.response_parameters[0].interval_us = 1_000_000
        call = stub.FullDuplexCall(timeout=0.001)
        # The call may have ended before the request was written.
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            await call.write(request)
        assert await call.code() == grpc.StatusCode.DEADLINE_EXCEEDED

    play(case)


def test_many_calls_at_once(play, interop):
    async def case(stub):
        unary = [stub.UnaryCall(large_request(interop)) for _ in range(100)]
        streams = [
            stub.StreamingOutputCall(output_request(interop, *RESPONSE_SIZES)) for _ in range(100)
        ]

        async def sizes(call):
            return [len(response.payload.body) async for response in call]

        assert {len(r.payload.body) for r in await asyncio.gather(*unary)} == {LARGE_RESPONSE}
        assert all(s == RESPONSE_SIZES for s in await asyncio.gather(*map(sizes, streams)))

    play(case)
