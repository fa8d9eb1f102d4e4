"""A peer's booking script, played step by step."""

from __future__ import annotations

import datetime
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf.message import Message

from peer_clinic import (
    MINUTE,
    PeerClinic,
    Peers,
    Unknown,
    check_case,
    known,
    minutes_between,
    moment,
    stamp,
)
from slotd_client import Refusal

INVALID, REFUSED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION

OUTCOMES: dict[str, tuple[grpc.StatusCode, set[str]]] = {
    "conflict": (
        REFUSED,
        {"SLOT_TAKEN", "SLOT_HELD", "BUFFER", "RESOURCE_TAKEN", "PATIENT_OVERLAP"},
    ),
    "outside_hours": (REFUSED, {"OUTSIDE_HOURS", "LOCATION_CLOSED"}),
    "misaligned": (REFUSED, {"OFF_STEP"}),
    "not_found": (grpc.StatusCode.NOT_FOUND, {"UNKNOWN_RECORD"}),
    "invalid": (INVALID, {"DURATION_NOT_OFFERED", "INVALID_VALUE"}),
    "invalid_state": (REFUSED, {"STAGE", "CANCELLED", "PROCEDURE_ACTIVE", "HOLD_EXPIRED"}),
    "key_reused": (INVALID, {"KEY_REUSED"}),
}

# What a step may say, besides `op` and what it expects.
STEP_FIELDS = {
    "book": {"resources", "start", "end", "as_", "key", "patient", "force", "conflicts", "ref"},
    "book_parallel": {"resources", "start", "end", "n", "expect_ok", "expect_else"},
    "hold": {"resources", "start", "end", "expires", "owner", "as_"},
    "confirm": {"ref", "as_"},
    "reschedule": {"ref", "start", "end"},
    "cancel": {"ref"},
    "set_status": {"ref", "status"},
    "list": {"resources", "window"},
    "count": set(),
}


