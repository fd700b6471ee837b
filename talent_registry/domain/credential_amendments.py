"""One fact of a credential put right: the statement of all its facts with that one changed, the others as they are."""

from dataclasses import replace
from datetime import date
from typing import Any

from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.credential_entries import TITLE, Statement
from talent_registry.domain.credentials import CredentialVersion
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

# What of a title follows from its code: it is put right by the right code.
BY_CODE = frozenset({DisputedFact.TITLE_NAME, DisputedFact.SERIES, DisputedFact.LEVEL})
_DAYS = {
    DisputedFact.APPROVAL_DATE: "approval_date",
    DisputedFact.ISSUE_DATE: "issued_on",
    DisputedFact.VALID_UNTIL: "valid_until",
}
_TEXTS = {
    DisputedFact.TITLE_NAME: "title_name",
    DisputedFact.LEVEL: "level",
    DisputedFact.SPECIALTY: "specialty",
    DisputedFact.FILING_NUMBER: "filing_number",
}


def amended(kind: str, version: CredentialVersion, fact: DisputedFact, value: str) -> Statement:
    """The statement that puts `fact` right; an empty value states it no more. InvalidInput for what is no such value.

    Of a title, name, series and level follow from the code of the title, which is the value then.
    """
    said, text = stated_of(version), value.strip()
    if kind == TITLE and fact in BY_CODE:
        return replace(said, title_code=text, title_name=None, level=None)
    change: dict[str, Any] = {}
    if fact in _DAYS:
        change = {_DAYS[fact]: _day(text) if text else None}
    elif fact in _TEXTS:
        change = {_TEXTS[fact]: text or None}
    if change:
        return replace(said, **change)
    raise _refusal(
        Message(
            zh="该类证书不单独登记此项。请通过证书更正办理。",
            en="Credentials of this kind do not record this on its own. Correct the credential as a whole.",
        )
    )


def stated_of(version: CredentialVersion) -> Statement:
    """What a source stated in a version: what holds by default was not stated."""
    lacking = frozenset(version.defaulted)
    return Statement(
        route=version.route,
        issuer_kind=version.issuer_kind,
        title_code=version.title_code,
        title_name=version.title_name,
        level=version.level,
        specialty=version.specialty,
        filing_number=version.filing_number,
        approval_date=version.approval_date,
        issued_on=None if "valid_from" in lacking else version.valid_from,
        valid_until=version.valid_until,
        certificate_medium=None if "certificate_medium" in lacking else version.certificate_medium,
        found_in_lookup=None if "found_in_lookup" in lacking else version.found_in_lookup,
        delegated=None if "delegated" in lacking else version.delegated,
        delegation_level=version.delegation_level,
        targeted_area=None if "targeted_area" in lacking else version.targeted_area or (),
        origin_division=version.origin_division,
        details=version.details,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _refusal(
            Message(
                zh="日期无法识别。请按 2020-04-17 的样式填写。", en="The day cannot be read. Write it like 2020-04-17."
            )
        ) from None


def _refusal(message: Message) -> InvalidInput:
    return InvalidInput(message, reason="VALUE", path=("input", "value"))
