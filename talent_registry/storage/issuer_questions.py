"""Questions to issuers in the database: asked with number and name sealed, answered or withdrawn once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.issuer_questions import IssuerAnswer, IssuerQuestion, WhyNoAnswer
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import issuer_question, organisation

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('asks issuers:' || :id, 0))")


@dataclass(frozen=True, slots=True)
class SealedText:
    """A text as it is kept: the id of its key and its ciphertext."""

    key_id: str
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question with what it is about, sealed under its id."""

    question: IssuerQuestion
    number: SealedText
    name: SealedText


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ends: by an answer, or (None) because it is withdrawn."""

    at: datetime
    account_id: UUID | None
    answer: IssuerAnswer | None = None
    why: WhyNoAnswer | None = None
    recorded_by: date | None = None


async def lock_asker(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let an organisation ask one question after the other."""
    await connection.execute(_LOCK, {"id": str(organisation_id)})


async def is_open_about(connection: AsyncConnection, organisation_id: UUID, digests: Sequence[bytes]) -> bool:
    """Whether an organisation has an open question about a number, by any of its digests."""
    asked = issuer_question.c
    statement = select(asked.id).where(
        asked.organisation_id == organisation_id, asked.number_digest.in_(digests), asked.ended_at.is_(None)
    )
    return (await connection.execute(statement)).first() is not None


async def may_be_asked(connection: AsyncConnection, organisation_id: UUID) -> bool:
    """Whether an organisation is an authority for certificates, or has issued one."""
    return bool((await connection.execute(select(func.may_be_asked(organisation_id)))).scalar_one())


async def list_addressees(
    connection: AsyncConnection, request: PageRequest, province: str | None
) -> Page[Organisation]:
    """Whoever may be asked, of a province if given, by age of their record."""
    statement = select(organisation).where(func.may_be_asked(organisation.c.id))
    if province is not None:
        statement = statement.where(organisation.c.province == province)
    return await fetch_page(connection, statement, [organisation.c.id], request, _organisation)


async def add_question(
    connection: AsyncConnection, kept: KeptQuestion, number_digest: bytes, due_on: date, command_id: UUID
) -> None:
    """Record a question."""
    new = kept.question
    await connection.execute(
        insert(issuer_question).values(
            id=new.id,
            organisation_id=new.organisation_id,
            account_id=new.account_id,
            addressee_id=new.addressee_id,
            addressee_province=new.addressee_province,
            number_sealed=kept.number.ciphertext,
            number_key_id=kept.number.key_id,
            name_sealed=kept.name.ciphertext,
            name_key_id=kept.name.key_id,
            number_digest=number_digest,
            purpose=new.purpose,
            working_days=new.working_days,
            due_on=due_on,
            asked_at=new.asked_at,
            asked_on=new.asked_on,
            command_id=command_id,
        )
    )


async def end_question(connection: AsyncConnection, question_id: UUID, ending: Ending, command_id: UUID) -> None:
    """Record how a question ended."""
    await connection.execute(
        update(issuer_question)
        .where(issuer_question.c.id == question_id)
        .values(
            ended_at=ending.at,
            answer=None if ending.answer is None else ending.answer.value,
            why=None if ending.why is None else ending.why.value,
            recorded_by=ending.recorded_by,
            ended_by_account_id=ending.account_id,
            ended_by_command_id=command_id,
        )
    )


async def lock_question(connection: AsyncConnection, question_id: UUID) -> IssuerQuestion | None:
    """The question with this id, kept from other commands until this one ends."""
    statement = select(issuer_question).where(issuer_question.c.id == question_id).with_for_update()
    row = (await connection.execute(statement)).first()
    return None if row is None else _kept(row).question


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[KeptQuestion | None]:
    """The questions with these ids, in their order; None for each that the caller's transaction may not see."""
    rows = await connection.execute(select(issuer_question).where(issuer_question.c.id.in_(ids)))
    found = {row.id: _kept(row) for row in rows}
    return [found.get(one) for one in ids]


async def list_questions(
    connection: AsyncConnection, request: PageRequest, *, pending: bool | None = None
) -> Page[KeptQuestion]:
    """The questions that the caller's transaction may see, oldest first."""
    statement = select(issuer_question)
    if pending is not None:
        ended = issuer_question.c.ended_at
        statement = statement.where(ended.is_(None) if pending else ended.is_not(None))
    return await fetch_page(connection, statement, [issuer_question.c.id], request, _kept)


def _kept(row: Row[Any]) -> KeptQuestion:
    question = IssuerQuestion(
        id=row.id,
        organisation_id=row.organisation_id,
        account_id=row.account_id,
        addressee_id=row.addressee_id,
        addressee_province=row.addressee_province,
        purpose=row.purpose,
        working_days=row.working_days,
        asked_at=row.asked_at,
        asked_on=row.asked_on,
        ended_at=row.ended_at,
        answer=None if row.answer is None else IssuerAnswer(row.answer),
        why=None if row.why is None else WhyNoAnswer(row.why),
        recorded_by=row.recorded_by,
    )
    number, name = SealedText(row.number_key_id, row.number_sealed), SealedText(row.name_key_id, row.name_sealed)
    return KeptQuestion(question, number, name)


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.name_zh, row.name_en, row.kind, row.division, row.social_credit_code, row.ror_id)
