"""The audit trail: what ListEvents tells, what it does not, and that tampering is found."""

from __future__ import annotations

import json
import pathlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from process import ServerProcess, binary

from clinic import Clinic
from slotd_client import Client

DAY = 2


def events(client: Client, **fields: object) -> list[Message]:
    return client.pages(client.stubs.ListEventsRequest(**fields), "events")


def moment(time: Timestamp, milliseconds: int = 0) -> Timestamp:
    whole = time.ToMilliseconds() + milliseconds
    moved = Timestamp()
    moved.FromMilliseconds(whole)
    return moved


def played(clinic: Clinic) -> Message:
    """A visit that is booked, moved, attached, and cancelled by another actor; then the booking."""
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9, note="bring the file")
    booking = clinic.move(booking, "CHECK_IN")
    started = clinic.client(
        stubs.StartProcedureRequest(
            booking_id=booking.id, view=stubs.PROCEDURE_VIEW_SINGLE_PAGE, request_id="start-1"
        )
    )
    clinic.client.named(actor="boss")(
        stubs.DetachBookingRequest(procedure_id=started.procedure.id, reason="wrong visit")
    )
    return clinic.client(stubs.GetBookingRequest(id=booking.id)).booking


def test_every_revision_is_there_once_in_order_and_linked(clinic: Clinic):
    played(clinic)
    found = events(clinic.client, page_size=3)
    assert [event.revision for event in found] == list(range(1, clinic.client.revision() + 1))
    assert all(len(event.link) == 32 for event in found)
    assert len({event.link for event in found}) == len(found)
    backwards = events(clinic.client, page_size=4, newest_first=True)
    assert backwards == found[::-1]
    assert found[0].changes[0].kind == "org"


def test_conditions_choose(clinic: Clinic):
    played(clinic)
    found = events(clinic.client)
    assert {event.actor for event in found} == {"slotd", "anonymous", "boss"}
    for fields, expected in [
        ({"actor": "boss"}, lambda e: e.actor == "boss"),
        ({"rpc": "BookingService/CreateBooking"}, lambda e: e.rpc.endswith("/CreateBooking")),
        ({"with_request_id": "start-1"}, lambda e: e.request_id == "start-1"),
        ({"actor": "nobody"}, lambda e: False),
    ]:
        for order in [False, True]:
            chosen = events(clinic.client, newest_first=order, page_size=2, **fields)
            wanted = [event for event in found if expected(event)]
            assert chosen == (wanted[::-1] if order else wanted), fields
    start, end = found[5].at, found[-2].at
    chosen = events(clinic.client, **{"from": start, "to": end})
    keys = [event.at.ToMilliseconds() for event in found]
    assert [event.revision for event in chosen] == [
        event.revision
        for event, at in zip(found, keys, strict=True)
        if start.ToMilliseconds() <= at < end.ToMilliseconds()
    ]
    assert events(clinic.client, **{"from": moment(found[-1].at, 1)}) == []
    assert events(clinic.client, to=found[0].at) == []


def test_a_bookings_history_tells_each_field_and_its_attachments(clinic: Clinic):
    booking = played(clinic)
    history = events(clinic.client, record_id=booking.id)
    assert [event.rpc.split("/")[1] for event in history] == [
        "CreateBooking", "MoveBooking", "StartProcedure", "DetachBooking",
    ]  # fmt: skip
    stages = []
    for event in history:
        for change in event.changes:
            if change.record_id != booking.id:
                continue
            for field in change.fields:
                if field.field == "stage":
                    stages.append((field.before, field.after))
    assert stages[:3] == [
        ("", '"STAGE_NEW"'), ('"STAGE_NEW"', '"STAGE_CHECK_IN"'),
        ('"STAGE_CHECK_IN"', '"STAGE_IN_PROCEDURE"'),
    ]  # fmt: skip
    assert history[3].reason == "wrong visit" and history[3].actor == "boss"
    attachments = [
        change for event in history for change in event.changes if change.kind == "attachment"
    ]
    assert len(attachments) == 2 and all(change.fields for change in attachments)
    versions = [
        (change.before_version, change.after_version)
        for event in history
        for change in event.changes
        if change.record_id == booking.id
    ]
    assert versions[0] == (0, 1) and versions[-1][1] == booking.version
    assert all(before + 1 == after for before, after in versions)
    for event in history:
        for change in event.changes:
            for field in change.fields:
                for value in [field.before, field.after]:
                    assert not value or json.loads(value) is not None


def test_what_identifies_a_person_is_never_told(clinic: Clinic):
    stubs = clinic.stubs
    secrets = ["Zebulon Quagmire", "+1 212 555 0199", "zeb@example.org"]
    patient = clinic.client(
        stubs.CreatePatientRequest(
            patient=stubs.Patient(
                name=secrets[0], phone=secrets[1], email=secrets[2], external_ref="zeb",
                birth_date=stubs.LocalDate(year=1901, month=2, day=3),
            )
        )
    ).patient  # fmt: skip
    patient.name = "Zebulon Quagmire Jr."
    patient.phone = ""
    clinic.client(stubs.UpdatePatientRequest(patient=patient))
    clinic.book(DAY, 9, patient=patient)
    history = events(clinic.client, record_id=patient.id)
    assert len(history) == 2
    changed = {field.field: field for field in history[1].changes[0].fields}
    assert changed["name"].redacted and changed["phone"].redacted
    assert set(changed) == {"version", "name", "phone"}
    everything = b"".join(
        event.SerializeToString()
        for record in ["", patient.id]
        for event in events(clinic.client, record_id=record)
    )
    for secret in [*secrets, "Quagmire", "1901"]:
        assert secret.encode() not in everything


