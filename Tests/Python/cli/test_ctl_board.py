"""slotctl board --watch and booking watch: on a terminal, in a pipe, and across a restart."""

from __future__ import annotations

import json
import pathlib
import signal
from types import SimpleNamespace

import grpc
import pytest
from process import ServerProcess, binary

from clinic import Clinic
from ctl import Ctl, Seat
from slotd_client import Client

DAY = 2
LEFT_SCREEN = "\x1b[?7h\x1b[?25h\x1b[?1049l"


def watching(clinic: Clinic, ctl: Ctl, **options: object) -> Seat:
    seat = ctl.seat("board", "--watch", "--date", str(clinic.day(DAY)), **options)
    seat.wait_for("● live")
    return seat


def column_of(seat: Seat, text: str) -> int:
    """Where a text of a card begins."""
    return next(line.index(text) for line in seat.display[4:-1] if text in line)


def test_a_board_follows_each_change_and_marks_it(clinic: Clinic, ctl: Ctl):
    booking = clinic.book(DAY, 9)
    seat = watching(clinic, ctl)
    assert "Midtown" in seat.display[0] and "America/New_York" in seat.display[0]
    assert "1 booking" in seat.display[1]
    seat.wait_for("▌ 09:00–10:00")
    assert column_of(seat, "Jane Doe") == seat.display[3].index("New") + 2
    clinic.move(booking, "CHECK_IN")
    seat.wait_for("Jane Doe: New → Check-in")
    assert column_of(seat, "Jane Doe") == seat.display[3].index("Check-in") + 2
    assert any("»09:00–10:00" in line for line in seat.display)
    clinic.book(DAY, 13, patient=clinic.joe)
    seat.wait_for("Joe Bloggs: 13:00 is new in New")
    assert "2 bookings" in seat.display[1]
    seat.type("q")
    assert seat.exit_status() == 0


def test_a_changed_size_is_filled_anew(clinic: Clinic, ctl: Ctl):
    clinic.book(DAY, 9)
    seat = watching(clinic, ctl)
    seat.resize(60, 20)
    seat.wait_for("── New 1")
    assert seat.display[0].endswith(tuple("0123456789"))
    assert seat.display[19].endswith("q quit")
    seat.resize(200, 40)
    seat.wait_for(lambda text: "Checkout" in text and "── New" not in text)
    assert seat.display[39].endswith("q quit")
    seat.type("v")
    seat.wait_for("── New 1")


