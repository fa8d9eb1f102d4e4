"""An organization full of texts that files and spreadsheets stumble over, and its empty twin."""

from __future__ import annotations

import itertools
import random

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from clinic import every_day
from slotd_client import Client

TEXTS = [
    "=1+2", "'=x", "'", "+49 30", "-5", "@SUM(A1)", "\ttab", "two\nlines", "a,b",
    'say "hi"', '"', "Ünï ćødé", "日本", "👩‍⚕️", "e\u0301\"\u0301", "\ufeffmark", " spaces ", "a\\nb",
    "NULL", "1e5", "true", "007", ",", "'+", "''-",
]  # fmt: skip
# What may stand in a name.
NAMES = [text for text in TEXTS if "\n" not in text and "\t" not in text]
DAY = 86_400
FIRST = 1_736_175_600  # Monday 6 January 2025, 10:00 in New York


def refs(kind: str) -> list[str]:
    """External references of one kind, each with a text in it that is trouble."""
    return [f"{text}{kind}" for text in TEXTS]


def furnish(client: Client) -> None:
    """The catalog, which an export leaves out: the same in every organization."""
    stubs = client.stubs
    catalog = [
        stubs.ImportRequest(location=stubs.Location(
            external_ref=ref, name=ref.strip() or "?", time_zone=zone,
            hours=every_day(stubs, 0, 1440),
        ))
        for ref, zone in zip(
            refs("spa")[:3], ["America/New_York", "Asia/Kathmandu", "UTC"], strict=True
        )
    ]  # fmt: skip
    catalog += [
        stubs.ImportRequest(provider=stubs.Provider(external_ref=ref, name="Dr. X"))
        for ref in refs("dr")
    ]
    catalog += [
        stubs.ImportRequest(service=stubs.Service(
            external_ref=ref, name="Laser", durations_minutes=[30],
            provider_ids=[f"ref:{dr}" for dr in refs("dr")],
        ))
        for ref in refs("svc")[:4]
    ]  # fmt: skip
    catalog += [
        stubs.ImportRequest(procedure_type=stubs.ProcedureType(external_ref=ref, name="Type"))
        for ref in refs("type")[:4]
    ]
    import_all(client, catalog)


def fill(client: Client, seed: int) -> None:
    """Patients, bookings and procedures, some of them without a name of the caller's own."""
    stubs, dice = client.stubs, random.Random(seed)
    text = lambda: dice.choice(TEXTS)  # noqa: E731
    people = [
        stubs.Patient(
            external_ref=ref, name=dice.choice(NAMES) + "x",
            phone=dice.choice(NAMES) if dice.random() < 0.7 else "", email=dice.choice(NAMES),
            birth_date=dice.choice([None, stubs.LocalDate(year=1979, month=6, day=9)]),
        )
        for ref in refs("pat")
    ]  # fmt: skip
    records = [stubs.ImportRequest(patient=row) for row in people]
    numbers = itertools.count()
    visits = []
    for booking in refs("visit") * 2:
        number = next(numbers)
        start = FIRST + number * 3600
        visit = stubs.ImportBooking(
            external_ref=f"{booking}{number}", patient_ref=dice.choice(people).external_ref,
            location_ref=dice.choice(refs("spa")[:3]), provider_ref=dice.choice(refs("dr")),
            service_ref=dice.choice(refs("svc")[:4]), start=Timestamp(seconds=start),
            end=Timestamp(seconds=start + 1800), note=TEXTS[number % len(TEXTS)],
            stage_history=[
                change(stubs, stubs.STAGE_NEW, start - DAY, text()),
                change(stubs, dice.choice(range(2, 11)), start - 5, text(), 123_000_000),
            ],
        )  # fmt: skip
        if dice.random() < 0.3:
            visit.further_segments.add(
                provider_ref=dice.choice(refs("dr")), service_ref=dice.choice(refs("svc")[:4]),
                start=Timestamp(seconds=start + 1800), end=Timestamp(seconds=start + 2400),
            )  # fmt: skip
        if dice.random() < 0.3:
            visit.released_at.seconds = start + 600
        visits.append(visit)
    records += [stubs.ImportRequest(booking=visit) for visit in visits]
    for number, visit in enumerate(visits[:20]):
        treatment = stubs.ImportProcedure(
            external_ref=f"{text()}proc{number}", patient_ref=visit.patient_ref,
            booking_ref=visit.external_ref, procedure_type_ref=dice.choice(refs("type")[:4]),
            status=dice.choice([1, 2, 3, 4]), consult_only=dice.random() < 0.3, started_at=Timestamp(seconds=visit.start.seconds, nanos=7_000_000),
        )  # fmt: skip
        if treatment.status == stubs.PROCEDURE_STATUS_SIGNED:
            treatment.signature.actor = text()
            treatment.signature.at.seconds = visit.end.seconds
            treatment.signature.permitted_by = text()
        records.append(stubs.ImportRequest(procedure=treatment))
    import_all(client, records)
    client(stubs.CreatePatientRequest(patient=stubs.Patient(name="'=nameless")))


def change(stubs, stage: int, seconds: int, actor: str, nanos: int = 0) -> Message:
    return stubs.StageChange(
        stage=stage, at=Timestamp(seconds=seconds, nanos=nanos), actor=actor
    )


def import_all(client: Client, records: list[Message]) -> None:
    """Sends records, and expects each to be new."""
    stubs = client.stubs
    call = stubs.ImportServiceStub(client.channel).Import(
        iter(records), metadata=client.metadata, timeout=60
    )
    answers = list(call)
    assert len(answers) == len(records)
    for record, answer in zip(records, answers, strict=True):
        assert answer.outcome == stubs.IMPORT_OUTCOME_CREATED, (record, answer)