def test_a_deleted_booking_keeps_its_history(clinic: Clinic):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9)
    clinic.client(stubs.DeleteBookingRequest(booking_id=booking.id, reason="mistaken"))
    history = events(clinic.client, record_id=booking.id)
    assert [event.rpc.split("/")[1] for event in history] == ["CreateBooking", "DeleteBooking"]
    removal = next(c for c in history[1].changes if c.record_id == booking.id)
    assert removal.removed and removal.after_version == 0 and removal.before_version == 1
    assert {field.after for field in removal.fields} == {""}


def test_organizations_see_their_own_trail_alone(clinic: Clinic):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9)
    clinic.client(
        stubs.CreateOrganizationRequest(
            organization=stubs.Organization(external_ref="other", name="Other")
        )
    )
    other = clinic.client.named(organization="other")
    Clinic(other)
    assert events(other, record_id=booking.id) == []
    mine = {change.record_id for event in events(clinic.client) for change in event.changes}
    theirs = {change.record_id for event in events(other) for change in event.changes}
    assert not mine & theirs
    anchor = other(stubs.VerifyRequest()).anchor
    assert clinic.client(stubs.VerifyRequest(anchors=[anchor])).sound


def test_bad_requests_are_refused_and_say_where(clinic: Clinic):
    stubs = clinic.stubs
    for request, field in [
        (stubs.ListEventsRequest(record_id="nonsense"), "record_id"),
        (stubs.ListEventsRequest(page_size=1001), "page_size"),
        (stubs.ListEventsRequest(page_size=-1), "page_size"),
        (stubs.ListEventsRequest(page_token="x"), "page_token"),
        (stubs.ListEventsRequest(actor="x" * 300), "actor"),
        (stubs.ListEventsRequest(to=Timestamp(seconds=1 << 60)), "to"),
        (stubs.VerifyRequest(anchors=["slotd-anchor 2"]), "anchors[0]"),
        (stubs.VerifyRequest(anchors=[""] * 1001), "anchors"),
    ]:
        refusal = clinic.client.refusal(request)
        assert (refusal.code, refusal.field) == (grpc.StatusCode.INVALID_ARGUMENT, field), request


# Tampering: the daemon is stopped, its directory copied, and the copy changed.


@pytest.fixture
def stopped(slotd: ServerProcess, clinic: Clinic, tmp_path: pathlib.Path) -> tuple[str, str]:
    """A daemon's directory after some changes, and its anchor. The daemon has stopped."""
    played(clinic)
    reply = clinic.client(clinic.stubs.VerifyRequest())
    assert reply.sound and reply.events == reply.revision and reply.bookings == 1
    assert slotd.stop() == 0
    return str(tmp_path / "data"), reply.anchor


def verify(directory: pathlib.Path, *anchors: str) -> tuple[int, str]:
    arguments = [word for anchor in anchors for word in ["--anchor", anchor]]
    done = subprocess.run(
        [binary("slotd"), "verify", "--data-dir", str(directory), *arguments],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def tampered(source: str, target: pathlib.Path, change: str, *, forget: bool = False) -> None:
    """Copies a directory and runs SQL on the copy's journal; forgets what else vouches for it."""
    shutil.copytree(source, target)
    with sqlite3.connect(target / "journal.db") as journal:
        journal.executescript(change)
    journal.close()
    if forget:
        for name in ["journal.mark", "tables.db"]:
            (target / name).unlink()


REORDER = """
    CREATE TABLE copy AS SELECT * FROM journal WHERE sequence IN (8, 9);
    UPDATE journal AS j SET
        at_unix_ms = (SELECT at_unix_ms FROM copy WHERE sequence = 17 - j.sequence),
        actor = (SELECT actor FROM copy WHERE sequence = 17 - j.sequence),
        rpc = (SELECT rpc FROM copy WHERE sequence = 17 - j.sequence),
        payload = (SELECT payload FROM copy WHERE sequence = 17 - j.sequence),
        hash = (SELECT hash FROM copy WHERE sequence = 17 - j.sequence)
    WHERE sequence IN (8, 9);
    DROP TABLE copy
"""


@pytest.mark.parametrize(
    ("change", "needs_anchor"),
    [
        ("UPDATE journal SET actor = 'nobody' WHERE sequence = 7", False),
        ("UPDATE journal SET at_unix_ms = at_unix_ms - 60000 WHERE sequence = 7", False),
        (REORDER, False),
        ("DELETE FROM journal WHERE sequence > (SELECT max(sequence) - 2 FROM journal)", True),
    ],
    ids=["changed", "backdated", "reordered", "truncated"],
)
def test_a_tampered_copy_is_found_by_slotd_verify_and_by_the_call(
    stopped: tuple[str, str], tmp_path: pathlib.Path, stubs, change: str, needs_anchor: bool
):
    directory, anchor = stopped
    copy = tmp_path / "copy"
    # Whoever can write to the journal can take away what else vouches for it.
    tampered(directory, copy, change, forget=True)
    if needs_anchor:
        assert verify(copy)[0] == 0
    else:
        assert verify(copy)[0] == 7
    code, output = verify(copy, anchor)
    assert code == 7 and "revision" in output
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(copy), "--listen", "127.0.0.1:0"
    ) as server:
        with grpc.insecure_channel(server.address) as channel:
            client = Client(channel, stubs)
            assert client(stubs.VerifyRequest()).sound == needs_anchor
            reply = client(stubs.VerifyRequest(anchors=[anchor]))
            assert not reply.sound and reply.findings
            slotctl = [binary("slotctl"), "--server", server.address, "audit", "verify"]
            done = subprocess.run([*slotctl, "--anchor", anchor], capture_output=True, text=True)
            assert done.returncode == 7, done
            assert done.stdout.splitlines()[0] == reply.findings[0]
        server.stop()


