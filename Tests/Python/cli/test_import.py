"""`slotctl import csv` and `import ndjson` against a daemon: what is stored, what is said of lines
that are wrong, and that nothing is stored for a file that is."""

from __future__ import annotations

import csv
import json
import pathlib
import signal
import subprocess
import threading
from types import SimpleNamespace

import grpc
import pytest
from process import ServerProcess, binary

from clinic import Clinic
from slotctl import counts, slotctl, succeed
from slotd_client import Client

PATIENTS = "external_ref,name,birth_date,phone,email\n"
BOOKINGS = "external_ref,patient_ref,location_ref,provider_ref,service_ref,start,minutes"


def text(ran: subprocess.CompletedProcess[bytes]) -> str:
    return ran.stderr.decode()


def patients(client: Client) -> dict[str, str]:
    rows = client.pages(client.stubs.ListPatientsRequest(page_size=1000), "patients")
    return {row.external_ref: row.name for row in rows}


def bookings(client: Client) -> dict[str, object]:
    rows = client.pages(client.stubs.ListBookingsRequest(), "bookings")
    return {row.external_ref: row for row in rows}


def visit(clinic: Clinic, ref: str, start: str, **fields: object) -> str:
    given = {
        "patient": "patient-1", "location": "midtown", "provider": clinic.ada.id,
        "service": clinic.laser.id, "minutes": 60,
    } | fields  # fmt: skip
    return (
        f"{ref},{given['patient']},{given['location']},{given['provider']},{given['service']},"
        f"{start},{given['minutes']}\n"
    )


@pytest.fixture
def sheet(tmp_path: pathlib.Path):
    """Writes a file, and returns its path."""

    def write(content: str | bytes, name: str = "sheet.csv") -> pathlib.Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_patients_are_created_then_unchanged_then_updated(
    slotd: ServerProcess, client: Client, sheet
) -> None:
    file = sheet(PATIENTS + "a,Ada,1979-06-09,'+49 30,\nb,\"O'Hara, Una\",,,u@example.org\n")
    first = slotctl(slotd, "import", "csv", "patients", file)
    assert first.returncode == 0 and counts(first) == {"patients": [2, 0, 0, 0]}
    stored = client(client.stubs.GetPatientRequest(id="ref:a")).patient
    assert (stored.name, stored.phone, stored.birth_date.year) == ("Ada", "+49 30", 1979)
    before = client.revision()
    again = slotctl(slotd, "import", "csv", "patients", file)
    assert counts(again) == {"patients": [0, 0, 2, 0]} and client.revision() == before
    assert "Nothing was changed." in text(again)
    file = sheet(b"\xef\xbb\xbfNAME,external_ref\r\nAda L,a\r\n\r\n")
    changed = slotctl(slotd, "import", "csv", "patients", file)
    assert counts(changed) == {"patients": [0, 1, 0, 0]}
    assert patients(client) == {"a": "Ada L", "b": "O'Hara, Una"}


def test_bookings_are_where_the_file_says(slotd: ServerProcess, clinic: Clinic, sheet) -> None:
    """Local times are the location's; a file may come from stdin."""
    content = (
        BOOKINGS + ",stage\n"
        + visit(clinic, "x", "2025-07-01 09:00").rstrip() + ",checkout\n"
        + visit(clinic, "y", "2025-07-01T14:00:00+01:00", provider=clinic.ben.id).rstrip() + ",\n"
    )  # fmt: skip
    ran = slotctl(slotd, "import", "csv", "bookings", "-", stdin=content.encode())
    assert ran.returncode == 0, text(ran)
    found = bookings(clinic.client)
    assert found["x"].start.ToJsonString() == "2025-07-01T13:00:00Z"
    assert found["x"].stage == clinic.stubs.STAGE_CHECKOUT
    assert found["y"].start.ToJsonString() == "2025-07-01T13:00:00Z"
    assert found["y"].stage == clinic.stubs.STAGE_NEW


def test_procedures_are_attached(slotd: ServerProcess, clinic: Clinic, sheet) -> None:
    succeed(
        slotd, "import", "csv", "bookings",
        sheet(BOOKINGS + "\n" + visit(clinic, "x", "2025-07-01 09:00")),
    )  # fmt: skip
    heading = "external_ref,patient_ref,booking_ref,procedure_type_ref,started_at,status\n"
    row = f"p,patient-1,x,{clinic.hair_removal.id},2025-07-01 09:05,in-progress\n"
    file = sheet(heading + row)
    vague = slotctl(slotd, "import", "csv", "procedures", file)
    assert vague.returncode == 1
    assert "line 2, column started_at: “2025-07-01 09:05” is local time" in text(vague)
    succeed(slotd, "import", "csv", "procedures", file, "--time-zone", "America/New_York")
    stubs = clinic.stubs
    procedure = clinic.client(stubs.GetProcedureRequest(id="ref:p")).procedure
    assert procedure.status == stubs.PROCEDURE_STATUS_IN_PROGRESS
    assert procedure.started_at.ToJsonString() == "2025-07-01T13:05:00Z"


