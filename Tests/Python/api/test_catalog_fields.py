"""Every field of the catalog's records: good values come back as they were given, bad ones are refused
with their path, and nothing is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import grpc
import pytest
from google.protobuf.message import Message

from clinic import Clinic
from scene import INVALID, NOBODY, NOT_FOUND, Scene
from slotd_client import Client

Fields = dict[str, object]
DATE = {"year": 2027, "month": 1, "day": 1}
LATER = {"year": 2027, "month": 1, "day": 2}
NO_DATE = {"year": 2027, "month": 2, "day": 29}
CLOSURE: Fields = {"start": {"date": DATE, "minute": 60}, "end": {"date": LATER, "minute": 0}}
DAY: Fields = {"date": DATE, "hours": [{"start_minute": 540, "end_minute": 720}]}
WEEK: Fields = {"day": 1, "start_minute": 540, "end_minute": 720}
NO_DAY: Fields = {"date": DATE}


def _days(count: int) -> list[Fields]:
    """So many dates, each once."""
    return [
        {"date": {"year": 2027 + n // 336, "month": n // 28 % 12 + 1, "day": n % 28 + 1}}
        for n in range(count)
    ]


def given(scene: Scene, kind: str, fields: Fields) -> Message:
    """A request for a new record of a kind with these fields and a good value in each that is
    needed; words in braces are the clinic's ids."""
    needed: dict[str, Fields] = {
        "Location": {"time_zone": "UTC"},
        "Provider": {},
        "Service": {"durations_minutes": [30, 60], "provider_ids": ["{ada}", "{ben}"]},
        "Resource": {"kind": 2, "location_id": "{location}"},
        "Organization": {"external_ref": "one-more"},
    }
    record = _filled(scene, {"name": "X"} | needed[kind] | fields)
    return getattr(scene.stubs, f"Create{kind}Request")(**{kind.lower(): record})


def _filled(scene: Scene, value: object) -> object:
    match value:
        case dict():
            return {key: _filled(scene, part) for key, part in value.items()}
        case list():
            return [_filled(scene, part) for part in value]
        case str() if value.startswith("{"):
            owner = scene.foreign if "foreign" in value else scene.clinic
            return getattr(owner, value.strip("{}").removeprefix("foreign ")).id
        case _:
            return value


@dataclasses.dataclass
class Bad:
    """Fields of a new record and the path of the one that is wrong."""

    kind: str
    fields: Fields
    path: str
    code: grpc.StatusCode = INVALID

    @property
    def name(self) -> str:
        return f"{self.kind} {self.path} {self.fields}"[:90]


def _hours(start: int, end: int) -> list[Fields]:
    return [{"date": DATE, "hours": [{"start_minute": start, "end_minute": end}]}]


def _stretch(**fields: object) -> list[Fields]:
    return [CLOSURE | fields]


def _at(date: Fields, minute: int) -> Fields:
    return {"date": date, "minute": minute}


# What is wrong with a stretch of local time, in a field of a kind.
def _stretches(kind: str, field: str) -> list[Bad]:
    path = f"{kind.lower()}.{field}"
    return [
        Bad(kind, {field: [CLOSURE] * 513}, path),
        Bad(kind, {field: [{"end": _at(DATE, 0)}]}, f"{path}[0].start"),
        Bad(kind, {field: [CLOSURE, {"start": _at(DATE, 0)}]}, f"{path}[1].end"),
        Bad(kind, {field: _stretch(start=_at(LATER, 0))}, f"{path}[0].end"),
        Bad(kind, {field: _stretch(start=_at(LATER, 1))}, f"{path}[0].end"),
        Bad(kind, {field: _stretch(start=_at(DATE, -1))}, f"{path}[0].start.minute"),
        Bad(kind, {field: _stretch(end=_at(LATER, 1441))}, f"{path}[0].end.minute"),
        Bad(kind, {field: _stretch(start=_at(NO_DATE, 0))}, f"{path}[0].start.date"),
        Bad(kind, {field: _stretch(end={"minute": 9})}, f"{path}[0].end.date"),
        Bad(kind, {field: _stretch(note="x" * 201)}, f"{path}[0].note"),
    ]


