"""The daemon as a process: what it refuses to start with, and how it ends (F9, F23)."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from types import SimpleNamespace

import grpc
import pytest
from process import ServerProcess, binary, poll

from clinic import Clinic
from slotd_client import Client

USAGE, SOFTWARE, CONFIGURATION = 64, 70, 78


def serve(data: pathlib.Path, *arguments: str) -> ServerProcess:
    return ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0", *arguments
    )


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs slotd where it must end by itself, and soon."""
    done = subprocess.run([binary("slotd"), *arguments], capture_output=True, text=True, timeout=30)
    assert "Fatal error" not in done.stderr, done.stderr
    assert "ready" not in done.stdout
    return done


def verify(data: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary("slotd"), "verify", "--data-dir", str(data)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_ready_line_and_what_it_leaves(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """One line with every address; the directory is private; a restart reads what was written."""
    data, path = tmp_path / "data", tmp_path / "s.sock"
    with serve(data, "--listen", f"unix:{path}") as server:
        assert re.fullmatch(
            rf"slotd ready on 127\.0\.0\.1:\d+ unix:{re.escape(str(path))}", server.ready_line
        )
        assert len(server.lines) == 1
        with grpc.insecure_channel(server.address) as channel:
            clinic = Clinic(Client(channel, stubs))
            booking = clinic.book(2, 10)
            revision = clinic.client.revision()
        assert data.stat().st_mode & 0o777 == 0o700
        assert server.stop() == 0
    assert not path.exists(), "the socket's file is removed"
    assert verify(data).stdout.strip() == "sound"
    with serve(data) as server, grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        assert client(stubs.GetBookingRequest(id=booking.id)).booking == booking
        assert client.revision() == revision
        assert server.stop() == 0


def test_a_daemon_without_standard_streams_keeps_their_places(tmp_path: pathlib.Path):
    """Started with them closed, it has no file or connection that its log would be written into."""
    socket = tmp_path / "slotd.sock"
    script = 'exec "$0" serve --data-dir "$1" --listen "unix:$2" <&- >&- 2>&-'
    daemon = subprocess.Popen(["sh", "-c", script, binary("slotd"), str(tmp_path / "d"), socket])
    try:
        poll(socket.exists, "the socket is there", 30)
        with grpc.insecure_channel(f"unix:{socket}") as channel:
            grpc.channel_ready_future(channel).result(30)
        places = [os.readlink(f"/proc/{daemon.pid}/fd/{number}") for number in range(3)]
        assert places == ["/dev/null"] * 3
    finally:
        daemon.terminate()
        assert daemon.wait(30) == 0


def test_a_second_daemon_on_one_directory(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """It ends with 78 and says why; the first serves on; so with `slotd verify`."""
    data = tmp_path / "data"
    with serve(data) as server, grpc.insecure_channel(server.address) as channel:
        clinic = Clinic(Client(channel, stubs))
        for _ in range(3):
            second = refused("serve", "--data-dir", str(data), "--listen", "127.0.0.1:0")
            assert second.returncode == CONFIGURATION
            assert str(data) in second.stderr
            assert re.search(r"in use|another|lock", second.stderr), second.stderr
        while_open = verify(data)
        assert while_open.returncode == CONFIGURATION
        assert "sound" not in while_open.stdout
        booking = clinic.book(2, 10)
        assert server.stop() == 0
    with serve(data) as server, grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        assert client(stubs.GetBookingRequest(id=booking.id)).booking == booking
        assert server.stop() == 0


def test_a_lock_of_a_dead_daemon_is_no_lock(tmp_path: pathlib.Path):
    """After SIGKILL the directory can be opened at once."""
    data = tmp_path / "data"
    server = serve(data)
    server.kill()
    with serve(data) as server:
        assert server.stop() == 0


@pytest.mark.parametrize("place", ["a file", "below a file", "where nothing can be made"])
def test_unusable_data_directories(tmp_path: pathlib.Path, place: str):
    """A data directory that cannot be one: 78, and the path in the message."""
    file = tmp_path / "file"
    file.write_text("not a directory")
    data = {
        "a file": file,
        "below a file": file / "data",
        "where nothing can be made": pathlib.Path("/proc/slotd-data"),
    }[place]
    done = refused("serve", "--data-dir", str(data), "--listen", "127.0.0.1:0")
    assert done.returncode == CONFIGURATION
    assert str(data) in done.stderr, done.stderr
    assert file.read_text() == "not a directory"


def test_a_directory_without_permission():
    """A data directory that may not be written to. Root may write everywhere, so where the tests run
    as root, the daemon does not."""
    # pytest's own directories are closed to other users.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        data = pathlib.Path(place) / "data"
        data.mkdir(mode=0o500)
        words = [binary("slotd"), "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0"]
        if os.geteuid() == 0:
            nobody = 65_534
            os.chown(data, nobody, nobody)
            words = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups", *words]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30)
        assert done.returncode == CONFIGURATION, done.stderr
        assert str(data) in done.stderr and "Permission denied" in done.stderr


def test_nobody_else_reads_the_data(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """Directory and files are their owner's alone, whatever the mask; a directory that was open to
    others is closed, and its files too; one that holds others' files is left alone and refused."""
    data = tmp_path / "data"
    mask = os.umask(0)
    try:
        data.mkdir(mode=0o755)
        with serve(data, "--listen", f"unix:{tmp_path}/s") as server:
            with grpc.insecure_channel(server.address) as channel:
                Clinic(Client(channel, stubs))
            files = [data, *data.iterdir()]
            assert len(files) >= 6
            assert {file.stat().st_mode & 0o077 for file in files} == {0}
            # Who may connect is the operator's to say.
            assert (tmp_path / "s").stat().st_mode & 0o777 == 0o777
            assert server.stop() == 0
    finally:
        os.umask(mask)
    for file in [data, *data.iterdir()]:
        file.chmod(0o755 if file is data else 0o644)
    with serve(data) as server:
        assert {file.stat().st_mode & 0o077 for file in [data, *data.iterdir()]} == {0}
        assert server.stop() == 0
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    (shared / "letter.txt").write_text("not slotd's")
    done = refused("serve", "--data-dir", str(shared), "--listen", "127.0.0.1:0")
    assert done.returncode == CONFIGURATION and "others can read it" in done.stderr
    assert shared.stat().st_mode & 0o777 == 0o755
    assert [file.name for file in shared.iterdir()] == ["letter.txt"]


def test_verify_makes_nothing(tmp_path: pathlib.Path):
    """A directory that is not there, or holds no data, is not sound: 78, and nothing is made."""
    for data in [tmp_path / "typo", tmp_path]:
        done = verify(data)
        assert done.returncode == CONFIGURATION and str(data) in done.stderr
        assert "sound" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_living_daemon_keeps_its_socket(tmp_path: pathlib.Path):
    """A second daemon is refused the socket of the first (78), which serves on; what a dead one left
    is taken over; and a daemon that ends leaves a socket that is not its own."""
    path = tmp_path / "s.sock"
    listen = ["--listen", f"unix:{path}"]
    with serve(tmp_path / "a", *listen) as first:
        done = refused("serve", "--data-dir", str(tmp_path / "b"), *listen)
        assert done.returncode == CONFIGURATION
        assert f"unix:{path}" in done.stderr and "another process listens there" in done.stderr
        with grpc.insecure_channel(f"unix:{path}") as channel:
            assert health(channel)
        first.kill()
        assert path.exists(), "SIGKILL leaves it"
        with serve(tmp_path / "b", *listen) as second:
            path.unlink()
            with serve(tmp_path / "c", *listen) as third:
                assert second.stop() == 0
                with grpc.insecure_channel(f"unix:{path}") as channel:
                    assert health(channel)
                assert third.stop() == 0
    assert not path.exists()


def health(channel: grpc.Channel) -> bool:
    call = channel.unary_unary("/grpc.health.v1.Health/Check")
    return call(b"", timeout=10) == b"\x08\x01"


def test_addresses_that_cannot_be_had(tmp_path: pathlib.Path):
    """Each is a sentence, 78, and never an error of a library."""
    (tmp_path / "file").write_text("keep")
    with serve(tmp_path / "a") as server:
        for address, reason in [
            (f"unix:{tmp_path}/file", "not a socket"),
            (f"unix:{tmp_path}/nowhere/s", "its folder does not exist"),
            (f"unix:/tmp/{'x' * 120}", "too long"),
            (server.address, "another process uses this address"),
            ("127.0.0.1:1", None if os.geteuid() == 0 else "may not listen there"),
            ("no.such.name.invalid:0", "not known"),
        ]:
            if reason is None:
                continue
            words = ["--insecure"] if "invalid" in address else []
            done = refused("serve", "--data-dir", str(tmp_path / "b"), "--listen", address, *words)
            assert done.returncode == CONFIGURATION
            [line] = [line for line in done.stderr.splitlines() if not line.startswith("{")]
            assert line.startswith(f"slotd: cannot listen on {address}: "), line
            assert reason in line and "errno" not in line and "Error" not in line
    assert (tmp_path / "file").read_text() == "keep"


def test_old_libraries_are_told(tmp_path: pathlib.Path):
    """The log says at the start when SQLite is one that two programs must not share a file with."""
    version = json.loads(
        subprocess.run(
            [binary("slotd"), "--version", "-o", "json"], capture_output=True, check=True
        ).stdout
    )
    with serve(tmp_path / "data") as server:
        assert server.stop() == 0
    warnings = [json.loads(line) for line in server.log if '"level":"warning"' in line]
    numbers = tuple(map(int, version["sqlite"].split(".")))
    is_old = numbers < (3, 51, 3) and not (
        (3, 50, 7) <= numbers < (3, 51) or (3, 44, 6) <= numbers < (3, 45)
    )
    assert any(f"SQLite {version['sqlite']}" in line["message"] for line in warnings) == is_old
    assert not any("nghttp2" in line["message"] for line in warnings)


def test_a_newer_schema(tmp_path: pathlib.Path):
    """Files of a later version are not touched: 78, and the message says which is newer."""
    data = tmp_path / "data"
    with serve(data) as server:
        assert server.stop() == 0
    files = sorted(data.glob("*.db")) or sorted(data.glob("*.sqlite*"))
    assert files, list(data.iterdir())
    for file in files:
        copy = tmp_path / f"newer-{file.name}"
        shutil.copytree(data, copy)
        with sqlite3.connect(copy / file.name) as database:
            [version] = database.execute("PRAGMA user_version").fetchone()
            assert version >= 1
            database.execute(f"PRAGMA user_version = {version + 1}")
        database.close()
        before = (copy / file.name).read_bytes()
        done = refused("serve", "--data-dir", str(copy), "--listen", "127.0.0.1:0")
        assert done.returncode == CONFIGURATION, done.stderr
        assert re.search(r"newer|later", done.stderr), done.stderr
        assert (copy / file.name).read_bytes() == before
    assert verify(data).stdout.strip() == "sound"


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "127.0.0.1.example.org:0", "127.x:0", "0127.0.0.1:0"],
)
def test_other_machines_only_with_insecure(tmp_path: pathlib.Path, address: str):
    """Nothing is encrypted yet, so an address beyond this machine needs --insecure."""
    data = tmp_path / "data"
    done = refused("serve", "--data-dir", str(data), "--listen", address)
    assert done.returncode == CONFIGURATION
    assert address in done.stderr and "--insecure" in done.stderr
    assert not data.exists(), "nothing is made before the address is checked"


def test_insecure(tmp_path: pathlib.Path):
    """With the flag it listens there."""
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"), "--listen", "0.0.0.0:0",
        "--insecure",
    ) as server:  # fmt: skip
        assert re.search(r"0\.0\.0\.0:\d+", server.ready_line)
        assert server.stop() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--listen", "nonsense"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:65536"],
        ["--listen", "127.0.0.1:-1"], ["--listen", "127.0.0.1:x"], ["--listen", "unix:"],
        ["--listen", ""], ["--listen", ":0"], ["--loops", "-1"], ["--loops", "many"],
        ["--drain-seconds", "-1"], ["--log-level", "loud"], ["--unknown"], ["extra"],
    ],
    ids=lambda arguments: " ".join(arguments),
)  # fmt: skip
def test_wrong_usage(tmp_path: pathlib.Path, arguments: list[str]):
    """Arguments that make no sense: 64, with the usage, and nothing is made."""
    data = tmp_path / "data"
    done = refused("serve", "--data-dir", str(data), *arguments)
    assert done.returncode == USAGE, done.stderr
    assert "Usage" in done.stderr
    assert not data.exists()
    if not arguments[0].startswith("--"):
        assert refused("serve").returncode == USAGE


