"""Releases of the agreement in the database: every step added once, final."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.conformance import report_as_json, report_from_json
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.release_states import AgreementRelease, Approval
from talent_registry.storage.ids import new_id
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import (
    agreement_enactment,
    agreement_release,
    agreement_release_approval,
    agreement_release_step,
)

PROPOSED, WITHDRAWN = "PROPOSED", "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class EnactedFiles:
    """The files of a release that both provinces approved, and the digest that they must come to."""

    release_id: UUID
    digest: str
    files: tuple[tuple[str, str], ...]


async def add_release(
    connection: AsyncConnection, release: AgreementRelease, parties: Collection[str], command_id: UUID
) -> None:
    """Record a draft, and the provinces that must both approve it."""
    retroactive = release.retroactive
    await connection.execute(
        insert(agreement_release).values(
            id=release.id,
            version_id=release.version_id,
            title_zh=release.title.zh,
            title_en=release.title.en,
            since=release.since,
            digest=release.digest,
            base_digest=release.base_digest,
            retroactive_zh=None if retroactive is None else retroactive.zh,
            retroactive_en=None if retroactive is None else retroactive.en,
            files=[{"name": name, "text": text} for name, text in release.files],
            report=report_as_json(release.report),
            author_id=release.author_id,
            author_province=release.author_province,
            parties=sorted(parties),
            drafted_at=release.drafted_at,
            command_id=command_id,
        )
    )


async def add_step(
    connection: AsyncConnection,
    release_id: UUID,
    step: str,
    *,
    province: str,
    account_id: UUID,
    at: datetime,
    command_id: UUID,
) -> None:
    """Record that a release was proposed or withdrawn."""
    await connection.execute(
        insert(agreement_release_step).values(
            id=new_id(),
            release_id=release_id,
            step=step,
            province=province,
            account_id=account_id,
            taken_at=at,
            command_id=command_id,
        )
    )


async def add_approval(connection: AsyncConnection, release_id: UUID, approval: Approval, command_id: UUID) -> None:
    """Record a province's approval."""
    await connection.execute(
        insert(agreement_release_approval).values(
            id=new_id(),
            release_id=release_id,
            province=approval.province,
            digest=approval.digest,
            sentence=approval.sentence,
            account_id=approval.account_id,
            approved_at=approval.approved_at,
            command_id=command_id,
        )
    )


async def add_enactment(connection: AsyncConnection, release: AgreementRelease, at: datetime, command_id: UUID) -> None:
    """Record that both provinces have approved."""
    await connection.execute(
        insert(agreement_enactment).values(
            release_id=release.id,
            version_id=release.version_id,
            digest=release.digest,
            base_digest=release.base_digest,
            enacted_at=at,
            command_id=command_id,
        )
    )


async def list_enacted(connection: AsyncConnection) -> list[tuple[UUID, datetime]]:
    """The releases that both provinces approved, in the order in which they did, and when."""
    statement = select(agreement_enactment.c.release_id, agreement_enactment.c.enacted_at).order_by(
        agreement_enactment.c.enacted_at, agreement_enactment.c.release_id
    )
    return [(row.release_id, row.enacted_at) for row in await connection.execute(statement)]


async def list_enacted_files(connection: AsyncConnection, ids: Sequence[UUID]) -> list[EnactedFiles]:
    """The files of these releases, in their order."""
    table = agreement_release
    rows = await connection.execute(select(table).where(table.c.id.in_(ids)))
    found = {row.id: EnactedFiles(row.id, row.digest, _files(row)) for row in rows}
    return [found[release_id] for release_id in ids]


async def find_release(connection: AsyncConnection, release_id: UUID) -> AgreementRelease | None:
    """The release with this id."""
    return (await list_by_ids(connection, [release_id]))[0]


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[AgreementRelease | None]:
    """The releases with these ids, in their order; None where there is none that the caller's transaction may see."""
    rows = (await connection.execute(select(agreement_release).where(agreement_release.c.id.in_(ids)))).all()
    found = {release.id: release for release in await _assemble(connection, rows)}
    return [found.get(release_id) for release_id in ids]


async def list_releases(connection: AsyncConnection, request: PageRequest) -> Page[AgreementRelease]:
    """The releases that the caller's transaction may see, oldest draft first."""
    rows = await fetch_page(connection, select(agreement_release), [agreement_release.c.id], request, lambda row: row)
    releases = await _assemble(connection, rows.items)
    return Page(tuple(releases), rows.places, rows.has_next)


async def _assemble(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[AgreementRelease]:
    """The releases of these rows with all that became of them, in three statements."""
    ids = [row.id for row in rows]
    steps = {
        (row.release_id, row.step): row.taken_at
        for row in await connection.execute(
            select(agreement_release_step).where(agreement_release_step.c.release_id.in_(ids))
        )
    }
    approvals: dict[UUID, list[Approval]] = {release_id: [] for release_id in ids}
    given = agreement_release_approval
    for row in await connection.execute(
        select(given).where(given.c.release_id.in_(ids)).order_by(given.c.approved_at, given.c.id)
    ):
        approvals[row.release_id].append(_approval(row))
    # All of them: the law changes a few times in a decade.
    enacted = (
        await connection.execute(
            select(agreement_enactment, agreement_release.c.since).join(
                agreement_release, agreement_release.c.id == agreement_enactment.c.release_id
            )
        )
    ).all()
    return [_release(row, steps, tuple(approvals[row.id]), enacted) for row in rows]


def _release(
    row: Row[Any],
    steps: dict[tuple[UUID, str], datetime],
    approvals: tuple[Approval, ...],
    enacted: Sequence[Row[Any]],
) -> AgreementRelease:
    own = next((one for one in enacted if one.release_id == row.id), None)
    on_its_base = next((one for one in enacted if one.base_digest == row.base_digest), None)
    after = next((one for one in enacted if one.base_digest == row.digest), None)
    return AgreementRelease(
        id=row.id,
        version_id=row.version_id,
        title=Message(row.title_zh, row.title_en),
        since=row.since,
        digest=row.digest,
        base_digest=row.base_digest,
        retroactive=None if row.retroactive_zh is None else Message(row.retroactive_zh, row.retroactive_en),
        files=_files(row),
        report=report_from_json(row.report),
        author_id=row.author_id,
        author_province=row.author_province,
        drafted_at=row.drafted_at,
        proposed_at=steps.get((row.id, PROPOSED)),
        withdrawn_at=steps.get((row.id, WITHDRAWN)),
        approvals=approvals,
        enacted_at=None if own is None else own.enacted_at,
        superseded_from=None if after is None else after.since,
        base_stands=on_its_base is None or on_its_base.release_id == row.id,
    )


def _files(row: Row[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((file["name"], file["text"]) for file in row.files)


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        province=row.province,
        digest=row.digest,
        sentence=row.sentence,
        account_id=row.account_id,
        approved_at=row.approved_at,
    )
