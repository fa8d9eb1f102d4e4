"""Nothing that identifies a person is ever logged: a daemon that logs all it can is put through
everything, and its output is searched.

What identifies a person is what the proto files mark, and what people write about them: notes,
reasons and payloads.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import pathlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.message import Message
from process import ServerProcess, binary

import test_availability
import test_billing
import test_board_moves
import test_schedules
import test_story
import test_waitlist
from clinic import Clinic
from seeded_people import MARKED, PEOPLE, Person, betrayals
from slotd_client import Client, method_of
from spa import Spa

#: Methods that show or list what is kept about patients: each call leaves a line.
LOOKS = {"search", "read"}


class SeededSpa(Spa):
    """A spa whose patients are seeded people, whatever the tests call them."""

    def patient(self, name: str) -> Message:
        person = PEOPLE[0] if name == "Jane Doe" else PEOPLE[1]
        fields = person.patient(self.stubs, external_ref=f"patient-{next(self._refs)}")
        return self.client(self.stubs.CreatePatientRequest(patient=fields)).patient


@pytest.fixture
def loud(tmp_path: pathlib.Path) -> Iterator[ServerProcess]:
    """A daemon that logs all it can."""
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"),
        "--listen", "127.0.0.1:0", "--log-level", "trace", "--access-log", "all",
    ) as server:  # fmt: skip
        yield server


def access_lines(server: ServerProcess) -> list[dict]:
    return [line for line in map(json.loads, server.log) if "rpc" in line]


def organization(client: Client, name: str) -> Client:
    """A new organization's own client."""
    stubs = client.stubs
    client(
        stubs.CreateOrganizationRequest(
            organization=stubs.Organization(external_ref=name, name=name)
        )
    )
    return client.named(organization=name)


def test_the_option_marks_what_these_tests_seed(stubs: SimpleNamespace):
    """A field that is marked later fails here until it is seeded."""
    marked = set()
    for value in vars(stubs).values():
        if not (isinstance(value, type) and issubclass(value, Message)):
            continue
        for field in value.DESCRIPTOR.fields:
            if field.GetOptions().Extensions[stubs.identifies_person]:
                marked.add(field.full_name)
    assert marked == set(MARKED)
    for attribute in MARKED.values():
        assert all(getattr(person, attribute) for person in PEOPLE)


@pytest.mark.parametrize(
    "line",
    [
        *(f"a line with {word}" for person in PEOPLE for word in person.words),
        '{"token":"WmVidWxvbmlhIFF1aWxsZmVhdGhlcg"}',
        '{"error":"near \\u00d6d\\u00f6n Kr\\u00fcckenwald"}',
        "00 5a6562756c6f6e6961 00",
        "tel 4366 0918 2736 455",
    ],
)
def test_a_line_that_betrays_somebody_would_be_found(line: str):
    assert betrayals([line])


def test_a_full_run_logs_every_call_and_nobodys_name(
    loud: ServerProcess, stubs: SimpleNamespace
):
    """The stories of the other tests, bad input, an import, a search, a watch and an export."""
    with grpc.insecure_channel(loud.address) as channel:
        client = Client(channel, stubs)
        known = _everything_with(organization(client, "desk"), PEOPLE)
        for number, story in enumerate(_stories()):
            story(SeededSpa(organization(client, f"story-{number}")))
        _bad_input(organization(client, "bad"))
        assert loud.stop() == 0, loud.output
    assert betrayals(loud.lines + loud.log) == []
    lines = access_lines(loud)
    told = "\n".join(loud.log)
    missing = [row for row in known if row not in told]
    assert not missing, f"the log should name these records: {missing}"
    assert not [line for line in lines if set(line) - FIELDS]
    rpcs = {line["rpc"] for line in lines}
    looked = {line["rpc"] for line in lines if line["access"] in LOOKS}
    assert rpcs & PATIENT_QUERIES == looked & PATIENT_QUERIES == PATIENT_QUERIES
    assert len(rpcs) > 60, sorted(rpcs)
    for line in lines:
        assert (line["access"] == "change") == _changes(line["rpc"], stubs), line
    assert "access lines dropped" not in told


def _changes(rpc: str, stubs: SimpleNamespace) -> bool:
    """Whether a method changes something: its request may carry a key, or it is the import."""
    if rpc == "unknown":
        return False
    service, name = rpc.split("/")
    file = next(
        value.DESCRIPTOR.file
        for value in vars(stubs).values()
        if isinstance(value, type) and issubclass(value, Message)
        and service in value.DESCRIPTOR.file.services_by_name
    )  # fmt: skip
    method = file.services_by_name[service].methods_by_name[name]
    return name == "Import" or "request_id" in method.input_type.fields_by_name