def test_an_address_in_use(tmp_path: pathlib.Path):
    """The port of another daemon: 78, and the address in the message."""
    with serve(tmp_path / "a") as server:
        done = refused("serve", "--data-dir", str(tmp_path / "b"), "--listen", server.address)
        assert done.returncode == CONFIGURATION
        assert server.address in done.stderr
        assert server.stop() == 0
    with serve(tmp_path / "b") as server:
        assert server.stop() == 0


def test_drain_under_load(tmp_path: pathlib.Path, stubs: SimpleNamespace):
    """SIGTERM while eight clients book: every call under way is answered, the exit code is 0, and
    what was answered is there after a restart."""
    data = tmp_path / "data"
    server = serve(data)
    told = threading.Event()
    answered: list[object] = []
    lost: list[str] = []

    def book(clinic: Clinic, worker: int) -> None:
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
        with grpc.insecure_channel(server.address, options=options) as channel:
            client = Client(channel, stubs, actor=f"worker {worker}")
            for number in range(10_000):
                was_told = told.is_set()
                request = stubs.CreatePatientRequest(
                    request_id=f"{worker}-{number}", patient=stubs.Patient(name=f"P {worker}")
                )
                try:
                    answered.append(client(request).patient)
                except grpc.RpcError as error:
                    if error.code() != grpc.StatusCode.UNAVAILABLE or not was_told:
                        lost.append(f"{was_told} {error}")
                    return

    with server, grpc.insecure_channel(server.address) as channel:
        clinic = Clinic(Client(channel, stubs))
        stream = stubs.ImportServiceStub(channel)
        goes_on = threading.Event()

        def records():
            yield stubs.ImportRequest(
                sequence=1, patient=stubs.Patient(name="Before", external_ref="before")
            )
            goes_on.wait(30)
            yield stubs.ImportRequest(
                sequence=2, patient=stubs.Patient(name="After", external_ref="after")
            )

        answers = stream.Import(records(), timeout=60)
        assert next(answers).sequence == 1
        workers = [threading.Thread(target=book, args=(clinic, n)) for n in range(8)]
        for worker in workers:
            worker.start()
        while len(answered) < 200:
            time.sleep(0.005)
        # Set before the signal: a call that begins after it may come too late.
        told.set()
        server.send(signal.SIGTERM)
        for worker in workers:
            worker.join(30)
        goes_on.set()
        assert [answer.sequence for answer in answers] == [2], "the stream was not finished"
        assert server.wait() == 0, server.output
    assert not lost, lost[:3]
    with serve(data) as server, grpc.insecure_channel(server.address) as channel:
        client = Client(channel, stubs)
        rows = {row.id: row for row in client.pages(stubs.ListPatientsRequest(), "patients")}
        for patient in answered:
            assert rows[patient.id] == patient
        assert {"before", "after"} <= {row.external_ref for row in rows.values()}
        assert server.stop() == 0
    assert verify(data).stdout.strip() == "sound"