class Script:
    """Plays the steps of a booking case."""

    def __init__(self, peers: Peers, case: dict):
        check_case(case, "script")
        for step in case["steps"]:
            fields = STEP_FIELDS[known(step["op"], STEP_FIELDS, "step")]
            if more := set(step) - fields - {"op", "expect"}:
                raise Unknown(f"fields of a step to {step['op']}: {sorted(more)}")
        self.case, self.wanted = case, case["service"]
        spans = [[step["start"], step["end"]] for step in case["steps"] if "end" in step]
        spans += [step["window"] for step in case["steps"] if "window" in step]
        self.clinic = PeerClinic(peers, case, spans, moment(case["now"]))
        self.client, self.stubs = self.clinic.client, self.clinic.stubs
        self.lengths = self.durations()
        self.services: dict[tuple, Message] = {}
        self.named: dict[str, Message] = {}
        self.clinic.occupy(self.wanted["buffers"], self.wanted["capacity"])
        if self.wanted["patient_conflict"]:
            self.judge_patients()

    def durations(self) -> list[int]:
        if self.wanted["duration_min"]:
            return [self.wanted["duration_min"]]
        return sorted(
            {
                minutes_between(moment(step["start"]), moment(step["end"]))
                for step in self.case["steps"]
                if "end" in step
            }
        )

    def judge_patients(self) -> None:
        """A patient's second visit at the same time is refused, or only reported where the script
        books it without force and is told how many others there are."""
        reported = any(
            step.get("conflicts") and step["expect"] == "ok" and not step.get("force")
            for step in self.case["steps"]
        )
        stubs = self.stubs
        profile = self.client(stubs.GetOrganizationRequest()).organization
        profile.patient_overlap = (
            stubs.PATIENT_OVERLAP_WARN if reported else stubs.PATIENT_OVERLAP_REFUSE
        )
        self.client(stubs.UpdateOrganizationRequest(organization=profile))

    def service(self, names: list[str], *, lists: bool = False) -> Message:
        """The service of these resources. Without an enforced grid any minute can be booked, while
        a list goes by the step, or by the visit's length where there is none."""
        step = self.wanted["step_min"] or self.lengths[0]
        if not (lists or self.wanted["grid_enforced"]):
            step = 1
        key = (*names, step)
        if key not in self.services:
            self.services[key] = self.clinic.service(
                names, durations=self.lengths, step=step, buffers=self.wanted["buffers"],
                capacity=self.wanted["capacity"], is_joint=True,
                offset=self.wanted["offset_min"], notice=self.case["notice_min"],
            )  # fmt: skip
            kind = self.stubs.ProcedureType(name="type", service_ids=[self.services[key].id])
            self.client(self.stubs.CreateProcedureTypeRequest(procedure_type=kind))
        return self.services[key]

    def target(self, step: dict) -> tuple[Message, str]:
        """The service of a step, and its provider; an unknown one is asked of a known service."""
        names = step["resources"]
        if all(name in self.clinic.providers for name in names):
            return self.service(names), self.clinic.providers[names[0]].id
        return self.service([next(iter(self.clinic.providers))]), f"provider_{'0' * 26}"

    def outcome(self, step: dict, request: Message) -> Message | None:
        """The reply where the step expects one; else the refusal is compared."""
        expected = known(step["expect"], {"ok", "same", *OUTCOMES}, "expected outcome")
        if expected in ("ok", "same"):
            return self.client(request)
        refusal = self.client.refusal(request)
        code, reasons = OUTCOMES[expected]
        if refusal.reason == "BUFFER" and not refusal.metadata.get("blocking_ids"):
            # Nobody is in the way of the buffer, so it is hours that it does not lie in.
            reasons = reasons ^ {"BUFFER"} if expected in ("conflict", "outside_hours") else reasons
        assert refusal.code == code and refusal.reason in reasons, (step, refusal)
        return None

    def play(self) -> None:
        for step in self.case["steps"]:
            getattr(self, step["op"])(step)

    # MARK: Steps

    def booking(self, step: dict) -> Message:
        service, provider = self.target(step)
        start, end = moment(step["start"]), moment(step["end"])
        return self.clinic.booking(
            service, start, provider, patient=step.get("patient", ""), key=step.get("key", ""),
            allow=["PATIENT_OVERLAP"] if step.get("force") else [],
            length=minutes_between(start, end),
        )  # fmt: skip

    def book(self, step: dict) -> None:
        request = self.booking(step)
        if "conflicts" in step:
            assert self.own_visits(request) == step["conflicts"], step
        reply = self.outcome(step, request)
        if step["expect"] == "same":
            assert reply.replayed and reply.booking == self.named[step["ref"]]
        elif reply:
            assert reply.booking.end == stamp(moment(step["end"]))
            self.named[step.get("as_", "")] = reply.booking

    def own_visits(self, request: Message) -> int:
        """How many visits of the patient's own are at the time."""
        stubs, new = self.stubs, request.booking
        segment = stubs.SegmentRequest(
            service_id=new.service_id,
            duration_minutes=new.duration_minutes,
            provider_ids=[new.provider_id],
        )
        visit = stubs.VisitQuery(
            location_id=new.location_id,
            segments=[segment],
            patient_id=request.patient_id,
            self_service=True,
        )
        query = stubs.ExplainAvailabilityRequest(visit=visit, at_start=new.start)
        return len(
            {
                id
                for provider in self.client(query).providers
                for failure in provider.failures
                if failure.reason == stubs.REASON_PATIENT_OVERLAP
                for id in failure.blocking_ids
            }
        )

    def book_parallel(self, step: dict) -> None:
        request = self.booking(step)

        def attempt(_: int) -> str:
            try:
                self.client(request)
            except grpc.RpcError as error:
                refusal = Refusal.of(error)
                code, reasons = OUTCOMES[step["expect_else"]]
                assert refusal.code == code and refusal.reason in reasons
                return "refused"
            return "ok"

        with ThreadPoolExecutor(step["n"]) as pool:
            answers = Counter(pool.map(attempt, range(step["n"])))
        assert answers["ok"] == step["expect_ok"]

    def reschedule(self, step: dict) -> None:
        booking = self.named[step["ref"]]
        request = self.stubs.RescheduleBookingRequest(
            booking_id=booking.id, start=stamp(moment(step["start"]))
        )
        if reply := self.outcome(step, request):
            assert reply.booking.id == booking.id
            assert reply.booking.end == stamp(moment(step["end"]))

    def cancel(self, step: dict) -> None:
        self.outcome(step, self.stubs.CancelBookingRequest(booking_id=self.named[step["ref"]].id))

    def set_status(self, step: dict) -> None:
        """A visit that is fulfilled has gone through its procedure to the end of the board; one
        that nobody came to is a no-show when its time has come."""
        stubs, client, booking = self.stubs, self.client, self.named[step["ref"]]

        def move(stage: int) -> None:
            client(stubs.MoveBookingRequest(booking_id=booking.id, stage=stage))

        match step["status"]:
            case "cancelled":
                client(stubs.CancelBookingRequest(booking_id=booking.id))
            case "noshow":
                grace = booking.start.ToDatetime(datetime.UTC) + 15 * MINUTE
                self.clinic.peers.set_clock(grace)
                move(stubs.STAGE_NO_SHOW)
            case "fulfilled":
                move(stubs.STAGE_CHECK_IN)
                request = stubs.StartProcedureRequest(booking_id=booking.id)
                procedure = client(request).procedure
                client(stubs.SubmitProcedureRequest(procedure_id=procedure.id))
                client(stubs.CompleteProcedureRequest(procedure_id=procedure.id))
                move(stubs.STAGE_BILLING)
                move(stubs.STAGE_CHECKOUT)
            case other:
                raise Unknown(f"status: {other!r}")

    def hold(self, step: dict) -> None:
        service, provider = self.target(step)
        start, end = moment(step["start"]), moment(step["end"])
        life = (moment(step["expires"]) - self.clinic.peers.now).total_seconds()
        reply = self.outcome(
            step,
            self.stubs.HoldRequest(
                location_id=self.clinic.location.id,
                service_id=service.id,
                provider_id=provider,
                duration_minutes=minutes_between(start, end),
                start=stamp(start),
                owner=step["owner"],
                # Half an hour is as long as a hold may live.
                ttl_seconds=int(min(max(life, 15), 1800)),
            ),
        )
        if reply:
            self.named[step["as_"]] = reply.hold

    def confirm(self, step: dict) -> None:
        hold = self.named[step["ref"]]
        request = self.stubs.CreateBookingRequest(
            patient_id=self.clinic.patient(), booking=self.stubs.NewBooking(hold_id=hold.id)
        )
        if (reply := self.outcome(step, request)) and "as_" in step:
            self.named[step["as_"]] = reply.booking

    def list(self, step: dict) -> None:
        service = self.service(step["resources"], lists=True)
        reply = self.clinic.find(service, step["window"], page_size=10_000)
        assert [slot.start for slot in reply.slots] == [
            stamp(moment(text)) for text in step["expect"]
        ]

    def count(self, step: dict) -> None:
        request = self.stubs.ListBookingsRequest(location_id=self.clinic.location.id)
        rows = self.client.pages(request, "bookings")
        busy = sum(len(resource["busy"]) for resource in self.case["resources"])
        active = [row for row in rows if row.stage != self.stubs.STAGE_CANCELLED]
        assert len(active) - busy == step["expect"]
