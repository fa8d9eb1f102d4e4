"""Turns results into the page that people read."""

import statistics

# The floor holds for the load that fills a server: one provider's day over few busy connections, and
# bookings with as many in flight as PostgreSQL has clients. The other rows are there to be seen.
FLOOR = 1.5
FLOORED = {("find-one", "4x64"), ("slotd 4x8", "postgresql 32")}
LOAD_NAMES = {"4x64": "4 connections × 64 calls", "64x1": "64 connections × 1 call",
              "4x8": "4 connections × 8 calls"}


def spread(turns):
    """Median, least and greatest of the turns' calls per second."""
    values = [turn["per_second"] for turn in turns]
    return statistics.median(values), min(values), max(values)


def thousands(value):
    return f"{value / 1000:,.1f} k"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def verdicts(results):
    """Ratios of medians of turns that alternated, and whether a floor that stands is met."""
    found = []

    def add(what, key, ours, theirs):
        ratio = spread(ours)[0] / spread(theirs)[0]
        floor = FLOOR if key in FLOORED else None
        found.append({"what": what, "ratio": round(ratio, 2), "floor": floor,
                      "met": floor is None or ratio >= floor})

    turns = results["find_slots"]["turns"]
    for name in ("find-one", "find-any"):
        for load in turns[name]:
            add(f"FindSlots ({name}) ÷ gRPC C++ echo, {LOAD_NAMES[load]}",
                (name, load), turns[name][load], turns["grpc-echo"][load])
    turns = results["create_booking"]["turns"]
    for placement in turns["slotd 4x8"]:
        add(f"CreateBooking ÷ PostgreSQL, 32 in flight, {placement}",
            ("slotd 4x8", "postgresql 32"), turns["slotd 4x8"][placement], turns["postgresql 32"][placement])
        best = max((name for name in turns if name.startswith("postgresql")),
                   key=lambda name: spread(turns[name][placement])[0])
        add(f"CreateBooking, 256 in flight ÷ PostgreSQL at its best ({best.split()[1]} clients), "
            f"{placement}",
            ("slotd 4x64", best), turns["slotd 4x64"][placement], turns[best][placement])
    return found


def markdown(results):
    parts = [heading(results), environment(results["environment"]), ratios(results["verdicts"]),
             find_slots(results), create_booking(results), commands(results)]
    return "\n\n".join(parts) + "\n"


def heading(results):
    parameters = results["parameters"]
    return "\n".join([
        f"# First figures, {results['date']}",
        "",
        "Written by `python3 Benchmarks/figures`; what is measured and how is in",
        "[Benchmarks/README.md](../README.md), every turn in the JSON file beside this page.",
        f"Medians of {parameters['runs']} turns of {parameters['seconds']} s after "
        f"{parameters['warm_up']} s of warm-up, subjects taking turns; in brackets the least and "
        "the greatest turn.",
    ])


def environment(found):
    lines = ["## Machine", "", "| | |", "|---|---|"]
    lines += [row([name.replace("_", " "), str(value)]) for name, value in found.items()]
    return "\n".join(lines)


def ratios(found):
    lines = ["## Ratios", "", "| what | ratio | floor | |", "|---|---:|---:|---|"]
    for verdict in found:
        floor = verdict["floor"]
        outcome = "" if floor is None else "met" if verdict["met"] else "**missed**"
        lines.append(row([verdict["what"], f"{verdict['ratio']:.2f}", str(floor or ""), outcome]))
    return "\n".join(lines)


