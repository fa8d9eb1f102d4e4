#!/usr/bin/env python3
"""Makes the time zone fixtures: the zones of tzdata, and what Python's zoneinfo says of them.

    Scripts/zone-vectors.py [--source /usr/share/zoneinfo/tzdata.zi]

writes, under Tests/Fixtures,

    zoneinfo/         every zone (links left out) as zic compiles it, in the slim form, which
                      leaves the years to come to the footer
    zoneinfo-fat/     some of them in the fat form, with a table up to 2037
    zone-vectors.txt  a line for each zone, computed by zoneinfo from those very bytes:
                      name|transitions of 2026 to 2036|offsets at random instants of 1850 to 2400

Both kinds of pair are minute:offset, in minutes since 1970 and minutes east of UTC; a transition's
offset is the one after it. Because the files are part of the fixture, the tests do not depend on the
machine's version of tzdata; run this script when a newer one is to be tested. It needs zic (Debian:
libc-bin). tzdata is in the public domain.
"""

import argparse
import datetime
import pathlib
import random
import shutil
import subprocess
import tempfile
import zoneinfo

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
FAT = ["America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Europe/Dublin"]
EPOCH = datetime.datetime(1970, 1, 1)
FROM, TO = datetime.datetime(2026, 1, 1), datetime.datetime(2037, 1, 1)
SAMPLES = 12


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--source", default="/usr/share/zoneinfo/tzdata.zi")
    source = pathlib.Path(arguments.parse_args().source).read_text()
    # In tzdata.zi a line that begins with Z opens a zone, and one with L is a link.
    names = sorted(line.split()[1] for line in source.splitlines() if line.startswith("Z "))
    version = source.splitlines()[0].removeprefix("# version ")

    with tempfile.TemporaryDirectory() as directory:
        text = pathlib.Path(directory) / "tzdata.zi"
        text.write_text(source)
        for form, wanted, folder in [
            ("slim", names, "zoneinfo"),
            ("fat", FAT, "zoneinfo-fat"),
        ]:
            compiled = pathlib.Path(directory) / form
            subprocess.run(["zic", "-b", form, "-d", compiled, text], check=True)
            shutil.rmtree(FIXTURES / folder, ignore_errors=True)
            for name in wanted:
                target = FIXTURES / folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((compiled / name).read_bytes())

    lines = [f"# tzdata {version}, by Scripts/zone-vectors.py"]
    lines += [vector(name) for name in names]
    (FIXTURES / "zone-vectors.txt").write_text("\n".join(lines) + "\n")


def vector(name):
    with open(FIXTURES / "zoneinfo" / name, "rb") as file:
        zone = zoneinfo.ZoneInfo.from_file(file, key=name)
    generator = random.Random(name)
    first, last = minutes(datetime.datetime(1850, 1, 1)), minutes(datetime.datetime(2400, 1, 1))
    samples = sorted(generator.randrange(first, last) for _ in range(SAMPLES))
    return "|".join([name, pairs(zone, transitions(zone)), pairs(zone, samples)])


def pairs(zone, instants):
    return " ".join(f"{instant}:{offset(zone, instant)}" for instant in instants)


def transitions(zone):
    """Found by asking for every sixth hour and halving where the offset differs."""
    found = []
    low = minutes(FROM)
    while low < minutes(TO):
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


def minutes(instant):
    return int((instant - EPOCH).total_seconds()) // 60


def offset(zone, instant):
    """Rounded to the minute, half a minute up, as TimeZoneRules rounds."""
    moment = EPOCH.replace(tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=instant)
    seconds = int(moment.astimezone(zone).utcoffset().total_seconds())
    return (seconds + 30) // 60


if __name__ == "__main__":
    main()
