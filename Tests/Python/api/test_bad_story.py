"""What goes wrong along the portal's story: stale versions, foreign patients, bookings that are put
away, double submits, steps out of order, payloads over the limit, unknown stages, charges billed
twice, watches from the future. Each is refused with the code and reason of the API and the wrong
field's path, and nothing is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import grpc
import pytest
from google.protobuf.message import Message

from clinic import Clinic
from scene import EXHAUSTED, INVALID, REFUSED, everything
from slotd_client import Client
from watching import refusal_of

ABORTED = grpc.StatusCode.ABORTED
BEYOND = grpc.StatusCode.OUT_OF_RANGE
STALE = 77
STEP_BYTES = 65_536


class Story:
    """Visits of one clinic, each at another place of the story."""

    def __init__(self, clinic: Clinic):
        self.clinic = clinic
        self.client, self.stubs = clinic.client, clinic.stubs
        client, stubs = self.client, self.stubs
        laser = clinic.laser
        laser.price.minor, laser.price.currency = 12_000, "USD"
        clinic.laser = client(stubs.UpdateServiceRequest(service=laser)).service

        self.fresh = clinic.book(2, 9)
        self.foreign = clinic.book(2, 11, patient=clinic.joe)
        self.arrived = clinic.move(clinic.book(2, 13), "CHECK_IN")
        self.started = self._start(3, 9)
        self.running = self._start(3, 11)
        self._submit(self.running)
        self.done = self._complete(3, 13)
        self.signed = self._complete(3, 15)
        client(stubs.SignProcedureRequest(procedure_id=self.signed.id))
        self.billed = self._complete(4, 9)
        self.bill = self._charge(self.billed)
        client(stubs.MarkBilledRequest(charge_id=self.bill.id, external_ref="invoice-1"))
        self.planned, self.billable = self._charge(self.started), self._charge(self.done)
        self.begun = clinic.book(5, 13)
        client(
            stubs.SubmitProcedureRequest(
                patient_id=clinic.jane.id, booking_id=self.begun.id,
                procedure_type_id=clinic.hair_removal.id,
            )
        )  # fmt: skip
        self.archived = client(
            stubs.ArchiveBookingRequest(booking_id=clinic.book(4, 11).id, reason="twice")
        ).booking
        self.cancelled = client(
            stubs.CancelBookingRequest(booking_id=clinic.book(4, 13).id, reason="ill")
        ).booking
        laser = stubs.SegmentRequest(service_id=clinic.laser.id, provider_ids=[clinic.ben.id])
        self.double = clinic.book(5, 9, service_id="", provider_id="", segments=[laser, laser])
        self.draft = client(stubs.NewProcedureRequest(patient_id=clinic.jane.id)).procedure

    def _start(self, ahead: int, hour: int) -> Message:
        booking = self.clinic.move(self.clinic.book(ahead, hour), "CHECK_IN")
        request = self.stubs.StartProcedureRequest(booking_id=booking.id)
        return self.client(request).procedure

    def _submit(self, procedure: Message) -> None:
        self.client(self.stubs.SubmitProcedureRequest(procedure_id=procedure.id))

    def _complete(self, ahead: int, hour: int) -> Message:
        procedure = self._start(ahead, hour)
        self._submit(procedure)
        request = self.stubs.CompleteProcedureRequest(procedure_id=procedure.id)
        return self.client(request).procedure

    def _charge(self, procedure: Message) -> Message:
        filter = self.stubs.ChargeFilter(procedure_id=procedure.id)
        [charge] = self.client.pages(self.stubs.ListChargesRequest(filter=filter), "charges")
        return charge

    def booking_of(self, procedure: Message) -> str:
        """Whose card it is on."""
        reply = self.client(self.stubs.GetProcedureRequest(id=procedure.id))
        return reply.attachments[-1].booking_id

    def stored(self) -> list[bytes]:
        """All that there is, and the place in the journal."""
        rows = everything(self.client)
        rows += self.client.pages(self.stubs.ListChargesRequest(), "charges")
        return [str(self.client.revision()).encode(), *(row.SerializeToString() for row in rows)]


@pytest.fixture(scope="module")
def story(shared_client: Client) -> Iterator[Story]:
    """The story; when all cases have been tried, everything is as it was."""
    story = Story(Clinic(shared_client))
    before = story.stored()
    yield story
    assert story.stored() == before


@dataclasses.dataclass
class Case:
    """A request that comes at the wrong moment, and what it is told."""

    name: str
    request: Callable[[Story], Message]
    reason: str
    code: grpc.StatusCode = REFUSED
    field: str | None = None
    about: Callable[[Story], str] | None = None


def move(booking: Callable[[Story], str], stage: int | str, **fields: object):
    def request(s: Story) -> Message:
        number = stage if isinstance(stage, int) else getattr(s.stubs, f"STAGE_{stage}")
        return s.stubs.MoveBookingRequest(booking_id=booking(s), stage=number, **fields)

    return request


def attach(s: Story, booking: Message, **fields: object) -> Message:
    return s.stubs.AttachBookingRequest(
        procedure_id=s.draft.id, booking_id=booking.id, **fields
    )


def step(s: Story, procedure: Message, number: int, **fields: object) -> Message:
    return s.stubs.SaveStepRequest(procedure_id=procedure.id, step=number, **fields)


def stale(name: str, request: Callable[[Story], Message], field: str = "expected_version") -> Case:
    def old(s: Story) -> Message:
        message = request(s)
        setattr(message, field, STALE)
        return message

    return Case(f"stale {name}", old, "VERSION_MISMATCH", ABORTED)


VERSIONS = [
    stale("move", move(lambda s: s.fresh.id, "CONFIRMED")),
    stale("undo", lambda s: s.stubs.UndoMoveRequest(booking_id=s.arrived.id)),
    stale("cancel", lambda s: s.stubs.CancelBookingRequest(booking_id=s.fresh.id, reason="x")),
    stale("archive", lambda s: s.stubs.ArchiveBookingRequest(booking_id=s.fresh.id, reason="x")),
    stale("restore", lambda s: s.stubs.RestoreBookingRequest(booking_id=s.archived.id)),
    stale("delete", lambda s: s.stubs.DeleteBookingRequest(booking_id=s.fresh.id, reason="x")),
    stale(
        "reschedule",
        lambda s: s.stubs.RescheduleBookingRequest(
            booking_id=s.fresh.id, start=s.clinic.at(6, 10)
        ),
    ),
    stale("start", lambda s: s.stubs.StartProcedureRequest(booking_id=s.arrived.id)),
    stale("save step", lambda s: step(s, s.started, 3, payload=b"x")),
    stale("submit", lambda s: s.stubs.SubmitProcedureRequest(procedure_id=s.started.id)),
    stale("attach, procedure", lambda s: attach(s, s.fresh)),
    stale("attach, booking", lambda s: attach(s, s.fresh), "expected_booking_version"),
    stale(
        "create and attach",
        lambda s: s.stubs.CreateBookingAndAttachRequest(
            procedure_id=s.draft.id, booking=s.clinic.new_booking(6, 10)
        ),
    ),
    stale(
        "detach",
        lambda s: s.stubs.DetachBookingRequest(procedure_id=s.started.id, reason="x"),
    ),
    stale("complete", lambda s: s.stubs.CompleteProcedureRequest(procedure_id=s.running.id)),
    stale("sign", lambda s: s.stubs.SignProcedureRequest(procedure_id=s.done.id)),
    stale(
        "cancel procedure",
        lambda s: s.stubs.CancelProcedureRequest(procedure_id=s.running.id, reason="x"),
    ),
    stale(
        "bill",
        lambda s: s.stubs.MarkBilledRequest(charge_id=s.billable.id, external_ref="invoice-2"),
    ),
    stale("void", lambda s: s.stubs.VoidChargeRequest(charge_id=s.billable.id, reason="x")),
    Case(
        "stale patient",
        lambda s: s.stubs.UpdatePatientRequest(expected_version=STALE, patient=s.clinic.jane),
        "VERSION_MISMATCH",
        ABORTED,
    ),
]

PATIENTS = [
    Case("attach another's booking", lambda s: attach(s, s.foreign), "PATIENT_MISMATCH"),
    Case(
        "one page for another's booking",
        lambda s: s.stubs.SubmitProcedureRequest(
            patient_id=s.clinic.jane.id, booking_id=s.foreign.id
        ),
        "PATIENT_MISMATCH",
    ),
    Case(
        "reattach to another's booking",
        lambda s: s.stubs.ReattachBookingRequest(
            procedure_id=s.started.id, from_booking_id=s.booking_of(s.started),
            to_booking_id=s.foreign.id, reason="x",
        ),
        "PATIENT_MISMATCH",
    ),
    Case(
        "another patient than the booking's in step 1",
        lambda s: step(s, s.started, 1, patient_id=s.clinic.joe.id),
        "PROCEDURE_ATTACHED",
    ),
    Case(
        "the dropdown of another's draft",
        lambda s: s.stubs.ListAttachableBookingsRequest(
            patient_id=s.clinic.joe.id, procedure_id=s.draft.id
        ),
        "PATIENT_MISMATCH",
    ),
]  # fmt: skip

PUT_AWAY = [
    Case(f"{name} {word}", request, reason)
    for word, booking, reason in [
        ("archived", lambda s: s.archived, "STAGE"),
        ("cancelled", lambda s: s.cancelled, "CANCELLED"),
    ]
    for name, request in [
        ("start", lambda s, b=booking: s.stubs.StartProcedureRequest(booking_id=b(s).id)),
        ("attach", lambda s, b=booking: attach(s, b(s))),
        ("new procedure of", lambda s, b=booking: s.stubs.NewProcedureRequest(booking_id=b(s).id)),
        (
            "reschedule",
            lambda s, b=booking: s.stubs.RescheduleBookingRequest(
                booking_id=b(s).id, start=s.clinic.at(6, 10)
            ),
        ),
        ("check in", lambda s, b=booking: move(lambda s: b(s).id, "CHECK_IN")(s)),
    ]
] + [
    Case(
        "cancel archived",
        lambda s: s.stubs.CancelBookingRequest(booking_id=s.archived.id, reason="x"),
        "STAGE",
    )
]

ORDER = [
    Case("submit twice", lambda s: s.stubs.SubmitProcedureRequest(procedure_id=s.running.id), "PROCEDURE_STATUS"),
    Case("complete a draft", lambda s: s.stubs.CompleteProcedureRequest(procedure_id=s.started.id), "PROCEDURE_STATUS"),
    Case("sign a draft", lambda s: s.stubs.SignProcedureRequest(procedure_id=s.started.id), "PROCEDURE_STATUS"),
    Case("step 3 of a signed one", lambda s: step(s, s.signed, 3, payload=b"x"), "PROCEDURE_SIGNED"),
    Case("cancel a signed one", lambda s: s.stubs.CancelProcedureRequest(procedure_id=s.signed.id, reason="x"), "PROCEDURE_SIGNED"),
    Case("submit without a booking", lambda s: s.stubs.SubmitProcedureRequest(procedure_id=s.draft.id), "STEP_INCOMPLETE"),
    Case("step 3 before step 2", lambda s: step(s, s.draft, 3, payload=b"x"), "STEP_INCOMPLETE"),
    Case("step 0", lambda s: step(s, s.draft, 0), "INVALID_VALUE", INVALID, "step"),
    Case("step -1", lambda s: step(s, s.draft, -1), "INVALID_VALUE", INVALID, "step"),
    Case("a step beyond the type's", lambda s: step(s, s.started, 5, payload=b"x"), "INVALID_VALUE", INVALID, "step"),
    Case("attach what is attached", lambda s: s.stubs.AttachBookingRequest(procedure_id=s.started.id, booking_id=s.fresh.id), "PROCEDURE_ATTACHED"),
    Case("attach to a taken booking", lambda s: s.stubs.AttachBookingRequest(procedure_id=s.draft.id, booking_id=s.booking_of(s.started)), "ALREADY_ATTACHED", about=lambda s: s.started.id),
    Case("attach to neither of two services", lambda s: attach(s, s.double), "SEGMENT_NEEDED"),
    Case("attach to a third of two services", lambda s: attach(s, s.double, segment=3), "INVALID_VALUE", INVALID, "segment"),
    Case("detach what is not attached", lambda s: s.stubs.DetachBookingRequest(procedure_id=s.draft.id, reason="x"), "NOT_ATTACHED"),
    Case("start before check-in", lambda s: s.stubs.StartProcedureRequest(booking_id=s.fresh.id), "STAGE"),
    Case("bill before the procedure", move(lambda s: s.fresh.id, "BILLING"), "STAGE"),
    Case("bill during the procedure", lambda s: move(lambda s: s.booking_of(s.running), "BILLING")(s), "PROCEDURE_OPEN"),
    Case("no-show before the start", move(lambda s: s.fresh.id, "NO_SHOW"), "NOT_STARTED_YET"),
    Case("undo what was not moved", lambda s: s.stubs.UndoMoveRequest(booking_id=s.fresh.id), "NOTHING_TO_UNDO"),
    Case("cancel a visit under way", lambda s: s.stubs.CancelBookingRequest(booking_id=s.booking_of(s.running), reason="x"), "STAGE"),
    Case("reschedule a visit under way", lambda s: s.stubs.RescheduleBookingRequest(booking_id=s.booking_of(s.running), start=s.clinic.at(6, 10)), "STAGE"),
    Case("cancel a visit whose procedure began", lambda s: s.stubs.CancelBookingRequest(booking_id=s.begun.id, reason="x"), "PROCEDURE_ACTIVE"),
    Case("reschedule a visit whose procedure began", lambda s: s.stubs.RescheduleBookingRequest(booking_id=s.begun.id, start=s.clinic.at(6, 10)), "PROCEDURE_ACTIVE"),
]  # fmt: skip

SIZES = [
    Case("a step's payload", lambda s: step(s, s.started, 3, payload=b"x" * (STEP_BYTES + 1)), "INVALID_VALUE", INVALID, "payload"),
    Case("a form's payload", lambda s: s.stubs.SubmitProcedureRequest(
        procedure_id=s.started.id,
        steps=[s.stubs.ProcedureStep(step=3, payload=b"x" * (STEP_BYTES + 1))],
    ), "INVALID_VALUE", INVALID, "steps[0].payload"),
    Case("a note", lambda s: s.stubs.CreateBookingRequest(
        patient_id=s.clinic.jane.id, booking=s.clinic.new_booking(6, 10, note="x" * 2001),
    ), "INVALID_VALUE", INVALID, "booking.note"),
    Case("a request id", lambda s: move(lambda s: s.fresh.id, "CONFIRMED", request_id="x" * 129)(s), "INVALID_VALUE", INVALID, "request_id"),
    Case("a message", lambda s: step(s, s.started, 3, payload=b"x" * (4 << 20)), "", EXHAUSTED),
    Case("no cards at once", lambda s: s.stubs.MoveBookingsRequest(), "INVALID_VALUE", INVALID, "moves"),
    Case("too many cards at once", lambda s: s.stubs.MoveBookingsRequest(
        moves=[s.stubs.StageMove(booking_id=s.fresh.id, stage=3)] * 101,
    ), "INVALID_VALUE", INVALID, "moves"),
]  # fmt: skip

STAGES = [
    Case(f"stage {number}", move(lambda s: s.fresh.id, number), "INVALID_VALUE", INVALID, "stage")
    for number in (0, 11, 77, -1)
] + [
    Case("an unknown stage among many moves", lambda s: s.stubs.MoveBookingsRequest(
        moves=[
            s.stubs.StageMove(booking_id=s.fresh.id, stage=s.stubs.STAGE_CONFIRMED),
            s.stubs.StageMove(booking_id=s.arrived.id, stage=77),
        ],
    ), "INVALID_VALUE", INVALID, "moves[1].stage"),
    Case("one wrong move among many", lambda s: s.stubs.MoveBookingsRequest(
        moves=[
            s.stubs.StageMove(booking_id=s.fresh.id, stage=s.stubs.STAGE_CONFIRMED),
            s.stubs.StageMove(booking_id=s.foreign.id, stage=s.stubs.STAGE_BILLING),
        ],
    ), "BULK_REFUSED"),
    Case("a list of an unknown stage", lambda s: s.stubs.ListBookingsRequest(stages=[77]), "INVALID_VALUE", INVALID, "stages[0]"),
]  # fmt: skip

MONEY = [
    Case("billed twice", lambda s: s.stubs.MarkBilledRequest(charge_id=s.bill.id, external_ref="invoice-2"), "CHARGE_STATUS"),
    Case("billed before it is due", lambda s: s.stubs.MarkBilledRequest(charge_id=s.planned.id, external_ref="invoice-2"), "CHARGE_STATUS"),
    Case("billed without the bill's name", lambda s: s.stubs.MarkBilledRequest(charge_id=s.billable.id), "INVALID_VALUE", INVALID, "external_ref"),
    Case("void without a reason", lambda s: s.stubs.VoidChargeRequest(charge_id=s.billable.id), "INVALID_VALUE", INVALID, "reason"),
    Case("detach what is billed", lambda s: s.stubs.DetachBookingRequest(procedure_id=s.billed.id, reason="x"), "PROCEDURE_STATUS"),
    Case("cancel what is billed", lambda s: s.stubs.CancelBookingRequest(booking_id=s.booking_of(s.billed), reason="x"), "STAGE"),
    Case("more back than was paid", lambda s: s.stubs.CancelBookingRequest(
        booking_id=s.fresh.id, reason="x", refund_minor=1, currency="USD",
    ), "REFUND_TOO_LARGE"),
]  # fmt: skip


@pytest.mark.parametrize(
    "case", VERSIONS + PATIENTS + PUT_AWAY + ORDER + SIZES + STAGES + MONEY, ids=lambda case: case.name
)
def test_refused_and_nothing_stored(story: Story, case: Case) -> None:
    request = case.request(story)
    before = story.client.revision()
    refusal = story.client.refusal(request)
    assert (refusal.code, refusal.reason, refusal.field) == (case.code, case.reason, case.field)
    assert case.reason == "" or refusal.domain == "slotd"
    if case.reason == "VERSION_MISMATCH":
        assert refusal.resource and int(refusal.metadata["current_version"]) > 0
    if case.about:
        assert refusal.resource[1] == case.about(story)
    assert story.client.revision() == before


REPEATS = {
    "cancel": lambda s: s.stubs.CancelBookingRequest(booking_id=s.cancelled.id, reason="again"),
    "complete": lambda s: s.stubs.CompleteProcedureRequest(procedure_id=s.done.id),
    "sign": lambda s: s.stubs.SignProcedureRequest(procedure_id=s.signed.id),
    "start": lambda s: s.stubs.StartProcedureRequest(booking_id=s.booking_of(s.started)),
    "bill": lambda s: s.stubs.MarkBilledRequest(charge_id=s.bill.id, external_ref="invoice-1"),
}


@pytest.mark.parametrize("name", REPEATS)
def test_what_is_done_already_is_answered_and_not_done_again(story: Story, name: str) -> None:
    """Also without a request_id: a second click finds the work done."""
    request = REPEATS[name](story)
    before = story.client.revision()
    story.client(request)
    assert story.client.revision() == before


def test_a_double_submit_is_stored_once(clinic: Clinic) -> None:
    """The same request again gets its first reply; another one with its id is refused."""
    client, stubs = clinic.client, clinic.stubs
    card = clinic.move(clinic.book(2, 10), "CHECK_IN")
    request = stubs.StartProcedureRequest(booking_id=card.id, request_id="double")
    first = client(request)
    after = client.revision()
    again = client(request)
    assert again.replayed and (again.procedure, again.booking) == (first.procedure, first.booking)
    request.view = stubs.PROCEDURE_VIEW_SINGLE_PAGE
    refusal = client.refusal(request)
    assert (refusal.code, refusal.reason) == (INVALID, "KEY_REUSED")
    assert refusal.field == "request_id"
    assert client.revision() == after
    assert len(client.pages(stubs.ListProceduresRequest(), "procedures")) == 1


@pytest.mark.parametrize("ahead", [1, 1000, 1 << 62])
def test_a_watch_from_the_future_is_refused(story: Story, ahead: int) -> None:
    client, stubs = story.client, story.stubs
    before = client.revision()
    day = story.clinic.day(2)
    date = stubs.LocalDate(year=day.year, month=day.month, day=day.day)
    since = min(before + ahead, (1 << 63) - 1)
    for request in (
        stubs.WatchBoardRequest(
            location_id=story.clinic.location.id, date=date, since_revision=since
        ),
        stubs.WatchBookingRequest(booking_id=story.fresh.id, since_revision=since),
    ):
        refusal = refusal_of(client, request)
        assert (refusal.code, refusal.reason) == (BEYOND, "RESYNC")
        assert refusal.field == "since_revision"
    assert client.revision() == before
