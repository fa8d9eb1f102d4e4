"""The interop server, running, with whatever limits a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace

import grpc
import pytest
from process import ServerProcess, binary

StartServer = Callable[..., ServerProcess]


@pytest.fixture(scope="module")
def interop_server(protos: SimpleNamespace) -> Iterator[ServerProcess]:
    """One server with the default limits, shared by the tests of a file; none may end it."""
    with ServerProcess(
        binary("InteropServer"), "--listen", "127.0.0.1:0", "--descriptors", str(protos.descriptors)
    ) as server:
        yield server
        assert server.is_running, f"the server died:\n{server.output}"
        assert server.stop() == 0, server.output


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Starts a server of the test's own: `start_server("--receive-max", 1000)`."""
    with ExitStack() as stack:

        def start(*options: object) -> ServerProcess:
            command = [binary("InteropServer"), "--listen", "127.0.0.1:0", *map(str, options)]
            return stack.enter_context(ServerProcess(*command))

        yield start


@pytest.fixture
def channel(interop_server: ServerProcess) -> Iterator[grpc.Channel]:
    # grpcio shares connections between channels with equal options; a test gets its own.
    options = [
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", 64 << 20),
    ]
    with grpc.insecure_channel(interop_server.address, options=options) as channel:
        yield channel


@pytest.fixture
def stub(channel: grpc.Channel, interop: SimpleNamespace) -> object:
    return interop.TestServiceStub(channel)