def _caps(kind: str) -> list[Bad]:
    path = f"{kind.lower()}.daily_cap"
    return [Bad(kind, {"daily_cap": cap}, path) for cap in (-1, 100_001)]


LOCATIONS = [
    *_caps("Location"),
    *_stretches("Location", "closures"),
    Bad("Location", {"days": _days(513)}, "location.days"),
    Bad("Location", {"defaults": {"step_minutes": 0}}, "location.defaults.step_minutes"),
    Bad("Location", {"defaults": {"notice_minutes": -1}}, "location.defaults.notice_minutes"),
    Bad("Location", {"defaults": {"anchor": 9}}, "location.defaults.anchor"),
    Bad("Location", {"days": [NO_DAY, DAY]}, "location.days[1].date"),
    Bad("Location", {"days": [{}]}, "location.days[0].date"),
    Bad("Location", {"days": [{"date": NO_DATE}]}, "location.days[0].date"),
    Bad("Location", {"days": [DAY | {"hours": DAY["hours"] * 17}]}, "location.days[0].hours"),
    Bad("Location", {"days": _hours(-1, 60)}, "location.days[0].hours[0].start_minute"),
    Bad("Location", {"days": _hours(1440, 1500)}, "location.days[0].hours[0].start_minute"),
    Bad("Location", {"days": _hours(0, 0)}, "location.days[0].hours[0].end_minute"),
    Bad("Location", {"days": _hours(0, 2881)}, "location.days[0].hours[0].end_minute"),
]

HERE: Fields = {"location_id": "{location}", "day": DAY}
PROVIDERS = [
    *_caps("Provider"),
    *_stretches("Provider", "time_off"),
    Bad("Provider", {"days": [{"location_id": "{location}"}]}, "provider.days[0].day"),
    Bad("Provider", {"days": [{"day": DAY}]}, "provider.days[0].location_id"),
    Bad("Provider", {"days": [HERE, HERE]}, "provider.days[1].day.date"),
    Bad("Provider", {"days": [HERE | {"day": {"date": NO_DATE}}]}, "provider.days[0].day.date"),
    Bad(
        "Provider",
        {"days": [{"location_id": "{location}", "day": day} for day in _days(1025)]},
        "provider.days",
    ),
    Bad(
        "Provider",
        {"days": [HERE | {"location_id": "{foreign location}"}]},
        "provider.days[0].location_id",
        NOT_FOUND,
    ),
    *[
        Bad("Provider", {"time_off": _stretch(service_id=id)}, "provider.time_off[0].service_id", c)
        for id, c in [
            ("service_?", INVALID),
            ("{location}", INVALID),
            ("ref:none", NOT_FOUND),
            (f"service_{NOBODY}", NOT_FOUND),
            ("{foreign laser}", NOT_FOUND),
        ]
    ],
]

RESOURCES = [
    *_stretches("Resource", "outages"),
    Bad("Resource", {"kind": 0}, "resource.kind"),
    Bad("Resource", {"kind": 1}, "resource.kind"),
    Bad("Resource", {"kind": 4}, "resource.kind"),
    Bad("Resource", {"name": ""}, "resource.name"),
    Bad("Resource", {"name": "x" * 201}, "resource.name"),
    Bad("Resource", {"external_ref": "x" * 201}, "resource.external_ref"),
    Bad("Resource", {"pool": "x" * 101}, "resource.pool"),
    Bad("Resource", {"pool": " "}, "resource.pool"),
    Bad("Resource", {"pool": "a\nb"}, "resource.pool"),
    Bad("Resource", {"units": -1}, "resource.units"),
    Bad("Resource", {"units": 1001}, "resource.units"),
    Bad("Resource", {"hours": [WEEK] * 65}, "resource.hours"),
    Bad("Resource", {"hours": [WEEK | {"day": 0}]}, "resource.hours[0].day"),
    Bad("Resource", {"location_id": ""}, "resource.location_id"),
    Bad("Resource", {"location_id": "{ada}"}, "resource.location_id"),
    Bad("Resource", {"location_id": "{foreign location}"}, "resource.location_id", NOT_FOUND),
    Bad("Resource", {"id": f"resource_{NOBODY}"}, "resource.id"),
    Bad("Resource", {"version": 2}, "resource.version"),
]


