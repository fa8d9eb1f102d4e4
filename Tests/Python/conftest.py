"""Fixtures for every test in Python: message classes and running servers.

How to run:

    python3 -m venv .venv && .venv/bin/pip install -r Tests/Python/requirements.txt
    swift build
    .venv/bin/pytest Tests/Python

The tests start the servers of the debug build, or those in the directory SLOTD_BIN. Each server
has its own port (0 picks one) and its own directory.
"""

from __future__ import annotations

import importlib
import pathlib
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import grpc_tools
import pytest
from grpc_tools import protoc

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from process import ROOT, ServerProcess, binary  # noqa: E402


@pytest.fixture(scope="session")
def protos(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Everything below Proto/ compiled by grpcio-tools.

    `directory` holds the modules and is importable; `descriptors` is a FileDescriptorSet of all
    files with what they import.
    """
    directory = tmp_path_factory.mktemp("stubs")
    descriptors = directory / "descriptors.bin"
    source = ROOT / "Proto"
    files = [*sorted(source.glob("slotd/v1/*.proto")), *sorted(source.glob("grpc/testing/*.proto"))]
    arguments = [
        "protoc", f"-I{source}", f"-I{pathlib.Path(grpc_tools.__file__).parent / '_proto'}",
        f"--python_out={directory}", f"--grpc_python_out={directory}",
        f"--descriptor_set_out={descriptors}", "--include_imports",
        *map(str, files),
    ]  # fmt: skip
    assert protoc.main(arguments) == 0, "protoc failed"
    sys.path.insert(0, str(directory))
    # The package `grpc` is grpcio's; its path is made to lead to grpc/testing as well.
    grpc.__path__.append(str(directory / "grpc"))
    return SimpleNamespace(directory=directory, descriptors=descriptors)


def _modules(directory: pathlib.Path, folder: str) -> SimpleNamespace:
    """The public names of all generated modules in a folder, in one namespace."""
    names: dict[str, object] = {}
    for path in sorted((directory / folder).glob("*_pb2*.py")):
        module = importlib.import_module(f"{folder.replace('/', '.')}.{path.stem}")
        names.update({k: v for k, v in vars(module).items() if not k.startswith("_")})
    return SimpleNamespace(**names)


@pytest.fixture(scope="session")
def stubs(protos: SimpleNamespace) -> SimpleNamespace:
    """The messages, enums and stubs of slotd.v1 by name: `stubs.CreateBookingRequest`,
    `stubs.BookingServiceStub`."""
    return _modules(protos.directory, "slotd/v1")


@pytest.fixture(scope="session")
def interop(protos: SimpleNamespace) -> SimpleNamespace:
    """The same of grpc.testing: `interop.SimpleRequest`, `interop.TestServiceStub`."""
    return _modules(protos.directory, "grpc/testing")


@pytest.fixture
def slotd(tmp_path: pathlib.Path) -> Iterator[ServerProcess]:
    """A fresh `slotd serve` on an empty data directory, on TCP and on a Unix socket.

    Ends with SIGTERM and fails the test if that does not exit with 0.
    """
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(tmp_path / "data"),
        "--listen", "127.0.0.1:0", "--listen", f"unix:{tmp_path}/slotd.sock",
    ) as server:  # fmt: skip
        yield server
        if server.is_running:
            assert server.stop() == 0, server.output


@pytest.fixture
def slotd_channel(slotd: ServerProcess) -> Iterator[grpc.Channel]:
    """A channel to `slotd`."""
    with grpc.insecure_channel(slotd.address) as channel:
        yield channel
