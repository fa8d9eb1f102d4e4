"""slotctl waitlist: from joining to the booking of what came free."""

from __future__ import annotations

from clinic import Clinic
from ctl import Ctl


def join(clinic: Clinic, ctl: Ctl, *more: str, **options: object):
    day = clinic.day(2)
    return ctl(
        "waitlist", "join", "--patient", "Joe", "--service", "Laser", "--provider", "Ada",
        "--from", f"{day} 10:00", "--to", f"{day} 10:30", *more, **options,
    )  # fmt: skip


def test_what_comes_free_is_offered_and_taken(clinic: Clinic, ctl: Ctl):
    booked = clinic.book(2, 10)
    [entry] = join(clinic, ctl, "--offer-time", "2h").rows
    assert entry[1] == "waiting"
    board = ctl("board", "--date", str(clinic.day(2)), "-o", "table").lines[0]
    assert "1 on the waitlist" in board
    ctl("booking", "cancel", booked.id, "--reason", "ill", "--yes")
    [offered] = ctl("waitlist", "list").rows
    assert offered[1] == "offered"
    seat = ctl.seat("waitlist", "show", entry[0][-5:], columns=140)
    assert seat.exit_status() == 0
    assert "Laser with Ada Lovelace" in seat.text
    assert "10:00–11:00 with Ada Lovelace, held until" in seat.text
    take = next(line for line in seat.display if "booking create" in line).split()
    assert take[:2] == ["slotctl", "booking"]
    [booking] = ctl(*take[1:]).rows
    assert booking[1].startswith(f"{clinic.day(2)}T10:00")
    assert not ctl("waitlist", "list").stdout
    [done] = ctl("waitlist", "list", "--status", "booked", "-o", "json").json()["entries"]
    assert done["bookingId"] == booking[0]


def test_what_is_free_is_offered_at_once_and_let_go_by_leaving(clinic: Clinic, ctl: Ctl):
    result = join(clinic, ctl, "--request-id", "w", "-o", "table")
    assert "Offered: " in result.stderr and "slotctl booking create --patient" in result.stderr
    again = join(clinic, ctl, "--request-id", "w")
    assert "done before" in again.stderr
    entry = again.rows[0][0]
    ctl("waitlist", "leave", entry, "--if-version", "9", code=5)
    [left] = ctl("waitlist", "leave", entry).rows
    assert left[1] == "left"
    clinic.book(2, 10)
    ctl("waitlist", "leave", "waitlist_" + "0" * 26, code=3)
    ctl("waitlist", "show", "nonsense", code=3)


def test_bad_wishes_are_refused(clinic: Clinic, ctl: Ctl):
    assert "--offer-time" in join(clinic, ctl, "--offer-time", "3s", code=64).stderr
    ctl("waitlist", "join", "--patient", "Joe", code=64)
    nobody = ctl("waitlist", "join", "--patient", "Nobody", "--service", "Laser", code=3)
    assert "Nobody" in nobody.stderr
