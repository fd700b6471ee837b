"""Registering people: matched by document, never by name."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.documents import pinyin
from talent_registry.domain import identifiers
from talent_registry.domain.divisions import is_in_force, province_of
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.names import normalise_name
from talent_registry.domain.researchers import Researcher
from talent_registry.domain.sandbox import check_invented
from talent_registry.services.matching import counting_told
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import digest, list_digests, seal
from talent_registry.storage import organisations, researchers
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

# The kind under which every document number is digested: one number is one person, whichever kind was stated.
DOCUMENT_DIGEST = "identity-document"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register or to match; texts as typed. Days since which a fact holds default to today.

    `source_id` is the organisation that states the facts; None takes the actor's.
    """

    name_zh: str = field(repr=False)
    document_kind: str
    document_number: str = field(repr=False)
    household: str | None = None
    household_since: date | None = None
    home_unit_id: UUID | None = None
    employed_since: date | None = None
    file_unit_id: UUID | None = None
    insurance_division: str | None = None
    name_en: str | None = field(default=None, repr=False)
    named_since: date | None = None
    document_since: date | None = None
    source_id: UUID | None = None


async def register(registry: Registry, actor: Actor, asked: NewPerson, key: str) -> Done:
    """Register a person nobody registered before. Answer: `researcher_id`, `public_number`.

    Home unit HR registers own staff, the authority of a province people with household in it, the operator anyone.
    An identity document that is known is a Conflict (DOCUMENT_EXISTS); `Limited` where that was told too often.
    """

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.REGISTER_RESEARCHER, await _subject_of_new(work, asked), hidden=False)
        # All else is checked first: what is refused for another reason tells nothing of the document.
        read = await _read(work, asked)
        if await find_match(work, asked.document_kind, asked.document_number) is not None:
            raise document_exists()
        person = await _add(work, asked, read)
        return {"researcher_id": str(person.id), "public_number": person.public_number}

    async with counting_told(registry, actor):
        return await perform(registry, actor, "registerResearcher", key, asked, act)


async def find_match(work: Work, kind: str, number: str) -> UUID | None:
    """The person to whom this document belongs. InvalidInput if the number cannot be one."""
    checked = check_document(work.registry, kind, number)
    for known in list_digests(work.registry.keys, DOCUMENT_DIGEST, checked.number):
        person = await researchers.find_by_document(work.connection, known)
        if person is not None:
            return person
    return None


def document_digest(keys: KeySet, number: str) -> bytes:
    """The keyed digest by which a document number in normal form is looked up."""
    return digest(keys, DOCUMENT_DIGEST, number)


def check_document(registry: Registry, kind: str, number: str) -> identifiers.CheckedDocument:
    """The document in normal form; sample numbers only where the installation allows them."""
    try:
        found = identifiers.check_document(kind, number, allow_test_identities=registry.allow_test_identities)
    except InvalidInput as failure:
        part = "kind" if failure.reason == "KIND" else "number"
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "document", part)) from None
    return found if registry.sandbox is None else check_invented(found)


def seal_document(registry: Registry, kind: str, number: str) -> researchers.SealedDocument:
    """A document as it is kept: number sealed under the row's id, digested for look-up, masked for show."""
    checked = check_document(registry, kind, number)
    row_id = new_id()
    sealed = seal(registry.keys, checked.number, row_id.bytes)
    return researchers.SealedDocument(
        row_id,
        checked.kind,
        sealed.ciphertext,
        sealed.key_id,
        document_digest(registry.keys, checked.number),
        identifiers.mask(checked.number),
    )


def read_name(name_zh: str, name_en: str | None) -> researchers.NameText:
    """A name in normal form with its reading, sort key and search keys."""
    try:
        name = normalise_name(name_zh)
        english = normalise_name(name_en) if name_en and name_en.strip() else None
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "name")) from None
    return researchers.NameText(
        name, english, pinyin.romanise(name), pinyin.sort_key(name), tuple(pinyin.search_keys(name))
    )


def check_division(code: str, day: date, *path: str) -> str:
    """A division code in force on `day`. Raises InvalidInput."""
    if province_of(code) and not is_in_force(code, day):
        raise InvalidInput(
            Message(
                zh="该行政区划代码在所述日期不存在。请核对代码与日期。",
                en="This division did not exist on the day. Check the code (GB/T 2260) and the day.",
            ),
            reason="DIVISION",
            path=path,
        )
    return code


