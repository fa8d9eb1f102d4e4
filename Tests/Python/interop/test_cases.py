"""The cases of gRPC's interoperability suite, played by grpcio.

Each test is named after its case in
https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md. Left out are those that
need a cloud, TLS, a load balancer or an HTTP cache. The compressed streaming cases need a client
that chooses compression for each message, and are in test_compression.py.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import grpc
import pytest
from process import ServerProcess

LARGE_REQUEST, LARGE_RESPONSE = 271_828, 314_159
REQUEST_SIZES = [27_182, 8, 1_828, 45_904]
RESPONSE_SIZES = [31_415, 9, 2_653, 58_979]
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
INITIAL_KEY, INITIAL = "x-grpc-test-echo-initial", "test_initial_metadata_value"
TRAILING_KEY, TRAILING = "x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"
ECHO = ((INITIAL_KEY, INITIAL), (TRAILING_KEY, TRAILING))


def large_request(interop: SimpleNamespace) -> object:
    return interop.SimpleRequest(
        response_size=LARGE_RESPONSE, payload=interop.Payload(body=bytes(LARGE_REQUEST))
    )


def output_request(interop: SimpleNamespace, *sizes: int, body: int = 0) -> object:
    return interop.StreamingOutputCallRequest(
        response_parameters=[interop.ResponseParameters(size=size) for size in sizes],
        payload=interop.Payload(body=bytes(body)),
    )


def status_request(type_: type, interop: SimpleNamespace, code: int, message: str) -> object:
    return type_(response_status=interop.EchoStatus(code=code, message=message))


def test_empty_unary(stub, interop):
    assert stub.EmptyCall(interop.Empty()) == interop.Empty()


def test_large_unary(stub, interop):
    response = stub.UnaryCall(large_request(interop))
    assert response.payload.type == interop.COMPRESSABLE
    assert response.payload.body == bytes(LARGE_RESPONSE)


def test_client_compressed_unary(stub, interop):
    request = large_request(interop)
    request.expect_compressed.value = True
    with pytest.raises(grpc.RpcError) as error:
        stub.UnaryCall(request)
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    response = stub.UnaryCall(request, compression=grpc.Compression.Gzip)
    assert len(response.payload.body) == LARGE_RESPONSE
    request.expect_compressed.value = False
    assert len(stub.UnaryCall(request).payload.body) == LARGE_RESPONSE


def test_server_compressed_unary(stub, interop):
    for is_compressed in (True, False):
        request = large_request(interop)
        request.response_compressed.value = is_compressed
        assert stub.UnaryCall(request).payload.body == bytes(LARGE_RESPONSE)


def test_client_streaming(stub, interop):
    requests = [
        interop.StreamingInputCallRequest(payload=interop.Payload(body=bytes(size)))
        for size in REQUEST_SIZES
    ]
    assert stub.StreamingInputCall(iter(requests)).aggregated_payload_size == 74_922


def test_server_streaming(stub, interop):
    responses = list(stub.StreamingOutputCall(output_request(interop, *RESPONSE_SIZES)))
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def test_ping_pong(stub, interop):
    answered = threading.Semaphore(1)

    def requests():
        for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES, strict=True):
            answered.acquire()
            yield output_request(interop, response_size, body=request_size)

    sizes = []
    for response in stub.FullDuplexCall(requests()):
        sizes.append(len(response.payload.body))
        answered.release()
    assert sizes == RESPONSE_SIZES


def test_empty_stream(stub):
    assert list(stub.FullDuplexCall(iter([]))) == []


def test_half_duplex(stub, interop):
    requests = [output_request(interop, size) for size in RESPONSE_SIZES]
    responses = list(stub.HalfDuplexCall(iter(requests)))
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def test_custom_metadata_unary(stub, interop):
    _, call = stub.UnaryCall.with_call(large_request(interop), metadata=ECHO)
    assert dict(call.initial_metadata())[INITIAL_KEY] == INITIAL
    assert dict(call.trailing_metadata())[TRAILING_KEY] == TRAILING


def test_custom_metadata_full_duplex(stub, interop):
    call = stub.FullDuplexCall(iter([output_request(interop, 1)]), metadata=ECHO)
    assert len(list(call)) == 1
    assert dict(call.initial_metadata())[INITIAL_KEY] == INITIAL
    assert dict(call.trailing_metadata())[TRAILING_KEY] == TRAILING


@pytest.mark.parametrize("message", ["test status message", SPECIAL_MESSAGE, "100 % ☺", ""])
def test_status_code_and_message_unary(stub, interop, message):
    with pytest.raises(grpc.RpcError) as error:
        stub.UnaryCall(status_request(interop.SimpleRequest, interop, 2, message))
    assert error.value.code() == grpc.StatusCode.UNKNOWN
    assert error.value.details() == message


@pytest.mark.parametrize("message", ["test status message", SPECIAL_MESSAGE])
def test_status_code_and_message_full_duplex(stub, interop, message):
    request = status_request(interop.StreamingOutputCallRequest, interop, 2, message)
    call = stub.FullDuplexCall(iter([request]))
    with pytest.raises(grpc.RpcError):
        list(call)
    assert (call.code(), call.details()) == (grpc.StatusCode.UNKNOWN, message)


@pytest.mark.parametrize("code", range(1, 17))
def test_every_status_code_arrives(stub, interop, code):
    with pytest.raises(grpc.RpcError) as error:
        stub.UnaryCall(status_request(interop.SimpleRequest, interop, code, "x"))
    assert error.value.code().value[0] == code


def test_unimplemented_method(stub, interop):
    with pytest.raises(grpc.RpcError) as error:
        stub.UnimplementedCall(interop.Empty())
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert "UnimplementedCall" in error.value.details()


def test_unimplemented_service(channel, interop):
    with pytest.raises(grpc.RpcError) as error:
        interop.UnimplementedServiceStub(channel).UnimplementedCall(interop.Empty())
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert "UnimplementedService" in error.value.details()


def test_cancel_after_begin(stub):
    never = threading.Event()

    def requests():
        never.wait()
        yield from ()

    call = stub.StreamingInputCall.future(requests())
    call.cancel()
    assert call.code() == grpc.StatusCode.CANCELLED
    never.set()


def test_cancel_after_first_response(stub, interop):
    never = threading.Event()

    def requests():
        yield output_request(interop, RESPONSE_SIZES[0], body=REQUEST_SIZES[0])
        never.wait()

    call = stub.FullDuplexCall(requests())
    assert len(next(call).payload.body) == RESPONSE_SIZES[0]
    call.cancel()
    with pytest.raises((grpc.RpcError, StopIteration)):
        next(call)
    assert call.code() == grpc.StatusCode.CANCELLED
    never.set()


def test_timeout_on_sleeping_server(stub, interop):
    request = output_request(interop, 1, body=REQUEST_SIZES[0])
    request.response_parameters[0].interval_us = 1_000_000
    call = stub.FullDuplexCall(iter([request]), timeout=0.001)
    with pytest.raises(grpc.RpcError):
        list(call)
    assert call.code() == grpc.StatusCode.DEADLINE_EXCEEDED


def test_rpc_soak(stub, interop):
    for _ in range(200):
        assert len(stub.UnaryCall(large_request(interop)).payload.body) == LARGE_RESPONSE


def test_channel_soak(interop_server: ServerProcess, interop):
    for _ in range(30):
        options = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(interop_server.address, options=options) as channel:
            response = interop.TestServiceStub(channel).UnaryCall(large_request(interop))
            assert len(response.payload.body) == LARGE_RESPONSE


def test_concurrent_large_unary(stub, interop):
    with ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(stub.UnaryCall, large_request(interop)) for _ in range(200)]
        assert all(len(call.result().payload.body) == LARGE_RESPONSE for call in calls)
