#!/usr/bin/env python3
"""Makes the fixture of working hours: what thirty zones make of weekly hours in five years.

    Scripts/hours-vectors.py

writes Tests/Fixtures/hours-vectors.txt, a line for each zone, computed by Python's zoneinfo from the
zone files that are fixtures too (Scripts/zone-vectors.py):

    name|location's hours|provider's hours|time off|runs|hash|runs near transitions|time off

Hours are weekday:start-end, Monday 1 to Sunday 7, in minutes of the wall clock from the date's
midnight; an end may lie past 1440. The first time off is date+minute-date+minute of the wall clock.
Runs are the provider's hours within the location's as instants, start-end in minutes since 1970,
joined where they touch: how many there are from 2026 to 2030, the FNV-1a of all of them written one a
line, and, to be looked at when that differs, those that lie within a day of a transition. Hours are
mapped narrowly and time off widely, as the API documents: in an hour that is passed over, an end is
the transition; in one that comes twice, hours start and end with the first of them, and time off ends
with the last.
"""

import datetime
import pathlib
import random
import zoneinfo

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2030, 12, 31)
EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "America/Asuncion",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Auckland",
    "Pacific/Chatham",
]


def main():
    assert len(ZONES) == 30
    lines = ["# by Scripts/hours-vectors.py"] + [vector(name) for name in ZONES]
    (FIXTURES / "hours-vectors.txt").write_text("\n".join(lines) + "\n")


def vector(name):
    with open(FIXTURES / "zoneinfo" / name, "rb") as file:
        zone = zoneinfo.ZoneInfo.from_file(file, key=name)
    dice = random.Random(name)
    place, own = week(dice, [(0, 1440), (1200, 1800), (300, 1440)]), week(dice, [])
    changes = transitions(zone)
    runs = joined(run for date in days(FIRST, LAST) for run in hours(zone, place, own, date))
    near = [run for run in runs if any(at - 1440 < run[1] and run[0] < at + 1440 for at in changes)]
    off = time_off(dice, zone, changes)
    text = "".join(f"{start}-{end}\n" for start, end in runs)
    return "|".join(
        [
            name,
            " ".join(f"{day}:{start}-{end}" for day, start, end in place),
            " ".join(f"{day}:{start}-{end}" for day, start, end in own),
            off,
            str(len(runs)),
            f"{fnv1a(text.encode()):016x}",
            " ".join(f"{start}-{end}" for start, end in near),
            blocked(zone, off),
        ]
    )


def week(dice, common):
    """Weekly hours, many of them round the hours at which clocks are set."""
    found = []
    for weekday in range(1, 8):
        anywhere = (15 * dice.randrange(90), 0)
        kinds = common or [(540, 1020), (0, 150), (105, 165), (1380, 1560), anywhere]
        start, end = dice.choice(kinds)
        if end == 0:
            end = start + 15 * dice.randrange(1, 32)
        found.append((weekday, start, end))
        if not common and start >= 540 and dice.random() < 0.5:
            found.append((weekday, 60, 60 + 5 * dice.randrange(1, 40)))
    return found


def hours(zone, place, own, date):
    """The provider's minutes of the dial that the location's hours hold, as instants."""
    around = set()
    for near in (-1, 0, 1):
        weekday = (date + datetime.timedelta(days=near)).isoweekday()
        for day, start, end in place:
            if day == weekday:
                around.update(range(start + near * 1440, end + near * 1440))
    minutes = set()
    for day, start, end in own:
        if day == date.isoweekday():
            minutes.update(range(start, end))
    midnight = datetime.datetime.combine(date, datetime.time())
    for start, end in stretches(sorted(minutes & around)):
        opens, closes = instant(zone, midnight, start, 0), instant(zone, midnight, end, 0)
        if opens < closes:
            yield opens, closes


def stretches(minutes):
    start = None
    for index, minute in enumerate(minutes):
        if start is None:
            start = minute
        if index + 1 == len(minutes) or minutes[index + 1] != minute + 1:
            yield start, minute + 1
            start = None


def joined(runs):
    found = []
    for start, end in sorted(runs):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def instant(zone, midnight, minute, fold):
    """The minute since 1970 at which the clock shows a time, or has passed it over."""
    wall = (midnight + datetime.timedelta(minutes=minute)).replace(tzinfo=zone, fold=fold)
    there = wall.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return minutes_of(there)
    # Passed over: the first instant after which the clock shows more.
    low, high = minutes_of(there) - 1440, minutes_of(there) + 1440
    while high - low > 1:
        middle = (low + high) // 2
        if shown(zone, middle) < wall.replace(tzinfo=None):
            low = middle
        else:
            high = middle
    return high


def shown(zone, minute):
    moment = EPOCH.replace(tzinfo=UTC) + datetime.timedelta(minutes=minute)
    return moment.astimezone(zone).replace(tzinfo=None)


def time_off(dice, zone, changes):
    """Time off that ends or begins in what a transition passes over or repeats."""
    at = dice.choice(changes) if changes else minutes_of(datetime.datetime(2027, 5, 5, tzinfo=UTC))
    start = max(shown(zone, at - 1), shown(zone, at)) - datetime.timedelta(minutes=15)
    end = start + datetime.timedelta(minutes=dice.choice([5, 20, 300]))
    return "-".join(
        f"{moment.date()}+{moment.hour * 60 + moment.minute}" for moment in (start, end)
    )


def blocked(zone, text):
    (first, start), (last, end) = [part.split("+") for part in split(text)]
    midnight = [
        datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time())
        for day in (first, last)
    ]
    return "-".join(
        str(at)
        for at in (
            instant(zone, midnight[0], int(start), 0),
            instant(zone, midnight[1], int(end), 1),
        )
    )


def split(text):
    date = len("2026-01-01+")
    middle = text.index("-", date)
    return text[:middle], text[middle + 1 :]


def transitions(zone):
    """The minutes at which the offset changes, an hour's grain halved down."""
    found = []
    low = minutes_of(datetime.datetime(2026, 1, 1, tzinfo=UTC))
    end = minutes_of(datetime.datetime(2031, 1, 1, tzinfo=UTC))
    while low < end:
        high = low + 360
        if offset(zone, low) != offset(zone, high):
            before, after = low, high
            while after - before > 1:
                middle = (before + after) // 2
                if offset(zone, middle) == offset(zone, low):
                    before = middle
                else:
                    after = middle
            found.append(after)
        low = high
    return found


def offset(zone, minute):
    return (
        (EPOCH.replace(tzinfo=UTC) + datetime.timedelta(minutes=minute))
        .astimezone(zone)
        .utcoffset()
    )


def minutes_of(moment):
    return int((moment.replace(tzinfo=None) - EPOCH).total_seconds()) // 60


def days(first, last):
    return (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


if __name__ == "__main__":
    main()
