"""The servers that are measured: built, started pinned to cores, stopped."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys

SERVER_CORE = {0}
GENERATOR_CORE = {1}
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Programs:
    """Paths of what is run, and how to build it."""

    def __init__(self, repository, build_path):
        self.repository = repository
        self.build_path = build_path
        self.peers = repository / "Benchmarks" / "Peers"
        self.slotd = build_path / "release" / "slotd"
        self.slotload = build_path / "release" / "slotload"

    def build(self, scratch, skip_swift):
        if not skip_swift:
            for product in ("slotd", "slotload"):
                command = ["swift", "build", "-c", "release", "--package-path", self.repository,
                           "--scratch-path", self.build_path, "--product", product]
                subprocess.run(command, check=True, stdout=sys.stderr)
        self.echo = scratch / "echo" / "echo_server"
        subprocess.run(["make", "-s", "-C", self.peers / "grpc-echo", f"BUILD={scratch / 'echo'}"],
                       check=True, stdout=sys.stderr)


def pinned(cores):
    """For subprocess's preexec_fn: runs the child on these cores."""
    return lambda: os.sched_setaffinity(0, cores)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(command, ready, cores):
    """A server from the line that says `ready` until it has stopped. Yields the process."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, preexec_fn=pinned(cores))
    try:
        line = process.stdout.readline()
        if not line.startswith(ready):
            sys.exit(f"figures: {pathlib.Path(command[0]).name} did not start: {line!r}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextlib.contextmanager
def slotd(programs, directory, cores):
    """One event loop and one committer thread. Yields its address and its process."""
    address = f"127.0.0.1:{free_port()}"
    command = [programs.slotd, "serve", "--data-dir", directory, "--listen", address,
               "--loops", "1", "--log-level", "warning"]
    with running(command, "slotd ready", cores) as process:
        yield address, process


@contextlib.contextmanager
def echo(programs, cores):
    """gRPC C++: one completion queue, one thread."""
    address = f"127.0.0.1:{free_port()}"
    with running([programs.echo, address], "ready", cores) as process:
        yield address, process


class Postgres:
    """A cluster of its own, on a Unix socket, that commits durably."""

    SETTINGS = {
        "listen_addresses": "", "fsync": "on", "synchronous_commit": "on",
        "full_page_writes": "on", "shared_buffers": "1GB", "max_wal_size": "8GB",
        "checkpoint_timeout": "30min", "max_connections": "200",
    }

    def __init__(self, programs, directory):
        self.directory = directory
        self.data = directory / "data"
        self.peers = programs.peers / "postgres"
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def run(self, *command, cores=None, text=None):
        done = subprocess.run([*self.user, *command], input=text, capture_output=True, text=True,
                              cwd="/", preexec_fn=pinned(cores) if cores else None)
        if done.returncode != 0:
            sys.exit(f"figures: {pathlib.Path(command[0]).name}: {done.stderr}")
        return done.stdout

    def sql(self, text):
        return self.run(POSTGRES / "psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", self.directory,
                        "postgres", text=text).strip()

    def __enter__(self):
        self.directory.mkdir()
        if self.user:
            subprocess.run(["chown", "postgres", self.directory], check=True)
        self.run(POSTGRES / "initdb", "-A", "trust", "-D", self.data)
        options = " ".join(f"-c {name}={value}" for name, value in self.SETTINGS.items())
        self.control("start", "-l", str(self.directory / "log"),
                     "-o", f"-k {self.directory} {options}")
        self.sql((self.peers / "schema.sql").read_text())
        return self

    def control(self, *command):
        subprocess.run([*self.user, POSTGRES / "pg_ctl", "-s", "-w", "-D", self.data, *command],
                       check=True, cwd="/", stdout=subprocess.DEVNULL)

    def pin(self, cores):
        """Its processes, and those they start from now on."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text()
        for process in [postmaster, *map(int, children.split())]:
            os.sched_setaffinity(process, cores)

    def __exit__(self, *_):
        self.control("stop", "-m", "fast")
