"""Fixtures of slotctl's tests: the program, a client of the daemon that it talks to, and a clinic."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import pytest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "api")]

from process import ServerProcess  # noqa: E402

from clinic import Clinic  # noqa: E402
from ctl import Ctl  # noqa: E402
from slotd_client import Client  # noqa: E402


@pytest.fixture
def client(slotd_channel: grpc.Channel, stubs: SimpleNamespace) -> Client:
    """Calls the fresh daemon, in the default organization."""
    return Client(slotd_channel, stubs)


@pytest.fixture
def clinic(client: Client) -> Clinic:
    """A clinic in the default organization of the fresh daemon."""
    return Clinic(client)


@pytest.fixture
def ctl(slotd: ServerProcess, tmp_path: pathlib.Path) -> Iterator[Ctl]:
    """Runs slotctl as people and scripts do; ends what it started."""
    ctl = Ctl(slotd.address, tmp_path)
    yield ctl
    ctl.end()