def find_slots(results):
    found = results["find_slots"]
    searches = found["prepared"]["searches"]
    describe = {
        name: f"FindSlots, {search['providers']} provider{'s' if search['providers'] > 1 else ''}, "
              f"one day: {search['slots']} slots, {search['answerBytes']} bytes"
        for name, search in searches.items()
    }
    describe["grpc-echo"] = "gRPC C++ echo, 5 bytes"
    lines = [
        "## FindSlots over the wire", "",
        f"h2load on core 1, server on core 0 with one event loop; {found['prepared']['bookings']} "
        "bookings in the three weeks searched. Busy: the server's share of its core.", "",
        "| subject | load | calls/s | busy |", "|---|---|---:|---:|"]
    for name, loads in found["turns"].items():
        for load, turns in loads.items():
            middle, least, greatest = spread(turns)
            busy = statistics.median(turn["server_busy"] for turn in turns)
            lines.append(row([
                describe[name], LOAD_NAMES[load],
                f"{thousands(middle)} ({thousands(least)} to {thousands(greatest)})",
                f"{busy:.2f}"]))
    lines += ["", "`slotload find` once each, 4 × 64, every answer compared byte by byte:", "",
              "| search | calls/s | p50 µs | p99 µs | p99.9 µs | max µs | generator busy |",
              "|---|---:|---:|---:|---:|---:|---:|"]
    for name, checked in found["checked"].items():
        lines.append(latency_row(describe[name], [checked | {
            "per_second": checked["perSecond"]}]))
    return "\n".join(lines)


def latency_row(name, turns):
    cells = [name, thousands(statistics.median(turn["per_second"] for turn in turns))]
    for key in ("p50", "p99", "p999", "max"):
        cells.append(
            f"{statistics.median(turn['latencyMicroseconds'][key] for turn in turns):,.0f}")
    cells.append(f"{statistics.median(turn['generatorBusy'] for turn in turns):.2f}")
    return row(cells)


def create_booking(results):
    turns = results["create_booking"]["turns"]
    lines = [
        "## CreateBooking over the wire, durable, distinct slots", "",
        "Fresh daemon or empty table each turn; the same slots in the same order.", "",
        "| subject | in flight | placement | bookings/s |", "|---|---:|---|---:|"]
    for name, placements in turns.items():
        subject, load = name.split()
        in_flight = load if subject == "postgresql" else str(
            int(load.split("x")[0]) * int(load.split("x")[1]))
        for placement, measured in placements.items():
            middle, least, greatest = spread(measured)
            lines.append(row([
                "slotd" if subject == "slotd" else "PostgreSQL, exclusion constraint", in_flight,
                placement,
                f"{thousands(middle)} ({thousands(least)} to {thousands(greatest)})"]))
    lines += ["", "Latency of slotd's answers, closed loop, medians of the turns:", "",
              "| load | bookings/s | p50 µs | p99 µs | p99.9 µs | max µs | generator busy |",
              "|---|---:|---:|---:|---:|---:|---:|"]
    for name, placements in turns.items():
        if name.startswith("slotd"):
            for placement, measured in placements.items():
                lines.append(latency_row(
                    f"{LOAD_NAMES[name.split()[1]]}, {placement}", measured))
    settings = ", ".join(f"{name} = {value or chr(39) * 2}" for name, value in
                         results["create_booking"]["settings"].items())
    lines += ["", f"PostgreSQL's settings: {settings}; prepared statements, Unix socket."]
    return "\n".join(lines)


def commands(results):
    parameters = results["parameters"]
    seconds, warm_up = parameters["seconds"], parameters["warm_up"]
    total = seconds + warm_up
    return "\n".join([
        "## Command lines", "",
        "```sh",
        f"python3 Benchmarks/figures --runs {parameters['runs']} --seconds {seconds} "
        f"--warm-up {warm_up}",
        "# which runs, with ports and directories of its own:",
        "taskset -c 0 slotd serve --data-dir DIR --listen 127.0.0.1:PORT --loops 1",
        "taskset -c 0 echo_server 127.0.0.1:PORT",
        "taskset -c 1 slotload prepare --server 127.0.0.1:PORT --output DIR",
        f"taskset -c 1 h2load -c 4 -m 64 -D {seconds} --warm-up-time {warm_up} -d find-one.bin "
        "-H 'te: trailers' \\",
        "  -H 'content-type: application/grpc' "
        "http://127.0.0.1:PORT/slotd.v1.AvailabilityService/FindSlots",
        f"taskset -c 1 slotload book --server 127.0.0.1:PORT --connections 4 --in-flight 8 "
        f"--seconds {seconds} --warm-up {warm_up}",
        f"taskset -c 1 pgbench -n -M prepared -c 32 -j 1 -T {total} -D n=0 -D clients=32 "
        "-f book.sql postgres",
        "```"])
