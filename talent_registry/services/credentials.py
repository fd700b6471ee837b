"""Credentials: recording, correcting, changing their status, and the facts they give to a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.credential_entries import (
    Statement,
    Written,
    already_recorded,
    differences,
    known_kind,
    not_at_first,
    nothing_to_correct,
    read_version,
    unknown_filing,
)
from talent_registry.domain.credential_facts import (
    UsedFact,
    exam_certificates,
    facts_of,
    holder_facts_of,
    source_province_of,
    used_facts,
)
from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    RecordStatus,
    StatusSpan,
    change_status,
    move_issue_day,
)
from talent_registry.domain.errors import InvalidInput, NotFound
from talent_registry.domain.identifiers import normalise_certificate_number
from talent_registry.domain.integrity import IntegrityEntry, integrity_facts
from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.domain.questions import CredentialFacts, HolderFacts
from talent_registry.services.matching import HOLDER, counting_told
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import find_match, get_person
from talent_registry.storage import credentials, integrity, organisations
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a credential is: the document by which the issuer knows the person; texts as typed.

    A public number alone names nobody: whoever read one somewhere would tie the person to themselves by a record.
    Where it is stated, it must be that of the same person.
    """

    document_number: str = field(repr=False)
    document_kind: str | None = None
    public_number: str | None = None


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential to record: what identifies it, whose it is, what is stated of it; VALID or still in PUBLICITY."""

    issuer_id: UUID
    kind: str
    number: str = field(repr=False)
    holder: Holder
    statement: Statement
    status: RecordStatus = RecordStatus.VALID


@dataclass(frozen=True, slots=True)
class Correction:
    """The facts of a credential as they should have been recorded; what is left out is then not stated.

    `case_id`: the correction case that this settles.
    """

    credential_id: UUID
    statement: Statement
    case_id: UUID | None = None


async def record(registry: Registry, actor: Actor, asked: NewCredential, key: str) -> Done:
    """Record a credential of the actor's own issuing, or of an issuer in the authority's province.

    Answer: `credential_id`. The holder must be registered; `Limited` where too many were not. Conflict
    (CREDENTIAL_EXISTS) where the issuer has recorded this kind and number before.
    """

    async def act(work: Work) -> dict[str, Any]:
        issuer = await organisations.find_organisation(work.connection, asked.issuer_id)
        provinces = frozenset({issuer.province}) if issuer else frozenset[str]()
        actor.must(Permission.RECORD_CREDENTIAL, Subject(issuer_ids=frozenset({asked.issuer_id}), provinces=provinces))
        if issuer is None:
            raise nothing_here(("input", "issuer"))
        if asked.status not in (RecordStatus.VALID, RecordStatus.PUBLICITY):
            raise not_at_first()
        kind, number, made = known_kind(asked.kind), _read_number(asked.number), new_id()
        if await credentials.find_same(work.connection, issuer.id, kind, number) is not None:
            raise already_recorded()
        version = await _read(work, kind, made, asked.statement, issuer)
        # Last of all: what is refused for another reason tells nothing of the document.
        holder = await _find_holder(work, asked.holder)
        await lock_person(work, holder)
        version = replace(version, recorded_at=work.now)
        credential = Credential(made, kind, number, issuer.id, holder, work.now)
        span = StatusSpan(new_id(), asked.status, None, version.valid_from, None, work.now)
        record = CredentialRecord(credential, version, (span,))
        await credentials.add_credential(work.connection, record, work.command_id)
        work.about("credential", made)
        work.about("researcher", holder)
        work.says(kind=kind, level=version.level or "", status=asked.status.value)
        return {"credential_id": str(made)}

    async with counting_told(registry, actor):
        return await perform(registry, actor, "recordCredential", key, asked, act)


async def correct_in(work: Work, asked: Correction) -> frozenset[str]:
    """Record the facts of a credential anew, within a command that also sees to what follows; which ones changed.

    Own issuer, or authority of the issuer's province. What was recorded before is superseded and stays readable.
    Conflict (NOTHING_TO_CORRECT) where the record says the same already. Kind, number, issuer and holder are not
    corrected: that is another credential.
    """
    now, issuer = await _lock_own(work, work.actor, Permission.RECORD_CREDENTIAL, asked.credential_id)
    version = await _read(work, now.credential.kind, now.credential.id, asked.statement, issuer)
    changed = differences(version, now.version)
    if not changed:
        raise nothing_to_correct()
    await credentials.add_version(work.connection, version, work.command_id)
    if version.valid_from != now.version.valid_from:
        moved = move_issue_day(now.spans, version.valid_from)
        await credentials.change_spans(work.connection, now.credential.id, moved, work.command_id, work.now)
    work.about("credential", now.credential.id)
    work.about("researcher", now.credential.researcher_id)
    work.says(corrected=sorted(changed))
    return changed


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What a decision is told: facts as held true at one instant, each used one with its source, and whose they are.

    `source_province` is the province of the issuer's division, None where the issuer sits outside the mainland.
    """

    record: CredentialRecord
    credential: CredentialFacts
    holder: HolderFacts
    source_province: str | None
    used: tuple[UsedFact, ...]


