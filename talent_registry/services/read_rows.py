"""One planned read: what is asked by whom, its transaction, what came of its rows, the looks to be noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.consents import Access
from talent_registry.domain.frames import Frame, Item, as_json
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import BESIDE, OPEN, NotPlanned, Shape, all_of, disclosed_by
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.proceeding_openings import confirming
from talent_registry.services.proceedings import list_confirmed
from talent_registry.services.read_sights import Sight
from talent_registry.services.read_texts import Texts
from talent_registry.services.registry import Registry, caller_of
from talent_registry.storage import accesses, proceedings, recognition
from talent_registry.storage.ids import new_id
from talent_registry.storage.ledger import place_in_ledger
from talent_registry.storage.reads import statements
from talent_registry.storage.reads.decisions import LIMIT, PLACE
from talent_registry.storage.reads.entries import SEQUENCE
from talent_registry.storage.reads.statements import Found, Statement
from talent_registry.storage.session import duty

DEFAULT_FIRST: Final = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One planned read: who asks, what of the records, by which values of the request, for what purpose."""

    registry: Registry
    actor: Actor
    shape: Shape
    values: Mapping[str, Any]
    purpose: str

    def stated(self) -> str:
        """The purpose, checked; NotPlanned for whoever did not sign in."""
        if self.actor.kind is ActorKind.ANONYMOUS:
            raise NotPlanned
        return check_stated_purpose(self.actor, self.purpose)

    def named(self, **more: object) -> dict[str, Any]:
        """The values that every statement may name, and `more`."""
        named: dict[str, Any] = {
            **self.values,
            "today": self.registry.today(),
            "organisation": self.actor.organisation_id,
            "province": self.actor.province,
            f"default{LIMIT}": DEFAULT_FIRST + 1,
            **more,
        }
        for one in all_of(self.shape.below):
            on = one.value("on")
            if on is not None:
                named[on] = self.values[on] or named["today"]
            first, after = one.value("first"), one.value("after")
            if first is not None:
                named[first + LIMIT] = self.values[first] + 1
            if after is not None:
                place = self.values[after]
                if one.name == "ledgerEntries":
                    named[after + SEQUENCE] = place_in_ledger(place)
                elif one.name == "decisions":
                    named[after + PLACE] = None if place is None else id_of(place)
        return named


def id_of(place: tuple[str, ...]) -> UUID:
    """The id at which a page ended; NotPlanned where it is none."""
    try:
        (text,) = place
        return UUID(text)
    except ValueError:
        raise NotPlanned from None


@dataclass(slots=True)
class Read:
    """One read while it lasts: its transaction, what the caller sees, the looks to be noted in the end."""

    reading: Reading
    texts: Texts
    looks: dict[object, Access]
    stated: str = ""

    async def fetch(self, statement: Statement, named: Mapping[str, Any]) -> list[Found]:
        """The rows that the statement finds."""
        registry, caller = self.reading.registry, caller_of(self.reading.actor)
        return await statements.fetch(registry.database, caller, registry.today(), statement, named)

    def records(
        self, rows: Sequence[Found], statement: Statement, permission: Permission, field: PersonField, stated: str
    ) -> list[Item]:
        """Place and text of each record that the caller sees; one look is noted for each person."""
        self.stated = stated
        items = []
        for found in rows:
            basis = self.texts.sight.record(found, permission, field, own=found.own)
            if basis is None:
                continue
            items.append((found.place, self.texts.of_record(found, statement.slots)))
            # Of several credentials the first says on what the look rests, of several decisions the last.
            if field is PersonField.DECISIONS or found.person_id not in self.looks:
                self.looks[found.person_id] = self._look(found.person_id, basis, (field,))
        return items

    def people(self, rows: Sequence[Found], statement: Statement, stated: str) -> list[Item]:
        """Place and text of each person whom the caller sees; each look is noted."""
        self.stated = stated
        fields, items = disclosed_by(self.reading.shape.below), []
        for found in rows:
            shown = self.texts.of_person(found, statement.slots, fields)
            if shown is not None:
                disclosure, text = shown
                items.append((found.place, text))
                self.looks[len(self.looks)] = self._look(found.person_id, disclosure.basis, _in_order(disclosure.shown))
        return items

    async def settled(self, text: str) -> str:
        """The text with what was left open in it: whether a case confirmed a decision that is not as of right."""
        if OPEN not in text:
            return text
        parts = text.split(OPEN)
        asked = dict(part.split(BESIDE)[::-1] for part in parts[1::2])
        confirmed = await self._confirmed({UUID(decision): UUID(one) for decision, one in asked.items()})
        return "".join(
            as_json(UUID(part.split(BESIDE)[1]) in confirmed) if number % 2 else part
            for number, part in enumerate(parts)
        )

    async def _confirmed(self, credential_of: Mapping[UUID, UUID]) -> frozenset[UUID]:
        """Which of these decisions (by id, each on a credential) a case confirmed by today."""
        registry, actor = self.reading.registry, self.reading.actor
        async with registry.reading(actor) as connection:
            async with duty(connection, "recognise"):
                cases = await proceedings.list_of_credentials(connection, list(set(credential_of.values())))
            with_cases = {case.credential_id for case in cases}
            ids = [decision for decision, one in credential_of.items() if one in with_cases]
            kept = [one for one in await recognition.list_by_ids(connection, ids) if one is not None] if ids else []
        if not kept:
            return frozenset()
        answers = await list_confirmed(registry, actor, [confirming(one, registry.today()) for one in kept])
        return frozenset(one.id for one, answer in zip(kept, answers, strict=True) if answer.confirmed)

    async def note(self) -> None:
        """Note the looks at everyone but the caller; if that fails, nothing is shown."""
        along = [
            self._look(person, disclosure.basis, _in_order(disclosure.shown))
            for (person, _), disclosure in self.texts.along.items()
        ]
        mine = self.reading.actor.researcher_id
        looks = [one for one in (*self.looks.values(), *along) if one.researcher_id != mine]
        if looks:
            registry, caller = self.reading.registry, caller_of(self.reading.actor)
            await accesses.note_at_once(registry.database, caller, registry.today(), looks)

    def _look(self, person: UUID, basis: str, fields: tuple[PersonField, ...]) -> Access:
        actor, at = self.reading.actor, self.reading.registry.clock()
        return Access(new_id(), person, actor.account_id, actor.organisation_id, at, self.stated, basis, fields)


def frame_of(asked: Shape) -> Frame:
    """What stands around the records of a list, made once for each shape."""
    if Frame not in asked.kept:
        asked.kept[Frame] = Frame.of(asked.below)
    frame: Frame = asked.kept[Frame]
    return frame


@cache
def _in_order(shown: frozenset[PersonField]) -> tuple[PersonField, ...]:
    return tuple(one for one in PersonField if one in shown)


def read_of(reading: Reading) -> Read:
    """A read that is about to begin."""
    return Read(reading, Texts(Sight(reading.actor), reading.registry.keys, reading.values, {}), {})
