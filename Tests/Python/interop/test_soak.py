"""Nothing piles up: after thousands of calls of every kind and end, memory and descriptors are where
they were."""

from __future__ import annotations

from types import SimpleNamespace

from frames import CANCEL, RawConnection, message, request
from hyperframe.frame import RstStreamFrame
from process import ServerProcess, poll

MIB = 1 << 20
GZIP = (("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip"))


def cycle(server: ServerProcess, interop: SimpleNamespace) -> None:
    """One connection's worth of calls that end well, are refused, cancelled, expire or are cut."""
    large = interop.SimpleRequest(
        response_size=50_000, payload=interop.Payload(body=bytes(10_000))
    ).SerializeToString()
    each = interop.StreamingOutputCallRequest(
        response_parameters=[
            interop.ResponseParameters(size=1000, compressed=interop.BoolValue(value=True))
        ]
        * 3
    ).SerializeToString()
    with RawConnection(server.address) as connection:
        for number in range(50):
            connection.assert_serves()
            assert connection.call(request("UnaryCall"), [message(large)]).status == 0
            duplex = request("FullDuplexCall", *GZIP, ("x-number", str(number)))
            assert connection.call(duplex, [message(each)] * 3).status == 0
            assert connection.call(request(path=f"/no.Service/{number}")).status == 12
            for chunk in (message(each), message(each)[:9]):
                cancelled = connection.open(duplex)
                connection.send_data(cancelled, chunk)
                connection.send(RstStreamFrame(cancelled, CANCEL))
        expired = connection.open(request("FullDuplexCall", grpc_timeout="1m"))
        assert connection.finish(expired).status == 4
        for _ in range(10):  # Cut off with the connection.
            connection.send_data(connection.open(duplex), message(each)[:9])


def test_memory_and_descriptors_stay_flat(start_server, interop):
    server = start_server()
    for _ in range(10):
        cycle(server, interop)
    memory, descriptors = server.resident_bytes(), server.descriptor_count()
    for _ in range(40):
        cycle(server, interop)
    poll(lambda: server.descriptor_count() <= descriptors, "connections are gone")
    assert server.resident_bytes() - memory < 4 * MIB
    # No handler is left behind: the drain has nobody to wait for.
    assert server.stop(seconds=5) == 0