FIELDS = {
    "at", "level", "message", "rpc", "access", "organization", "actor", "role", "status", "reason",
    "ms", "request_id", "ids",
}  # fmt: skip

PATIENT_QUERIES = {
    "PatientService/GetPatient", "PatientService/ListPatients", "BookingService/GetBooking",
    "BookingService/ListBookings", "BookingService/WatchBooking", "BookingService/ListWaitlist",
    "BoardService/GetBoard", "BoardService/WatchBoard", "ProcedureService/GetProcedure",
    "ProcedureService/ListProcedures", "ProcedureService/ListAttachableBookings",
    "BillingService/ListCharges", "BillingService/ExportCharges", "ExportService/Export",
    "AdminService/ListEvents",
}  # fmt: skip


def _stories() -> list[Callable[[Clinic], None]]:
    """The tests of other files that need a clinic and nothing else, and know no name by heart."""
    modules = (
        test_availability, test_billing, test_board_moves, test_schedules, test_story, test_waitlist,
    )  # fmt: skip
    by_heart = {"test_catalog_is_read_back_as_it_was_written", "test_story_from_the_board"}
    # Those speak to the default organization, or look at all of them.
    wide = {"test_actor_and_organization_are_taken_from_the_metadata"}
    slow = {"test_the_daemon_sweeps_whom_nobody_saw"}
    return [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and name not in by_heart | wide | slow
        and list(inspect.signature(function).parameters) in (["clinic"], ["spa"])
    ]  # fmt: skip


def _everything_with(client: Client, people: list[Person]) -> list[str]:
    """Makes, changes, finds, watches and exports the people and what belongs to them; returns ids
    that the log must have."""
    stubs = client.stubs
    clinic = Clinic(client)
    ids: list[str] = []
    for number, person in enumerate(people):
        patient = client(
            stubs.CreatePatientRequest(
                patient=person.patient(stubs, external_ref=f"p-{number}"),
                request_id=f"create-{number}",
            )
        ).patient
        patient = client(stubs.UpdatePatientRequest(patient=patient)).patient
        for prefix in (*person.name.split(), person.name[:3]):
            client.pages(stubs.ListPatientsRequest(prefix=prefix, page_size=1), "patients")
        client(stubs.GetPatientRequest(id=f"ref:p-{number}"))
        booking = clinic.book(2, 10 + 2 * number, patient=patient, note=person.note)
        booking = clinic.move(booking, "CHECK_IN")
        draft = client(stubs.StartProcedureRequest(booking_id=booking.id)).procedure
        client(
            stubs.SaveStepRequest(
                procedure_id=draft.id, step=3, payload=person.note.encode(), done=True
            )
        )
        client(stubs.CancelProcedureRequest(procedure_id=draft.id, reason=person.note))
        client(stubs.GetProcedureRequest(id=draft.id))
        client(stubs.GetBookingRequest(id=booking.id))
        client(stubs.ListAttachableBookingsRequest(patient_id=patient.id))
        client(
            stubs.CancelBookingRequest(booking_id=booking.id, reason=person.note)
        )  # fmt: skip
        ids += [patient.id, booking.id, draft.id]
    client(stubs.ListProceduresRequest())
    client(stubs.ListChargesRequest())
    client(stubs.ListWaitlistRequest())
    day = clinic.day(2)
    date = stubs.LocalDate(year=day.year, month=day.month, day=day.day)
    board = client(stubs.GetBoardRequest(location_id=clinic.location.id, date=date))
    shown = {card.patient_name for column in board.columns for card in column.cards}
    assert {person.name for person in people} <= shown
    for request in (
        stubs.WatchBoardRequest(location_id=clinic.location.id, date=date),
        stubs.WatchBookingRequest(booking_id=ids[1]),
    ):
        watch = client.stream(request)
        next(watch)
        watch.cancel()
    for kind in stubs.ExportKind.values()[1:]:
        list(client.stream(stubs.ExportRequest(kind=kind)))
    list(client.stream(stubs.ExportChargesRequest()))
    _import(client, clinic, people)
    client(
        stubs.MergePatientsRequest(
            patient_id="ref:i-0", into_patient_id="ref:p-0", reason="two of one"
        )
    )
    client(stubs.GetPatientRequest(id="ref:i-0"))
    _trail(client, ids)
    return ids


