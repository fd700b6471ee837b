"""Share codes: what a person opens to whoever holds the code, for how long, and what a try at it comes to."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from talent_registry.domain.check_characters import USCC_ALPHABET, is_ascii_digits, uscc_check_character
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import normalise_number
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField

LONGEST_DAYS: Final = 180
SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 8
# Wrong PINs after which a code is closed for good, counted over all callers: of 10,000 PINs one in a thousand is tried.
MOST_WRONG_PINS: Final = 10
MOST_CREDENTIALS: Final = 20
# Codes of one person that are open at a time.
MOST_OPEN: Final = 20
# No certificate, document or organisation has a number that begins so and is as long with a fitting check character.
PREFIX: Final = "FX"
_DRAWN: Final = 15
_LENGTH: Final = len(PREFIX) + _DRAWN + 1
_GROUP: Final = 4


class ShareField(StrEnum):
    """What a share code can open besides kind and standing of the credentials, which it always shows."""

    NAME = "NAME"
    DOCUMENT = "DOCUMENT"
    NUMBER = "NUMBER"
    TITLE = "TITLE"
    LEVEL = "LEVEL"
    ISSUER = "ISSUER"
    APPROVAL = "APPROVAL"
    VALIDITY = "VALIDITY"
    RECOGNITION = "RECOGNITION"


class ShareState(StrEnum):
    """How a share code stands at an instant; only an open one opens anything."""

    OPEN = "OPEN"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    CLOSED = "CLOSED"


class ShareOutcome(StrEnum):
    """What a try at a code comes to. NOT_VALID is said alike of unknown, expired, revoked and closed codes."""

    OPENED = "OPENED"
    PIN_NEEDED = "PIN_NEEDED"
    PIN_WRONG = "PIN_WRONG"
    NOT_VALID = "NOT_VALID"


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """What a code is to open: of which credentials, which fields, where recognition is asked for, and what for.

    `division` is the place whose recognition is shown, None unless RECOGNITION is among the fields.
    """

    purpose: str
    credential_ids: tuple[UUID, ...]
    fields: tuple[ShareField, ...]
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share code as kept: never the code or the PIN themselves. It opens from `issued_at` until before `expires_at`.

    `wrong_pins` are all that were tried; `closed_at` is when the last that was allowed was.
    """

    id: UUID
    researcher_id: UUID
    terms: ShareTerms
    has_pin: bool
    issued_at: datetime
    expires_at: datetime
    wrong_pins: int = 0
    revoked_at: datetime | None = None
    closed_at: datetime | None = None

    def state(self, at: datetime) -> ShareState:
        """How the code stands at an instant."""
        if self.revoked_at is not None:
            return ShareState.REVOKED
        if self.closed_at is not None:
            return ShareState.CLOSED
        return ShareState.OPEN if at < self.expires_at else ShareState.EXPIRED


@dataclass(frozen=True, slots=True)
class Try:
    """What a try comes to, the wrong PINs tried at the code by then, and whether this one closed it."""

    outcome: ShareOutcome
    wrong_pins: int = 0
    closes: bool = field(default=False)


def judge_try(share: Share | None, at: datetime, *, pin_fits: bool | None) -> Try:
    """What a try at a code comes to; `share` None where no such code was made, `pin_fits` None where none was typed."""
    if share is None:
        return Try(ShareOutcome.NOT_VALID)
    if share.state(at) is not ShareState.OPEN:
        return Try(ShareOutcome.NOT_VALID, share.wrong_pins)
    if not share.has_pin or pin_fits:
        return Try(ShareOutcome.OPENED, share.wrong_pins)
    if pin_fits is None:
        return Try(ShareOutcome.PIN_NEEDED, share.wrong_pins)
    wrong = share.wrong_pins + 1
    if wrong >= MOST_WRONG_PINS:
        return Try(ShareOutcome.NOT_VALID, wrong, closes=True)
    return Try(ShareOutcome.PIN_WRONG, wrong)


def outcome_text(outcome: ShareOutcome) -> Message:
    """The outcome as a sentence for whoever tried; nothing in it is about the person."""
    zh, en = _SENTENCES[outcome]
    return Message(zh=zh, en=en)


def code_of(secret: bytes) -> str:
    """The code that stands for 32 secret bytes: FX, 15 characters (74 bits), a check character (GB 32100, MOD 31)."""
    rest, body = int.from_bytes(secret), PREFIX
    for _ in range(_DRAWN):
        rest, place = divmod(rest, len(USCC_ALPHABET))
        body += USCC_ALPHABET[place]
    return body + uscc_check_character(body)


def written(code: str) -> str:
    """A code as people read it: FX-XXXX-XXXX-XXXX-XXXX."""
    drawn = code[len(PREFIX) :]
    return "-".join((PREFIX, *(drawn[start : start + _GROUP] for start in range(0, len(drawn), _GROUP))))