def check_since(since: date | None, today: date, *path: str) -> date:
    """The day since which a fact holds: not after today; today if not stated. Raises InvalidInput."""
    if since is not None and since > today:
        raise InvalidInput(
            Message(
                zh="起始日晚于今天。请在事项发生后再登记。",
                en="The first day is later than today. Record the fact once it has happened.",
            ),
            reason="IN_THE_FUTURE",
            path=path,
        )
    return since or today


def document_exists() -> Conflict:
    """The refusal to register a document that belongs to a person already."""
    return Conflict(
        Message(
            zh="该证件号码已登记在一名研究人员名下。请核对后使用已有的记录。",
            en="This document number is registered for a researcher already. Check it and use the existing record.",
        ),
        reason="DOCUMENT_EXISTS",
        path=("input", "document", "number"),
    )


async def _subject_of_new(work: Work, asked: NewPerson) -> Subject:
    """The person as permission asks: the province is that of the household, of the home unit where there is none."""
    home = None
    if asked.home_unit_id is not None:
        home = await organisations.find_organisation(work.connection, asked.home_unit_id)
    here = home.province if home else None
    province = province_of(asked.household) if asked.household is not None else here
    return Subject(home_unit_id=home.id if home else None, provinces=frozenset({province} if province else ()))


@dataclass(frozen=True, slots=True)
class _Read:
    """A new person as read and checked; the first day of each fact."""

    name: researchers.NameText
    document: researchers.SealedDocument
    named_since: date
    document_since: date
    household_since: date
    employed_since: date


async def _read(work: Work, asked: NewPerson) -> _Read:
    """Everything but whether the document is known; nothing is written. Raises InvalidInput."""
    read = _Read(
        read_name(asked.name_zh, asked.name_en),
        seal_document(work.registry, asked.document_kind, asked.document_number),
        check_since(asked.named_since, work.today, "input", "name", "since"),
        check_since(asked.document_since, work.today, "input", "document", "since"),
        check_since(asked.household_since, work.today, "input", "household", "since"),
        check_since(asked.employed_since, work.today, "input", "personnelRelation", "since"),
    )
    if asked.household is not None:
        check_division(asked.household, read.household_since, "input", "household", "division")
    if asked.home_unit_id is not None:
        await check_relation(
            work, asked.home_unit_id, asked.file_unit_id, asked.insurance_division, read.employed_since
        )
    return read


async def _add(work: Work, asked: NewPerson, read: _Read) -> Researcher:
    sequence = await researchers.next_sequence(work.connection)
    person = Researcher(new_id(), identifiers.public_number(sequence), work.now)
    work.about("researcher", person.id)

    def since(day: date) -> researchers.Written:
        source = asked.source_id or work.actor.organisation_id
        return researchers.Written(person.id, day, None, source, work.now, work.command_id)

    async with duty(work.connection, "match"):
        await researchers.add_researcher(work.connection, person, sequence, work.command_id)
        await researchers.add_name(work.connection, read.name, since(read.named_since))
        await researchers.add_document(work.connection, read.document, since(read.document_since))
        if asked.household is not None:
            await researchers.add_household(work.connection, asked.household, since(read.household_since))
        if asked.home_unit_id is not None:
            home, kept_by, insured = asked.home_unit_id, asked.file_unit_id, asked.insurance_division
            await researchers.add_relation(work.connection, home, kept_by, insured, since(read.employed_since))
    return person


async def check_relation(
    work: Work, home_unit_id: UUID, file_unit_id: UUID | None, insurance_division: str | None, since: date
) -> None:
    """A personnel relation is to organisations that exist, its insurance in a division of the day. InvalidInput."""
    ids = [home_unit_id] if file_unit_id is None else [home_unit_id, file_unit_id]
    if None in await organisations.list_by_ids(work.connection, ids):
        raise InvalidInput(
            Message(
                zh="所述单位未登记。请先登记该单位，或核对其编号。",
                en="The organisation is not registered. Register it first, or check its id.",
            ),
            reason="ORGANISATION",
            path=("input", "personnelRelation"),
        )
    if insurance_division is not None:
        check_division(insurance_division, since, "input", "personnelRelation", "insuranceDivision")


async def get_person(connection: AsyncConnection, who: UUID | str) -> Researcher:
    """The person with this id or public number, as typed. NotFound if there is none."""
    if isinstance(who, UUID):
        person = await researchers.find_researcher(connection, who)
    else:
        try:
            number = identifiers.check_public_number(who)
        except InvalidInput:
            raise nothing_here() from None
        person = await researchers.find_by_public_number(connection, number)
    if person is None:
        raise nothing_here()
    return person
