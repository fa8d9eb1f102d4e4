"""What the figures were measured on. Nothing here tells one machine of a kind from another."""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import time


def require_two_cores():
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("figures: server and generator need a core each; this process may use only one")


def output(*command):
    """The first line that a command prints, or 'unknown'."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return (done.stdout.strip() or done.stderr.strip() or "unknown").splitlines()[0]


def describe(repository, scratch):
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.M)
    system = re.search(r'^PRETTY_NAME="(.*)"$', pathlib.Path("/etc/os-release").read_text(), re.M)
    revision = output("git", "-C", str(repository), "rev-parse", "--short=12", "HEAD")
    # Results and pages may differ from the commit; what is measured may not.
    changes = subprocess.run(
        ["git", "-C", str(repository), "status", "--porcelain", "--", "Sources", "Package.swift",
         "Benchmarks/slotload", "Benchmarks/Peers", "Benchmarks/figures"],
        capture_output=True, text=True).stdout.strip()
    return {
        "revision": revision + (" with changes" if changes else ""),
        "cpu": cpu.group(1) if cpu else "unknown",
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.group(1)) / 2**20, 1),
        "kernel": os.uname().release,
        "system": system.group(1) if system else "unknown",
        "file_system": output("stat", "-f", "-c", "%T", str(scratch)),
        "fdatasync_median_ms": fdatasync_median(scratch),
        "swift": output("swift", "--version"),
        "nghttp2": output("pkg-config", "--modversion", "libnghttp2"),
        "sqlite": output("pkg-config", "--modversion", "sqlite3"),
        "h2load": output("h2load", "--version"),
        "grpc_cpp": output("pkg-config", "--modversion", "grpc++"),
        "postgresql": output("/usr/lib/postgresql/15/bin/postgres", "--version"),
    }


def fdatasync_median(scratch, count=200):
    """Milliseconds to append a page to a file and force it to the disk."""
    path = scratch / "fdatasync"
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    path.unlink()
    return round(statistics.median(times) * 1000, 3)
