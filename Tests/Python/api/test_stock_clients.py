"""Stock clients use the API as they come: grpcio's asyncio, its health and reflection packages,
buf, and a Unix socket."""

from __future__ import annotations

import asyncio
import gzip
import json
import pathlib
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from process import ServerProcess

from clinic import Clinic
from raw_call import raw_call
from slotd_client import Client

SERVICES = {
    f"slotd.v1.{name}Service"
    for name in [
        "Admin", "Availability", "Board", "Booking", "Catalog", "Import", "Patient", "Procedure",
    ]
}  # fmt: skip
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def test_asyncio(slotd: ServerProcess, clinic: Clinic, stubs: SimpleNamespace):
    """Forty bookings at once on one asyncio channel, and an import stream."""

    async def story() -> None:
        async with grpc.aio.insecure_channel(slotd.address) as channel:
            bookings = stubs.BookingServiceStub(channel)
            requests = [
                stubs.CreateBookingRequest(
                    request_id=f"aio-{day}-{hour}",
                    patient_id=clinic.jane.id,
                    booking=clinic.new_booking(day, hour),
                )
                for day in range(1, 11)
                for hour in range(9, 16, 2)
            ]
            replies = await asyncio.gather(*map(bookings.CreateBooking, requests))
            assert len({reply.booking.id for reply in replies}) == 40
            again = await asyncio.gather(*map(bookings.CreateBooking, requests))
            assert all(reply.replayed for reply in again)
            assert [r.booking for r in again] == [r.booking for r in replies]

            stream = stubs.ImportServiceStub(channel).Import()
            for sequence in range(3):
                patient = stubs.Patient(name=f"Imported {sequence}", external_ref=f"i-{sequence}")
                await stream.write(stubs.ImportRequest(sequence=sequence, patient=patient))
                answer = await stream.read()
                assert answer.sequence == sequence
                assert answer.outcome == stubs.IMPORT_OUTCOME_CREATED
            await stream.done_writing()
            assert await stream.read() is grpc.aio.EOF
            assert await stream.code() == grpc.StatusCode.OK

    asyncio.run(story())


def test_health_check_and_watch(slotd: ServerProcess, slotd_channel: grpc.Channel):
    """Check knows every service; Watch tells of SIGTERM before the connection ends."""
    health = health_pb2_grpc.HealthStub(slotd_channel)
    for service in ["", "slotd.write", *SERVICES]:
        request = health_pb2.HealthCheckRequest(service=service)
        assert health.Check(request, timeout=10).status == SERVING, service
    try:
        health.Check(health_pb2.HealthCheckRequest(service="nobody"), timeout=10)
        raise AssertionError("an unknown service has a health")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND

    watch = health.Watch(health_pb2.HealthCheckRequest(), timeout=30)
    assert next(watch).status == SERVING
    slotd.send(signal.SIGTERM)
    assert next(watch).status == NOT_SERVING
    watch.cancel()
    assert slotd.wait() == 0, slotd.output


def test_reflection(slotd: ServerProcess, slotd_channel: grpc.Channel):
    """Reflection lists all services and gives descriptors that calls can be made from."""
    database = ProtoReflectionDescriptorDatabase(slotd_channel)
    services = set(database.get_services())
    assert SERVICES <= services
    assert "grpc.health.v1.Health" in services
    pool = DescriptorPool(database)
    find = pool.FindMethodByName("slotd.v1.AvailabilityService.FindSlots")
    assert find.input_type.full_name == "slotd.v1.FindSlotsRequest"
    fields = {field.name: field.number for field in find.input_type.fields}
    assert fields["provider_ids"] == 4 and fields["from"] == 5
    booking = pool.FindMessageTypeByName("slotd.v1.Booking")
    assert booking.fields_by_name["stage"].enum_type.full_name == "slotd.v1.Stage"


def test_buf_curl(slotd: ServerProcess, clinic: Clinic):
    """`buf curl` finds slots with nothing but the address, and prints a refusal's code."""
    buf = shutil.which("buf", path=pathlib.Path(sys.executable).parent) or shutil.which("buf")
    assert buf, "buf is missing: install Tests/Python/requirements.txt"

    def curl(method: str, request: dict[str, object]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge",
                "-d", json.dumps(request), f"http://{slotd.address}/slotd.v1.{method}",
            ],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    request = {
        "locationId": clinic.location.id,
        "serviceId": clinic.laser.id,
        "from": clinic.at(2, 0).ToJsonString(),
        "to": clinic.at(3, 0).ToJsonString(),
    }
    done = curl("AvailabilityService/FindSlots", request)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert len(reply["slots"]) == 15
    assert reply["slots"][0]["start"] == clinic.at(2, 9).ToJsonString()
    assert reply["providerIds"] == [clinic.ada.id, clinic.ben.id]

    refused = curl("BookingService/GetBooking", {"id": "booking_00000000000000000000000000"})
    assert refused.returncode != 0
    assert json.loads(refused.stderr)["code"] == "not_found"


def test_unix_socket(slotd: ServerProcess, clinic: Clinic, stubs: SimpleNamespace):
    """The same daemon on its Unix socket."""
    with grpc.insecure_channel(slotd.unix_address) as channel:
        local = Client(channel, stubs)
        assert local(stubs.GetPatientRequest(id=clinic.jane.id)).patient == clinic.jane
        assert local.refusal(stubs.GetPatientRequest(id="x")).field == "id"


def test_gzip_both_ways(clinic: Clinic, stubs: SimpleNamespace, slotd: ServerProcess):
    """A client that compresses gets the same answer, compressed where that is worth it; one that does
    not is answered plainly, and told that it could."""
    options = [("grpc.default_compression_algorithm", int(grpc.Compression.Gzip.value))]
    request = stubs.FindSlotsRequest(
        **{
            "location_id": clinic.location.id,
            "service_id": clinic.laser.id,
            "from": clinic.at(1, 0),
            "to": clinic.at(60, 0),
        }
    )
    plain = clinic.client(request)
    with grpc.insecure_channel(slotd.address, options=options) as channel:
        assert Client(channel, stubs)(request) == plain
    assert len(plain.slots) == 500 and plain.truncated

    path = "/slotd.v1.AvailabilityService/FindSlots"
    body = request.SerializeToString()
    accepts, packs = ("grpc-accept-encoding", "identity,gzip"), ("grpc-encoding", "gzip")
    for headers in [[], [accepts], [packs]]:
        answer = raw_call(slotd.address, path, body, headers)
        assert "grpc-encoding" not in answer.headers and answer.flags == [0]
        assert ("grpc-accept-encoding" in answer.headers) == (accepts in headers)
        assert stubs.FindSlotsResponse.FromString(answer.messages[0]) == plain
    answer = raw_call(slotd.address, path, body, [accepts, packs])
    assert answer.headers["grpc-encoding"] == "gzip" and answer.flags == [1]
    assert answer.headers["grpc-accept-encoding"] == "identity,gzip"
    assert len(answer.messages[0]) < plain.ByteSize() / 2
    assert stubs.FindSlotsResponse.FromString(gzip.decompress(answer.messages[0])) == plain
    short = stubs.GetPatientRequest(id=clinic.jane.id).SerializeToString()
    answer = raw_call(slotd.address, "/slotd.v1.PatientService/GetPatient", short, [accepts, packs])
    assert answer.status == 0 and answer.flags == [0], "too short to be worth it"
