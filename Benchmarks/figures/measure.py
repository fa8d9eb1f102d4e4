"""The two measurements. Each returns a dictionary for the results' JSON."""

import json
import os
import re
import subprocess
import sys

import servers

# A small message, so that the echo's cost is the cost of a call.
ECHO_REQUEST = b"\0\0\0\0\x07\x0a\x05hello"
ECHO_ANSWER_BYTES = 7

# Connections and calls in flight on each.
FIND_LOADS = [(4, 64), (64, 1)]
BOOK_LOADS = [(4, 8), (4, 64)]
POSTGRES_CLIENTS = [32, 128]

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    print(text, file=sys.stderr, flush=True)


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def slotload(programs, *command, cores=servers.GENERATOR_CORE):
    done = subprocess.run([programs.slotload, *map(str, command)], capture_output=True, text=True,
                          preexec_fn=servers.pinned(cores))
    if done.returncode != 0:
        sys.exit(f"figures: slotload {command[0]}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


# FindSlots beside the echo ------------------------------------------------------------------------


def h2load(address, path, body, load, answer_bytes, options, process):
    """One turn. Counts a server's answers; that they are right is checked by `slotload find`."""
    connections, in_flight = load
    before = processor_seconds(process)
    done = subprocess.run(
        ["h2load", "-c", str(connections), "-m", str(in_flight), "-D", str(options.seconds),
         "--warm-up-time", str(options.warm_up), "-d", body, "-H", "te: trailers",
         "-H", "content-type: application/grpc", f"http://{address}{path}"],
        capture_output=True, text=True, check=True,
        preexec_fn=servers.pinned(servers.GENERATOR_CORE)).stdout
    used = processor_seconds(process) - before
    per_second = float(re.search(r"finished in [\d.]+s, ([\d.]+) req/s", done).group(1))
    total, ok = re.search(r"requests: (\d+) total.* (\d+) succeeded, 0 failed, 0 errored",
                          done).groups()
    data = int(re.search(r"\((\d+)\) data", done).group(1))
    # An error of gRPC's has no message, so it would show as missing bytes.
    if total != ok or data < int(ok) * (answer_bytes + 5):
        sys.exit(f"figures: h2load got wrong answers from {path}:\n{done}")
    elapsed = options.seconds + options.warm_up
    return {"per_second": per_second, "server_busy": round(used / elapsed, 3)}


def find_slots(programs, scratch, options):
    (scratch / "echo.bin").write_bytes(ECHO_REQUEST)
    core = servers.SERVER_CORE
    with servers.slotd(programs, scratch / "find", core) as (address, slotd), \
            servers.echo(programs, core) as (echo_address, echo):
        say("FindSlots: booking three weeks")
        prepared = slotload(programs, "prepare", "--server", address, "--output", scratch)
        search = "/slotd.v1.AvailabilityService/FindSlots"
        subjects = {
            name: (address, search, scratch / f"{name}.bin",
                   prepared["searches"][name]["answerBytes"], slotd)
            for name in ("find-one", "find-any")
        }
        subjects["grpc-echo"] = (echo_address, "/peers.echo.Echo/Say", scratch / "echo.bin",
                                 ECHO_ANSWER_BYTES, echo)
        turns = {name: {label(load): [] for load in FIND_LOADS} for name in subjects}
        for run in range(options.runs):
            for load in FIND_LOADS:
                for name, (where, path, body, size, process) in subjects.items():
                    turn = h2load(where, path, body, load, size, options, process)
                    say(f"FindSlots {run + 1}/{options.runs} {label(load)} {name}: "
                        f"{turn['per_second']:.0f}/s")
                    turns[name][label(load)].append(turn)
        checked = {
            name: slotload(programs, "find", "--server", address, "--request",
                           scratch / f"{name}.bin", "--connections", 4, "--in-flight", 64,
                           "--seconds", options.seconds, "--warm-up", options.warm_up)
            for name in ("find-one", "find-any")
        }
    return {"prepared": prepared, "turns": turns, "checked": checked}


def label(load):
    return f"{load[0]}x{load[1]}"


# CreateBooking beside PostgreSQL ------------------------------------------------------------------


def book_slotd(programs, directory, load, placement, options, rate=None):
    """One turn on a fresh daemon."""
    server_cores, generator_cores = placement
    with servers.slotd(programs, directory, server_cores) as (address, process):
        before = processor_seconds(process)
        report = slotload(
            programs, "book", "--server", address, "--connections", load[0],
            "--in-flight", load[1], "--seconds", options.seconds, "--warm-up", options.warm_up,
            *(["--rate", rate] if rate else []), cores=generator_cores)
        report["server_busy"] = round(
            (processor_seconds(process) - before) / (options.seconds + options.warm_up), 3)
    return report


def book_postgres(postgres, clients, placement, options):
    """One turn on an empty table."""
    server_cores, generator_cores = placement
    postgres.pin(server_cores)
    postgres.sql("TRUNCATE booking RESTART IDENTITY; CHECKPOINT;")
    # pgbench has no warm-up; it runs through the slots for all the seconds, and its own figure
    # leaves the connecting out.
    done = postgres.run(
        servers.POSTGRES / "pgbench", "-h", postgres.directory, "-n", "-M", "prepared",
        "-c", str(clients), "-j", "1", "-T", str(options.seconds + options.warm_up),
        "-D", "n=0", "-D", f"clients={clients}", "-f", postgres.peers / "book.sql", "postgres",
        cores=generator_cores)
    failed = int(re.search(r"failed transactions: (\d+)", done).group(1))
    count = int(re.search(r"actually processed: (\d+)", done).group(1))
    stored = int(postgres.sql("SELECT count(*) FROM booking"))
    if failed or count != stored:
        sys.exit(f"figures: pgbench did {count}, failed {failed}, {stored} are stored")
    return {"per_second": float(re.search(r"tps = ([\d.]+)", done).group(1)),
            "latency_mean_ms": float(re.search(r"latency average = ([\d.]+)", done).group(1))}


def create_booking(programs, scratch, options):
    every_core = os.sched_getaffinity(0)
    placements = {
        "one core each": (servers.SERVER_CORE, servers.GENERATOR_CORE),
        "all cores shared": (every_core, every_core),
    }
    names = [f"slotd {label(load)}" for load in BOOK_LOADS]
    names += [f"postgresql {clients}" for clients in POSTGRES_CLIENTS]
    turns = {name: {placement: [] for placement in placements} for name in names}
    number = 0

    def record(name, placement, turn):
        number_of = len(turns[name][placement]) + 1
        say(f"CreateBooking {number_of}/{options.runs} {placement} {name}: "
            f"{turn.get('per_second', turn.get('perSecond')):.0f}/s")
        turns[name][placement].append(turn)

    with servers.Postgres(programs, scratch / "postgres") as postgres:
        for _ in range(options.runs):
            for placement, cores in placements.items():
                for load, clients in zip(BOOK_LOADS, POSTGRES_CLIENTS, strict=True):
                    number += 1
                    turn = book_slotd(programs, scratch / f"book{number}", load, cores, options)
                    turn["per_second"] = turn.pop("perSecond")
                    record(f"slotd {label(load)}", placement, turn)
                    turn = book_postgres(postgres, clients, cores, options)
                    record(f"postgresql {clients}", placement, turn)
    return {"turns": turns, "settings": servers.Postgres.SETTINGS}
