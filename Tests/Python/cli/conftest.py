"""Fixtures of slotctl's tests: a client of the daemon that slotctl talks to, and a clinic there."""

from __future__ import annotations

import pathlib
import sys
from types import SimpleNamespace

import grpc
import pytest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "api")]

from clinic import Clinic  # noqa: E402
from slotd_client import Client  # noqa: E402


@pytest.fixture
def client(slotd_channel: grpc.Channel, stubs: SimpleNamespace) -> Client:
    """Calls the fresh daemon, in the default organization."""
    return Client(slotd_channel, stubs)


@pytest.fixture
def clinic(client: Client) -> Clinic:
    """A clinic in the default organization of the fresh daemon."""
    return Clinic(client)
