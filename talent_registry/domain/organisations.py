"""Organisations and the filings of their review committees."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.names import normalise_name

LONGEST_ENGLISH_NAME = 200


@dataclass(frozen=True, slots=True)
class Organisation:
    """A home unit, host unit, issuer, authority or agency; `division` is a GB/T 2260 code, `kind` catalogue data."""

    id: UUID
    name_zh: str
    name_en: str | None
    kind: str
    division: str
    social_credit_code: str | None
    ror_id: str | None

    @property
    def province(self) -> str:
        """The division code of the province it lies in."""
        return province_of(self.division)


@dataclass(frozen=True, slots=True)
class CommitteeFiling:
    """The filing of a review committee with its authority: days inclusive, highest level, title series."""

    id: UUID
    filing_number: str
    authority_id: UUID
    committee_name: str
    filed_from: date
    filed_to: date
    max_level: str
    series: tuple[str, ...]
    recorded_at: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """What a decision is told of it, as JSON."""
        return {
            "filing_number": self.filing_number,
            "filed_from": self.filed_from.isoformat(),
            "filed_to": self.filed_to.isoformat(),
            "max_level": self.max_level,
            "series": list(self.series),
        }


def normalise_unit_name(text: str) -> str:
    """The name of an organisation as it is stored: like that of a person, but digits and symbols may stand in it.

    第二十九研究所, but also 29所. Reasons of InvalidInput as for `normalise_name`, without PATTERN.
    """
    try:
        return normalise_name(text)
    except InvalidInput as failure:
        if failure.reason != "PATTERN":
            raise
        return unicodedata.normalize("NFKC", text).strip()


def check_english_name(text: str) -> str:
    """The English name of an organisation, trimmed: at most 200 printable characters, no formula. Raises InvalidInput.

    Control and format characters (those that turn the direction of writing among them) could pass it off as another.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= LONGEST_ENGLISH_NAME or not name.isprintable() or name.startswith(("=", "+", "-", "@")):
        raise InvalidInput(
            Message(
                zh=f"英文名称须为 1 至 {LONGEST_ENGLISH_NAME} 个可显示的字符，不以公式符号开头。请重新填写。",
                en=f"The English name has 1 to {LONGEST_ENGLISH_NAME} printable characters and does not begin like a "
                "formula. Write it again.",
            ),
            reason="NAME_EN",
        )
    return name