def _needs(*requirements: Fields) -> Fields:
    return {"requirements": list(requirements)}


ROOM: Fields = {"pool": "room"}
NEED = "service.requirements[0]"
REQUIREMENTS = [
    Bad("Service", _needs(*[{"pool": f"room {n}"} for n in range(17)]), "service.requirements"),
    Bad("Service", _needs({}), NEED),
    Bad("Service", _needs(ROOM | {"provider_ids": ["{ada}"]}), NEED),
    Bad("Service", _needs(ROOM | {"resource_id": f"resource_{NOBODY}"}), NEED),
    Bad("Service", _needs(ROOM, ROOM), "service.requirements[1].pool"),
    Bad("Service", _needs({"pool": " "}), f"{NEED}.pool"),
    Bad("Service", _needs({"pool": "x" * 101}), f"{NEED}.pool"),
    Bad("Service", _needs(ROOM | {"quantity": -1}), f"{NEED}.quantity"),
    Bad("Service", _needs(ROOM | {"quantity": 1001}), f"{NEED}.quantity"),
    Bad("Service", _needs({"provider_ids": ["{ada}"], "quantity": 2}), f"{NEED}.quantity"),
    Bad("Service", _needs({"provider_ids": ["{ada}"] * 65}), f"{NEED}.provider_ids"),
    Bad("Service", _needs({"provider_ids": ["{ada}", "?"]}), f"{NEED}.provider_ids[1]"),
    Bad("Service", _needs(ROOM | {"phases": [2, 0]}), f"{NEED}.phases[1]"),
    Bad("Service", _needs(ROOM | {"phases": [6]}), f"{NEED}.phases[0]"),
    Bad("Service", _needs({"resource_id": "?"}), f"{NEED}.resource_id"),
    Bad("Service", _needs({"resource_id": f"resource_{NOBODY}"}), f"{NEED}.resource_id", NOT_FOUND),
    Bad(
        "Service",
        _needs({"provider_ids": ["{ada}", "{foreign ada}"]}),
        f"{NEED}.provider_ids[1]",
        NOT_FOUND,
    ),
]

VARIANT = "service.variants[0]"


def _varies(*variants: Fields) -> Fields:
    return {"variants": list(variants)}


def _variant(**fields: object) -> Fields:
    return _varies({"provider_id": "{ada}"} | fields)


VARIANTS = [
    Bad("Service", _varies(*[{"provider_id": "{ada}"}] * 1025), "service.variants"),
    Bad("Service", _varies({"step_minutes": 5}), VARIANT),
    Bad("Service", _varies(*[{"provider_id": "{ada}"}] * 2), "service.variants[1]"),
    Bad("Service", _variant(provider_id="?"), f"{VARIANT}.provider_id"),
    Bad("Service", _variant(provider_id="{foreign ada}"), f"{VARIANT}.provider_id", NOT_FOUND),
    Bad("Service", _variant() | {"provider_ids": ["{ben}"]}, f"{VARIANT}.provider_id"),
    Bad("Service", _variant(location_id="?"), f"{VARIANT}.location_id"),
    Bad("Service", _variant(location_id="{foreign location}"), f"{VARIANT}.location_id", NOT_FOUND),
    Bad("Service", _variant(durations_minutes=[30] * 33), f"{VARIANT}.durations_minutes"),
    Bad("Service", _variant(durations_minutes=[30, 0]), f"{VARIANT}.durations_minutes[1]"),
    Bad("Service", _variant(durations_minutes=[525_601]), f"{VARIANT}.durations_minutes[0]"),
    Bad(
        "Service",
        _variant(durations_minutes=[40, 20]) | {"processing_minutes": 15, "finishing_minutes": 5},
        f"{VARIANT}.durations_minutes[1]",
    ),
    Bad("Service", _variant(buffer_before_minutes=1441), f"{VARIANT}.buffer_before_minutes"),
    Bad("Service", _variant(buffer_after_minutes=-1), f"{VARIANT}.buffer_after_minutes"),
    Bad("Service", _variant(step_minutes=0), f"{VARIANT}.step_minutes"),
    Bad("Service", _variant(step_minutes=1441), f"{VARIANT}.step_minutes"),
    Bad("Service", _variant(step_offset_minutes=-1), f"{VARIANT}.step_offset_minutes"),
    Bad("Service", _variant(step_offset_minutes=1440), f"{VARIANT}.step_offset_minutes"),
    Bad(
        "Service",
        _variant(step_minutes=5, step_offset_minutes=5),
        f"{VARIANT}.step_offset_minutes",
    ),
    Bad(
        "Service",
        _varies(
            {"provider_id": "{ada}", "location_id": "{location}", "step_offset_minutes": 10},
            {"location_id": "{location}", "step_minutes": 60},
            {"provider_id": "{ada}", "step_minutes": 10},
        ),
        f"{VARIANT}.step_offset_minutes",
    ),
    Bad("Service", _variant(notice_minutes=525_601), f"{VARIANT}.notice_minutes"),
    Bad("Service", _variant(horizon_days=36_601), f"{VARIANT}.horizon_days"),
]