def _trail(client: Client, ids: list[str]) -> None:
    """Reads what happened, of all and of each record: people are in there by their ids alone."""
    stubs = client.stubs
    told = []
    for record in ["", *ids]:
        request = stubs.ListEventsRequest(record_id=record, page_size=1000)
        for event in client(request).events:
            told += [
                value
                for change in event.changes
                if change.kind == "patient"
                for field in change.fields
                for value in (field.before, field.after)
            ]
    assert told, "a patient's history names its fields"
    assert betrayals(told) == []
    assert client(stubs.VerifyRequest()).sound


def _import(client: Client, clinic: Clinic, people: list[Person]) -> None:
    """Brings them in under other names, twice, and some of it wrong."""
    stubs = client.stubs
    records = []
    for number, person in enumerate(people):
        records.append({"patient": person.patient(stubs, external_ref=f"i-{number}")})
        records.append({"patient": stubs.Patient(external_ref=f"i-{number}", name=person.name * 50)})
        records.append({"patient": person.patient(stubs)})
        records.append(
            {
                "booking": stubs.ImportBooking(
                    external_ref=f"b-{number}",
                    patient_ref=person.name,
                    location_ref="midtown",
                    service_ref=clinic.laser.id,
                    provider_ref=clinic.ada.id,
                    start=clinic.at(3, 10 + number),
                    end=clinic.at(3, 11 + number),
                    note=person.note,
                )
            }
        )
    path, reply = method_of(stubs.ImportRequest)
    call = client.channel.stream_stream(
        path,
        request_serializer=stubs.ImportRequest.SerializeToString,
        response_deserializer=reply.FromString,
    )
    for _ in range(2):
        requests = [stubs.ImportRequest(sequence=n, **row) for n, row in enumerate(records)]
        answers = list(call(iter(requests), timeout=30, metadata=client.metadata))
        assert len(answers) == len(records)


def _bad_input(client: Client) -> None:
    """Refusals whose messages repeat what was sent, and bytes that are no message."""
    stubs = client.stubs
    clinic = Clinic(client)
    for person in PEOPLE:
        good = stubs.CreatePatientRequest(patient=person.patient(stubs, external_ref=person.name))
        client(good)
        client.refusal(good)
        for bad in (
            stubs.GetPatientRequest(id=person.name),
            stubs.GetPatientRequest(id=f"ref:{person.email}"),
            stubs.GetBookingRequest(id=person.phone),
            stubs.ListPatientsRequest(prefix=person.name * 30),
            stubs.ListPatientsRequest(prefix=person.name, page_token=person.email),
            stubs.CreatePatientRequest(patient=stubs.Patient(name=person.name * 50)),
            stubs.CreatePatientRequest(patient=person.patient(stubs, id=person.name)),
            stubs.UpdatePatientRequest(patient=person.patient(stubs, id=person.email)),
            stubs.CreateBookingRequest(
                patient_id=person.name, booking=clinic.new_booking(2, 10, note=person.note * 100)
            ),
            stubs.CreateBookingRequest(
                patient_id=clinic.jane.id, booking=clinic.new_booking(2, 10, note=person.note * 99)
            ),
        ):
            client.refusal(bad)
        whole = good.SerializeToString()
        for cut in range(1, len(whole), 7):
            with contextlib.suppress(grpc.RpcError):
                client.raw("/slotd.v1.PatientService/CreatePatient", whole[:cut])
        # A caller may put anything into the path and the metadata.
        for path in (f"/slotd.v1.PatientService/{person.email}", f"/{person.email}/Get"):
            with pytest.raises(grpc.RpcError):
                client.raw(path, whole)
        with pytest.raises(grpc.RpcError):
            client.named(organization=person.email)(stubs.ListPatientsRequest())
        with pytest.raises(grpc.RpcError):
            client.named(role=person.email)(stubs.ListPatientsRequest())
        with pytest.raises(grpc.RpcError):
            client.named(actor=person.email * 3)(stubs.ListPatientsRequest())


