"""Opening a share code: a limited, logged command whose answer is computed anew each time; and its preview."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.consents import LONGEST_PURPOSE, Access
from talent_registry.domain.credentials import CredentialRecord, Standing
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.questions import Target
from talent_registry.domain.recognition import Decision, decide
from talent_registry.domain.researchers import PersonDocument
from talent_registry.domain.shares import (
    Share,
    ShareField,
    ShareOutcome,
    ShareState,
    ShareTerms,
    Try,
    judge_try,
    looked_at,
    outcome_text,
    read_code,
    tried_pin,
)
from talent_registry.services import attempts
from talent_registry.services.agreements import agreement_known
from talent_registry.services.attempts import DAY, HOUR, MINUTE, Allowance
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.recognition import question_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.shares import CODE, check_terms, must_be_own, must_hold, pin_fits
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, credentials, organisations, researcher_facts, shares
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

BASIS: Final = "SHARE_CODE"
REFUSED: Final = "SHARE_CODE_REFUSED"


@dataclass(frozen=True, slots=True)
class Limits:
    """How often codes may be tried by one caller: an account, or for anonymous ones the place they come from.

    PINs are counted where they turn out wrong; how many one code may get is in the domain (`MOST_WRONG_PINS`).
    """

    anonymous_a_minute: int = 20
    anonymous_a_day: int = 200
    account_a_minute: int = 120
    account_a_day: int = 2_000
    wrong_pins_an_hour: int = 6

    def of_caller(self, actor: Actor) -> tuple[Allowance, Allowance]:
        """What a caller may use up."""
        known = actor.kind is not ActorKind.ANONYMOUS
        a_minute = self.account_a_minute if known else self.anonymous_a_minute
        a_day = self.account_a_day if known else self.anonymous_a_day
        return Allowance("share-caller-minute", a_minute, MINUTE), Allowance("share-caller-day", a_day, DAY)

    @property
    def wrong_pins(self) -> Allowance:
        """How many wrong PINs a caller may try, of all codes together."""
        return Allowance("share-wrong-pin", self.wrong_pins_an_hour, HOUR)


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class AskedOpening:
    """A code as typed, the PIN where one was typed, and for what purpose (the person's own words if left out)."""

    code: str = field(repr=False)
    pin: str | None = field(default=None, repr=False)
    purpose: str | None = None


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


@dataclass(frozen=True, slots=True)
class Opening:
    """The answer to a try: the outcome, a sentence, and where it opened what it shows and until when."""

    outcome: ShareOutcome
    message: Message
    as_of: datetime
    view: SharedView | None
    expires_at: datetime | None
    done: Done


async def open_code(
    registry: Registry, actor: Actor, asked: AskedOpening, key: str, origin: str, limits: Limits = LIMITS
) -> Opening:
    """Show what a code opens, to anybody who holds it; the person sees who tried, with what result.

    `origin` is where an anonymous caller comes from (kept as a keyed digest). InvalidInput where the code is mistyped;
    `Limited`. Every code that is unknown, expired, revoked or closed is answered alike.
    """
    actor.must(Permission.OPEN_SHARE_CODE)
    code, pin = read_code(asked.code), tried_pin(asked.pin) if asked.pin and asked.pin.strip() else None
    purpose = _purpose(asked.purpose)
    caller = str(actor.account_id) if actor.account_id else f"{actor.kind.value} {origin}"
    await attempts.count_attempts(registry, caller, *limits.of_caller(actor))
    counted_at = registry.clock()
    if pin is not None:
        await attempts.count_attempts(registry, caller, limits.wrong_pins)
    # Callers without an account share one name, so the place they come from is part of their key.
    known_key = key if actor.account_id else digest(registry.keys, "share-key", f"{origin} {key}").hex()

    async def act(work: Work) -> dict[str, Any]:
        return await _act(work, code, pin, purpose)

    inputs = {"code": code, "pin": pin, "purpose": purpose}
    done = await perform(registry, actor, "openShareCode", known_key, inputs, act)
    if pin is not None and ShareOutcome(done.result["outcome"]) is ShareOutcome.OPENED:
        await attempts.give_back(registry, caller, limits.wrong_pins, counted_at)
    return await _answer(registry, actor, done)


async def preview(registry: Registry, actor: Actor, terms: ShareTerms) -> SharedView:
    """What whoever holds a code of these terms would see today, for the person who thinks of making it."""
    researcher_id = must_be_own(actor)
    checked = check_terms(registry, terms)
    async with registry.reading(actor) as connection:
        await must_hold(connection, researcher_id, checked)
        return await _view(registry, connection, researcher_id, checked, await registry.instant(connection))


async def _act(work: Work, code: str, pin: str | None, purpose: str) -> dict[str, Any]:
    keys = work.registry.keys
    found = await shares.lock_by_code(work.connection, list_digests(keys, CODE, code))
    await work.settle_moment()
    share, pin_hash = found or (None, None)
    typed = share is not None and pin is not None and share.state(work.now) is ShareState.OPEN
    fits = await pin_fits(keys, pin_hash, pin) if typed and pin_hash and pin else None
    came = judge_try(share, work.now, pin_fits=fits)
    work.says(outcome=came.outcome.value)
    answer = {"outcome": came.outcome.value, "as_of": work.now.isoformat()}
    if share is None:
        return answer
    work.about("shareCode", share.id)
    if came.wrong_pins > share.wrong_pins:
        await shares.note_wrong_pin(work.connection, share.id, came.wrong_pins, work.now if came.closes else None)
    await _note(work, share, came, purpose)
    return answer | {"share_id": str(share.id)} if came.outcome is ShareOutcome.OPENED else answer


async def _note(work: Work, share: Share, came: Try, purpose: str) -> None:
    """Note the try for the person; being asked for a PIN is none yet, and the person's own are not told."""
    if came.outcome is ShareOutcome.PIN_NEEDED or work.actor.researcher_id == share.researcher_id:
        return
    opened = came.outcome is ShareOutcome.OPENED
    await accesses.note(
        work.connection,
        Access(
            new_id(),
            share.researcher_id,
            work.actor.account_id,
            work.actor.organisation_id,
            work.now,
            purpose or share.terms.purpose,
            BASIS if opened else REFUSED,
            looked_at(share.terms.fields) if opened else (),
            work.command_id,
            share.id,
        ),
    )


async def _answer(registry: Registry, actor: Actor, done: Done) -> Opening:
    outcome, as_of = ShareOutcome(done.result["outcome"]), datetime.fromisoformat(done.result["as_of"])
    view, expires_at = None, None
    if outcome is ShareOutcome.OPENED:
        async with registry.reading(actor) as connection:
            share = await shares.find_opened(connection, UUID(done.result["share_id"]))
            # A repeat after the person revoked it shows nothing any more.
            if share is None or share.state(await registry.instant(connection)) is not ShareState.OPEN:
                outcome = ShareOutcome.NOT_VALID
            else:
                view = await _view(registry, connection, share.researcher_id, share.terms, as_of)
                expires_at = share.expires_at
    return Opening(outcome, outcome_text(outcome), as_of, view, expires_at, done)


async def _view(
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


def _purpose(text: str | None) -> str:
    purpose = (text or "").strip()
    if len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
        raise InvalidInput(
            Message(
                zh=f"用途过长或含有控制字符，请用 {LONGEST_PURPOSE} 字以内的文字说明。",
                en=f"The purpose is too long or has control characters; say it in {LONGEST_PURPOSE} characters.",
            ),
            reason="PURPOSE",
            path=("input", "purpose"),
        )
    return purpose
