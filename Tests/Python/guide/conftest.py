"""Fixtures of the guide: a clinic on a fresh daemon, and the page that the tests write.

The page, README.md beside this file, shows each path's calls as the tests made them. It is compared
with what they make now; SLOTD_UPDATE_GUIDE=1 writes it anew.
"""

from __future__ import annotations

import os
import pathlib
import re
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import grpc
import pytest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "api")]

from clinic import Clinic  # noqa: E402
from page import Chapter, Page  # noqa: E402
from slotd_client import Client  # noqa: E402


@pytest.fixture(scope="session")
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, as far as the tests of this run have written it."""
    page = Page(HERE / "README.md")
    yield page
    written = {
        item.function.__qualname__
        for item in request.session.items
        if "chapter" in getattr(item, "fixturenames", ())
    }
    names = re.findall(
        r"^def (test_\w+)\([^)]*chapter: Chapter",
        "".join(path.read_text() for path in sorted(HERE.glob("test_*.py"))),
        re.MULTILINE,
    )
    page.finish(
        update=os.environ.get("SLOTD_UPDATE_GUIDE") == "1",
        whole=written == set(names) and len(page.chapters) == len(names),
    )


@pytest.fixture
def clinic(slotd_channel: grpc.Channel, stubs: SimpleNamespace) -> Clinic:
    """A clinic in the default organization of a fresh daemon."""
    return Clinic(Client(slotd_channel, stubs))


@pytest.fixture
def chapter(page: Page, clinic: Clinic, request: pytest.FixtureRequest) -> Chapter:
    """Makes the calls of one path and writes them down, under the test's own first sentence."""
    return page.chapter(request.function.__doc__, clinic)
