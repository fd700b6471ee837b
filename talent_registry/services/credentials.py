"""Credentials: recording, correcting, changing their status, and the facts they give to a decision."""

from dataclasses import dataclass, field
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
    no_holder,
    not_at_first,
    nothing_to_correct,
    read_version,
    unknown_filing,
)
from talent_registry.domain.credential_facts import UsedFact, facts_of, used_facts
from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    RecordStatus,
    Standing,
    StatusSpan,
    change_status,
    move_issue_day,
)
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import normalise_certificate_number
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.questions import CredentialFacts, HolderFacts
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import find_match, get_person
from talent_registry.storage import credentials, organisations
from talent_registry.storage.ids import new_id

NATIONAL_EXAM = "NATIONAL_EXAM"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a credential is: by public number, or by document; texts as typed."""

    public_number: str | None = None
    document_kind: str | None = None
    document_number: str | None = field(default=None, repr=False)


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
    """The facts of a credential as they should have been recorded; what is left out is then not stated."""

    credential_id: UUID
    statement: Statement


async def record(registry: Registry, actor: Actor, asked: NewCredential, key: str) -> Done:
    """Record a credential of the actor's own issuing, or of an issuer in the authority's province.

    Answer: `credential_id`. The holder must be registered. Conflict (CREDENTIAL_EXISTS) where the issuer has recorded
    this kind and number before.
    """

    async def act(work: Work) -> dict[str, Any]:
        issuer = await organisations.find_organisation(work.connection, asked.issuer_id)
        provinces = frozenset({issuer.province}) if issuer else frozenset[str]()
        actor.must(Permission.RECORD_CREDENTIAL, Subject(issuer_ids=frozenset({asked.issuer_id}), provinces=provinces))
        if issuer is None:
            raise nothing_here(("input", "issuer"))
        person = await _find_holder(work, asked.holder)
        made = await record_in(work, issuer, person, asked.kind, asked.number, asked.statement, asked.status)
        return {"credential_id": str(made)}

    return await perform(registry, actor, "recordCredential", key, asked, act)


async def record_in(
    work: Work,
    issuer: Organisation,
    researcher_id: UUID,
    kind: str,
    number: str,
    statement: Statement,
    status: RecordStatus = RecordStatus.VALID,
) -> UUID:
    """Record a credential within a command whose permission was checked: the new credential's id."""
    if status not in (RecordStatus.VALID, RecordStatus.PUBLICITY):
        raise not_at_first()
    known = Credential(new_id(), known_kind(kind), _read_number(number), issuer.id, researcher_id, work.now)
    if await credentials.find_same(work.connection, issuer.id, known.kind, known.number) is not None:
        raise already_recorded()
    version = await _read(work, known, statement, issuer)
    span = StatusSpan(new_id(), status, None, version.valid_from, None, work.now)
    await credentials.add_credential(work.connection, CredentialRecord(known, version, (span,)), work.command_id)
    work.about("credential", known.id)
    work.about("researcher", researcher_id)
    work.says(kind=known.kind, level=version.level or "", status=status.value)
    return known.id


async def correct(registry: Registry, actor: Actor, asked: Correction, key: str) -> Done:
    """Record the facts of a credential anew; what was recorded before is superseded and stays readable.

    Own issuer, or authority of the issuer's province. Answer: `credential_id`. Conflict (NOTHING_TO_CORRECT) where
    the record says the same already. Kind, number, issuer and holder are not corrected: that is another credential.
    """

    async def act(work: Work) -> dict[str, Any]:
        now, issuer = await _lock_own(work, actor, Permission.RECORD_CREDENTIAL, asked.credential_id)
        version = await _read(work, now.credential, asked.statement, issuer)
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
        return {"credential_id": str(now.credential.id)}

    return await perform(registry, actor, "correctCredential", key, asked, act)


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

    def used_json(self) -> list[dict[str, Any]]:
        """The facts used, as JSON to be stored with the decision."""
        return [fact.as_json() for fact in self.used]


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
    facts = facts_of(record, filing, on)
    (others,) = await credentials.list_by_researchers(connection, [record.credential.researcher_id], known_at)
    exams = frozenset(
        other.version.series
        for other in others
        if other.version.series and other.version.route == NATIONAL_EXAM and other.standing(on) is Standing.VALID
    )
    return DecisionFacts(
        record,
        facts,
        HolderFacts(exam_certificates=exams),
        province_of(record.version.issuer_division) if record.version.details.issuer_country is None else None,
        tuple(used_facts(record, filing, on)),
    )


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
    if holder.public_number is not None:
        return (await get_person(work.connection, holder.public_number)).id
    if not holder.document_number:
        raise no_holder()
    person = await find_match(work, holder.document_kind or "RESIDENT_ID", holder.document_number)
    if person is None:
        raise nothing_here(("input", "holder"))
    return person


async def _read(work: Work, credential: Credential, statement: Statement, issuer: Organisation) -> CredentialVersion:
    """The version that a statement makes; the committee's filing, if cited, must be recorded."""
    source = work.actor.organisation_id or issuer.id
    version = read_version(
        credential.kind, statement, issuer, Written(new_id(), credential.id, source, work.now), work.today
    )
    if version.filing_number and await organisations.find_filing(work.connection, version.filing_number) is None:
        raise unknown_filing()
    return version


def _read_number(text: str) -> str:
    try:
        return normalise_certificate_number(text)
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "number")) from None
