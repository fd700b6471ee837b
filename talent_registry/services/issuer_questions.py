"""Questions to issuers: asked by an office about a certificate, answered by the issuer or its authority, by a code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.clocks import Clock
from talent_registry.domain.consents import check_purpose
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.issuer_questions import (
    IssuerAnswer,
    IssuerQuestion,
    WhyNoAnswer,
    asked_already,
    asks_itself,
    check_answer,
    ended_before,
    no_terms,
)
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.verification import Sought, Typed, Unreadable, read_typed
from talent_registry.services.agreements import agreement_known
from talent_registry.services.attempts import DAY, Allowance, count_attempts, is_repeat
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.verification import must_hold_purpose
from talent_registry.signing.sealing import Sealed, digest, list_digests, seal, unseal
from talent_registry.storage import issuer_questions as questions
from talent_registry.storage import organisations
from talent_registry.storage.ids import new_id
from talent_registry.storage.issuer_questions import Ending, KeptQuestion, SealedText

# An issuer is not flooded by one office.
ASKED_A_DAY: Final = Allowance("ask-issuer-day", 30, DAY)
NUMBER_DIGEST: Final = "issuer-question"


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """Whom to ask about which number and name, as typed, and for what purpose."""

    addressee_id: UUID
    number: str = field(repr=False)
    name: str = field(repr=False)
    purpose: str


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What the issuer answers; `why` where it cannot say, `recorded_by` where it will record the certificate."""

    question_id: UUID
    answer: IssuerAnswer
    why: WhyNoAnswer | None = None
    recorded_by: date | None = None


@dataclass(frozen=True, slots=True)
class SeenQuestion:
    """A question with what it is about and the clock of its answer as of today."""

    question: IssuerQuestion
    number: str = field(repr=False)
    name: str = field(repr=False)
    clock: Clock
    overdue: bool


async def ask(registry: Registry, actor: Actor, asked: NewQuestion, key: str) -> Done:
    """Have an issuer or authority check a certificate; it is told in the same transaction. Answer: `question_id`.

    InvalidInput for what cannot be read (PURPOSE, ASKS_ITSELF and the reasons of a verification); NotFound where the
    organisation is none that may be asked; Conflict (ASKED_ALREADY); NotInForce (NO_TERMS); Limited.
    """
    office = _office(actor)
    if not await is_repeat(registry, actor, key):
        await count_attempts(registry, str(office), ASKED_A_DAY)

    async def act(work: Work) -> dict[str, Any]:
        purpose = check_purpose(asked.purpose, "input", "purpose")
        must_hold_purpose(actor, purpose)
        sought = _read(registry, asked)
        province = await _addressed(work, office, asked.addressee_id)
        version = agreement_version_in_force(await agreement_known(work.connection, registry), work.today)
        if not version.question_terms:
            raise no_terms()
        await questions.lock_asker(work.connection, office)
        if await questions.is_open_about(
            work.connection, office, list_digests(registry.keys, NUMBER_DIGEST, sought.number)
        ):
            raise asked_already()
        await work.settle_moment()
        new = IssuerQuestion(
            id=new_id(),
            organisation_id=office,
            account_id=actor.account_id,
            addressee_id=asked.addressee_id,
            addressee_province=province,
            purpose=purpose,
            working_days=version.question_terms[0].working_days,
            asked_at=work.now,
            asked_on=work.today,
        )
        await _add(work, new, sought)
        return {"question_id": str(new.id)}

    return await perform(registry, actor, "askIssuer", key, asked, act)


async def answer(registry: Registry, actor: Actor, given: NewAnswer, key: str) -> Done:
    """Answer a question (the issuer asked, or its province's authority). Answer: `question_id`.

    Conflict (ENDED_BEFORE); InvalidInput (WHY, RECORDED_BY).
    """

    async def act(work: Work) -> dict[str, Any]:
        found = await _held(work, Permission.ANSWER_ISSUER_QUESTION, given.question_id)
        check_answer(given.answer, given.why, given.recorded_by, work.today)
        ending = Ending(work.now, actor.account_id, given.answer, given.why, given.recorded_by)
        await questions.end_question(work.connection, found.id, ending, work.command_id)
        work.says(answer=given.answer.value, why=None if given.why is None else given.why.value)
        return {"question_id": str(found.id)}

    return await perform(registry, actor, "answerIssuerQuestion", key, given, act)


async def withdraw(registry: Registry, actor: Actor, question_id: UUID, key: str) -> Done:
    """Ask no more (the office that asked). Answer: `question_id`. Conflict (ENDED_BEFORE)."""

    async def act(work: Work) -> dict[str, Any]:
        found = await _held(work, Permission.ASK_ISSUER, question_id)
        await questions.end_question(work.connection, found.id, Ending(work.now, actor.account_id), work.command_id)
        return {"question_id": str(found.id)}

    return await perform(registry, actor, "withdrawIssuerQuestion", key, {"question": question_id}, act)


