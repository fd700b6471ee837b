"""Reads planned as one statement: the same permissions, the same purposes, the same notes of the look as elsewhere.

Whatever is refused, absent or beyond a plan raises and leaves no trace, so that the ordinary way can answer it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from talent_registry.domain.decisions import DecisionFilter
from talent_registry.domain.frames import Item
from talent_registry.domain.identifiers import check_public_number, normalise_certificate_number
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import NotPlanned, Shape
from talent_registry.services import search
from talent_registry.services.credential_reads import Sought
from talent_registry.services.permissions import ActorKind, Permission
from talent_registry.services.read_rows import Read, Reading, frame_of, id_of, read_of
from talent_registry.storage.reads import statements
from talent_registry.storage.reads.statements import Found, Statement

# Which of the rows found the caller sees, as places and texts.
_Chosen = Callable[[Read, Sequence[Found]], list[Item]]


def _sought_by(sought: Sought) -> dict[str, Any]:
    """What credentials are sought by, as named values."""
    named: dict[str, Any] = {"issuer": sought.issuer_id, "series": sought.series, "level": sought.level}
    if sought.number is not None:
        named["number"] = normalise_certificate_number(sought.number)
    if sought.holder is not None:
        named["holder"] = check_public_number(sought.holder)
    if sought.standing is not None:
        named["standing"] = sought.standing.value
    return {name: value for name, value in named.items() if value is not None}


async def read_credential(reading: Reading, credential_id: UUID) -> str:
    """One credential as JSON; see `credential_reads.get_credential`."""
    stated = reading.stated()
    statement = statements.credentials_asked(reading.shape, reading.actor.kind.value, frozenset(), one=True)
    chosen = _records(statement, Permission.READ_CREDENTIAL, PersonField.CREDENTIALS, stated)
    return await _one(reading, statement, reading.named(id=credential_id), chosen)


async def list_credentials(reading: Reading, request: PageRequest, sought: Sought, asked: Shape) -> str:
    """A list of credentials as JSON; see `credential_reads.list_credentials`. `asked` is what is asked of the list."""
    stated = reading.stated()
    kind = reading.actor.kind.value
    named = _sought_by(sought)
    if request.after is not None:
        named["after"] = id_of(request.after)
    statement = statements.credentials_asked(reading.shape, kind, frozenset(named), one=False)
    chosen = _records(statement, Permission.READ_CREDENTIAL, PersonField.CREDENTIALS, stated)
    return await _page(
        reading, request, asked, statement, named | {"on": sought.on or reading.registry.today()}, chosen
    )


async def read_decision(reading: Reading, decision_id: UUID) -> str:
    """One decision as JSON; see `recognition.get_decision`."""
    stated = reading.stated()
    statement = statements.decisions_asked(reading.shape, reading.actor.kind.value, frozenset(), one=True)
    chosen = _records(statement, Permission.READ_DECISION, PersonField.DECISIONS, stated)
    return await _one(reading, statement, reading.named(id=decision_id), chosen)


async def list_decisions(reading: Reading, request: PageRequest, sought: DecisionFilter, asked: Shape) -> str:
    """A list of decisions as JSON; see `recognition.list_decisions`. `asked` is what is asked of the list."""
    stated = reading.stated()
    by = {
        "credential": sought.credential_id,
        "holder": sought.researcher_id,
        "target": sought.target_province,
        "outcome": None if sought.outcome is None else sought.outcome.value,
        "after": None if request.after is None else id_of(request.after),
    }
    named = {name: value for name, value in by.items() if value is not None}
    statement = statements.decisions_asked(reading.shape, reading.actor.kind.value, frozenset(named), one=False)
    chosen = _records(statement, Permission.READ_DECISION, PersonField.DECISIONS, stated)
    return await _page(reading, request, asked, statement, named, chosen)


async def read_person(reading: Reading, who: UUID | str) -> str:
    """One person by id or public number as JSON; see `accesses.look_at`."""
    return await _one_person(reading, who, reading.stated())


async def read_self(reading: Reading) -> str:
    """The caller's own record as JSON; see `accesses.look_at_self`: not noted as a look."""
    if reading.actor.researcher_id is None:
        raise NotPlanned
    return await _one_person(reading, reading.actor.researcher_id, "")


async def list_people(reading: Reading, request: PageRequest, sought: search.PersonFilter, asked: Shape) -> str:
    """A list of people as JSON; see `search.search`. Sought by name or division they are found the ordinary way."""
    if sought.name is not None or sought.division is not None or reading.actor.kind is ActorKind.RESEARCHER:
        raise NotPlanned
    stated = reading.stated()
    found = search.plan(reading.actor, sought, reading.registry.today())
    named: dict[str, Any] = {}
    if sought.home_unit_id is not None:
        named["unit"] = sought.home_unit_id
    if sought.series is not None:
        named["series"] = sought.series
    if request.after is not None:
        if len(request.after) != len(("sort_key", "after")):
            raise NotPlanned
        named |= {"sort_key": request.after[0], "after": id_of(request.after[1:])}
    statement = statements.people_asked(reading.shape, reading.actor.kind.value, frozenset(named), found.reach)
    return await _page(reading, request, asked, statement, named, _people(statement, stated))


async def _one_person(reading: Reading, who: UUID | str, stated: str) -> str:
    by = "id" if isinstance(who, UUID) else "public_number"
    statement = statements.person_asked(reading.shape, reading.actor.kind.value, by)
    named = reading.named(**{by: who if isinstance(who, UUID) else check_public_number(who)})
    return await _one(reading, statement, named, _people(statement, stated))


def _records(statement: Statement, permission: Permission, field: PersonField, stated: str) -> _Chosen:
    return lambda read, rows: read.records(rows, statement, permission, field, stated)


def _people(statement: Statement, stated: str) -> _Chosen:
    return lambda read, rows: read.people(rows, statement, stated)


async def _one(reading: Reading, statement: Statement, named: Mapping[str, Any], chosen: _Chosen) -> str:
    """The one record that is found and seen; NotPlanned for none, since the ordinary way says why."""
    read = read_of(reading)
    items = chosen(read, await read.fetch(statement, named))
    if not items:
        raise NotPlanned
    text = await read.settled(items[0][1])
    await read.note()
    return text


async def _page(
    reading: Reading,
    request: PageRequest,
    asked: Shape,
    statement: Statement,
    named: Mapping[str, Any],
    chosen: _Chosen,
) -> str:
    """A page of what is found, as far as it is seen."""
    read = read_of(reading)
    rows = await read.fetch(statement, reading.named(**named, limit=request.first + 1))
    shown = rows[: request.first]
    items = chosen(read, shown)
    text = await read.settled(frame_of(asked).filled(items, has_next=len(rows) > len(shown)))
    await read.note()
    return text
