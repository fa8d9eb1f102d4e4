"""Calls slotd by request message alone, and reads its refusals.

A request's type says which method it is for, so a test writes

    client(stubs.GetBookingRequest(id=booking.id))

and, where a refusal is expected,

    client.refusal(stubs.GetBookingRequest(id="nonsense")).field == "id"
"""

from __future__ import annotations

import dataclasses
import pathlib
import tempfile
from functools import lru_cache
from types import SimpleNamespace

import grpc
import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_tools import protoc
from process import ROOT

SECONDS = 30


def method_of(request: type[Message]) -> tuple[str, type[Message]]:
    """The path of the method that takes a request, and the class of its reply."""
    for service in request.DESCRIPTOR.file.services_by_name.values():
        for method in service.methods:
            if method.input_type is request.DESCRIPTOR:
                reply = message_factory.GetMessageClass(method.output_type)
                return f"/{service.full_name}/{method.name}", reply
    raise LookupError(f"no method takes {request.DESCRIPTOR.full_name}")


@dataclasses.dataclass
class Refusal:
    """What a call that failed carries: status, and the details of `grpc-status-details-bin`."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    domain: str = ""
    metadata: dict[str, str] = dataclasses.field(default_factory=dict)
    fields: list[str] = dataclasses.field(default_factory=list)
    resource: tuple[str, str] | None = None
    retry_seconds: float | None = None
    failures: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def field(self) -> str | None:
        """The path of the field that is wrong, where there is one."""
        return self.fields[0] if self.fields else None

    @classmethod
    def of(cls, error: grpc.RpcError) -> Refusal:
        refusal = cls(error.code(), error.details())
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        if details is None:
            return refusal
        kinds = _error_messages()
        status = kinds["Status"].FromString(details)
        assert status.code == error.code().value[0], "the two statuses differ"
        assert status.message == error.details(), "the two messages differ"
        for detail in status.details:
            kind = detail.type_url.rsplit(".", 1)[1]
            value = kinds[kind].FromString(detail.value)
            if kind == "ErrorInfo":
                refusal.reason, refusal.domain = value.reason, value.domain
                refusal.metadata = dict(value.metadata)
            elif kind == "BadRequest":
                refusal.fields = [violation.field for violation in value.field_violations]
            elif kind == "ResourceInfo":
                refusal.resource = (value.resource_type, value.resource_name)
            elif kind == "PreconditionFailure":
                refusal.failures = {row.subject: row.type for row in value.violations}
            elif kind == "RetryInfo":
                delay = value.retry_delay
                refusal.retry_seconds = delay.seconds + delay.nanos / 1e9
        return refusal


@lru_cache
def _error_messages() -> dict[str, type[Message]]:
    """The messages of google.rpc, in a pool of their own: other packages may bring them too."""
    with tempfile.TemporaryDirectory() as directory:
        output = pathlib.Path(directory) / "set.bin"
        well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        arguments = [
            "protoc", f"-I{ROOT / 'Proto'}", f"-I{well_known}", "--include_imports",
            f"--descriptor_set_out={output}", str(ROOT / "Proto/google/rpc/status.proto"),
        ]  # fmt: skip
        assert protoc.main(arguments) == 0, "protoc failed"
        files = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    file = pool.FindFileByName("google/rpc/status.proto")
    return {
        name: message_factory.GetMessageClass(message)
        for name, message in file.message_types_by_name.items()
    }


class Client:
    """A channel, and in whose name its calls are made."""

    def __init__(
        self,
        channel: grpc.Channel,
        stubs: SimpleNamespace,
        *,
        organization: str | None = None,
        actor: str | None = None,
        role: str | None = None,
    ):
        self.channel = channel
        self.stubs = stubs
        self.organization = organization
        self.actor = actor
        self.role = role

    @property
    def metadata(self) -> list[tuple[str, str]]:
        pairs = [
            ("x-slotd-organization", self.organization),
            ("x-slotd-actor", self.actor),
            ("x-slotd-role", self.role),
        ]
        return [(key, value) for key, value in pairs if value is not None]

    def named(
        self,
        *,
        organization: str | None = None,
        actor: str | None = None,
        role: str | None = None,
    ) -> Client:
        """The same channel in another name or role."""
        return Client(
            self.channel,
            self.stubs,
            organization=organization or self.organization,
            actor=actor or self.actor,
            role=role or self.role,
        )

    def __call__(self, request: Message, *, timeout: float = SECONDS) -> Message:
        path, reply = method_of(type(request))
        call = self.channel.unary_unary(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=reply.FromString,
        )
        return call(request, timeout=timeout, metadata=self.metadata)

    def stream(self, request: Message, *, timeout: float = SECONDS) -> grpc.Call:
        """Calls a method that answers with several messages."""
        path, reply = method_of(type(request))
        call = self.channel.unary_stream(
            path,
            request_serializer=type(request).SerializeToString,
            response_deserializer=reply.FromString,
        )
        return call(request, timeout=timeout, metadata=self.metadata)

    def raw(self, path: str, body: bytes, *, timeout: float = SECONDS) -> bytes:
        """Sends bytes that need be no message."""
        call = self.channel.unary_unary(path, request_serializer=None, response_deserializer=None)
        return call(body, timeout=timeout, metadata=self.metadata)

    def refusal(self, request: Message, *, timeout: float = SECONDS) -> Refusal:
        """Calls, and expects to be refused."""
        try:
            reply = self(request, timeout=timeout)
        except grpc.RpcError as error:
            return Refusal.of(error)
        raise AssertionError(f"{request!r} was not refused but answered with {reply!r}")

    def revision(self) -> int:
        """The organization's journal position: it grows with everything that is stored."""
        return self(self.stubs.GetOrganizationRequest()).revision

    def pages(self, request: Message, field: str) -> list[Message]:
        """The rows of all pages of a list."""
        rows: list[Message] = []
        while True:
            reply = self(request)
            rows += getattr(reply, field)
            if not reply.next_page_token:
                return rows
            request.page_token = reply.next_page_token


def timestamp(seconds: float) -> Timestamp:
    """A moment given in seconds since 1970."""
    return Timestamp(seconds=int(seconds))
