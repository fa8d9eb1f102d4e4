"""Edits of schedules: tried first, told whom they would strand, refused or flagged (complaints 17)."""

from __future__ import annotations

import grpc
import pytest

from clinic import Clinic


def closure(stubs, booking):
    """The day of a booking around noon, as a stretch of local time."""
    start = booking.start.ToDatetime()
    date = stubs.LocalDate(year=start.year, month=start.month, day=start.day)
    return stubs.Closure(
        start=stubs.LocalDateTime(date=date, minute=0),
        end=stubs.LocalDateTime(date=date, minute=1440),
    )


def test_a_closure_is_tried_then_refused_then_made(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    booked = client(
        stubs.CreateBookingRequest(patient_id=clinic.jane.id, booking=clinic.new_booking(2, 12))
    ).booking
    shut = closure(stubs, booked)
    ask = lambda **more: stubs.AddClosureRequest(  # noqa: E731
        location_id=booked.location_id, closure=shut, **more
    )
    tried = client(ask(dry_run=True))
    assert [row.booking_id for row in tried.stranded] == [booked.id]
    assert tried.stranded_count == 1
    assert list(tried.stranded[0].reasons) == [stubs.REASON_LOCATION_CLOSED]
    assert tried.location.closures == [shut]
    stored = client(stubs.GetLocationRequest(id=booked.location_id)).location
    assert not stored.closures, "a dry run changes nothing"

    refusal = client.refusal(ask(on_stranded=stubs.STRANDED_POLICY_REFUSE_IF_ANY))
    assert refusal.code == grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.reason == "STRANDED_BOOKINGS"

    made = client(ask(request_id="shut"))
    assert made.stranded_count == 1 and made.location.closures == [shut]
    assert client(ask(request_id="shut")).replayed
    listed = client(stubs.ListStrandedRequest(location_id=booked.location_id))
    assert [row.booking_id for row in listed.bookings] == [booked.id]

    client(stubs.RemoveClosureRequest(location_id=booked.location_id, closure=shut))
    assert not client(stubs.ListStrandedRequest()).bookings
    again = client.refusal(stubs.RemoveClosureRequest(location_id=booked.location_id, closure=shut))
    assert again.code == grpc.StatusCode.NOT_FOUND


def test_each_edit_reaches_the_record_and_back(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    date = stubs.LocalDate(year=2031, month=5, day=6)
    day = stubs.DayHours(date=date, hours=[stubs.MinuteRange(start_minute=600, end_minute=660)])
    empty = stubs.DayHours(date=date)
    location = clinic.location.id
    provider = clinic.ada.id

    got = client(stubs.SetLocationDayRequest(location_id=location, day=day)).location
    assert list(got.days) == [day]
    got = client(stubs.SetLocationDayRequest(location_id=location, day=empty, clear=True)).location
    assert not got.days

    there = stubs.ProviderDay(location_id=location, day=day)
    got = client(stubs.SetProviderDayRequest(provider_id=provider, day=there)).provider
    assert list(got.days) == [there]
    none = stubs.ProviderDay(location_id=location, day=empty)
    got = client(stubs.SetProviderDayRequest(provider_id=provider, day=none, clear=True)).provider
    assert not got.days

    off = stubs.TimeOff(
        start=stubs.LocalDateTime(date=date, minute=60),
        end=stubs.LocalDateTime(date=date, minute=120),
    )
    got = client(stubs.AddTimeOffRequest(provider_id=provider, time_off=off)).provider
    assert off in got.time_off
    got = client(stubs.RemoveTimeOffRequest(provider_id=provider, time_off=off)).provider
    assert off not in got.time_off

    spring = stubs.ProviderSchedule(
        location_id=location,
        effective_start=date,
        effective_end=date,
        hours=[stubs.WeeklyInterval(day=1, start_minute=0, end_minute=60)],
    )
    got = client(stubs.SetProviderHoursRequest(provider_id=provider, schedule=spring)).provider
    assert spring in got.schedules
    del spring.hours[:]
    got = client(stubs.SetProviderHoursRequest(provider_id=provider, schedule=spring)).provider
    assert all(not row.HasField("effective_start") for row in got.schedules)


@pytest.mark.parametrize(
    "name, fields, code, path",
    [
        ("AddClosure", {}, grpc.StatusCode.INVALID_ARGUMENT, "location_id"),
        ("AddClosure", {"location_id": "x"}, grpc.StatusCode.INVALID_ARGUMENT, "location_id"),
        ("AddClosure", {"location_id": "L"}, grpc.StatusCode.INVALID_ARGUMENT, "closure"),
        ("AddTimeOff", {"provider_id": "P"}, grpc.StatusCode.INVALID_ARGUMENT, "time_off.start"),
        ("SetProviderDay", {"provider_id": "P"}, grpc.StatusCode.INVALID_ARGUMENT, "day.day"),
        ("SetLocationDay", {"location_id": "L"}, grpc.StatusCode.INVALID_ARGUMENT, "day.date"),
        ("ReapplyBuffers", {}, grpc.StatusCode.INVALID_ARGUMENT, "service_id"),
        ("ListStranded", {"page_size": -1}, grpc.StatusCode.INVALID_ARGUMENT, "page_size"),
    ],
)
def test_bad_edits_are_refused(clinic: Clinic, name, fields, code, path):
    known = {"L": clinic.location.id, "P": clinic.ada.id}
    fields = {key: known.get(value, value) for key, value in fields.items()}
    request = getattr(clinic.stubs, name + "Request")(**fields)
    refusal = clinic.client.refusal(request)
    assert (refusal.code, refusal.field) == (code, path)


def test_a_smaller_capacity_is_tried_refused_and_flagged(clinic: Clinic):
    """Of a service, of a device, and whom else a change of the catalog or the settings strands."""
    client, stubs = clinic.client, clinic.stubs
    strict = stubs.STRANDED_POLICY_REFUSE_IF_ANY
    peel = clinic.service("Peel", [clinic.ada.id], durations=[30], step=30)
    peel.capacity = 2
    peel = client(stubs.UpdateServiceRequest(service=peel)).service
    rows = [
        client(
            stubs.CreateBookingRequest(
                patient_id=patient.id,
                booking=stubs.NewBooking(
                    location_id=clinic.location.id, service_id=peel.id, start=clinic.at(2, 10)
                ),
            )
        ).booking
        for patient in (clinic.jane, clinic.joe)
    ]
    peel.capacity = 1
    tried = client(stubs.UpdateServiceRequest(service=peel, dry_run=True))
    assert [row.booking_id for row in tried.stranded] == [rows[1].id]
    assert list(tried.stranded[0].reasons) == [stubs.REASON_SLOT_TAKEN]
    assert (tried.stranded_count, tried.service.capacity) == (1, 1)
    assert client(stubs.GetServiceRequest(id=peel.id)).service.capacity == 2
    refusal = client.refusal(stubs.UpdateServiceRequest(service=peel, on_stranded=strict))
    assert refusal.reason == "STRANDED_BOOKINGS"
    assert refusal.metadata["blocking_ids"] == rows[1].id
    refusal = client.refusal(stubs.UpdateServiceRequest(service=peel, on_stranded=9))
    assert (refusal.code, refusal.field) == (grpc.StatusCode.INVALID_ARGUMENT, "on_stranded")
    client(stubs.UpdateServiceRequest(service=peel))
    flags = [client(stubs.GetBookingRequest(id=row.id)).booking.out_of_hours for row in rows]
    assert flags == [False, True]
    [card] = [
        card
        for column in client(
            stubs.GetBoardRequest(
                location_id=clinic.location.id,
                date=stubs.LocalDate(
                    year=rows[0].start.ToDatetime().year,
                    month=rows[0].start.ToDatetime().month,
                    day=rows[0].start.ToDatetime().day,
                ),
            )
        ).columns
        for card in column.cards
        if card.booking.out_of_hours
    ]
    assert card.booking.id == rows[1].id
    peel.archived = True
    tried = client(stubs.UpdateServiceRequest(service=peel, dry_run=True))
    assert [list(row.reasons) for row in tried.stranded] == [[stubs.REASON_SERVICE_NOT_OFFERED]] * 2

    settings = client(stubs.GetOrganizationRequest()).organization
    settings.providers_may_extend_hours = True
    client(stubs.UpdateOrganizationRequest(organization=settings))
    place = client(stubs.GetLocationRequest(id=clinic.location.id)).location
    for window in place.hours:
        window.end_minute = 9 * 60 + 30
    # With the clinic's hours extended by its providers, shorter ones strand nobody.
    client(stubs.UpdateLocationRequest(location=place, on_stranded=strict))
    settings.providers_may_extend_hours = False
    tried = client(stubs.UpdateOrganizationRequest(organization=settings, dry_run=True))
    assert [row.booking_id for row in tried.stranded] == [row.id for row in rows]
    refusal = client.refusal(
        stubs.UpdateOrganizationRequest(organization=settings, on_stranded=strict)
    )
    assert refusal.reason == "STRANDED_BOOKINGS"
    made = client(stubs.UpdateOrganizationRequest(organization=settings))
    assert made.stranded_count == 2


def test_a_device_with_fewer_units_is_tried_over_the_api(clinic: Clinic):
    client, stubs = clinic.client, clinic.stubs
    laser = client(
        stubs.CreateResourceRequest(
            resource=stubs.Resource(
                name="Laser 1",
                location_id=clinic.location.id,
                units=2,
                kind=stubs.RESOURCE_KIND_DEVICE,
            )  # fmt: skip
        )
    ).resource
    both = [clinic.ada.id, clinic.ben.id]
    peel = clinic.service("Peel", both, durations=[30], step=30)
    peel.requirements.add(resource_id=laser.id, quantity=1)
    peel = client(stubs.UpdateServiceRequest(service=peel)).service
    rows = [
        client(
            stubs.CreateBookingRequest(
                patient_id=patient.id,
                booking=stubs.NewBooking(
                    location_id=clinic.location.id, service_id=peel.id, start=clinic.at(2, 10)
                ),
            )
        ).booking
        for patient in (clinic.jane, clinic.joe)
    ]
    laser.units = 1
    tried = client(stubs.UpdateResourceRequest(resource=laser, dry_run=True))
    assert [row.booking_id for row in tried.stranded] == [rows[1].id]
    assert list(tried.stranded[0].reasons) == [stubs.REASON_RESOURCE_OUT]
    strict = stubs.STRANDED_POLICY_REFUSE_IF_ANY
    refusal = client.refusal(stubs.UpdateResourceRequest(resource=laser, on_stranded=strict))
    assert refusal.metadata["blocking_ids"] == rows[1].id
    assert client(stubs.GetResourceRequest(id=laser.id)).resource.units == 2