def is_meant_as_code(text: str) -> bool:
    """Whether whoever typed this meant a share code, mistyped or not."""
    return bool(_bare(text).startswith(PREFIX)) and len(_bare(text)) == _LENGTH


def read_code(text: str) -> str:
    """The code in normal form: any case, width, spaces and dashes. InvalidInput CODE where it cannot be one.

    That it was mistyped is told by its check character alone, so it says nothing of any code that was made.
    """
    code = _bare(text)
    drawn = code[len(PREFIX) :]
    if (
        not is_meant_as_code(text)
        or not set(drawn) <= set(USCC_ALPHABET)
        or uscc_check_character(code[:-1]) != code[-1]
    ):
        raise InvalidInput(
            Message(
                zh="分享码有误，请逐位核对（形如 FX-XXXX-XXXX-XXXX-XXXX）。",
                en="The share code is mistyped. Check each character (it looks like FX-XXXX-XXXX-XXXX-XXXX).",
            ),
            reason="CODE",
            path=("input", "code"),
        )
    return code


def read_pin(text: str) -> str:
    """A PIN to be set: 4 to 8 digits, of any width. InvalidInput PIN."""
    pin = unicodedata.normalize("NFKC", text).strip()
    if not is_ascii_digits(pin) or not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise InvalidInput(
            Message(
                zh=f"口令须为 {SHORTEST_PIN} 至 {LONGEST_PIN} 位数字，也可以不设。",
                en=f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits; it may also be left out.",
            ),
            reason="PIN",
            path=("input", "pin"),
        )
    return pin


def tried_pin(text: str) -> str:
    """A PIN as somebody tries it; what cannot be one stays wrong."""
    return unicodedata.normalize("NFKC", text).strip()


def check_days(days: int) -> timedelta:
    """For how long a code opens: 1 to 180 days of 24 hours. InvalidInput DAYS."""
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            Message(
                zh=f"分享期限须为 1 至 {LONGEST_DAYS} 天。",
                en=f"A share code opens for 1 to {LONGEST_DAYS} days.",
            ),
            reason="DAYS",
            path=("input", "days"),
        )
    return timedelta(days=days)


def check_opened(fields: Iterable[ShareField], division: str | None) -> tuple[ShareField, ...]:
    """The fields to open, each once, in the order of the enum; none at all is fine, for the standing is always shown.

    InvalidInput DIVISION where recognition is opened without a place, or a place is named for nothing.
    """
    chosen = set(fields)
    if (ShareField.RECOGNITION in chosen) != (division is not None):
        raise InvalidInput(
            Message(
                zh="公开认定结果时须选择所在地，不公开时不填。",
                en="Name the place whose recognition is shown, and only where recognition is opened.",
            ),
            reason="DIVISION",
            path=("input", "division"),
        )
    return tuple(one for one in ShareField if one in chosen)


def check_credentials(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """The credentials to open, each once, in their order; 1 to 20. InvalidInput CREDENTIALS."""
    chosen = tuple(dict.fromkeys(ids))
    if not 1 <= len(chosen) <= MOST_CREDENTIALS:
        raise InvalidInput(
            Message(
                zh=f"请选择要分享的证书（1 至 {MOST_CREDENTIALS} 份）。",
                en=f"Choose the credentials to share (1 to {MOST_CREDENTIALS}).",
            ),
            reason="CREDENTIALS",
            path=("input", "credentials"),
        )
    return chosen


def looked_at(fields: Iterable[ShareField]) -> tuple[PersonField, ...]:
    """The fields of the person that an opening with these shows, as the record of looks names them."""
    shown = {PersonField.CREDENTIALS, *(_LOOKED_AT[one] for one in fields if one in _LOOKED_AT)}
    return tuple(one for one in PersonField if one in shown)


def _bare(text: str) -> str:
    return normalise_number(text).replace("-", "")


_LOOKED_AT: Final = {
    ShareField.NAME: PersonField.NAME,
    ShareField.DOCUMENT: PersonField.DOCUMENTS,
}
_SENTENCES: Final = {
    ShareOutcome.OPENED: ("以下内容由本人分享。", "What follows was shared by the person."),
    ShareOutcome.PIN_NEEDED: ("此分享码设有口令，请输入。", "This share code has a PIN. Enter it."),
    ShareOutcome.PIN_WRONG: (
        "口令不正确，请向分享人核对。多次输错后此分享码将关闭。",
        "The PIN is wrong. Ask whoever shared the code; after too many wrong ones it closes.",
    ),
    ShareOutcome.NOT_VALID: (
        "此分享码已失效。请向分享人索取新的分享码。",
        "Code no longer valid. Ask whoever shared it for a new one.",
    ),
}
