"""What a share code shows: computed as of an instant from what is recorded, nothing of it kept; and its preview."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.credentials import CredentialRecord, Standing
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.questions import Target
from talent_registry.domain.recognition import Decision, decide
from talent_registry.domain.researchers import PersonDocument
from talent_registry.domain.shares import ShareField, ShareTerms
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import Actor
from talent_registry.services.recognition import question_of
from talent_registry.services.registry import Registry
from talent_registry.services.shares import check_terms, must_be_own, must_hold
from talent_registry.storage import credentials, organisations, researcher_facts
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class SharedCredential:
    """What a code shows of one credential; None where the person did not choose it or it has none.

    `revoked_on` goes with the standing. `valid_until` is None for one that is valid without end, too.
    """

    kind: str
    standing: Standing
    revoked_on: date | None
    number: str | None = field(repr=False)
    title: str | None
    series: str | None
    level: str | None
    issuer: Organisation | None
    approval_date: date | None
    valid_from: date | None
    valid_until: date | None
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class SharedView:
    """What whoever holds a code sees of the person as of an instant, and nothing that was not chosen."""

    terms: ShareTerms
    as_of: datetime
    name: str | None = field(repr=False)
    documents: Sequence[PersonDocument] = field(repr=False)
    credentials: Sequence[SharedCredential]


async def preview(registry: Registry, actor: Actor, terms: ShareTerms) -> SharedView:
    """What whoever holds a code of these terms would see today, for the person who thinks of making it."""
    researcher_id = must_be_own(actor)
    checked = check_terms(registry, terms)
    async with registry.reading(actor) as connection:
        await must_hold(connection, researcher_id, checked)
        return await view_of(registry, connection, researcher_id, checked, await registry.instant(connection))


async def view_of(
    registry: Registry, connection: AsyncConnection, researcher_id: UUID, terms: ShareTerms, as_of: datetime
) -> SharedView:
    """What the terms show as of an instant, computed; nothing of it is kept."""
    today = shanghai_today(as_of)
    async with duty(connection, "verify"):
        found = [await credentials.find_credential(connection, one, as_of) for one in terms.credential_ids]
        held = [record for record in found if record is not None]
        names = await researcher_facts.list_names(connection, [researcher_id])
        papers = await researcher_facts.list_documents(connection, [researcher_id])
    units = await organisations.list_by_ids(connection, [record.credential.issuer_id for record in held])
    issuers = {one.id: one for one in units if one is not None}
    decisions: dict[UUID, Decision] = {}
    if terms.division is not None:
        agreement = await agreement_known(connection, registry, as_of)
        for record in held:
            known = await _decided(connection, agreement, record.credential.id, terms.division, as_of)
            decisions[record.credential.id] = known
    shown = set(terms.fields)
    borne = next((one for one in names.get(researcher_id, []) if one.provenance.holds_on(today)), None)
    return SharedView(
        terms,
        as_of,
        borne.name_zh if borne is not None and ShareField.NAME in shown else None,
        [one for one in papers.get(researcher_id, []) if one.provenance.holds_on(today)]
        if ShareField.DOCUMENT in shown
        else [],
        [_shown(one, shown, today, issuers, decisions) for one in held],
    )


async def _decided(
    connection: AsyncConnection, agreement: Agreement, credential_id: UUID, division: str, as_of: datetime
) -> Decision:
    on = shanghai_today(as_of)
    async with duty(connection, "recognise"):
        facts = await facts_for_decision(connection, credential_id, on, as_of)
    return decide(agreement_version_in_force(agreement, on), question_of(facts, Target(division=division), on))


def _shown(
    record: CredentialRecord,
    shown: set[ShareField],
    today: date,
    issuers: dict[UUID, Organisation],
    decisions: dict[UUID, Decision],
) -> SharedCredential:
    """One credential with the chosen fields alone."""
    credential, version = record.credential, record.version
    title, valid = ShareField.TITLE in shown, ShareField.VALIDITY in shown
    return SharedCredential(
        kind=credential.kind,
        standing=record.standing(today),
        revoked_on=record.revoked_on,
        number=credential.number if ShareField.NUMBER in shown else None,
        title=version.title_name if title else None,
        series=version.series if title else None,
        level=version.level if ShareField.LEVEL in shown else None,
        issuer=issuers.get(credential.issuer_id) if ShareField.ISSUER in shown else None,
        approval_date=version.approval_date if ShareField.APPROVAL in shown else None,
        valid_from=version.valid_from if valid else None,
        valid_until=version.valid_until if valid else None,
        decision=decisions.get(credential.id),
    )