def test_what_cannot_have_been_yet_is_refused_by_its_column(
    slotd: ServerProcess, clinic: Clinic, sheet
) -> None:
    """A stage of a visit to come, a time after now; a plain stage has been since before now."""
    soon = f"{clinic.day(2)} 09:00"
    row = visit(clinic, "x", soon).rstrip()
    for heading, cell, said in (
        ("stage", "checkout", "column stage: Checkout of a visit that is still to come must say since"),
        ("stage", "no-show", "column stage: the visit is still to come (NOT_STARTED_YET)"),
        ("history", f'"new,{clinic.day(1)} 09:00"', "column history: lies in the future"),
        ("booked_at", f"{clinic.day(1)} 09:00", "column booked_at: lies in the future"),
    ):  # fmt: skip
        file = sheet(f"{BOOKINGS},{heading}\n{row},{cell}\n")
        ran = slotctl(slotd, "import", "csv", "bookings", file)
        assert ran.returncode == 1 and f"line 2, {said}" in text(ran), text(ran)
    assert bookings(clinic.client) == {}
    file = sheet(f"{BOOKINGS},stage\n{row},confirmed\n")
    for outcome in ([1, 0, 0, 0], [0, 0, 1, 0]):
        assert counts(slotctl(slotd, "import", "csv", "bookings", file)) == {"bookings": outcome}
    stored = bookings(clinic.client)["x"]
    now = clinic.client(clinic.stubs.GetClockRequest()).clock.now
    assert stored.stage == clinic.stubs.STAGE_CONFIRMED
    assert all(change.at.ToNanoseconds() <= now.ToNanoseconds() for change in stored.stage_history)


def test_a_procedure_is_refused_by_its_column_alone(
    slotd: ServerProcess, clinic: Clinic, sheet
) -> None:
    """No path of a field that the file does not have."""
    succeed(
        slotd, "import", "csv", "bookings",
        sheet(BOOKINGS + "\n" + visit(clinic, "x", "2025-07-01 09:00")),
    )  # fmt: skip
    heading = (
        "external_ref,patient_ref,booking_ref,procedure_type_ref,started_at,status,segment,"
        "signed_by,signed_at\n"
    )
    for cells, said in (
        ("signed,1,,", "column signed_by: is there if and only if it is signed"),
        ("completed,2,,", "column segment: the booking has 1"),
    ):  # fmt: skip
        row = f"p,patient-1,x,{clinic.hair_removal.id},2025-07-01T09:05:00Z,{cells}\n"
        ran = slotctl(slotd, "import", "csv", "procedures", sheet(heading + row))
        assert ran.returncode == 1 and f"line 2, {said} (INVALID_VALUE)" in text(ran), text(ran)
    row = "p,patient-1,x,,2025-07-01T09:05:00Z,completed,1,,\n"
    ran = slotctl(slotd, "import", "csv", "procedures", sheet(heading + row))
    assert "line 2, column procedure_type_ref: is missing" in text(ran), text(ran)


def test_a_file_that_cannot_be_read_stores_nothing(
    slotd: ServerProcess, clinic: Clinic, sheet
) -> None:
    """Each wrong line is told by number and column, and good lines before it are not sent."""
    good = visit(clinic, "good", "2025-07-01 09:00")
    wrong = {
        "2026-03-08 02:30": "line 3, column start: 2026-03-08 02:30 does not exist in America/New_York",
        "2026-11-01 01:30": "line 3, column start: 2026-11-01 01:30 happens twice in America/New_York",
        "next week": "line 3, column start: “next week” is no time",
        "": "line 3, column start: is empty",
    }
    before = clinic.client.revision()
    for start, message in wrong.items():
        file = sheet(BOOKINGS + "\n" + good + visit(clinic, "bad", start))
        ran = slotctl(slotd, "import", "csv", "bookings", file)
        assert ran.returncode == 1, start
        assert message in text(ran)
        assert "nothing was imported: 1 line cannot be read, the first one is line 3" in text(ran)
    for content in ("", BOOKINGS + ",colour\n", "external_ref\n", b"\xff\xfe\x00a,\n", '"open\n'):
        ran = slotctl(slotd, "import", "csv", "bookings", sheet(content))
        assert ran.returncode == 1 and ran.stdout == b"", content
    ran = slotctl(slotd, "import", "csv", "bookings", "/nonexistent.csv")
    assert ran.returncode == 1 and "/nonexistent.csv cannot be read" in text(ran)
    assert slotctl(slotd, "import", "csv", "bookings").returncode == 64
    assert slotctl(slotd, "import", "csv", "spells", "x").returncode == 64
    assert clinic.client.revision() == before