@pytest.fixture
def hangups_count():
    """What runs the tests may ignore SIGHUP, as nohup does, and the daemon would with it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangups_count")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_each_signal_that_stops_lets_calls_finish(
    tmp_path: pathlib.Path, stubs: SimpleNamespace, number: signal.Signals
):
    """A terminal that closes sends SIGHUP, and must not cut a call short."""
    goes_on = threading.Event()

    def records():
        yield stubs.ImportRequest(
            sequence=1, patient=stubs.Patient(name="Before", external_ref="before")
        )
        goes_on.wait(30)
        yield stubs.ImportRequest(
            sequence=2, patient=stubs.Patient(name="After", external_ref="after")
        )

    with serve(tmp_path / "data") as server, grpc.insecure_channel(server.address) as channel:
        answers = stubs.ImportServiceStub(channel).Import(records(), timeout=60)
        assert next(answers).sequence == 1
        server.send(number)
        poll(lambda: any("stopping" in line for line in server.log), "it stops")
        goes_on.set()
        assert [answer.sequence for answer in answers] == [2], server.output
        assert server.wait() == 0, server.output
    stopping = next(json.loads(line) for line in server.log if "stopping" in line)
    assert number.name in json.dumps(stopping)


def test_a_daemon_under_nohup_outlives_the_terminal(
    tmp_path: pathlib.Path, stubs: SimpleNamespace
):
    """Who started it said that SIGHUP is to be ignored."""
    command = ["nohup", binary("slotd"), "serve", "--data-dir", str(tmp_path / "data")]
    with ServerProcess(*command, "--listen", "127.0.0.1:0") as server:
        server.send(signal.SIGHUP)
        with grpc.insecure_channel(server.address) as channel:
            client = Client(channel, stubs)
            client(stubs.CreatePatientRequest(patient=stubs.Patient(name="P")))
        server.send(signal.SIGHUP)
        assert server.stop() == 0, server.output
    assert not any("SIGHUP" in line for line in server.log)
