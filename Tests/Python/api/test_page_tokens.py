"""A page token goes on with the question that it was given for, and with no other, in every list."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.message import Message

from clinic import Clinic
from scene import INVALID

Fields = dict[str, object]

# Of each list: a question whose answer has at least two rows, and other questions of the same list.
QUESTIONS: dict[str, tuple[Callable[[Clinic], Fields], list[Callable[[Clinic], Fields]]]] = {
    "FindSlots": (
        lambda c: _window(c, 9),
        [
            lambda c: _window(c, 9) | {"provider_ids": [c.ben.id]},
            lambda c: _window(c, 8),
        ],
    ),
    "ListBookings": (
        lambda c: {"location_id": c.location.id},
        [
            lambda c: {},
            lambda c: {"location_id": c.location.id, "patient_id": c.jane.id},
            lambda c: {"location_id": c.location.id, "from": c.at(1, 0)},
        ],
    ),
    "ListCharges": (
        lambda c: {},
        [lambda c: {"filter": c.stubs.ChargeFilter(patient_id=c.jane.id)}],
    ),
    "ListEvents": (lambda c: {}, [lambda c: {"newest_first": True}, lambda c: {"actor": "a"}]),
    "ListLocations": (lambda c: {}, [lambda c: {"show_archived": True}]),
    "ListOrganizations": (lambda c: {}, []),
    "ListPatients": (lambda c: {"prefix": "j"}, [lambda c: {}, lambda c: {"prefix": "jo"}]),
    "ListProcedureTypes": (lambda c: {}, [lambda c: {"show_archived": True}]),
    "ListProcedures": (
        lambda c: {},
        [lambda c: {"patient_id": c.jane.id}, lambda c: {"statuses": [1]}],
    ),
    "ListProviders": (
        lambda c: {},
        [lambda c: {"show_disabled": True}, lambda c: {"location_id": c.location.id}],
    ),
    "ListResources": (lambda c: {}, [lambda c: {"show_archived": True}]),
    "ListServices": (
        lambda c: {},
        [lambda c: {"show_archived": True}, lambda c: {"provider_id": c.ada.id}],
    ),
    "ListStranded": (lambda c: {}, [lambda c: {"location_id": c.location.id}]),
    "ListWaitlist": (
        lambda c: {},
        [lambda c: {"patient_id": c.jane.id}, lambda c: {"statuses": [1]}],
    ),
}


def _window(clinic: Clinic, hour: int) -> Fields:
    return {
        "location_id": clinic.location.id,
        "service_id": clinic.consult.id,
        "from": clinic.at(3, hour),
        "to": clinic.at(4, 0),
    }


def _furnish(clinic: Clinic) -> None:
    """Sees to it that every list has two rows."""
    client, stubs = clinic.client, clinic.stubs
    organization = stubs.Organization(external_ref="other", name="Other")
    client(stubs.CreateOrganizationRequest(organization=organization))
    client(stubs.CreateLocationRequest(location=stubs.Location(name="Two", time_zone="UTC")))
    priced = type(clinic.laser).FromString(clinic.laser.SerializeToString())
    priced.price.minor, priced.price.currency = 9900, "USD"
    client(stubs.UpdateServiceRequest(service=priced, expected_version=priced.version))
    for number, hour in enumerate((9, 11)):
        room = stubs.Resource(name=f"Room {number}", kind=2, location_id=clinic.location.id)
        client(stubs.CreateResourceRequest(resource=room))
        booking = clinic.book(2, hour)
        client(stubs.NewProcedureRequest(booking_id=booking.id))
        wish = stubs.WaitlistEntry(
            patient_id=clinic.joe.id,
            location_id=clinic.location.id,
            segments=[stubs.SegmentRequest(service_id=clinic.laser.id)],
            earliest=booking.start,
        )
        wish.latest.seconds = booking.start.seconds + 60
        client(stubs.JoinWaitlistRequest(entry=wish))
    (year, month, day) = clinic.day(2).timetuple()[:3]
    date = stubs.LocalDate(year=year, month=month, day=day)
    closure = stubs.Closure(
        start=stubs.LocalDateTime(date=date), end=stubs.LocalDateTime(date=date, minute=1440)
    )
    client(stubs.AddClosureRequest(location_id=clinic.location.id, closure=closure))


def _paged_methods(stubs: object) -> set[str]:
    """The names of all methods that take a page token."""
    descriptors = [getattr(value, "DESCRIPTOR", None) for value in vars(stubs).values()]
    return {
        descriptor.name.removesuffix("Request")
        for descriptor in descriptors
        if "page_token" in getattr(descriptor, "fields_by_name", {})
    }


def test_a_page_token_is_of_one_question(clinic: Clinic):
    """In each list: refused with another condition, and in every other list; taken with its own
    question, whatever size the page has."""
    client, stubs = clinic.client, clinic.stubs
    assert set(QUESTIONS) == _paged_methods(stubs), "a list is missing here"
    _furnish(clinic)

    def ask(name: str, fields: Fields, **page: object) -> Message:
        return getattr(stubs, f"{name}Request")(**(fields | page))

    tokens: dict[str, str] = {}
    for name, (own, _) in QUESTIONS.items():
        page = client(ask(name, own(clinic), page_size=1))
        assert page.next_page_token, f"{name} has one page"
        tokens[name] = page.next_page_token
        rest = client(ask(name, own(clinic), page_size=7, page_token=page.next_page_token))
        assert rest != page, name
    for name, (own, others) in QUESTIONS.items():
        wrong = [ask(name, other(clinic), page_token=tokens[name]) for other in others]
        wrong += [
            ask(name, own(clinic), page_token=token)
            for other, token in tokens.items()
            if other != name
        ]
        for request in wrong:
            refusal = client.refusal(request)
            assert (refusal.code, refusal.field) == (INVALID, "page_token"), (name, request)
            assert "another question" in refusal.message, (name, refusal.message)
