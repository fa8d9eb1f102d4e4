"""The page of the guide: calls as they were made, in a form that is the same at every run."""

from __future__ import annotations

import base64
import datetime
import json
import pathlib
import re
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from clinic import ZONE, Clinic
from slotd_client import Client, Refusal, method_of

HEAD = """# Attach a Booking to a Procedure, call by call

The paths of the portal's user guide, each as the calls that a backend makes, with the requests and
replies of a real run. `Tests/Python/guide/test_guide.py` makes these calls with grpcio against a fresh
daemon and compares them with this page; `SLOTD_UPDATE_GUIDE=1 pytest Tests/Python/guide` writes it
anew. Do not edit it by hand.

Messages are in protobuf's JSON. Ids are shortened to what they name, times to the clinic's clock.
Left out, though every reply has them: revisions, who and when, zones, buffers and histories.
Every mutation should also carry a `request_id`, so that repeating it is harmless.
"""

LEFT_OUT = {
    "revision", "createdAt", "createdBy", "timeZone", "utcOffsetMinutes", "stageHistory",
    "attachedAt", "attachedBy", "detachedAt", "detachedBy", "startedAt", "submittedAt",
    "completedAt", "bufferAfterMinutes", "inStageSince", "serverNow", "at", "actor",
    "durationMinutes", "resourceIds", "expiresAt", "minutesInStage", "latestExpiry", "slotToken",
}  # fmt: skip

#: Characters of a payload in base 64 that are shown.
LONG = 100

ID = re.compile(r"\b(?:org|location|provider|service|proctype|patient|booking|hold|procedure|"
                r"attachment|charge|group)_[0-9a-z]{26}\b")  # fmt: skip
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Page:
    """Chapters in the order of the tests."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.chapters: list[Chapter] = []

    def chapter(self, doc: str, clinic: Clinic) -> Chapter:
        title, _, rest = doc.strip().partition("\n")
        chapter = Chapter(title.strip().rstrip("."), " ".join(rest.split()), clinic)
        self.chapters.append(chapter)
        return chapter

    @property
    def text(self) -> str:
        return HEAD + "".join(chapter.text for chapter in self.chapters)

    def finish(self, *, update: bool, whole: bool) -> None:
        """Compares with what is written: all of it, or what a part of the tests has made."""
        if update:
            assert whole, "only a run of all chapters can write the page"
            self.path.write_text(self.text)
            return
        written = self.path.read_text()
        for chapter in self.chapters:
            assert chapter.text in written, (
                f"the page is stale at “{chapter.title}”: run with SLOTD_UPDATE_GUIDE=1"
            )
        if whole:
            assert written == self.text, "the page has more than the tests make"


class Chapter:
    """One path: makes calls in the clinic's name, and writes them down."""

    def __init__(self, title: str, sentence: str, clinic: Clinic):
        self.title = title
        self.client: Client = clinic.client
        self.lines = ["", f"## {title}", ""]
        if sentence:
            self.lines += [sentence, ""]
        self.names = {
            row.id: word
            for word, row in vars(clinic).items()
            if isinstance(row, Message) and hasattr(row, "id")
        }

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def must_refuse(self) -> None:
        """From here on the chapter shows what its path refuses."""
        self.lines += ["### What it must refuse", "", "With nothing stored.", ""]

    def say(self, sentence: str) -> None:
        """A sentence between two calls."""
        self.lines += [sentence, ""]

    def __call__(self, request: Message) -> Message:
        reply = self.client(request)
        self._write(request, self._json(reply))
        return reply

    def refused(self, request: Message, reason: str) -> Refusal:
        """Makes a call that must be refused for this reason, with nothing stored."""
        before = self.client.revision()
        try:
            reply = self.client(request)
        except grpc.RpcError as error:
            refusal = Refusal.of(error)
        else:
            raise AssertionError(f"was not refused: {reply}")
        assert refusal.reason == reason, refusal
        assert self.client.revision() == before, "something was stored"
        told = {"code": refusal.code.name, "reason": reason, "message": refusal.message}
        if refusal.resource:
            told["resource"] = refusal.resource[1]
        self._write(request, self._plain(json.dumps(told, indent=2)))
        return refusal

    def _write(self, request: Message, answer: str) -> None:
        method = method_of(type(request))[0].removeprefix("/slotd.v1.").replace("/", ".")
        self.lines += [
            f"**{method}**", "", "```json", self._json(request), "```", "",
            "```json", answer, "```", "",
        ]  # fmt: skip

    def _json(self, message: Message) -> str:
        fields = json_format.MessageToDict(message)
        return self._plain(json.dumps(_pruned(fields), indent=2))

    def _plain(self, text: str) -> str:
        """Ids and times as words."""
        text = ID.sub(lambda match: self._name(match[0]), text)
        return TIME.sub(lambda match: _local(match[0]), text)

    def _name(self, identifier: str) -> str:
        kind = identifier.split("_")[0]
        if identifier not in self.names:
            taken = sum(name.startswith(f"{kind}-") for name in self.names.values())
            self.names[identifier] = f"{kind}-{taken + 1}"
        return self.names[identifier]


def _pruned(value: Any) -> Any:
    if isinstance(value, list):
        return [_pruned(element) for element in value]
    if isinstance(value, dict):
        if set(value) == {"year", "month", "day"}:
            return f"in {(datetime.date(**value) - _today()).days} days"
        if len(value.get("payload", "")) > LONG:
            size = len(base64.b64decode(value["payload"]))
            value = value | {"payload": f"({size} bytes)"}
        return {
            key: _pruned(element) for key, element in value.items() if key not in LEFT_OUT
        }  # fmt: skip
    return value


def _today() -> datetime.date:
    return datetime.datetime.now(ZONE).date()


def _local(text: str) -> str:
    """A time by the clinic's clock, its day counted from today."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(ZONE)
    days = (moment.date() - _today()).days
    return f"in {days} days, {moment:%H:%M}"