async def get_question(registry: Registry, actor: Actor, question_id: UUID) -> SeenQuestion:
    """The question with this id; NotFound where the actor neither asked it nor sees to it."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    (found,) = await list_by_ids(registry, actor, [question_id])
    if found is None:
        raise nothing_here()
    return found


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[SeenQuestion | None]:
    """Many questions in their order, None for each that is not the actor's to see."""
    async with registry.reading(actor) as connection:
        found = await questions.list_by_ids(connection, ids)
    return [None if one is None or not _may_see(actor, one) else _seen(registry, one) for one in found]


async def list_questions(
    registry: Registry, actor: Actor, request: PageRequest, *, pending: bool | None = None
) -> Page[SeenQuestion]:
    """What the actor's office asked and what it is asked, oldest first; `pending`: open ones, or ended ones."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    async with registry.reading(actor) as connection:
        page = await questions.list_questions(connection, request, pending=pending)
    return page.only(lambda one: _may_see(actor, one)).of(lambda one: _seen(registry, one))


async def list_addressees(
    registry: Registry, actor: Actor, request: PageRequest, province: str | None = None
) -> Page[Organisation]:
    """The authorities and issuers that may be asked, of a province if given, by age of their record."""
    async with registry.reading(actor) as connection:
        return await questions.list_addressees(connection, request, province)


def may_ask(actor: Actor) -> bool:
    """Whether the actor acts for an office that may ask an issuer."""
    own = frozenset[UUID]() if actor.organisation_id is None else frozenset({actor.organisation_id})
    return actor.may(Permission.ASK_ISSUER, Subject(receiver_ids=own))


def may_answer(actor: Actor, question: IssuerQuestion) -> bool:
    """Whether the actor sees to the question."""
    return actor.may(Permission.ANSWER_ISSUER_QUESTION, _subject(question))


def _office(actor: Actor) -> UUID:
    own = frozenset[UUID]() if actor.organisation_id is None else frozenset({actor.organisation_id})
    actor.must(Permission.ASK_ISSUER, Subject(receiver_ids=own), hidden=False)
    if actor.organisation_id is None:
        raise nothing_here()
    return actor.organisation_id


def _read(registry: Registry, asked: NewQuestion) -> Sought:
    typed = Typed(asked.number, asked.name)
    sought = read_typed(typed, registry.today(), allow_test_identities=registry.allow_test_identities)
    if isinstance(sought, Unreadable):
        at = "certificateNumber" if sought.field == "number" else sought.field
        raise InvalidInput(sought.message, reason=sought.reason, path=("input", at))
    return sought


async def _addressed(work: Work, office: UUID, addressee_id: UUID) -> str:
    """The province of whoever is asked; NotFound where it is none that may be."""
    unit = await organisations.find_organisation(work.connection, addressee_id)
    if unit is None or not await questions.may_be_asked(work.connection, addressee_id):
        raise nothing_here(("input", "issuer"))
    if addressee_id == office:
        raise asks_itself()
    return unit.province


async def _add(work: Work, new: IssuerQuestion, sought: Sought) -> None:
    keys, due_on = work.registry.keys, new.clock(work.today).deadline
    number = seal(keys, sought.number, _place(new.id, "number"))
    name = seal(keys, sought.name, _place(new.id, "name"))
    kept = KeptQuestion(new, SealedText(number.key_id, number.ciphertext), SealedText(name.key_id, name.ciphertext))
    known = digest(keys, NUMBER_DIGEST, sought.number)
    await questions.add_question(work.connection, kept, known, due_on, work.command_id)
    work.about("issuerQuestion", new.id)
    work.about("organisation", new.addressee_id)
    work.says(due=due_on.isoformat())


async def _held(work: Work, permission: Permission, question_id: UUID) -> IssuerQuestion:
    found = await questions.lock_question(work.connection, question_id)
    work.actor.must(permission, Subject() if found is None else _subject(found))
    if found is None:
        raise nothing_here()
    if found.ended_at is not None:
        raise ended_before()
    await work.settle_moment()
    work.about("issuerQuestion", found.id)
    return found


def _subject(question: IssuerQuestion) -> Subject:
    return Subject(
        receiver_ids=frozenset({question.organisation_id}),
        issuer_ids=frozenset({question.addressee_id}),
        provinces=frozenset({question.addressee_province}),
    )


def _may_see(actor: Actor, kept: KeptQuestion) -> bool:
    return actor.may(Permission.READ_ISSUER_QUESTION, _subject(kept.question))


def _seen(registry: Registry, kept: KeptQuestion) -> SeenQuestion:
    question, today = kept.question, registry.today()
    number, name = (
        unseal(registry.keys, Sealed(one.key_id, one.ciphertext), _place(question.id, what))
        for one, what in ((kept.number, "number"), (kept.name, "name"))
    )
    return SeenQuestion(question, number, name, question.clock(today), question.is_overdue(today))


def _place(question_id: UUID, what: str) -> bytes:
    return question_id.bytes + what.encode()
