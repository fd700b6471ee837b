"""Reveals: the number of a person's document in full, by a command that keeps no number and that the person sees."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.errors import InvalidInput, NotFound, NotPermitted
from talent_registry.domain.identifiers import check_public_number
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonDocument, PersonField
from talent_registry.domain.reveals import FULL_NUMBER, LegalBasis
from talent_registry.services.attempts import HOUR, Allowance, count_attempts
from talent_registry.services.looks import check_stated_purpose, note_looks
from talent_registry.services.permissions import CARRIED_BY, Actor, ActorKind, Permission, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.relations import subjects_of_people
from talent_registry.services.researchers import get_person
from talent_registry.signing.sealing import Sealed, unseal
from talent_registry.storage import accesses, consents, researcher_facts, researchers
from talent_registry.storage.ids import new_id

# Numbers are read one by one, for one matter each; whoever reads a register of them is stopped.
REVEALED_AN_HOUR: Final = Allowance("reveal-hour", 60, HOUR)


@dataclass(frozen=True, slots=True)
class NewReveal:
    """Whose number is to be shown, for what purpose and on which legal basis."""

    researcher_id: UUID
    purpose: str
    legal_basis: LegalBasis


@dataclass(frozen=True, slots=True)
class FullNumber:
    """An identity document with its number."""

    document_id: UUID
    kind: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was shown, and the command by which it was."""

    public_number: str
    numbers: tuple[FullNumber, ...]
    done: Done


async def reveal(registry: Registry, actor: Actor, asked: NewReveal, key: str) -> Revealed:
    """The numbers of a person's present documents in full; the person sees who read them, and why.

    NotFound alike for whoever is absent, not the actor's to know of, or did not open documents to the actor's office;
    InvalidInput (PURPOSE, PURPOSE_NOT_GRANTED, PURPOSE_NOT_CONSENTED); Limited.
    """
    if actor.account_id is not None:
        await count_attempts(registry, str(actor.account_id), REVEALED_AN_HOUR)

    async def act(work: Work) -> dict[str, Any]:
        purpose = check_stated_purpose(actor, asked.purpose, "input", "purpose")
        basis, documents = await _opened(registry, work.connection, actor, asked)
        await _check_consented(registry, work.connection, actor, asked, purpose)
        work.about("researcher", asked.researcher_id)
        work.says(legal_basis=asked.legal_basis.value, fields=[PersonField.DOCUMENTS.value])
        look = Access(
            new_id(),
            asked.researcher_id,
            actor.account_id,
            actor.organisation_id,
            work.now,
            purpose,
            f"{basis}+{FULL_NUMBER}",
            (PersonField.DOCUMENTS,),
            work.command_id,
        )
        await accesses.note(work.connection, look)
        return {"document_ids": [str(one.id) for one in documents]}

    done = await perform(registry, actor, "revealDocumentNumbers", key, asked, act)
    async with registry.reading(actor) as connection:
        # Asked anew, so that a repeat shows nothing to whom it is no longer open.
        basis, documents = await _opened(registry, connection, actor, asked)
        await _check_consented(registry, connection, actor, asked, asked.purpose.strip())
        # And nothing that was corrected meanwhile: it may be the number of somebody else.
        present = {str(one.id) for one in documents}
        numbers = [
            await _number(registry, connection, UUID(one)) for one in done.result["document_ids"] if one in present
        ]
        (person,) = (await researchers.list_researchers(connection, [asked.researcher_id])).values()
    if done.replayed:
        # Shown once more, so that the person sees one look more.
        read = {asked.researcher_id: f"{basis}+{FULL_NUMBER}"}
        await note_looks(registry, actor, read, PersonField.DOCUMENTS, asked.purpose)
    return Revealed(person.public_number, tuple(one for one in numbers if one is not None), done)


async def find_basis(registry: Registry, actor: Actor, researcher_id: UUID) -> LegalBasis | None:
    """On which legal basis the actor may read the numbers of this person today; None where on neither."""
    async with registry.reading(actor) as connection:
        for basis in LegalBasis:
            with suppress(NotFound, NotPermitted):
                await _opened(registry, connection, actor, NewReveal(researcher_id, "", basis))
                return basis
    return None


async def list_purposes(registry: Registry, actor: Actor, researcher_id: UUID) -> list[tuple[str, date]]:
    """For which purposes the person opened the documents to the actor's organisation, each with its last day."""
    if actor.organisation_id is None:
        return []
    async with registry.reading(actor) as connection:
        return await consents.list_purposes(
            connection, researcher_id, actor.organisation_id, PersonField.DOCUMENTS, registry.today()
        )


async def find_person(registry: Registry, actor: Actor, typed: str) -> UUID:
    """Whom a public number as typed names; InvalidInput where it is none, NotFound as for whoever may not be known."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    check_public_number(typed)
    async with registry.reading(actor) as connection:
        return (await get_person(connection, typed)).id


async def _opened(
    registry: Registry, connection: AsyncConnection, actor: Actor, asked: NewReveal
) -> tuple[str, list[PersonDocument]]:
    """On which relations the actor may read the numbers, and the documents of today."""
    subjects = await subjects_of_people(connection, [asked.researcher_id], registry.today(), actor)
    subject = subjects[asked.researcher_id]
    actor.must(Permission.REVEAL_DOCUMENT, subject)
    carried = actor.relations(subject) & CARRIED_BY[Permission.REVEAL_DOCUMENT]
    if carried == {Relation.CONSENTED} and PersonField.DOCUMENTS.value not in subject.consented_fields:
        raise nothing_here()
    # An office relies on the consent that it has, an authority on its duty.
    if (asked.legal_basis is LegalBasis.CONSENT) != (carried == {Relation.CONSENTED}):
        raise nothing_here()
    found = (await researcher_facts.list_documents(connection, [asked.researcher_id])).get(asked.researcher_id, [])
    today = [one for one in found if one.provenance.holds_on(registry.today())]
    if not today:
        raise nothing_here()
    return "+".join(sorted(one.value for one in carried)), today


async def _check_consented(
    registry: Registry, connection: AsyncConnection, actor: Actor, asked: NewReveal, purpose: str
) -> None:
    """A consent opens the number for its own purpose, and for no other."""
    if asked.legal_basis is not LegalBasis.CONSENT or actor.organisation_id is None:
        return
    today = registry.today()
    given = await consents.list_purposes(
        connection, asked.researcher_id, actor.organisation_id, PersonField.DOCUMENTS, today
    )
    purposes = list(dict.fromkeys(one for one, _ in given))
    if purpose not in purposes:
        raise InvalidInput(
            Message(
                zh=f"本人授权的用途为：{'；'.join(purposes)}。凭授权查看须按所授权的用途；为其他用途，请本人另行授权。",
                en=f"The person opened it for: {'; '.join(purposes)}. By consent it is read for that alone; for "
                "another purpose, ask the person for another consent.",
            ),
            reason="PURPOSE_NOT_CONSENTED",
            path=("input", "purpose"),
        )


async def _number(registry: Registry, connection: AsyncConnection, document_id: UUID) -> FullNumber | None:
    sealed = await researcher_facts.find_sealed(connection, document_id)
    if sealed is None:
        return None
    number = unseal(registry.keys, Sealed(sealed.key_id, sealed.number_sealed), document_id.bytes)
    return FullNumber(document_id, sealed.kind, number)