async def facts_for_decision(
    connection: AsyncConnection, credential_id: UUID, on: date, known_at: datetime | None = None
) -> DecisionFacts:
    """The facts of a credential on a day, as the registry held them true at `known_at` (None: now).

    NotFound where the transaction's caller may not see it or where nothing was recorded yet.
    """
    record = await credentials.find_credential(connection, credential_id, known_at)
    if record is None:
        raise nothing_here()
    number = record.version.filing_number
    filing = await organisations.find_filing(connection, number, known_at) if number else None
    (others,) = await credentials.list_by_researchers(connection, [record.credential.researcher_id], known_at)
    findings = await integrity.list_of_person(connection, record.credential.researcher_id, known_at)
    return _facts(record, filing, others, findings, on)


async def facts_of_people(
    connection: AsyncConnection, people: Sequence[UUID], on: date
) -> dict[UUID, list[DecisionFacts]]:
    """The facts of each credential of these people that the transaction's caller may see, as now held true.

    As `facts_for_decision` gives them one by one; as many statements for many as for one.
    """
    held = dict(zip(people, await credentials.list_by_researchers(connection, people), strict=True))
    numbers = sorted({one.version.filing_number for own in held.values() for one in own if one.version.filing_number})
    found = await organisations.list_by_filing_numbers(connection, numbers)
    filings = dict(zip(numbers, found, strict=True))
    findings = dict(zip(people, await integrity.list_of_people(connection, people), strict=True))
    return {
        person: [_facts(one, filings.get(one.version.filing_number or ""), own, findings[person], on) for one in own]
        for person, own in held.items()
    }


def _facts(
    record: CredentialRecord,
    filing: CommitteeFiling | None,
    others: Sequence[CredentialRecord],
    findings: Sequence[IntegrityEntry],
    on: date,
) -> DecisionFacts:
    facts = facts_of(record, filing, on)
    used = (*used_facts(record, filing, on), *exam_certificates(others, on), *integrity_facts(findings, on))
    return DecisionFacts(record, facts, holder_facts_of(used), source_province_of(facts), used)


async def set_status(
    work: Work, actor: Actor, credential_id: UUID, status: RecordStatus, from_day: date, ground: str | None
) -> Credential:
    """Give a credential another record status from a day on, within a command that also sees to what follows from it.

    Own issuer, or authority of the issuer's province. The credential stays locked until the command ends. Errors: those
    of `domain.credentials.change_status`; NotFound for what is absent or not the actor's.
    """
    record, _ = await _lock_own(work, actor, Permission.CHANGE_CREDENTIAL_STATUS, credential_id)
    change = change_status(record, status, from_day, work.today, ground)
    await credentials.change_spans(work.connection, credential_id, change, work.command_id, work.now)
    work.about("credential", credential_id)
    work.about("researcher", record.credential.researcher_id)
    work.says(status=status.value, from_day=from_day.isoformat())
    return record.credential


async def _lock_own(
    work: Work, actor: Actor, permission: Permission, credential_id: UUID
) -> tuple[CredentialRecord, Organisation]:
    """The locked credential and its issuer, for the issuer and the authority of the issuer's province alone."""
    record = await credentials.lock_credential(work.connection, credential_id)
    issuer = record and await organisations.find_organisation(work.connection, record.credential.issuer_id)
    if not isinstance(record, CredentialRecord) or not isinstance(issuer, Organisation):
        actor.must(permission)
        raise nothing_here()
    actor.must(permission, Subject(issuer_ids=frozenset({issuer.id}), provinces=frozenset({issuer.province})))
    return record, issuer


async def _find_holder(work: Work, holder: Holder) -> UUID:
    try:
        person = await find_match(work, holder.document_kind or "RESIDENT_ID", holder.document_number)
    except InvalidInput as failure:
        part = "documentKind" if failure.reason == "KIND" else "documentNumber"
        raise InvalidInput(failure.message, reason=failure.reason, path=(*HOLDER, part)) from None
    if person is not None and holder.public_number is not None:
        named = await _named(work, holder.public_number)
        person = person if person == named else None
    if person is None:
        raise nothing_here(HOLDER)
    return person


async def _named(work: Work, public_number: str) -> UUID | None:
    try:
        return (await get_person(work.connection, public_number)).id
    except NotFound:
        return None


async def _read(
    work: Work, kind: str, credential_id: UUID, statement: Statement, issuer: Organisation
) -> CredentialVersion:
    """The version that a statement makes; the committee's filing, if cited, must be recorded."""
    source = work.actor.organisation_id or issuer.id
    written = Written(new_id(), credential_id, source, work.now)
    version = read_version(kind, statement, issuer, written, work.today)
    if version.filing_number and await organisations.find_filing(work.connection, version.filing_number) is None:
        raise unknown_filing()
    return version


def _read_number(text: str) -> str:
    try:
        return normalise_certificate_number(text)
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "number")) from None
