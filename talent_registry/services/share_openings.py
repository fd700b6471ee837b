"""Opening a share code: a limited, logged command whose answer is computed anew each time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.consents import LONGEST_PURPOSE, Access
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.shares import (
    Share,
    ShareOutcome,
    ShareState,
    Try,
    judge_try,
    looked_at,
    outcome_text,
    read_code,
    tried_pin,
)
from talent_registry.services import attempts, walks
from talent_registry.services.attempts import DAY, HOUR, MINUTE, Allowance
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.share_views import SharedView, view_of
from talent_registry.services.shares import CODE, pin_fits
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, shares
from talent_registry.storage.ids import new_id

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
    await attempts.count_attempts(registry, caller, *limits.of_caller(actor), within=(walks.MISSES,))
    # Callers without an account share one name, so the place they come from is part of their key.
    known_key = key if actor.account_id else digest(registry.keys, "share-key", f"{origin} {key}").hex()
    counted_at, counted = registry.clock(), pin is not None and not await attempts.is_repeat(registry, actor, known_key)
    if counted:
        await attempts.count_attempts(registry, caller, limits.wrong_pins)

    misses = 0

    async def act(work: Work) -> dict[str, Any]:
        nonlocal misses
        given = await _act(work, code, pin, purpose)
        missed = ShareOutcome(given["outcome"]) is ShareOutcome.NOT_VALID
        misses = await walks.count_miss(work, caller, missed=missed)
        return given

    inputs = {"code": code, "pin": pin, "purpose": purpose}
    done = await perform(registry, actor, "openShareCode", known_key, inputs, act)
    outcome = ShareOutcome(done.result["outcome"])
    await walks.tell(registry, actor, caller, misses)
    if counted and outcome is ShareOutcome.OPENED:
        await attempts.give_back(registry, caller, limits.wrong_pins, counted_at)
    return await _answer(registry, actor, done)


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
                view = await view_of(registry, connection, share.researcher_id, share.terms, as_of)
                expires_at = share.expires_at
    return Opening(outcome, outcome_text(outcome), as_of, view, expires_at, done)


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
