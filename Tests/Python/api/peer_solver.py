"""The format of peers' slot cases, solved minute by minute, and random cases of it.

Written against the format's README and availability.md alone, without slotd: an oracle that is too
slow to be wrong in the same way. `random_case(random)` makes a case and solves it.
"""

from __future__ import annotations

import datetime
from random import Random
from zoneinfo import ZoneInfo

from peer_clinic import DAY, DAYS, MINUTE, UTC, ends, moment, wall

Span = tuple[datetime.datetime, datetime.datetime]

ZONES = [
    "UTC", "America/New_York", "Asia/Kolkata", "Europe/London", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/Sao_Paulo",
]  # fmt: skip
# A leap day, and days beside the clock changes of the zones above.
DATES = [
    datetime.date(2024, 2, 28), datetime.date(2026, 3, 7), datetime.date(2026, 3, 28),
    datetime.date(2026, 4, 4), datetime.date(2026, 10, 3), datetime.date(2026, 10, 24),
    datetime.date(2026, 10, 31), datetime.date(2026, 6, 8), datetime.date(2026, 7, 2),
]  # fmt: skip


# MARK: Solving


class Resource:
    """When one resource of a case is open, and what is in the way."""

    def __init__(self, case: dict, record: dict, dates: list[datetime.date]):
        self.case, self.record = case, record
        self.zone = ZoneInfo(record.get("timezone") or case["timezone"])
        by_date = [span for date in dates for span in merged(self.hours(date))]
        #: What belongs to a date, date by date, and all that is open.
        self.windows = by_date
        openings = [(moment(start), moment(end)) for start, end in record["openings"]]
        self.open = merged(by_date + openings)
        self.before, self.after = (
            case["buffers"][general] if record.get(own) is None else record[own]
            for own, general in [
                ("buffer_before_min", "before_min"),
                ("buffer_after_min", "after_min"),
            ]
        )
        self.taken = self.bookings() + self.holds()

    def hours(self, date: datetime.date) -> list[Span]:
        spans = self.record["overrides"].get(date.isoformat())
        if spans is None:
            spans = [
                [hours["start"], hours["end"]]
                for hours in self.record["weekly"]
                if DAYS[date.weekday()] in hours["days"]
            ]
        pairs = [ends(*span) for span in spans]
        instants = [(wall(self.zone, date, a), wall(self.zone, date, b)) for a, b in pairs]
        return [(start, end) for start, end in instants if start < end]

    def bookings(self) -> list[Span]:
        keeps = self.case["buffers"]["mode"] == "both"
        before, after = (self.before * MINUTE, self.after * MINUTE) if keeps else (0 * MINUTE,) * 2
        return [
            (moment(busy["start"]) - before, moment(busy["end"]) + after)
            for busy in self.record["busy"]
            if busy.get("status") in (None, "tentative")
        ]

    def holds(self) -> list[Span]:
        return [
            (moment(hold["start"]), moment(hold["end"]))
            for hold in self.case["holds"]
            if hold["resource"] == self.record["id"]
            and hold["owner"] != self.case["as_owner"]
            and moment(hold["expires"]) > moment(self.case["now"])
        ]

    def takes(self, start: datetime.datetime) -> bool:
        """Whether a visit from then on fits, with its buffers."""
        end = start + self.case["duration_min"] * MINUTE
        first, last = start - self.before * MINUTE, end + self.after * MINUTE
        inner = (first, last) if self.case["buffers"]["inside_hours"] else (start, end)
        if not any(low <= inner[0] and inner[1] <= high for low, high in self.open):
            return False
        opens, closes = self.record.get("horizon") or (None, None)
        if (opens and first < moment(opens)) or (closes and last > moment(closes)):
            return False
        near = [span for span in self.taken if span[0] < last and first < span[1]]
        fullest = max(
            (sum(a <= max(first, at) < b for a, b in near) for at, _ in near), default=0
        )
        return fullest < self.case["capacity"]

    def anchored(self, rule: str) -> set[datetime.datetime]:
        """The starts that an anchor rule other than the clock's counts out."""
        step, offset = self.case["step_min"], self.case["offset_min"] % self.case["step_min"]
        pieces = self.windows if rule == "hours" else self.gaps()
        return {
            start + minutes * MINUTE
            for start, end in pieces
            for minutes in range(offset, int((end - start) / MINUTE), step)
        }

    def gaps(self) -> list[Span]:
        """The free gaps of each window."""
        result = []
        for start, end in self.windows:
            for low, high in merged(self.taken):
                if low < end and start < high:
                    if start < low:
                        result.append((start, low))
                    start = max(start, high)
            if start < end:
                result.append((start, end))
        return result


