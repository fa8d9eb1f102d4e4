"""Fixtures of the API's tests: a client, and a clinic to try things on."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from process import ServerProcess, binary  # noqa: E402

from clinic import Clinic  # noqa: E402
from scene import Scene, everything, furnish  # noqa: E402
from slotd_client import Client  # noqa: E402


@pytest.fixture
def client(slotd_channel: grpc.Channel, stubs: SimpleNamespace) -> Client:
    """Calls a fresh daemon, in the default organization."""
    return Client(slotd_channel, stubs)


@pytest.fixture
def clinic(client: Client) -> Clinic:
    """A clinic in the default organization of a fresh daemon."""
    return Clinic(client)


@pytest.fixture(scope="module")
def shared_client(
    tmp_path_factory: pytest.TempPathFactory, stubs: SimpleNamespace
) -> Iterator[Client]:
    """Calls one daemon that all tests of a module share."""
    directory = tmp_path_factory.mktemp("slotd")
    with ServerProcess(
        binary("slotd"), "serve", "--data-dir", str(directory / "data"),
        "--listen", "127.0.0.1:0",
    ) as server:  # fmt: skip
        with grpc.insecure_channel(server.address) as channel:
            yield Client(channel, stubs)
        assert server.stop() == 0, server.output


@pytest.fixture(scope="module")
def scene(shared_client: Client, stubs: SimpleNamespace) -> Iterator[Scene]:
    """The scene; when the module is done, every list is as it was at the start."""
    organization = stubs.Organization(external_ref="other", name="Other")
    shared_client(stubs.CreateOrganizationRequest(organization=organization))
    other = shared_client.named(organization="other")
    scene = Scene(shared_client, stubs, *furnish(shared_client), *furnish(other))
    before = [everything(shared_client), everything(other)]
    yield scene
    assert [everything(shared_client), everything(other)] == before
