"""People whose names, addresses, birth dates and notes nothing else could hold, and a search for
them in whatever a daemon wrote."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import urllib.parse
from types import SimpleNamespace

from google.protobuf.message import Message

#: What the option marks in the proto files; `Person` has a value for each of them.
MARKED = {
    "slotd.v1.Patient.name": "name",
    "slotd.v1.Patient.birth_date": "birth_date",
    "slotd.v1.Patient.phone": "phone",
    "slotd.v1.Patient.email": "email",
    "slotd.v1.BoardCard.patient_name": "name",
}

ID = re.compile(r"\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}")


@dataclasses.dataclass(frozen=True)
class Person:
    """One patient, and what staff noted about them."""

    name: str
    phone: str
    email: str
    birth_date: tuple[int, int, int]
    note: str

    def patient(self, stubs: SimpleNamespace, **fields: object) -> Message:
        year, month, day = self.birth_date
        return stubs.Patient(
            name=self.name,
            phone=self.phone,
            email=self.email,
            birth_date=stubs.LocalDate(year=year, month=month, day=day),
            **fields,
        )

    @property
    def words(self) -> list[str]:
        """What betrays them, each by itself; compared without letter case."""
        year, month, day = self.birth_date
        return [
            *self.name.split(),
            self.phone,
            self.email,
            self.email.split("@")[0],
            f"{year}-{month:02}-{day:02}",
            f"year: {year}",
            f'"year":{year}',
            *self.note.split(),
        ]


PEOPLE = [
    Person(
        "Zebulonia Quillfeather", "+1 (555) 014-7733", "zq.quill@feather-mail.example",
        (1931, 7, 13), "keloidscar-on-elbow hemophobia-noted",
    ),
    Person(
        "Ödön Krückenwald", "+43 660 9182736455", "o.krueck@wald-post.example",
        (1947, 11, 29), "latexallergie-schwer panikattacke",
    ),
    Person(
        "Brynhildr O'Faoláin-Szczęsny", "0077-1234-98765", "bryn.szcz@isle-net.example",
        (2003, 2, 28), "pregnancyweek-eleven warfarin-daily",
    ),
]  # fmt: skip


def _forms(word: str) -> set[str]:
    """A word as it might turn up: plain, escaped, in hexadecimal, in base 64 wherever it begins."""
    data = word.encode()
    forms = {word.lower(), urllib.parse.quote(word).lower(), json.dumps(word)[1:-1].lower()}
    forms |= {data.hex(), repr(data)[2:-1].lower()}
    for pad in range(3):
        # The characters at the edges depend on the neighbours, and are left out.
        text = base64.b64encode(b"\0" * pad + data).decode().rstrip("=")
        inner = text[-(-pad * 4 // 3) : len(text) - 1]
        if len(inner) >= 8:
            forms.add(inner.lower())
            forms.add(inner.replace("+", "-").replace("/", "_").lower())
    return {form for form in forms if len(form) >= 4}


def betrayals(lines: list[str], people: list[Person] | None = None) -> list[str]:
    """The lines that tell who somebody is, each with the word that does."""
    searched = [(word, _forms(word)) for person in people or PEOPLE for word in person.words]
    digits = [re.sub(r"\D", "", person.phone) for person in people or PEOPLE]
    found: list[str] = []
    for line in lines:
        # An id is random, and might spell anything.
        text = ID.sub("", line).lower()
        found += [
            f"{word!r} in {line}" for word, forms in searched if any(f in text for f in forms)
        ]
        bare = re.sub(r"\D", "", text)
        found += [f"{number} in {line}" for number in digits if number in bare]
    return found