def merged(spans: list[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def solve(case: dict, rule: str, dates: list[datetime.date]) -> list[datetime.datetime]:
    """The starts of a case by one anchor rule."""
    resources = [Resource(case, record, dates) for record in case["resources"]]
    everyone = all if case["combine"] == "all" else any
    zone = ZoneInfo(case["timezone"])
    first = max(moment(case["window"][0]), moment(case["now"]) + case["notice_min"] * MINUTE)
    last = moment(case["window"][1]) - case["duration_min"] * MINUTE
    lattices = [resource.anchored(rule) for resource in resources] if rule != "grid" else []

    def on_grid(index: int, start: datetime.datetime) -> bool:
        if rule != "grid":
            return start in lattices[index]
        local = start.astimezone(zone)
        return (local.hour * 60 + local.minute - case["offset_min"]) % case["step_min"] == 0

    start = first.replace(second=0, microsecond=0)
    start += MINUTE if start < first else 0 * MINUTE
    found = []
    while start <= last:
        fits = (on_grid(i, start) and one.takes(start) for i, one in enumerate(resources))
        if everyone(fits):
            found.append(start)
        start += MINUTE
    return found


# MARK: Making them up


def random_case(random: Random, name: str) -> dict:
    """A case with its answer by one anchor rule that it counts for."""
    while True:
        maker = Maker(random)
        case = maker.case(name)
        if not maker.has_repeated_ends(case):
            return case


class Maker:
    """Puts a case together, round one date."""

    def __init__(self, random: Random):
        self.random = random
        self.zone = random.choice(ZONES)
        self.date = random.choice(DATES)
        self.dates = [self.date + n * DAY for n in range(-4, 8)]
        self.start = wall(ZoneInfo(self.zone), self.date, random.randrange(0, 1440, 5))

    def case(self, name: str) -> dict:
        random = self.random
        combine = random.choice(["all", "any"])
        count = random.choice([1, 1, 1, 2, 3])
        # How several resources of a joint visit share is not the format's to say.
        capacity = 1 if count > 1 and combine == "all" else random.choice([1, 1, 1, 2, 3])
        before, after = random.choice([(0, 0), (0, 0), (0, 0), (10, 0), (0, 15), (5, 20)])
        step = random.choice([5, 7, 10, 15, 20, 30, 40, 45, 60, 75, 90, 120])
        now = self.start + MINUTE * random.choice([-43_200, -1440, -60, 0, 45])
        now += datetime.timedelta(seconds=random.choice([0, 0, 13]))
        case = {
            "id": name, "source": {}, "kind": "made up", "description": "", "notes": "",
            "timezone": self.zone, "combine": combine, "capacity": capacity,
            "resources": [self.resource(f"p{n}", combine) for n in range(count)],
            "duration_min": random.choice([10, 15, 20, 25, 30, 45, 60, 90, 120]),
            "step_min": step, "offset_min": random.choice([0, 0, 5, 17, step - 1]),
            "buffers": {
                "before_min": before, "after_min": after,
                "mode": random.choice(["candidate", "both"]), "inside_hours": random.random() < 0.5,
            },
            "now": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "notice_min": random.choice([0, 0, 30, 120, 600]),
            "window": self.span(0, 1, 60, 4000), "limit": None,
            "holds": [], "as_owner": random.choice([None, "me"]),
        }  # fmt: skip
        if capacity == 1 and random.random() < 0.4:
            self.add_holds(case, now)
        rule = self.rule(case)
        case |= {"anchor": rule, "anchors_agreeing": [rule, "query"]}
        found = solve(case, rule, self.dates)
        case["expected"] = [start.strftime("%Y-%m-%dT%H:%M:%SZ") for start in found]
        return case

    def span(self, low: int, high: int, shortest: int, longest: int) -> list[str]:
        """An interval that begins so many minutes after the case's own start."""
        start = self.start + MINUTE * self.random.randrange(low, high, 5)
        end = start + MINUTE * self.random.randrange(shortest, longest, 5)
        return [time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for time in (start, end)]

    def resource(self, name: str, combine: str) -> dict:
        random = self.random
        record: dict = {"id": name, "weekly": [], "overrides": {}, "openings": [], "busy": []}
        if random.random() < 0.2:
            record["timezone"] = random.choice(ZONES)
        for _ in range(random.choice([0, 1, 2, 2])):
            start = random.randrange(300, 1200, random.choice([5, 15, 30]))
            end = min(1440, start + random.randrange(30, 600, 15))
            days = random.sample(DAYS, random.randrange(1, 8))
            record["weekly"].append({"days": days, "start": clock(start), "end": clock(end)})
        if random.random() < 0.3:
            start = random.randrange(0, 1200, 15)
            hours = random.choice([[], [[clock(start), clock(start + 180)]]])
            record["overrides"][(self.date + random.choice([0, 1]) * DAY).isoformat()] = hours
        for _ in range(random.choice([0, 0, 1, 2])):
            record["openings"].append(self.span(-300, 1500, 30, 900))
        for _ in range(random.choice([0, 1, 2, 4])):
            start, end = self.span(-200, 2000, 5, 200)
            status = random.choice(["", "", "tentative", "cancelled", "rejected"])
            extra = {"status": status} if status else {}
            record["busy"].append({"start": start, "end": end} | extra)
        if random.random() < 0.12:
            first, last = self.span(0, 600, 300, 1500)
            record["horizon"] = random.choice([[first, None], [None, last], [first, last]])
        if combine == "any" and random.random() < 0.12:
            own = random.choice([(0, 0), (10, 5), (0, 30)])
            record |= dict(zip(("buffer_before_min", "buffer_after_min"), own, strict=True))
        return record

    def add_holds(self, case: dict, now: datetime.datetime) -> None:
        """Holds on free time of the hours, expired and alive, at most one of the one who asks."""
        random, owners = self.random, ["other", "third", "me"]
        for _ in range(3):
            record = random.choice(case["resources"])
            resource = Resource(case, record, self.dates)
            spans = [s for s in resource.open if s[0] > now + DAY and s[1] - s[0] >= 40 * MINUTE]
            if not spans or record.get("horizon"):
                continue
            start = random.choice(spans)[0] + MINUTE * random.randrange(0, 20)
            end = start + MINUTE * random.randrange(5, 20)
            held = [(moment(h["start"]), moment(h["end"])) for h in case["holds"]]
            if any(a < end and start < b for a, b in resource.taken + held):
                continue
            expires = now + MINUTE * random.choice([-60, -10, -1, 0, 1, 10, 25, 60])
            times = [t.strftime("%Y-%m-%dT%H:%M:%SZ") for t in (start, end, expires)]
            hold = dict(zip(("start", "end", "expires"), times, strict=True))
            case["holds"].append(hold | {"resource": record["id"], "owner": owners.pop()})

    def rule(self, case: dict) -> str:
        """Any rule of one resource's; of several, and where hours are not its own dates', the
        clock's alone is the same everywhere."""
        record = case["resources"][0]
        is_plain = not record["openings"] and "timezone" not in record
        if len(case["resources"]) > 1 or not is_plain or self.changes_clock(case):
            return "grid"
        has_buffers = any(case["buffers"][k] for k in ("before_min", "after_min"))
        special = {"horizon", "buffer_before_min"} & record.keys()
        is_simple = not has_buffers and not special and case["capacity"] == 1
        return self.random.choice(["grid", "hours", "free"] if is_simple else ["grid", "hours"])

    def changes_clock(self, case: dict) -> bool:
        zone = ZoneInfo(case["timezone"])
        return len({wall(zone, d, 720).astimezone(zone).utcoffset() for d in self.dates}) > 1

    def has_repeated_ends(self, case: dict) -> bool:
        """An absolute end in the second pass of a repeated hour: no wall time of slotd's says it
        (availability.md 4, hours end at the first)."""
        zone = ZoneInfo(case["timezone"])
        resources = [Resource(case, record, self.dates) for record in case["resources"]]
        return any(
            time.astimezone(zone).fold
            for resource in resources
            if resource.record["openings"] or "timezone" in resource.record
            for span in resource.open
            for time in span
        )


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
