"""Texts that somebody must be able to read, or to repeat: refused where they are only white space,
with the path of the field. What may be left out stays so."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from google.protobuf.message import Message

from clinic import Clinic
from scene import INVALID, Scene
from slotd_client import Client, Refusal

BLANKS = [" ", "\t\n", "\u00a0\u2003"]


def _requests(stubs: SimpleNamespace, field: str) -> list[type[Message]]:
    """The types of all requests with a field."""
    return [
        value
        for name, value in sorted(vars(stubs).items())
        if name.endswith("Request") and field in value.DESCRIPTOR.fields_by_name
    ]


@pytest.mark.parametrize("blank", BLANKS)
def test_a_request_id_is_no_white_space(shared_client: Client, blank: str):
    requests = _requests(shared_client.stubs, "request_id")
    assert len(requests) > 40
    for request in requests:
        refusal = shared_client.refusal(request(request_id=blank))
        assert (refusal.code, refusal.field) == (INVALID, "request_id"), request.DESCRIPTOR.name
        assert "blank" in refusal.message


REFERENCES: list[tuple[Callable[[SimpleNamespace, str], Message], str]] = [
    (
        lambda s, ref: s.CreateOrganizationRequest(
            organization=s.Organization(name="O", external_ref=ref)
        ),
        "organization.external_ref",
    ),
    (
        lambda s, ref: s.CreateLocationRequest(
            location=s.Location(name="L", time_zone="UTC", external_ref=ref)
        ),
        "location.external_ref",
    ),
    (
        lambda s, ref: s.CreateProviderRequest(provider=s.Provider(name="P", external_ref=ref)),
        "provider.external_ref",
    ),
    (
        lambda s, ref: s.CreateServiceRequest(
            service=s.Service(name="S", durations_minutes=[30], external_ref=ref)
        ),
        "service.external_ref",
    ),
    (
        lambda s, ref: s.CreateProcedureTypeRequest(
            procedure_type=s.ProcedureType(name="T", external_ref=ref)
        ),
        "procedure_type.external_ref",
    ),
    (
        lambda s, ref: s.CreatePatientRequest(patient=s.Patient(name="P", external_ref=ref)),
        "patient.external_ref",
    ),
]


@pytest.mark.parametrize("blank", BLANKS)
def test_a_reference_is_no_white_space(scene: Scene, blank: str):
    """Of catalog records, patients, bookings, procedures, and of what marks a charge billed."""
    stubs, clinic = scene.stubs, scene.clinic
    cases = [(make(stubs, blank), path) for make, path in REFERENCES]
    cases += [
        (
            stubs.CreateResourceRequest(
                resource=stubs.Resource(
                    name="R", kind=2, location_id=clinic.location.id, external_ref=blank
                )
            ),
            "resource.external_ref",
        ),
        (scene.create(external_ref=blank), "booking.external_ref"),
        (
            stubs.NewProcedureRequest(patient_id=clinic.jane.id, external_ref=blank),
            "external_ref",
        ),
        (
            stubs.MarkBilledRequest(charge_id="charge_" + "0" * 26, external_ref=blank),
            "external_ref",
        ),
    ]
    for request, path in cases:
        refusal = scene.client.refusal(request)
        assert (refusal.code, refusal.field) == (INVALID, path), request
        assert "blank" in refusal.message


@pytest.mark.parametrize("blank", BLANKS)
def test_a_reason_is_no_white_space(scene: Scene, blank: str):
    """Wherever a reason is taken: it is asked for, or it is given for people to read."""
    stubs, clinic = scene.stubs, scene.clinic
    requests = _requests(stubs, "reason")
    assert len(requests) > 8
    named = {
        "booking_id": scene.booking.id,
        "procedure_id": scene.draft.id,
        "charge_id": "charge_" + "0" * 26,
        "patient_id": clinic.jane.id,
        "into_patient_id": clinic.joe.id,
        "from_booking_id": scene.booking.id,
        "to_booking_id": scene.booking.id,
        "stage": stubs.STAGE_CONFIRMED,
    }
    for request in requests:
        fields = request.DESCRIPTOR.fields_by_name
        given = {name: value for name, value in named.items() if name in fields}
        refusal = scene.client.refusal(request(reason=blank, **given))
        assert (refusal.code, refusal.field) == (INVALID, "reason"), request.DESCRIPTOR.name
        assert "blank" in refusal.message


def test_an_empty_organization_key_is_named(clinic: Clinic):
    """It is no organization's name, and not the same as leaving the key out."""
    client, stubs = clinic.client, clinic.stubs
    empty = Client(client.channel, stubs, organization="")
    refusal = empty.refusal(stubs.ListPatientsRequest())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == (INVALID, "x-slotd-organization")
    assert "empty" in refusal.message and "default" in refusal.message