SERVICES = [
    *_caps("Service"),
    *REQUIREMENTS,
    *VARIANTS,
    Bad("Service", {"anchor": 5}, "service.anchor"),
    Bad("Service", {"capacity_rule": 3}, "service.capacity_rule"),
    Bad("Service", {"assignment": 4}, "service.assignment"),
    Bad("Service", {"capacity": -1}, "service.capacity"),
    Bad("Service", {"capacity": 1001}, "service.capacity"),
    Bad("Service", {"processing_minutes": -1}, "service.processing_minutes"),
    Bad("Service", {"finishing_minutes": 525_601}, "service.finishing_minutes"),
    Bad(
        "Service",
        {"durations_minutes": [31, 30], "processing_minutes": 20, "finishing_minutes": 10},
        "service.durations_minutes[1]",
    ),
    Bad("Service", {"provider_phases": [1, 4]}, "service.provider_phases"),
    Bad("Service", {"provider_phases": [2, 0]}, "service.provider_phases[1]"),
    Bad("Service", {"provider_phases": [6]}, "service.provider_phases[0]"),
    Bad("Service", {"capacity": 2, "provider_phases": [2, 4]}, "service.provider_phases"),
]

ORGANIZATIONS = [
    Bad("Organization", {"shared_buffers": [2, 0]}, "organization.shared_buffers[1]"),
    Bad("Organization", {"shared_buffers": [4]}, "organization.shared_buffers[0]"),
    Bad("Organization", {"patient_overlap": 4}, "organization.patient_overlap"),
]


@pytest.mark.parametrize(
    "bad",
    [*LOCATIONS, *PROVIDERS, *RESOURCES, *SERVICES, *ORGANIZATIONS],
    ids=lambda bad: bad.name,
)
def test_bad_values(scene: Scene, bad: Bad):
    """A value that the API's comments do not allow, and a name that stands for nothing here."""
    before = scene.revisions()
    refusal = scene.client.refusal(given(scene, bad.kind, bad.fields))
    reason = "UNKNOWN_RECORD" if bad.code == NOT_FOUND else "INVALID_VALUE"
    assert (refusal.code, refusal.reason, refusal.field) == (bad.code, reason, bad.path)
    assert len(refusal.message) < 400, "a refusal does not repeat what it was sent"
    assert scene.revisions() == before


