"""ImportService and ExportService over grpcio: what an import says and stores, and what an export
holds."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clinic import Clinic
from slotd_client import Client, Refusal

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND


def send(client: Client, records: list[Message]) -> list[Message]:
    """The answers to some records, numbered as they are sent."""
    for number, record in enumerate(records):
        record.sequence = number
    call = client.stubs.ImportServiceStub(client.channel).Import(
        iter(records), metadata=client.metadata, timeout=60
    )
    answers = list(call)
    assert [answer.sequence for answer in answers] == list(range(len(answers)))
    return answers


def patient(client: Client, ref: str, name: str, **fields: object) -> Message:
    stubs = client.stubs
    return stubs.ImportRequest(patient=stubs.Patient(external_ref=ref, name=name), **fields)


def booking(clinic: Clinic, ref: str, start: Timestamp, **fields: object) -> Message:
    stubs = clinic.stubs
    return stubs.ImportRequest(
        booking=stubs.ImportBooking(
            external_ref=ref, patient_ref="patient-1", location_ref="midtown",
            provider_ref=clinic.ada.id, service_ref=clinic.laser.id, start=start,
            end=Timestamp(seconds=start.seconds + 3600),
        ),
        **fields,
    )  # fmt: skip


def exported(client: Client, kind: str, **fields: object) -> list[Message]:
    stubs = client.stubs
    request = stubs.ExportRequest(kind=getattr(stubs, f"EXPORT_KIND_{kind}"), **fields)
    replies = list(client.stream(request))
    records = [record for reply in replies for record in reply.records]
    assert [record.sequence for record in records] == list(range(len(records)))
    assert all(reply.records and reply.revision == client.revision() for reply in replies)
    return records


def refused(client: Client, request: Message) -> Refusal:
    with pytest.raises(grpc.RpcError) as error:
        list(client.stream(request))
    return Refusal.of(error.value)


def test_a_dry_run_judges_each_record_and_stores_nothing(clinic: Clinic):
    """Against what is stored, not against the records before it; ids of new ones are not told."""
    client, stubs = clinic.client, clinic.stubs
    send(client, [booking(clinic, "there", clinic.at(3, 10))])
    before = client.revision()
    answers = send(
        client,
        [
            patient(client, "patient-1", "Jane Doe", dry_run=True),
            patient(client, "patient-1", "Jane Roe", dry_run=True),
            patient(client, "new", "New", dry_run=True),
            patient(client, "new", "New", dry_run=True),
            patient(client, "bad", "", dry_run=True),
            booking(clinic, "there", clinic.at(3, 10), dry_run=True),
            booking(clinic, "there", clinic.at(3, 12), dry_run=True),
            booking(clinic, "over", clinic.at(3, 10, 30), dry_run=True),
            booking(clinic, "one", clinic.at(4, 10), dry_run=True),
            booking(clinic, "two", clinic.at(4, 10), dry_run=True),
            stubs.ImportRequest(dry_run=True),
        ],
    )
    outcomes = [stubs.ImportOutcome.Name(answer.outcome)[15:] for answer in answers]
    assert outcomes == [
        "UNCHANGED", "UPDATED", "CREATED", "CREATED", "REFUSED", "UNCHANGED", "REFUSED", "REFUSED",
        "CREATED", "CREATED", "REFUSED",
    ]  # fmt: skip
    assert answers[0].id == clinic.jane.id and answers[2].id == ""
    assert [answers[4].reason, answers[4].field] == [stubs.REASON_INVALID_VALUE, "patient.name"]
    assert answers[6].reason == stubs.REASON_EXTERNAL_REF_TAKEN
    assert answers[7].reason == stubs.REASON_SLOT_TAKEN
    assert list(answers[7].blocking_ids) == [answers[5].id]
    assert client.revision() == before
    # The very same, meant.
    real = send(client, [patient(client, "new", "New"), booking(clinic, "one", clinic.at(4, 10))])
    assert [answer.outcome for answer in real] == [stubs.IMPORT_OUTCOME_CREATED] * 2
    assert client.revision() == before + 2


def test_nothing_after_a_refused_record_is_taken_where_that_is_wished(clinic: Clinic):
    """However many were sent before the answer came; the call itself ends well."""
    client, stubs = clinic.client, clinic.stubs
    for is_dry in (True, False):
        before = client.revision()
        records = [patient(client, f"p{n}", f"P {n}") for n in range(1000)]
        records[100].patient.name = ""
        for record in records:
            record.stop_if_refused, record.dry_run = True, is_dry
        answers = send(client, records)
        assert len(answers) == 101
        assert answers[100].outcome == stubs.IMPORT_OUTCOME_REFUSED
        assert client.revision() == before + (0 if is_dry else 100)
    # Only the record that says so ends the call.
    records = [patient(client, "a", ""), patient(client, "b", "B", stop_if_refused=True)]
    assert len(send(client, records)) == 2


def test_an_export_holds_what_an_import_takes(clinic: Clinic):
    """Each kind in its order, named by reference or id; imported again it is unchanged."""
    client, stubs = clinic.client, clinic.stubs
    nameless = client(stubs.CreatePatientRequest(patient=stubs.Patient(name="No Ref"))).patient
    second = clinic.book(3, 10, patient=nameless)
    first = clinic.move(clinic.book(2, 10), "CHECK_IN")
    started = client(stubs.StartProcedureRequest(booking_id=first.id)).procedure
    client(stubs.SubmitProcedureRequest(procedure_id=started.id))

    people = exported(client, "PATIENTS")
    assert [row.patient.external_ref for row in people] == [
        "patient-1", "patient-2", nameless.id,
    ]  # fmt: skip
    assert not any(row.patient.id or row.patient.version for row in people)

    visits = [row.booking for row in exported(client, "BOOKINGS")]
    assert [visit.external_ref for visit in visits] == [first.id, second.id]
    assert [visit.patient_ref for visit in visits] == ["patient-1", nameless.id]
    assert visits[0].location_ref == "midtown" and visits[0].provider_ref == clinic.ada.id
    assert visits[0].start == first.start and visits[0].end == first.end
    assert [change.stage for change in visits[0].stage_history] == [
        stubs.STAGE_NEW, stubs.STAGE_CHECK_IN, stubs.STAGE_IN_PROCEDURE,
    ]  # fmt: skip

    [treatment] = [row.procedure for row in exported(client, "PROCEDURES")]
    assert treatment.external_ref == started.id and treatment.booking_ref == first.id
    assert treatment.status == stubs.PROCEDURE_STATUS_IN_PROGRESS and treatment.segment == 1

    before = client.revision()
    everything = [row for kind in ("PATIENTS", "BOOKINGS", "PROCEDURES") for row in exported(client, kind)]
    answers = send(client, everything)
    assert {answer.outcome for answer in answers} == {stubs.IMPORT_OUTCOME_UNCHANGED}
    assert client.revision() == before


def test_an_export_of_many_comes_in_several_messages_without_loss(clinic: Clinic):
    client = clinic.client
    send(client, [patient(client, f"p{n:04}", f"P {n}") for n in range(700)])
    rows = exported(client, "PATIENTS")
    refs = [row.patient.external_ref for row in rows]
    assert len(refs) == 702 and refs == sorted(refs)
    starts = [clinic.at(2 + n // 7, 9 + n % 7) for n in range(300)]
    send(client, [booking(clinic, f"b{n}", start) for n, start in enumerate(starts)])
    visits = [row.booking for row in exported(client, "BOOKINGS")]
    assert [visit.external_ref for visit in visits] == [f"b{n}" for n in range(300)]


def test_an_export_is_of_a_place_and_a_time(clinic: Clinic):
    """Procedures go with their bookings."""
    client, stubs = clinic.client, clinic.stubs
    other = client(
        stubs.CreateLocationRequest(
            location=stubs.Location(name="Uptown", external_ref="uptown", time_zone="UTC")
        )
    ).location
    visits = [clinic.move(clinic.book(day, 10), "CHECK_IN") for day in (2, 3, 4)]
    for visit in visits:
        done = client(stubs.StartProcedureRequest(booking_id=visit.id)).procedure
        client(stubs.SubmitProcedureRequest(procedure_id=done.id))
    ids = [visit.id for visit in visits]

    def found(**fields: object) -> list[str]:
        bookings = [row.booking.external_ref for row in exported(client, "BOOKINGS", **fields)]
        procedures = [row.procedure.booking_ref for row in exported(client, "PROCEDURES", **fields)]
        assert bookings == procedures
        return bookings

    assert found() == found(location_id="ref:midtown") == ids
    assert found(location_id=other.id) == []
    assert found(**{"from": visits[1].start}) == ids[1:]
    assert found(to=visits[1].start) == ids[:1]
    assert found(**{"from": visits[1].start, "to": visits[1].start}) == []


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({}, "kind", INVALID),
        ({"kind": 77}, "kind", INVALID),
        ({"kind": 1, "location_id": "ref:midtown"}, "location_id", INVALID),
        ({"kind": 1, "from": Timestamp(seconds=60)}, "from", INVALID),
        ({"kind": 1, "to": Timestamp(seconds=60)}, "to", INVALID),
        ({"kind": 2, "from": Timestamp(seconds=61)}, "from", INVALID),
        ({"kind": 2, "to": Timestamp(nanos=1)}, "to", INVALID),
        ({"kind": 3, "from": Timestamp(seconds=60), "to": Timestamp()}, "to", INVALID),
        ({"kind": 2, "location_id": "ref:nowhere"}, "location_id", NOT_FOUND),
        ({"kind": 2, "location_id": "nonsense"}, "location_id", None),
    ],
)
def test_a_wrong_request_is_refused_with_its_field(clinic: Clinic, fields, field, code):
    client, stubs = clinic.client, clinic.stubs
    before = client.revision()
    refusal = refused(client, stubs.ExportRequest(**fields))
    assert refusal.field == field and refusal.code in ((code,) if code else (INVALID, NOT_FOUND))
    assert client.revision() == before