def test_the_import_stops_at_the_first_line_that_is_refused(
    slotd: ServerProcess, client: Client, sheet
) -> None:
    """What stands before it is stored, and not one of the many after it."""
    rows = [f"p{n},Patient {n}\n" for n in range(600)]
    rows[300] = "p300," + "x" * 201 + "\n"
    ran = slotctl(slotd, "import", "csv", "patients", sheet("external_ref,name\n" + "".join(rows)))
    assert ran.returncode == 1
    assert "line 302, column name: " in text(ran)
    assert "stopped at line 302" in text(ran)
    assert counts(ran) == {"patients": [300, 0, 0, 1]}
    assert set(patients(client)) == {f"p{n}" for n in range(300)}


def test_with_continue_on_error_wrong_lines_are_passed_over(
    slotd: ServerProcess, clinic: Clinic, sheet, tmp_path: pathlib.Path
) -> None:
    """They are listed in a file of their own, which is safe to open in a spreadsheet."""
    content = (
        BOOKINGS + "\n" + visit(clinic, "a", "2025-07-01 09:00") + visit(clinic, "=b", "whenever")
        + visit(clinic, "c", "2025-07-01 09:30") + visit(clinic, "d", "2025-07-01 10:00", patient="nobody")
        + visit(clinic, "e", "2025-07-01 10:00")
    )  # fmt: skip
    errors = tmp_path / "errors.csv"
    file = sheet(content)
    ran = slotctl(
        slotd, "import", "csv", "bookings", file, "--continue-on-error", "--errors", errors
    )
    assert ran.returncode == 1 and counts(ran) == {"bookings": [2, 0, 0, 3]}
    assert "3 lines were refused" in text(ran)
    rows = list(csv.DictReader(errors.open(newline="")))
    assert [(row["line"], row["column"], row["external_ref"], row["reason"]) for row in rows] == [
        ("3", "start", "'=b", "INVALID_VALUE"), ("4", "", "c", "SLOT_TAKEN"),
        ("5", "patient_ref", "d", "UNKNOWN_RECORD"),
    ]  # fmt: skip
    found = bookings(clinic.client)
    assert set(found) == {"a", "e"}
    assert rows[1]["blocking"] == f"{found['a'].id} from line 2"
    before = clinic.client.revision()
    again = slotctl(slotd, "import", "csv", "bookings", file, "--continue-on-error")
    assert counts(again) == {"bookings": [0, 0, 2, 3]} and clinic.client.revision() == before


def test_a_dry_run_says_what_would_be_and_stores_nothing(
    slotd: ServerProcess, client: Client, sheet, tmp_path: pathlib.Path
) -> None:
    succeed(slotd, "import", "csv", "patients", sheet(PATIENTS + "a,Ada,,,\nb,Ben,,,\n"))
    before = client.revision()
    content = PATIENTS + "a,Ada,,,\nb,Benjamin,,,\nc,Cyd,,,\nd," + "x" * 201 + ",,,\ne,,,,\n"
    ran = slotctl(slotd, "import", "csv", "patients", sheet(content), "--dry-run")
    assert ran.returncode == 1 and counts(ran) == {"patients": [1, 1, 1, 2]}
    assert "line 5, column name: " in text(ran) and "line 6, column name: is empty" in text(ran)
    assert "Nothing was stored: this was a dry run." in text(ran)
    assert "2 lines would be refused" in text(ran)
    good = slotctl(slotd, "import", "csv", "patients", sheet(PATIENTS + "z,Zoe,,,\n"), "--dry-run")
    assert good.returncode == 0 and counts(good) == {"patients": [1, 0, 0, 0]}
    place = tmp_path / "place"
    both = slotctl(
        slotd, "import", "csv", "patients", sheet(content), "--dry-run", "--resume", place
    )
    assert both.returncode == 64 and not place.exists()
    assert client.revision() == before


def test_columns_are_listed(slotd: ServerProcess) -> None:
    """The names in the list are those that a heading may have."""
    for kind, needed in {
        "patients": ["external_ref", "name"],
        "bookings": BOOKINGS.split(",")[:-1],
        "procedures": [
            "external_ref", "patient_ref", "booking_ref", "procedure_type_ref", "started_at",
        ],
    }.items():  # fmt: skip
        listed = json.loads(succeed(slotd, "import", "csv", kind, "--columns", "-o", "json"))
        rows = listed["columns"]
        assert [row["column"] for row in rows if row["needed"]] == needed
        heading = ",".join(row["column"] for row in rows) + "\n"
        ran = slotctl(slotd, "import", "csv", kind, "-", stdin=heading.encode())
        assert ran.returncode == 0, text(ran)