FULL: dict[str, Fields] = {
    "Location": {
        "days": [DAY, {"date": LATER}],
        "closures": [CLOSURE | {"note": "inventory"}],
        "daily_cap": 100_000,
        "defaults": {
            "buffer_before_minutes": 0,
            "buffer_after_minutes": 1440,
            "step_minutes": 1440,
            "step_offset_minutes": 1439,
            "notice_minutes": 0,
            "horizon_days": 36_600,
            "anchor": 3,
            "buffers_inside_hours": False,
            "assignment": 2,
        },
    },
    "Provider": {
        "days": [
            {"location_id": "{location}", "day": DAY},
            {"location_id": "{location}", "day": {"date": LATER}},
        ],
        "time_off": [CLOSURE | {"service_id": "{laser}", "note": "training"}],
        "daily_cap": 1,
    },
    "Resource": {
        "external_ref": "laser-1",
        "kind": 3,
        "pool": "laser",
        "units": 1000,
        "hours": [WEEK],
        "outages": [CLOSURE | {"note": "service"}],
        "archived": True,
    },
    "Service": {
        "anchor": 4,
        "variants": [
            {"provider_id": "{ada}"},
            {
                "provider_id": "{ben}",
                "location_id": "{location}",
                "durations_minutes": [45, 61],
                "buffer_before_minutes": 0,
                "buffer_after_minutes": 1440,
                "step_minutes": 1,
                "step_offset_minutes": 0,
                "notice_minutes": 0,
                "horizon_days": 0,
            },
            {
                "location_id": "{location}",
                "step_offset_minutes": 14,
                "anchor": 4,
                "buffers_inside_hours": False,
                "processing_minutes": 0,
                "finishing_minutes": 0,
                "capacity": 1,
                "capacity_rule": 1,
                "daily_cap": 0,
                "assignment": 1,
            },
        ],
        "durations_minutes": [41, 60],
        "buffers_inside_hours": True,
        "processing_minutes": 30,
        "finishing_minutes": 10,
        "provider_phases": [1, 2, 4],
        "requirements": [
            {"pool": "room", "quantity": 2, "phases": [2, 3]},
            {"provider_ids": ["{ada}", "{ben}"], "quantity": 1},
            {"provider_ids": ["{ada}"], "quantity": 1, "phases": [5]},
        ],
        "daily_cap": 7,
        "capacity": 3,
        "capacity_rule": 2,
        "assignment": 3,
    },
}


@pytest.fixture
def own_scene(client: Client) -> Scene:
    """A clinic of the test's own."""
    return Scene(client, client.stubs, Clinic(client), *[None] * 7)  # type: ignore[list-item]


def calls(scene: Scene, kind: str) -> tuple[Callable[..., Message], Callable[..., Message]]:
    """Get and update a record of a kind."""
    stubs, client, field = scene.stubs, scene.client, kind.lower()
    return (
        lambda id: getattr(client(getattr(stubs, f"Get{kind}Request")(id=id)), field),
        lambda record: getattr(
            client(getattr(stubs, f"Update{kind}Request")(**{field: record})), field
        ),
    )


@pytest.mark.parametrize("kind", FULL)
def test_good_values(own_scene: Scene, kind: str):
    """Every field comes back as it was given, and goes again when it is replaced by none."""
    scene, field = own_scene, kind.lower()
    request = given(scene, kind, FULL[kind])
    stored = getattr(scene.client(request), field)
    get, update = calls(scene, kind)
    wanted = type(stored)()
    wanted.CopyFrom(getattr(request, field))
    wanted.id, wanted.version = stored.id, 1
    assert stored == wanted
    assert get(stored.id) == wanted
    assert update(stored) == wanted, "the same again is no change"
    bare = getattr(given(scene, kind, {}), field)
    bare.id = stored.id
    changed = update(bare)
    assert changed.version == 2
    assert get(stored.id) == changed
    left = {field.name for field, _ in changed.ListFields()} & set(FULL[kind])
    assert left <= {field.name for field, _ in bare.ListFields()} | {
        "anchor", "capacity", "capacity_rule", "assignment", "units",
    }  # fmt: skip


def test_what_is_not_set(own_scene: Scene):
    """What a field that is not set stands for is said in the reply, but for those that leave the
    word to the location and the organization."""
    scene = own_scene
    service = scene.client(given(scene, "Service", _needs(ROOM))).service
    assert (service.anchor, service.capacity, service.capacity_rule, service.assignment) == (
        0, 1, 1, 0,
    )  # fmt: skip
    assert not service.step_minutes and not service.HasField("horizon_days")
    assert not service.provider_phases and not service.requirements[0].phases
    assert service.requirements[0].quantity == 1
    assert scene.client(given(scene, "Resource", {})).resource.units == 1


