"""The metadata key `x-slotd-request-identity`: what makes two requests with one request_id the same
one, for clients whose second request has other bytes."""

from __future__ import annotations

from types import SimpleNamespace

import grpc
from google.protobuf.message import Message
from process import ServerProcess

from clinic import Clinic

KEY = "x-slotd-request-identity"


def update(slotd: ServerProcess, stubs: SimpleNamespace, request: Message, **metadata: str):
    """The reply, or the refusal's code."""
    pairs = [(name.replace("_", "-"), value) for name, value in metadata.items()]
    with grpc.insecure_channel(slotd.address) as channel:
        stub = stubs.PatientServiceStub(channel)
        try:
            return stub.UpdatePatient(request, timeout=10, metadata=pairs)
        except grpc.RpcError as error:
            return error.code(), error.details()


def test_other_bytes_of_one_request(
    slotd: ServerProcess, clinic: Clinic, stubs: SimpleNamespace
) -> None:
    """The second reading of the record has another version, and the request is the same: it gets the
    first reply. Without the key, or with another value of it, the id was used before."""

    def request(phone: str, version: int) -> Message:
        patient = stubs.Patient(id=clinic.jane.id, name="Jane Doe", phone=phone)
        return stubs.UpdatePatientRequest(
            request_id="r", expected_version=version, patient=patient
        )

    said = {"x_slotd_request_identity": "phone of Jane"}
    first = update(slotd, stubs, request("1", clinic.jane.version), **said)
    assert first.patient.phone == "1" and not first.replayed
    again = update(slotd, stubs, request("1", first.patient.version), **said)
    assert again.replayed and again.patient == first.patient
    for other in [{}, {"x_slotd_request_identity": "phone of Joe"}]:
        code, _ = update(slotd, stubs, request("1", clinic.jane.version), **other)
        assert code == grpc.StatusCode.INVALID_ARGUMENT
    # Asked before the record is looked at: one without an id or a name gets the reply too.
    empty = stubs.UpdatePatientRequest(request_id="r", expected_version=2**63 - 1)
    assert update(slotd, stubs, empty, **said).patient == first.patient
    empty.request_id = "another"
    code, _ = update(slotd, stubs, empty, **said)
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    for wrong in ["", "x" * 129]:
        code, message = update(slotd, stubs, request("2", 0), x_slotd_request_identity=wrong)
        assert code == grpc.StatusCode.INVALID_ARGUMENT and message.startswith(KEY)
