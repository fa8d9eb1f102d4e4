"""Finding patients and their visits by words, and making two records of one person one."""

from __future__ import annotations

import pathlib
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess, binary

from clinic import Clinic
from slotd_client import Client
from watching import Watcher

REFUSED = grpc.StatusCode.FAILED_PRECONDITION
INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
ABORTED = grpc.StatusCode.ABORTED


def merge(clinic: Clinic, patient: Message, into: Message, **fields: object) -> Message:
    """The request that makes the first the second."""
    given: dict[str, object] = {
        "patient_id": patient.id,
        "into_patient_id": into.id,
        "reason": "twice in the books",
    }
    return clinic.stubs.MergePatientsRequest(**(given | fields))


def patient_of(clinic: Clinic, booking: Message) -> str:
    return clinic.client(clinic.stubs.GetBookingRequest(id=booking.id)).booking.patient_id


def test_a_merge_takes_all_that_the_patient_has(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    visit = clinic.move(clinic.book(2, 10, patient=clinic.joe), "CHECK_IN")
    procedure = client(stubs.StartProcedureRequest(booking_id=visit.id)).procedure
    draft = client(stubs.NewProcedureRequest(patient_id=clinic.joe.id)).procedure
    hold = client(
        stubs.HoldRequest(
            location_id=clinic.location.id, service_id=clinic.laser.id, start=clinic.at(2, 13),
            provider_id=clinic.ada.id, patient_id=clinic.joe.id,
        )
    ).hold  # fmt: skip
    own = clinic.book(3, 10)
    request = merge(clinic, clinic.joe, clinic.jane, request_id="m-1", expected_version=1)
    reply = client(request)
    assert reply.patient.id == clinic.jane.id and reply.patient.name == "Jane Doe"
    assert reply.patient.version == 2
    assert reply.merged.merged_into == clinic.jane.id and reply.merged.name == "Joe Bloggs"
    assert (reply.bookings, reply.procedures, reply.waitlist_entries) == (1, 2, 0)
    assert list(reply.warnings) == []

    moved = client(stubs.GetBookingRequest(id=visit.id)).booking
    assert moved.patient_id == clinic.jane.id and moved.version == visit.version + 2
    for row in (procedure, draft):
        now = client(stubs.GetProcedureRequest(id=row.id)).procedure
        assert now.patient_id == clinic.jane.id and now.version == row.version + 1
    assert client(stubs.GetBookingRequest(id=own.id)).booking == own
    # The patient of the hold followed: whoever books it under either name gets it.
    booked = client(
        stubs.CreateBookingRequest(
            patient_id=clinic.joe.id, booking=stubs.NewBooking(hold_id=hold.id)
        )
    ).booking
    assert booked.patient_id == clinic.jane.id

    # The same request again is the same answer, also after what came since; a new one does nothing.
    before = client.revision()
    again = client(request)
    assert again.replayed and again.merged == reply.merged and again.bookings == 1
    twice = client(merge(clinic, clinic.joe, clinic.jane))
    assert not twice.replayed and twice.bookings == 0
    assert client.revision() == before, "nothing was stored"


def test_the_old_names_mean_the_patient_that_stays(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    third = clinic.patient("Jo Bloggs")
    client(merge(clinic, clinic.joe, third))
    client(merge(clinic, third, clinic.jane))
    jane = clinic.jane.id
    for name in (
        clinic.joe.id, third.id, f"ref:{clinic.joe.external_ref}", f"ref:{third.external_ref}",
    ):  # fmt: skip
        assert client(stubs.GetPatientRequest(id=name)).patient.id == jane
        draft = client(stubs.NewProcedureRequest(patient_id=name)).procedure
        assert draft.patient_id == jane
        saved = client(
            stubs.SaveStepRequest(procedure_id=draft.id, step=1, patient_id=name)
        ).procedure
        assert saved.patient_id == jane
        listed = client.pages(stubs.ListProceduresRequest(patient_id=name), "procedures")
        assert draft.id in [row.id for row in listed]
        joined = client(
            stubs.JoinWaitlistRequest(
                entry=stubs.WaitlistEntry(
                    patient_id=name, location_id=clinic.location.id,
                    segments=[stubs.SegmentRequest(service_id=clinic.laser.id)],
                    earliest=clinic.at(9, 7), latest=clinic.at(9, 8),
                )
            )
        ).entry  # fmt: skip
        assert joined.patient_id == jane
        waiting = client.pages(stubs.ListWaitlistRequest(patient_id=name), "entries")
        assert joined.id in [row.id for row in waiting]
    for hour, name in ((10, clinic.joe.id), (14, f"ref:{third.external_ref}")):
        booking = client(
            stubs.CreateBookingRequest(patient_id=name, booking=clinic.new_booking(4, hour))
        ).booking
        assert booking.patient_id == jane
        rows = client.pages(stubs.ListBookingsRequest(patient_id=name), "bookings")
        assert booking.id in [row.id for row in rows]
        dropdown = client(stubs.ListAttachableBookingsRequest(patient_id=name)).bookings
        assert booking.id in [row.booking.id for row in dropdown]
        submitted = client(
            stubs.SubmitProcedureRequest(
                patient_id=name, booking_id=booking.id, procedure_type_id=clinic.hair_removal.id
            )
        ).procedure
        assert submitted.patient_id == jane
    # In no list, and under no search.
    everybody = client.pages(stubs.ListPatientsRequest(page_size=1), "patients")
    assert [row.id for row in everybody] == [jane]
    assert client.pages(stubs.ListPatientsRequest(prefix="jo"), "patients") == []
    # An update under an old name is one of the patient that stays, whose reference is its own.
    taken = stubs.Patient(id=clinic.joe.id, name="Jane Roe", external_ref="patient-2")
    refusal = client.refusal(stubs.UpdatePatientRequest(patient=taken))
    assert refusal.reason == "EXTERNAL_REF_TAKEN"
    taken.external_ref = clinic.jane.external_ref
    changed = client(stubs.UpdatePatientRequest(patient=taken)).patient
    assert (changed.id, changed.name) == (jane, "Jane Roe")


def test_an_import_of_both_records_finds_the_one_that_stays(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    client(merge(clinic, clinic.joe, clinic.jane))
    requests = [
        stubs.ImportRequest(
            sequence=1,
            patient=stubs.Patient(name="Joseph Bloggs", external_ref=clinic.joe.external_ref),
        ),
        stubs.ImportRequest(
            sequence=2,
            booking=stubs.ImportBooking(
                external_ref="visit-1", patient_ref=clinic.joe.external_ref,
                location_ref=clinic.location.id, provider_ref=clinic.ada.id,
                service_ref=clinic.laser.id, start=clinic.at(2, 9), end=clinic.at(2, 10),
            ),
        ),
    ]  # fmt: skip
    call = client.channel.stream_stream(
        "/slotd.v1.ImportService/Import",
        request_serializer=stubs.ImportRequest.SerializeToString,
        response_deserializer=stubs.ImportResponse.FromString,
    )
    patient, booking = call(iter(requests), timeout=30)
    assert patient.outcome == stubs.IMPORT_OUTCOME_UNCHANGED and patient.id == clinic.jane.id
    assert booking.outcome == stubs.IMPORT_OUTCOME_CREATED
    assert client(stubs.GetBookingRequest(id=booking.id)).booking.patient_id == clinic.jane.id
    assert client(stubs.GetPatientRequest(id=clinic.joe.id)).patient.name == "Jane Doe"


def test_what_a_merge_refuses(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    third = clinic.patient("Third")
    stubs_other = stubs.Organization(external_ref="other", name="Other")
    client(stubs.CreateOrganizationRequest(organization=stubs_other))
    other = Clinic(client.named(organization="other"))
    before = client.revision()
    cases = [
        (merge(clinic, other.joe, clinic.jane), NOT_FOUND, "UNKNOWN_RECORD", None),
        (merge(clinic, clinic.joe, other.jane), NOT_FOUND, "UNKNOWN_RECORD", None),
        (merge(clinic, clinic.joe, clinic.joe), INVALID, "INVALID_VALUE", "into_patient_id"),
        (
            merge(clinic, clinic.joe, clinic.jane, into_patient_id="ref:patient-2"),
            INVALID, "INVALID_VALUE", "into_patient_id",
        ),
        (merge(clinic, clinic.joe, clinic.jane, patient_id=""), INVALID, "INVALID_VALUE",
         "patient_id"),
        (merge(clinic, clinic.joe, clinic.jane, reason=""), INVALID, "INVALID_VALUE", "reason"),
        (merge(clinic, clinic.joe, clinic.jane, reason="x" * 501), INVALID, "INVALID_VALUE",
         "reason"),
        (merge(clinic, clinic.joe, clinic.jane, expected_version=-1), INVALID, "INVALID_VALUE",
         "expected_version"),
        (merge(clinic, clinic.joe, clinic.jane, expected_version=2), ABORTED,
         "VERSION_MISMATCH", None),
        (merge(clinic, clinic.joe, clinic.jane, expected_into_version=2), ABORTED,
         "VERSION_MISMATCH", None),
    ]  # fmt: skip
    for request, code, reason, field in cases:
        refusal = client.refusal(request)
        assert (refusal.code, refusal.reason) == (code, reason), request
        if field:
            assert refusal.field == field, request
    assert client.revision() == before, "nothing was stored"

    client(merge(clinic, clinic.joe, clinic.jane))
    elsewhere = client.refusal(merge(clinic, clinic.joe, third))
    assert (elsewhere.code, elsewhere.reason) == (REFUSED, "PATIENT_MERGED")
    assert elsewhere.resource == ("patient", clinic.jane.id)
    circle = client.refusal(merge(clinic, clinic.jane, clinic.joe))
    assert (circle.code, circle.field) == (INVALID, "into_patient_id")
    given = stubs.Patient(name="New", merged_into=clinic.jane.id)
    refusal = client.refusal(stubs.CreatePatientRequest(patient=given))
    assert refusal.field == "patient.merged_into"
    # The other organization has patients of its own, whatever happened here.
    assert other.client(stubs.GetPatientRequest(id=other.joe.id)).patient.merged_into == ""


def test_visits_that_overlap_by_a_merge_are_kept_and_told(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    first = clinic.book(2, 10)
    second = clinic.book(2, 10, patient=clinic.joe, provider_id=clinic.ben.id)
    reply = client(merge(clinic, clinic.joe, clinic.jane))
    assert list(reply.warnings) == [stubs.REASON_PATIENT_OVERLAP]
    for booking in (first, second):
        kept = client(stubs.GetBookingRequest(id=booking.id)).booking
        assert kept.stage == stubs.STAGE_NEW and kept.patient_id == clinic.jane.id


def test_a_watched_board_shows_the_patient_that_stays(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10, patient=clinic.joe)
    date = stubs.LocalDate(
        year=clinic.day(2).year, month=clinic.day(2).month, day=clinic.day(2).day
    )
    request = stubs.WatchBoardRequest(location_id=clinic.location.id, date=date)
    with Watcher(client, request) as watcher:
        watcher.wait_for(client.revision())
        reply = client(merge(clinic, clinic.joe, clinic.jane))
        copy = watcher.wait_for(reply.revision)
        change = copy.messages[-1].change
        assert change.rpc == "PatientService/MergePatients"
        (card,) = change.cards
        assert (card.booking.id, card.patient_name) == (booking.id, "Jane Doe")
        assert card.booking.patient_id == clinic.jane.id


def test_a_merge_outlives_a_restart(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    arguments = ["serve", "--data-dir", str(tmp_path / "data"), "--listen", "127.0.0.1:0"]
    for start in range(2):
        with ServerProcess(binary("slotd"), *arguments) as server:
            with grpc.insecure_channel(server.address) as channel:
                client = Client(channel, stubs)
                if start == 0:
                    clinic = Clinic(client)
                    booking = clinic.book(2, 10, patient=clinic.joe)
                    client(merge(clinic, clinic.joe, clinic.jane, request_id="m-1"))
                else:
                    again = client(merge(clinic, clinic.joe, clinic.jane, request_id="m-1"))
                    assert again.replayed and again.bookings == 1
                    found = client(stubs.GetPatientRequest(id=clinic.joe.id)).patient
                    assert found.id == clinic.jane.id
                    row = client(stubs.GetBookingRequest(id=booking.id)).booking
                    assert row.patient_id == clinic.jane.id
            assert server.stop() == 0, server.output


def test_patients_are_found_however_their_names_are_typed(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    brien = clinic.patient("Sinéad O'Brien")
    jose = clinic.patient("José Núñez-Vega")

    def found(prefix: str) -> list[str]:
        request = stubs.ListPatientsRequest(prefix=prefix, page_size=1)
        return [row.id for row in client.pages(request, "patients")]

    for prefix in ("brien", "O'BR", "obrien", "sinead", "SINÉ", "sinead o"):
        assert found(prefix) == [brien.id], prefix
    for prefix in ("jose", "josé", "nunez", "vega", "jose nu", "nunezv"):
        assert found(prefix) == [jose.id], prefix
    assert found("rien") == [] and found("...") == []
    assert found("patient-1") == [clinic.jane.id]


def test_bookings_are_found_by_words(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    jose = clinic.patient("José Núñez")
    first = clinic.book(2, 10, note="wheelchair; quiet room", external_ref="APPT-9")
    second = clinic.book(3, 10, patient=jose, provider_id=clinic.ben.id)
    third = clinic.book(4, 10, patient=jose, service_id=clinic.consult.id)

    def found(text: str, **conditions: object) -> list[str]:
        request = stubs.ListBookingsRequest(text=text, page_size=1, **conditions)
        return [row.id for row in client.pages(request, "bookings")]

    assert found("") == [first.id, second.id, third.id]
    assert found("jose") == found("NÚÑ") == [second.id, third.id]
    assert found("jose ben") == [second.id] and found("nunez consult") == [third.id]
    assert found("quiet wheel") == [first.id] and found("appt 9") == [first.id]
    assert found("doe lovelace laser") == [first.id]
    assert found("ose") == [] and found("jose doe") == [] and found("!") == []
    assert found("jose", provider_id=clinic.ada.id) == [third.id]
    assert found("jose", **{"from": clinic.at(4, 0)}) == [third.id]
    long = client.refusal(stubs.ListBookingsRequest(text="x" * 201))
    assert (long.code, long.field) == (INVALID, "text")


@pytest.mark.parametrize("view", ["MULTI_PAGE", "SINGLE_PAGE"])
def test_a_draft_is_told_that_its_booking_moved(clinic: Clinic, view: str):
    client, stubs = clinic.client, clinic.stubs
    booking = clinic.book(2, 10)
    draft = client(
        stubs.NewProcedureRequest(
            booking_id=booking.id, view=getattr(stubs, f"PROCEDURE_VIEW_{view}")
        )
    ).procedure
    assert not draft.HasField("booking_rescheduled_at")
    move = stubs.RescheduleBookingRequest(booking_id=booking.id, start=clinic.at(2, 14))
    client(move)
    told = client(stubs.GetProcedureRequest(id=draft.id)).procedure
    assert told.HasField("booking_rescheduled_at") and told.version == draft.version + 1
    assert told.attachment.booking_id == booking.id and told.current_step == draft.current_step
    # A wizard that still shows the old time does not save over it.
    stale = client.refusal(
        stubs.SaveStepRequest(
            procedure_id=draft.id, expected_version=draft.version, step=3, payload=b"x", done=True
        )
    )
    assert (stale.code, stale.reason) == (ABORTED, "VERSION_MISMATCH")