def test_what_a_line_says(loud: ServerProcess, stubs: SimpleNamespace):
    """Who, in which organization, what, on which records, how it ended and how long it took."""
    with grpc.insecure_channel(loud.address) as channel:
        client = Client(channel, stubs, actor="desk-2", role="manager")
        request = stubs.CreatePatientRequest(
            request_id="key-1", patient=stubs.Patient(name="Pat")
        )
        patient = client(request).patient
        client(stubs.GetPatientRequest(id=patient.id))
        client.refusal(stubs.GetPatientRequest(id="patient_" + "0" * 26))
        own = client(stubs.GetOrganizationRequest()).organization.id
        assert loud.stop() == 0, loud.output
    made, read, refused, asked = access_lines(loud)
    assert {key: made[key] for key in ("message", "access", "rpc", "status", "level")} == {
        "message": "call", "access": "change", "rpc": "PatientService/CreatePatient",
        "status": "OK", "level": "info",
    }  # fmt: skip
    assert (made["request_id"], made["ids"]) == ("key-1", [patient.id])
    assert (made["organization"], made["actor"], made["role"]) == (own, "desk-2", "manager")
    assert 0 < made["ms"] < 30_000
    assert (read["access"], read["ids"]) == ("read", [patient.id])
    assert "request_id" not in read
    assert (refused["status"], refused["reason"]) == ("NOT_FOUND", "UNKNOWN_RECORD")
    assert asked["access"] == "other"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("off", 0),
        # The refusal and the read.
        ("errors", 2),
        # And the first and the eleventh of the others.
        ("1/10", 4),
        ("all", 2 + 20),
    ],
)
def test_how_much_is_logged(
    tmp_path: pathlib.Path, stubs: SimpleNamespace, wish: str, expected: int
):
    """Errors and looks at patients' records always, unless it is off; of the rest what is wished."""
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"),
        "--listen", "127.0.0.1:0", "--access-log", wish,
    ) as server:  # fmt: skip
        with grpc.insecure_channel(server.address) as channel:
            client = Client(channel, stubs)
            for _ in range(20):
                client(stubs.ListLocationsRequest())
            client.refusal(stubs.GetLocationRequest(id="nonsense"))
            client(stubs.ListPatientsRequest())
            assert server.stop() == 0
        assert len(access_lines(server)) == expected, server.output


def test_a_log_that_nobody_reads_stops_no_call(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """Standard error is a pipe that is full: calls are served, and the daemon says later how many
    lines it dropped."""
    process = subprocess.Popen(
        [
            binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"),
            "--listen", f"unix:{tmp_path}/s.sock", "--access-log", "all", "--log-level", "error",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert "ready" in process.stdout.readline()
        with grpc.insecure_channel(f"unix:{tmp_path}/s.sock") as channel:
            client = Client(channel, stubs)
            # 64 KiB are in the pipe after some hundred lines, 1024 notes in the queue after these.
            for _ in range(3000):
                client(stubs.ListPatientsRequest(), timeout=5)
            process.terminate()
            lines = process.stderr.read().splitlines()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    told = [json.loads(line) for line in lines]
    dropped = sum(line["count"] for line in told if line["message"] == "access lines dropped")
    assert dropped > 0
    assert sum("rpc" in line for line in told) + dropped == 3000


def test_damage_is_told_without_names(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """A start and a check on data that somebody has changed name places, not people."""
    data = tmp_path / "data"
    arguments = ("serve", "--data-dir", str(data), "--listen", "127.0.0.1:0")
    with ServerProcess(binary("slotd"), *arguments) as server:
        with grpc.insecure_channel(server.address) as channel:
            _everything_with(Client(channel, stubs), PEOPLE)
        assert server.stop() == 0
    files = [path for path in data.iterdir() if path.suffix == ".db"]
    assert any(PEOPLE[0].name.encode() in path.read_bytes() for path in files)
    output: list[str] = []
    for name, statement in DAMAGES.items():
        copy = tmp_path / name
        shutil.copytree(data, copy)
        with sqlite3.connect(copy / statement[0]) as database:
            assert database.execute(statement[1]).rowcount != 0, name
        database.close()
        check = subprocess.run(
            [binary("slotd"), "verify", "--data-dir", str(copy)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert check.returncode != 0, f"{name}: {check.stdout}"
        output += [name, *check.stdout.splitlines(), *check.stderr.splitlines()]
        start = subprocess.Popen(
            [binary("slotd"), *arguments[:2], str(copy), *arguments[3:], "--log-level", "trace"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        start.stdout.readline()
        start.terminate()
        told, errors = start.communicate(timeout=30)
        output += [*told.splitlines(), *errors.splitlines()]
    assert len(output) > 3 * len(DAMAGES)
    assert betrayals(output) == []


#: A change to a file, each a way in which it might tell a name when it is found.
DAMAGES = {
    "cut": ("journal.db", "UPDATE journal SET payload = substr(payload, 1, length(payload) / 2)"),
    "swapped": (
        "journal.db",
        "UPDATE journal SET payload ="
        " (SELECT payload FROM journal ORDER BY length(payload) DESC LIMIT 1)",
    ),
    "patients": ("tables.db", "UPDATE patients SET record = substr(record, 1, length(record) - 3)"),
    "bookings": ("tables.db", "UPDATE bookings SET record = CAST(x'ff' || record AS BLOB)"),
}
