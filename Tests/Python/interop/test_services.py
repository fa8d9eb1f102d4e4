"""Health and reflection as their standard clients see them, and `buf curl` without a schema."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICES = {
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "grpc.testing.TestService",
}


@pytest.mark.parametrize("service", ["", "grpc.testing.TestService"])
def test_health_check(channel, service):
    stub = health_pb2_grpc.HealthStub(channel)
    response = stub.Check(health_pb2.HealthCheckRequest(service=service))
    assert response.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_an_unknown_service(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    unknown = health_pb2.HealthCheckRequest(service="no.such.Service")
    with pytest.raises(grpc.RpcError) as error:
        stub.Check(unknown)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND
    watch = stub.Watch(unknown)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def test_health_list(channel):
    # grpcio-health-checking has no List yet: its answer is a map of names to statuses (field 1).
    list_ = channel.unary_unary("/grpc.health.v1.Health/List")
    assert b"grpc.testing.TestService" in list_(b"")


def test_reflection_lists_every_service(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    assert set(database.get_services()) == SERVICES


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_reflection_describes_every_service(channel, service):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    assert pool.FindServiceByName(service).methods


def test_reflection_finds_messages_and_files(channel):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    assert pool.FindMessageTypeByName("grpc.testing.SimpleRequest").fields_by_number[2].name
    assert pool.FindFileByName("grpc/testing/empty.proto").package == "grpc.testing"


def test_reflection_goes_on_after_an_unknown_name(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    requests = [
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.such.Thing"),
        reflection_pb2.ServerReflectionRequest(file_by_filename="no/such/file.proto"),
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(),
    ]
    responses = list(stub.ServerReflectionInfo(iter(requests)))
    kinds = [response.WhichOneof("message_response") for response in responses]
    assert kinds == [
        "error_response",
        "error_response",
        "list_services_response",
        "error_response",
    ]
    assert responses[0].error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
    assert [response.original_request for response in responses] == requests


def buf() -> str:
    """buf beside this Python, or on the path."""
    beside = Path(sys.executable).parent / "buf"
    found = str(beside) if beside.exists() else shutil.which("buf")
    assert found, "buf is missing: install Tests/Python/requirements.txt"
    return found


def curl(address: str, rpc: str, data: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            buf(), "curl", "--protocol", "grpc", "--http2-prior-knowledge",
            "--data", json.dumps(data), f"http://{address}/grpc.testing.TestService/{rpc}",
        ],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip


def test_buf_curl_calls_by_reflection(interop_server):
    done = curl(interop_server.address, "UnaryCall", {"responseSize": 3})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"payload": {"body": "AAAA"}}


def test_buf_curl_streams(interop_server):
    done = curl(
        interop_server.address,
        "StreamingOutputCall",
        {"responseParameters": [{"size": 3}, {"size": 0}]},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("payload") == 2


def test_buf_curl_shows_the_status(interop_server):
    status = {"responseStatus": {"code": 9, "message": "not ☺"}}
    done = curl(interop_server.address, "UnaryCall", status)
    assert done.returncode != 0
    assert json.loads(done.stderr) == {"code": "failed_precondition", "message": "not ☺"}
