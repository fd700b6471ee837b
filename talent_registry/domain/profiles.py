"""What people say of themselves: contact, discipline, keywords, ORCID, each with its own visibility."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from talent_registry.domain import identifiers
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField

MOST_KEYWORDS = 20
LONGEST_KEYWORD = 50
LONGEST_DISCIPLINE = 100
LONGEST_EMAIL = 254
PROFILE_FIELDS = (PersonField.CONTACT, PersonField.DISCIPLINE, PersonField.KEYWORDS, PersonField.ORCID)

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]+@[^@\s\"(),:;<>\[\\\]_]+\.[^@\s\"(),:;<>\[\\\]_.]{2,}")
_PHONE = re.compile(r"\+?\(?[0-9][0-9 ()-]{4,22}[0-9]", re.ASCII)


class Visibility(StrEnum):
    """To whom the person shows an item of the profile."""

    PUBLIC = "PUBLIC"
    RECOGNISED_PARTIES = "RECOGNISED_PARTIES"
    PRIVATE = "PRIVATE"


@dataclass(frozen=True, slots=True)
class Contact:
    """How the person wishes to be reached; None where not given."""

    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)


ItemValue = Contact | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfileItem:
    """One item of a profile: CONTACT a Contact, DISCIPLINE and ORCID a text, KEYWORDS a tuple of texts."""

    item: PersonField
    value: ItemValue = field(repr=False)
    visibility: Visibility
    recorded_at: datetime


def check_contact(email: str | None, phone: str | None) -> Contact | None:
    """Contact data in normal form; None where neither is given. Raises InvalidInput."""
    mail, number = (email or "").strip(), " ".join((phone or "").split())
    if mail and (len(mail) > LONGEST_EMAIL or not mail.isprintable() or not _EMAIL.fullmatch(mail)):
        raise _refusal(
            "EMAIL", "电子邮箱格式不正确。请核对。", "This is no e-mail address. Check it.", "contact", "email"
        )
    if number and not _PHONE.fullmatch(number):
        raise _refusal(
            "PHONE",
            "电话号码格式不正确。请只用数字、空格、连字符和开头的加号。",
            "This is no telephone number. Use digits, spaces, hyphens and a leading plus sign only.",
            "contact",
            "phone",
        )
    return Contact(mail or None, number or None) if mail or number else None


def check_discipline(text: str | None) -> str | None:
    """A discipline in the person's own words, 1 to 100 characters; None where empty. Raises InvalidInput."""
    discipline = (text or "").strip()
    if len(discipline) > LONGEST_DISCIPLINE or not discipline.isprintable():
        raise _refusal(
            "DISCIPLINE",
            f"学科须在 {LONGEST_DISCIPLINE} 个字符以内，且不含控制字符。",
            f"A discipline has at most {LONGEST_DISCIPLINE} characters and no control characters.",
            "discipline",
        )
    return discipline or None


def check_keywords(words: list[str] | None) -> tuple[str, ...] | None:
    """Keywords, each once, in order; None where there are none. At most 20 of at most 50 characters (InvalidInput)."""
    keywords = tuple(dict.fromkeys(word.strip() for word in words or ()))
    if len(keywords) > MOST_KEYWORDS or not all(0 < len(k) <= LONGEST_KEYWORD and k.isprintable() for k in keywords):
        raise _refusal(
            "KEYWORDS",
            f"关键词至多 {MOST_KEYWORDS} 个，每个 1 至 {LONGEST_KEYWORD} 个字符，不含控制字符。",
            f"At most {MOST_KEYWORDS} keywords of 1 to {LONGEST_KEYWORD} characters each, no control characters.",
            "keywords",
        )
    return keywords or None


def check_orcid(text: str | None) -> str | None:
    """An ORCID iD in normal form; None where empty. Raises InvalidInput."""
    if not (text or "").strip():
        return None
    try:
        return identifiers.check_orcid(text or "")
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "orcid", "value")) from None


def _refusal(reason: str, zh: str, en: str, *path: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("input", *path))