def test_ndjson_takes_records_of_any_kind(slotd: ServerProcess, clinic: Clinic, sheet) -> None:
    lines = [
        {"patient": {"externalRef": "new", "name": "New"}},
        {"booking": {
            "externalRef": "n", "patientRef": "new", "locationRef": "midtown",
            "providerRef": clinic.ada.id, "serviceRef": clinic.laser.id,
            "start": "2025-07-01T13:00:00Z", "end": "2025-07-01T14:00:00Z",
        }},
    ]  # fmt: skip
    content = "\n".join(json.dumps(line) for line in lines)
    before = clinic.client.revision()
    for bad in ("{}", "nonsense", '{"patient":{"nmae":"x"}}', '{"spell":{}}'):
        ran = slotctl(slotd, "import", "ndjson", sheet(content + "\n" + bad + "\n"))
        assert ran.returncode == 1 and "line 3: it " in text(ran), bad
    assert clinic.client.revision() == before
    ran = slotctl(slotd, "import", "ndjson", sheet(content))
    assert ran.returncode == 0, text(ran)
    assert counts(ran) == {"patients": [1, 0, 0, 0], "bookings": [1, 0, 0, 0]}


def _serve(directory: pathlib.Path) -> ServerProcess:
    return ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(directory / "data"),
        "--listen", f"unix:{directory}/slotd.sock", "--listen", "127.0.0.1:0",
    )  # fmt: skip


def test_an_import_whose_daemon_was_killed_goes_on_from_its_place(
    tmp_path: pathlib.Path, stubs: SimpleNamespace
) -> None:
    """The place is what was answered: durable then, and not sent again."""
    count = 20_000
    file, place, errors = tmp_path / "many.csv", tmp_path / "place", tmp_path / "errors.csv"
    rows = [f"p{n},Patient {n}\n" for n in range(count)]
    rows[7] = "p7," + "x" * 201 + "\n"
    file.write_text("external_ref,name\n" + "".join(rows))
    words = [
        "import", "csv", "patients", file, "--resume", place, "--continue-on-error",
        "--errors", errors,
    ]  # fmt: skip
    with _serve(tmp_path) as server:
        address = server.unix_address
        command = [binary("slotctl"), *map(str, words), "--server", address]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = []
        for line in running.stderr:
            said.append(line.decode())
            if "Importing 20 %" in said[-1]:
                server.send(signal.SIGKILL)
                break
        rest = threading.Thread(target=lambda: said.extend(map(bytes.decode, running.stderr)))
        rest.start()
        assert running.wait(60) == 6, said
        rest.join()
        server.kill()
    answered = json.loads(place.read_text())["records"]
    assert count // 5 <= answered < count
    assert f"after {answered} of {count} records" in "".join(said)
    with _serve(tmp_path) as server, grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        assert len(patients(client)) >= answered - 1

        # The records before the place must be the same; what follows may be another's.
        changed = tmp_path / "other.csv"
        changed.write_text(file.read_text().replace("Patient 3\n", "Patient three\n"))
        other = slotctl(
            server, "import", "csv", "patients", changed, "--resume", place,
            "--continue-on-error",
        )  # fmt: skip
        assert other.returncode == 1 and "remove it to begin anew" in text(other)
        elsewhere = slotctl(server, *words, organization="elsewhere")
        assert elsewhere.returncode == 1 and "belongs to an import into" in text(elsewhere)

        ran = slotctl(server, *words)
        assert ran.returncode == 0, text(ran)
        created, updated, unchanged, refused = counts(ran)["patients"]
        assert (created + unchanged, updated, refused) == (count - answered, 0, 0)
        assert not place.exists()
        assert len(patients(client)) == count - 1
        assert [row["line"] for row in csv.DictReader(errors.open(newline=""))] == ["9"]


def test_a_stopped_import_goes_on_at_the_mended_line(
    slotd: ServerProcess, client: Client, sheet, tmp_path: pathlib.Path
) -> None:
    place = tmp_path / "place"
    good = [f"p{n},Patient {n}\n" for n in range(50)]
    bad = good.copy()
    bad[40] = "p40," + "x" * 201 + "\n"
    words = ["import", "csv", "patients"]
    ran = slotctl(
        slotd, *words, sheet("external_ref,name\n" + "".join(bad)), "--resume", place
    )
    assert ran.returncode == 1 and json.loads(place.read_text())["records"] == 40
    ran = slotctl(
        slotd, *words, sheet("external_ref,name\n" + "".join(good)), "--resume", place
    )
    assert ran.returncode == 0 and counts(ran) == {"patients": [10, 0, 0, 0]}
    assert len(patients(client)) == 50 and not place.exists()
    place.write_text("no place\n")
    ran = slotctl(slotd, *words, sheet("external_ref,name\n"), "--resume", place)
    assert ran.returncode == 1 and "keeps no import's place" in text(ran)