@pytest.mark.parametrize(
    "end, code",
    [("q", 0), ("\x03", 130), (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
)
def test_every_way_out_gives_the_terminal_back(clinic: Clinic, ctl: Ctl, end, code: int):
    seat = watching(clinic, ctl)
    assert seat.modes() != seat.modes_at_start, "keys are read one by one"
    if isinstance(end, str):
        seat.type(end)
    else:
        seat.send(end)
    assert seat.exit_status() == code
    assert seat.raw.endswith(LEFT_SCREEN)
    assert seat.raw.startswith("\x1b[?1049h\x1b[?25l")


def test_suspended_it_gives_the_terminal_back_and_takes_it_again(clinic: Clinic, ctl: Ctl):
    seat = watching(clinic, ctl)
    seat.send(signal.SIGTSTP)
    seat.wait_for(lambda _: seat.raw.endswith(LEFT_SCREEN))
    clinic.book(DAY, 9)
    seat.send(signal.SIGCONT)
    seat.wait_for("Jane Doe")
    seat.type("q")
    assert seat.exit_status() == 0


def test_an_error_gives_the_terminal_back_and_is_told_after_it(clinic: Clinic, ctl: Ctl):
    """The daemon answers, but not about this organization."""
    seat = ctl.seat("board", "--watch", "--org", "nobody")
    assert seat.exit_status() == 3
    assert "nobody" in seat.text and "\x1b[?1049h" not in seat.raw
    away = ctl.seat("board", "--watch", SLOTD_SERVER="127.0.0.1:1")
    assert away.exit_status() == 6
    assert "\x1b[?1049h" not in away.raw


def test_after_a_restart_it_goes_on(
    ctl: Ctl, tmp_path: pathlib.Path, stubs: SimpleNamespace
):
    """The daemon goes, and comes back with what happened meanwhile."""
    address = f"unix:{tmp_path}/other.sock"
    command = (
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "other"), "--listen", address,
    )  # fmt: skip
    with ServerProcess(*command) as daemon, grpc.insecure_channel(address) as channel:
        clinic = Clinic(Client(channel, stubs))
        clinic.book(DAY, 9)
        seat = watching(clinic, ctl, SLOTD_SERVER=address)
        assert daemon.stop() == 0
    seat.wait_for("○ reconnecting")
    with ServerProcess(*command) as daemon, grpc.insecure_channel(address) as channel:
        clinic.client = Client(channel, stubs)
        clinic.book(DAY, 13, patient=clinic.joe)
        seat.wait_for(lambda text: "● live" in text and "Joe Bloggs" in text)
        seat.type("q")
        assert seat.exit_status() == 0


@pytest.mark.parametrize(
    "arguments, environment, has_color",
    [
        ([], {}, True), ([], {"NO_COLOR": "1"}, False), (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)  # fmt: skip
def test_color_is_as_the_user_wants_it(
    clinic: Clinic, ctl: Ctl, arguments: list[str], environment: dict, has_color: bool
):
    clinic.move(clinic.book(DAY, 9), "CHECK_IN")
    seat = ctl.seat("board", "--watch", "--date", str(clinic.day(DAY)), *arguments, **environment)
    seat.wait_for("Jane Doe")
    assert bool(seat.colors) == has_color


def test_a_dumb_terminal_gets_the_board_and_then_a_line_a_change(clinic: Clinic, ctl: Ctl):
    booking = clinic.book(DAY, 9)
    seat = ctl.seat("board", "--watch", "--date", str(clinic.day(DAY)), TERM="dumb")
    seat.wait_for("Jane Doe")
    clinic.move(booking, "CONFIRMED")
    seat.wait_for("Jane Doe: New → Confirmed")
    assert not seat.escapes


def test_a_pipe_gets_one_object_a_change(clinic: Clinic, ctl: Ctl):
    booking = clinic.book(DAY, 9)
    process = ctl.pipe("board", "--watch", "--date", str(clinic.day(DAY)))
    first = json.loads(process.stdout.readline())
    assert first["apiVersion"] == "slotd.v1"
    [card] = [card for column in first["snapshot"]["columns"] for card in column.get("cards", [])]
    assert card["patientName"] == "Jane Doe"
    clinic.move(booking, "CHECK_IN")
    line = process.stdout.readline()
    assert "\x1b" not in line
    second = json.loads(line)
    assert second["previousRevision"] == first["revision"]
    [card] = second["change"]["cards"]
    assert card["booking"]["stage"] == "STAGE_CHECK_IN"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


def test_a_watch_is_no_table(clinic: Clinic, ctl: Ctl):
    refused = ctl("board", "--watch", "-o", "csv", code=64)
    assert "ndjson" in refused.stderr and not refused.stdout
    ctl("booking", "watch", clinic.book(DAY, 9).id, "-o", "tsv", code=64)


def test_a_booking_is_followed_line_by_line_until_it_is_deleted(clinic: Clinic, ctl: Ctl):
    stubs = clinic.stubs
    booking = clinic.book(DAY, 9)
    seat = ctl.seat("booking", "watch", booking.id, columns=140)
    seat.wait_for("version 1")
    assert "Jane Doe, Laser, Ada Lovelace, Midtown  New" in seat.text
    clinic.move(booking, "CONFIRMED")
    seat.wait_for("v2  New → Confirmed")
    clinic.client(
        stubs.RescheduleBookingRequest(
            booking_id=booking.id, start=clinic.at(DAY, 11), provider_id=clinic.ben.id
        )
    )
    seat.wait_for("11:00–12:00, with Ben Carson")
    clinic.client(stubs.DeleteBookingRequest(booking_id=booking.id, reason="a mistake"))
    assert seat.exit_status() == 0
    assert "deleted  anonymous (BookingService/DeleteBooking)" in seat.text


def test_a_booking_in_a_pipe_is_one_object_a_change(clinic: Clinic, ctl: Ctl):
    booking = clinic.book(DAY, 9)
    process = ctl.pipe("booking", "watch", booking.id)
    assert json.loads(process.stdout.readline())["snapshot"]["id"] == booking.id
    clinic.move(booking, "CONFIRMED")
    change = json.loads(process.stdout.readline())["change"]
    assert change["booking"]["stage"] == "STAGE_CONFIRMED"
    clinic.client(clinic.stubs.DeleteBookingRequest(booking_id=booking.id, reason="a mistake"))
    assert json.loads(process.stdout.readline())["change"]["deleted"]
    assert process.wait(10) == 0
    ctl("booking", "watch", "booking_" + "0" * 26, code=3)