def test_a_truncated_copy_is_found_by_the_mark_alone(stopped: tuple[str, str], tmp_path):
    directory, _ = stopped
    copy = tmp_path / "copy"
    tampered(directory, copy, "DELETE FROM journal WHERE sequence > 10")
    code, output = verify(copy)
    assert code == 7 and "acknowledged" in output


def test_the_untouched_copy_is_sound_with_its_anchor(stopped: tuple[str, str], tmp_path):
    directory, anchor = stopped
    file = tmp_path / "anchors"
    file.write_text(f"# kept elsewhere\n\n{anchor}\n")
    copy = tmp_path / "copy"
    shutil.copytree(directory, copy)
    assert verify(copy, anchor, str(file)) == (0, "sound\n")
    code, output = verify(copy, "nonsense")
    assert code == 78 and "neither an anchor nor a file" in output


# The admin's commands.


@pytest.fixture
def slotctl(slotd: ServerProcess) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binary("slotctl"), "--server", slotd.address, *arguments],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    yield run


def test_slotctl_lists_verifies_anchors_and_tells_histories(clinic: Clinic, slotctl, tmp_path):
    booking = played(clinic)
    listed = slotctl("audit", "list", "-o", "json", "--by", "boss")
    assert listed.returncode == 0, listed.stderr
    assert [event["actor"] for event in json.loads(listed.stdout)["events"]] == ["boss"]
    everything = slotctl("audit", "list", "--limit", "1000").stdout.splitlines()
    assert len(everything) == clinic.client.revision()
    assert everything[0].split("\t")[0] == str(clinic.client.revision())

    anchor = slotctl("audit", "anchor")
    assert anchor.stdout.startswith("slotd-anchor 1 org_")
    (tmp_path / "anchors").write_text(anchor.stdout)
    clinic.book(DAY, 13)
    sound = slotctl("audit", "verify", "--anchor-file", str(tmp_path / "anchors"))
    assert (sound.returncode, sound.stdout) == (0, ""), sound
    wrong = anchor.stdout.strip()[:-1] + ("0" if anchor.stdout.strip()[-1] != "0" else "1")
    found = slotctl("audit", "verify", "-o", "table", "--anchor", wrong)
    assert found.returncode == 7 and "when the anchor was made" in found.stdout, found

    told = slotctl("booking", "history", booking.id, "-o", "table").stdout
    assert "BookingService/CreateBooking by anonymous" in told
    assert "stage: STAGE_NEW → STAGE_CHECK_IN" in told
    assert "ProcedureService/DetachBooking by boss: wrong visit" in told
    assert "state: ATTACHMENT_STATE_ACTIVE → ATTACHMENT_STATE_DETACHED" in told


def test_slotctl_tells_of_attachments_that_were_superseded(clinic: Clinic, slotctl):
    stubs = clinic.stubs
    first, second = clinic.book(DAY, 9), clinic.book(DAY, 11)
    moved = clinic.move(first, "CHECK_IN")
    procedure = clinic.client(
        stubs.StartProcedureRequest(
            booking_id=moved.id, view=stubs.PROCEDURE_VIEW_SINGLE_PAGE
        )
    ).procedure
    clinic.client(
        stubs.ReattachBookingRequest(
            procedure_id=procedure.id,
            from_booking_id=first.id,
            to_booking_id=second.id,
            reason="the later visit",
        )
    )
    told = slotctl("procedure", "history", procedure.id, "-o", "table").stdout
    assert "state: ATTACHMENT_STATE_ACTIVE → ATTACHMENT_STATE_SUPERSEDED" in told
    assert "the later visit" in told
    shown = slotctl("procedure", "show", procedure.id, "-o", "table").stdout
    assert f"was attached to {first.id}" in shown and "then reattached" in shown
