"""The test clock: a portal's own tests set the time, and nobody else can (README, "Test your portal
against slotd")."""

from __future__ import annotations

import pathlib
import subprocess
import time
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from process import ServerProcess, binary

from practice import START, TEN, Practice, seconds, serve
from slotd_client import Client

USAGE, CONFIGURATION = 64, 78
REFUSED = grpc.StatusCode.FAILED_PRECONDITION
INVALID = grpc.StatusCode.INVALID_ARGUMENT


def refused(data: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Starts slotd where it must end by itself."""
    done = subprocess.run(
        [binary("slotd"), "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0", *arguments],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert "Fatal error" not in done.stderr and "ready" not in done.stdout
    return done


def slotctl(server: ServerProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary("slotctl"), "--server", server.address, *arguments],
        capture_output=True, text=True, timeout=30, env={"HOME": "/nonexistent"},
    )  # fmt: skip


@pytest.fixture
def client(tmp_path: pathlib.Path, stubs: SimpleNamespace) -> Iterator[Client]:
    with serve(tmp_path / "data", f"--test-clock={START}") as server:
        with grpc.insecure_channel(server.address) as channel:
            yield Client(channel, stubs)
        assert server.stop() == 0, server.output


def test_a_hold_ends_exactly_at_its_instant(client: Client):
    practice = Practice(client)
    held = practice.hold(owner="web", ttl_seconds=300)
    assert held.expires_at.seconds == seconds(START) + 300
    practice.advance(299.999)
    assert client.refusal(practice.booking()).reason == "SLOT_HELD"
    assert TEN.seconds not in practice.starts()
    assert practice.advance(0.001) == held.expires_at
    assert TEN.seconds in practice.starts()
    client(practice.booking())


def test_notice_runs_out_and_the_horizon_opens(client: Client):
    practice = Practice(client, notice_minutes=60)
    practice.advance("2026-03-02T09:00:00+00:00")
    assert practice.starts()[0] == TEN.seconds
    practice.advance(0.001)
    assert client.refusal(practice.booking()).reason == "TOO_SOON"
    assert practice.starts()[0] == TEN.seconds + 1800

    far = Timestamp(seconds=seconds("2027-04-07T10:00:00+00:00"))
    practice.advance("2026-03-02T23:59:59+00:00")
    assert client.refusal(practice.booking(far)).reason == "TOO_FAR"
    practice.advance("2026-03-03T00:00:00+00:00")
    client(practice.booking(far))


def test_who_does_not_come_is_a_no_show_when_the_grace_is_over(client: Client):
    stubs = client.stubs
    profile = client(stubs.GetOrganizationRequest()).organization
    profile.no_show_sweep_minutes = 20
    client(stubs.UpdateOrganizationRequest(organization=profile))
    practice = Practice(client)
    booking = client(practice.booking()).booking

    def stage() -> int:
        return client(stubs.GetBookingRequest(id=booking.id)).booking.stage

    practice.advance("2026-03-02T10:19:59+00:00")
    assert stage() == stubs.STAGE_NEW
    practice.advance(1)
    assert stage() == stubs.STAGE_NO_SHOW


def test_an_offer_that_is_not_taken_goes_on_before_the_reply(client: Client):
    practice, stubs = Practice(client), client.stubs
    booking = client(practice.booking()).booking
    joe = client(stubs.CreatePatientRequest(patient=stubs.Patient(name="Joe"))).patient
    entries = []
    for patient in (practice.jane, joe):
        wish = stubs.WaitlistEntry(
            patient_id=patient.id, location_id=practice.location.id, offer_seconds=600,
            segments=[stubs.SegmentRequest(service_id=practice.service.id)],
            earliest=TEN, latest=Timestamp(seconds=TEN.seconds + 60),
        )  # fmt: skip
        practice.advance(1)  # who joins first comes first
        entries.append(client(stubs.JoinWaitlistRequest(entry=wish)).entry)
    client(stubs.CancelBookingRequest(booking_id=booking.id))

    def states() -> list[int]:
        rows = client(stubs.ListWaitlistRequest(location_id=practice.location.id)).entries
        by_id = {row.id: row.status for row in rows}
        return [by_id[entry.id] for entry in entries]

    waiting, offered = stubs.WAITLIST_STATUS_WAITING, stubs.WAITLIST_STATUS_OFFERED
    assert states() == [offered, waiting]
    practice.advance(599)
    assert states() == [offered, waiting]
    practice.advance(1)
    assert states() == [waiting, offered]


def test_a_hold_that_runs_out_is_offered_before_the_reply(client: Client):
    practice, stubs = Practice(client), client.stubs
    held = practice.hold(owner="web", ttl_seconds=300)
    wish = stubs.WaitlistEntry(
        patient_id=practice.jane.id, location_id=practice.location.id,
        segments=[stubs.SegmentRequest(service_id=practice.service.id)],
        earliest=TEN, latest=Timestamp(seconds=TEN.seconds + 60),
    )  # fmt: skip
    entry = client(stubs.JoinWaitlistRequest(entry=wish)).entry
    assert entry.status == stubs.WAITLIST_STATUS_WAITING
    practice.advance(300)
    [entry] = client(stubs.ListWaitlistRequest(location_id=practice.location.id)).entries
    assert entry.status == stubs.WAITLIST_STATUS_OFFERED
    assert entry.offer.start == TEN and entry.offer.hold_id != held.id


def test_time_goes_forward_only(client: Client):
    practice, stubs = Practice(client), client.stubs
    assert practice.now.seconds == seconds(START)
    revision = client.revision()
    for request, field in [
        (stubs.SetClockRequest(now=Timestamp(seconds=seconds(START) - 1)), "now"),
        (stubs.SetClockRequest(), "now"),
        (stubs.SetClockRequest(now=Timestamp(seconds=95_617_584_000)), "now"),
        (stubs.SetClockRequest(now=Timestamp(seconds=2**62)), "now"),
        (stubs.SetClockRequest(now=Timestamp(seconds=-1)), "now"),
        (stubs.SetClockRequest(now=Timestamp(seconds=2_000_000_000, nanos=-1)), "now"),
        (stubs.AdvanceClockRequest(), "by"),
        (stubs.AdvanceClockRequest(by=Duration()), "by"),
        (stubs.AdvanceClockRequest(by=Duration(nanos=999_999)), "by"),
        (stubs.AdvanceClockRequest(by=Duration(seconds=-60)), "by"),
        (stubs.AdvanceClockRequest(by=Duration(seconds=60, nanos=-1)), "by"),
        (stubs.AdvanceClockRequest(by=Duration(seconds=2**62)), "by"),
        (stubs.AdvanceClockRequest(by=Duration(seconds=315_576_000_000)), "by"),
    ]:
        refusal = client.refusal(request)
        assert (refusal.code, refusal.reason, refusal.field) == (INVALID, "INVALID_VALUE", field)
    assert client.revision() == revision
    assert practice.now.seconds == seconds(START)
    # Where it stands already is no way back.
    assert practice.advance(START).seconds == seconds(START)


def test_a_repeated_move_moves_once(client: Client):
    practice, stubs = Practice(client), client.stubs
    request = stubs.AdvanceClockRequest(request_id="tick", by=Duration(seconds=60))
    first, again = client(request), client(request)
    assert not first.replayed and again.replayed and again.clock == first.clock
    assert practice.now.seconds == seconds(START) + 60
    other = stubs.AdvanceClockRequest(request_id="tick", by=Duration(seconds=61))
    assert client.refusal(other).reason == "KEY_REUSED"


def test_time_is_one_for_all_organizations(client: Client):
    stubs = client.stubs
    organization = stubs.Organization(external_ref="other", name="Other")
    client(stubs.CreateOrganizationRequest(organization=organization))
    other = client.named(organization="other")
    moved = other(stubs.AdvanceClockRequest(by=Duration(seconds=90))).clock
    seen = client(stubs.GetClockRequest()).clock
    assert moved == seen and seen.test_clock and seen.now.seconds == seconds(START) + 90


def test_today_is_the_daemons(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """slotctl shows the board, and looks for slots, of the day that the test clock shows."""
    with (
        serve(tmp_path / "data", f"--test-clock={START}") as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        practice = Practice(Client(channel, stubs))
        booking = practice.client(practice.booking()).booking

        def ctl(*words: str) -> list[list[str]]:
            ran = subprocess.run(
                [binary("slotctl"), *words, "--server", server.address, "-o", "tsv"],
                capture_output=True, text=True, check=True, timeout=30,
                env={"HOME": str(tmp_path), "TZ": "UTC"},
            )  # fmt: skip
            return [line.split("\t") for line in ran.stdout.splitlines()]

        assert [row[0] for row in ctl("board")] == [booking.id]
        assert ctl("board", "--date", "tomorrow") == []
        service = practice.service.id
        for words in (
            ["slots", "find", "--service", service],
            ["slots", "earliest", "--service", service, "--from", "now"],
            ["slots", "check", "--service", service, "--start", "12:00"],
        ):
            rows = ctl(*words)
            assert rows and any("2026-03-02T" in cell for cell in rows[0]), (words, rows)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_keeps_the_time(tmp_path: pathlib.Path, stubs: SimpleNamespace, end: str):
    """And what is held then is held still: the real clock stands years away."""
    data = tmp_path / "data"
    with serve(data, f"--test-clock={START}") as server:
        with grpc.insecure_channel(server.address) as channel:
            practice = Practice(Client(channel, stubs))
            practice.advance(3600)
            held = practice.hold(owner="web", ttl_seconds=300)
            practice.advance(299)
        getattr(server, end)()
    for arguments, now in [
        (["--test-clock"], held.expires_at.seconds - 1),
        (["--test-clock=now"], held.expires_at.seconds - 1),
        # One that lies behind leaves the clock where it is, so that a start can be repeated.
        ([f"--test-clock={START}"], held.expires_at.seconds - 1),
        (["--test-clock=2026-03-02T11:05:00+02:00"], held.expires_at.seconds),
        (["--test-clock"], held.expires_at.seconds),
    ]:
        with serve(data, *arguments) as server:
            with grpc.insecure_channel(server.address) as channel:
                client = Client(channel, stubs)
                assert client(stubs.GetClockRequest()).clock.now == Timestamp(seconds=now)
                practice.client = client
                assert (TEN.seconds in practice.starts()) == (now == held.expires_at.seconds)
            assert any("DEVELOPMENT MODE" in line for line in server.log)
            server.stop()
    verified = subprocess.run([binary("slotd"), "verify", "--data-dir", str(data)])
    assert verified.returncode == 0


@pytest.mark.parametrize("joined", [True, False])
def test_the_time_counts_wherever_it_stands(
    tmp_path: pathlib.Path, stubs: SimpleNamespace, joined: bool
):
    """`--test-clock=TIME` before other options begins at TIME as it does after them."""
    words = [f"--test-clock={START}"] if joined else ["--test-clock", START]
    with ServerProcess(
        binary("slotd"), "serve", *words, "--data-dir", str(tmp_path / "data"),
        "--listen", "127.0.0.1:0",
    ) as server:  # fmt: skip
        with grpc.insecure_channel(server.address) as channel:
            clock = Client(channel, stubs)(stubs.GetClockRequest()).clock
            assert clock.now.ToJsonString() == "2026-03-02T08:00:00Z"
        server.stop()


def test_no_setting_hides_the_mode(tmp_path: pathlib.Path):
    with serve(tmp_path / "data", "--test-clock", "--log-level", "error") as server:
        server.stop()
    assert any("DEVELOPMENT MODE" in line for line in server.log)


def test_a_production_directory_never_gets_a_test_clock(
    tmp_path: pathlib.Path, stubs: SimpleNamespace
):
    data = tmp_path / "data"
    with serve(data) as server:
        with grpc.insecure_channel(server.address) as channel:
            client = Client(channel, stubs)
            clock = client(stubs.GetClockRequest()).clock
            assert not clock.test_clock
            assert abs(clock.now.seconds - time.time()) < 60
            for request in (
                stubs.SetClockRequest(now=Timestamp(seconds=4_000_000_000)),
                stubs.AdvanceClockRequest(by=Duration(seconds=1)),
            ):
                refusal = client.refusal(request)
                assert (refusal.code, refusal.reason) == (REFUSED, "TEST_CLOCK_OFF")
            revision = client.revision()
        assert server.stop() == 0
        assert not any("DEVELOPMENT" in line for line in server.log)
    for argument in ("--test-clock", f"--test-clock={START}"):
        done = refused(data, argument)
        assert done.returncode == CONFIGURATION
        assert "was not created with --test-clock" in done.stderr
    with serve(data) as server, grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        assert not client(stubs.GetClockRequest()).clock.test_clock
        assert client.revision() == revision


def test_a_development_directory_is_never_served_by_the_real_clock(tmp_path: pathlib.Path):
    data = tmp_path / "data"
    with serve(data, "--test-clock=2031-01-01T00:00Z") as server:
        assert server.stop() == 0
    done = refused(data)
    assert done.returncode == CONFIGURATION
    assert "development directory, whose clock stands at 2031-01-01T00:00Z" in done.stderr


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-03-02", "2026-03-02T09:00", "2026-02-30T09:00Z",
             "2026-03-02T24:00Z", "2026-03-02T09:00:60Z", "1969-12-31T23:59Z", "5000-01-01T00:00Z",
             "2026-03-02T09:00+9:00", "2026-03-02T09:00Zulu"],
)  # fmt: skip
def test_a_time_that_is_none_is_wrong_usage(tmp_path: pathlib.Path, text: str):
    done = refused(tmp_path / "data", f"--test-clock={text}")
    assert done.returncode == USAGE and "--test-clock" in done.stderr
    assert not (tmp_path / "data").exists()


def test_the_command_line_shows_sets_and_advances_it(tmp_path: pathlib.Path):
    with serve(tmp_path / "data", f"--test-clock={START}") as server:
        for arguments, shown in [
            (["show"], "2026-03-02T08:00:00Z"),
            (["advance", "15m"], "2026-03-02T08:15:00Z"),
            (["advance", "PT1H30M"], "2026-03-02T09:45:00Z"),
            (["advance", "1d"], "2026-03-03T09:45:00Z"),
            (["set", "2026-03-04T10:00:00-05:00"], "2026-03-04T15:00:00Z"),
        ]:
            done = slotctl(server, "clock", *arguments)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith(shown), done.stdout
        back = slotctl(server, "clock", "set", "2026-03-01T00:00Z")
        assert back.returncode == 1 and "only goes forward" in back.stderr
        assert slotctl(server, "clock", "advance", "soon").returncode == USAGE