def test_every_phase_is_none(own_scene: Scene):
    """All phases and none of them are the same."""
    scene = own_scene
    fields: Fields = {"provider_phases": [5, 4, 3, 2, 1, 1], "capacity": 2}
    assert not scene.client(given(scene, "Service", fields)).service.provider_phases


def test_overnight_hours(own_scene: Scene):
    """An end that is not after its start lies on the next day, as in weekly hours."""
    scene = own_scene
    days = _hours(1320, 360)
    location = scene.client(given(scene, "Location", {"days": days})).location
    assert location.days[0].hours[0].end_minute == 1800


def test_resources(own_scene: Scene):
    """Resources are named by their reference, listed, archived, and stay where they are."""
    scene, client, stubs = own_scene, own_scene.client, own_scene.stubs
    room = client(given(scene, "Resource", {"external_ref": "room-1"})).resource
    taken = client.refusal(given(scene, "Resource", {"external_ref": "room-1"}))
    assert (taken.code, taken.reason) == (grpc.StatusCode.ALREADY_EXISTS, "EXTERNAL_REF_TAKEN")
    assert client(stubs.GetResourceRequest(id="ref:room-1")).resource == room
    needs = _needs({"resource_id": "ref:room-1"})
    service = client(given(scene, "Service", needs)).service
    assert service.requirements[0].resource_id == room.id
    twice = client.refusal(
        given(scene, "Service", _needs({"resource_id": room.id}, {"resource_id": "ref:room-1"}))
    )
    assert twice.field == "service.requirements[1].resource_id"

    elsewhere = client(given(scene, "Location", {})).location
    moved = client.refusal(
        stubs.UpdateResourceRequest(
            resource=stubs.Resource(id=room.id, name="X", kind=2, location_id=elsewhere.id)
        )
    )
    assert (moved.code, moved.field) == (INVALID, "resource.location_id")

    room.archived = True
    archived = client(stubs.UpdateResourceRequest(resource=room)).resource
    assert archived.version == 2
    assert not client(stubs.ListResourcesRequest()).resources
    assert list(client(stubs.ListResourcesRequest(show_archived=True)).resources) == [archived]
    room.name = "Y"
    stale = client.refusal(stubs.UpdateResourceRequest(resource=room, expected_version=1))
    assert stale.reason == "VERSION_MISMATCH"


def test_organization(client: Client):
    """An organization's settings come back, and those not set are said."""
    stubs = client.stubs
    organization = stubs.Organization(external_ref="one-more", name="X")
    plain = client(stubs.CreateOrganizationRequest(organization=organization)).organization
    assert plain.patient_overlap == 1 and not plain.shared_buffers
    other = client.named(organization="one-more")
    plain.shared_buffers.extend([3, 2, 2])
    plain.patient_overlap = 2
    plain.providers_may_extend_hours = True
    changed = other(stubs.UpdateOrganizationRequest(organization=plain)).organization
    assert list(changed.shared_buffers) == [2, 3]
    assert (changed.patient_overlap, changed.providers_may_extend_hours) == (2, True)
    assert changed.version == 2
    assert other(stubs.GetOrganizationRequest()).organization == changed


def test_a_provider_works_where_a_day_says_so(own_scene: Scene):
    """Providers of a location are also those that only have a day's hours there."""
    scene, client, stubs = own_scene, own_scene.client, own_scene.stubs
    place = client(given(scene, "Location", {})).location
    days = [{"location_id": place.id, "day": DAY}]
    guest = client(given(scene, "Provider", {"days": days})).provider
    client(given(scene, "Provider", {"days": [{"location_id": place.id, "day": NO_DAY}]}))
    listed = client(stubs.ListProvidersRequest(location_id=place.id)).providers
    assert list(listed) == [guest]
