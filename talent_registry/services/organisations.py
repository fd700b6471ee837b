"""Registering organisations and filing review committees."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain import identifiers
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import CommitteeFiling, Organisation, check_english_name, normalise_unit_name
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.reference.catalogue import catalogue
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, caller_of, perform
from talent_registry.storage import organisations
from talent_registry.storage.ids import new_id

_DIVISION = re.compile(r"[1-9]\d{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is asked when an organisation is registered; texts as typed."""

    name_zh: str
    kind: str
    division: str
    name_en: str | None = None
    social_credit_code: str | None = None
    ror_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewFiling:
    """What is asked when a committee is filed; days inclusive."""

    filing_number: str
    authority_id: UUID
    committee_name: str
    filed_from: date
    filed_to: date
    max_level: str
    series: tuple[str, ...]


async def register(registry: Registry, actor: Actor, asked: NewOrganisation, key: str) -> Done:
    """Register an organisation in the actor's province. Answer: `organisation_id`."""

    async def act(work: Work) -> dict[str, Any]:
        actor.must(
            Permission.REGISTER_ORGANISATION,
            Subject(provinces=frozenset({province_of(asked.division)})),
            hidden=False,
        )
        unit = _checked(asked)
        await organisations.add_organisation(work.connection, unit, work.command_id, work.now)
        work.about("organisation", unit.id)
        work.says(kind=unit.kind, division=unit.division)
        return {"organisation_id": str(unit.id)}

    return await perform(registry, actor, "registerOrganisation", key, asked, act)


async def must_file(work: Work, authority_id: UUID) -> None:
    """Refuse whoever may not file committees of this authority: all but the authority of its province."""
    authority = await organisations.find_organisation(work.connection, authority_id)
    provinces = frozenset({authority.province}) if authority else frozenset[str]()
    work.actor.must(Permission.FILE_COMMITTEE, Subject(provinces=provinces))


async def file_committee_in(work: Work, asked: NewFiling) -> CommitteeFiling:
    """Record a filing, within a command that may, that locked all filings and sees to what follows.

    One of the same number is superseded.
    """
    filing = CommitteeFiling(
        new_id(),
        identifiers.normalise_certificate_number(asked.filing_number),
        asked.authority_id,
        _unit_name(asked.committee_name, "committeeName"),
        asked.filed_from,
        asked.filed_to,
        _known_level(asked.max_level),
        _known_series(asked.series),
        work.now,
    )
    if filing.filed_to < filing.filed_from:
        raise _invalid("filedTo", "备案止日早于起日。请核对。", "The filing ends before it begins. Check the days.")
    await organisations.file_committee(work.connection, filing, work.command_id)
    work.about("organisation", asked.authority_id)
    work.says(filing=filing.filing_number)
    return filing


async def get_organisation(registry: Registry, actor: Actor, organisation_id: UUID) -> Organisation:
    """The organisation with this id; organisations are public."""
    async with registry.reading(actor) as connection:
        unit = await organisations.find_organisation(connection, organisation_id)
    if unit is None:
        raise nothing_here()
    return unit


async def get_named(registry: Registry, actor: Actor, text: str) -> Organisation:
    """The one organisation that a person means; NotFound, or Conflict where several are meant.

    `text` is its Chinese name, its social credit code or, for the human resources authority of a province, the
    province's division code.
    """
    async with registry.reading(actor) as connection:
        if _DIVISION.fullmatch(text.strip()):
            found = await organisations.list_in_division(connection, text.strip(), "HRSS_BUREAU")
        else:
            found = await organisations.find_by_name(connection, _as_stored(text))
            coded = await organisations.find_by_code(connection, identifiers.normalise_number(text))
            found = found or ([] if coded is None else [coded])
    if not found:
        raise nothing_here(("organisation",))
    if len(found) > 1:
        raise Conflict(
            Message(
                zh="有多个同名单位。请改用统一社会信用代码。",
                en="Several organisations have this name. Use the social credit code instead.",
            ),
            reason="NAME_AMBIGUOUS",
            path=("organisation",),
        )
    return found[0]


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[Organisation | None]:
    """The organisations with these ids, in their order; organisations are public."""
    found: Mapping[UUID, Organisation] = await registry.gathering.join(registry, _find_together, (actor, ids))
    return [found.get(one) for one in ids]


async def _find_together(
    registry: Registry, asked: Sequence[tuple[Actor, Sequence[UUID]]]
) -> list[Mapping[UUID, Organisation]]:
    wanted = {one for _, ids in asked for one in ids}
    # Nobody sees other organisations than anybody else, so whoever asked first may ask for all.
    found = await organisations.find_at_once(registry.database, caller_of(asked[0][0]), registry.today(), wanted)
    return [found] * len(asked)


async def list_organisations(
    registry: Registry, actor: Actor, request: PageRequest, *, province: str | None = None, kind: str | None = None
) -> Page[Organisation]:
    """Organisations by age of their record; organisations are public."""
    async with registry.reading(actor) as connection:
        return await organisations.list_organisations(connection, request, province=province, kind=kind)


async def get_filing(registry: Registry, actor: Actor, filing_number: str) -> CommitteeFiling:
    """The filing of this number as recorded now; filings are public."""
    async with registry.reading(actor) as connection:
        filing = await organisations.find_filing(connection, filing_number)
    if filing is None:
        raise nothing_here()
    return filing


async def list_filings_by_numbers(
    registry: Registry, actor: Actor, numbers: Sequence[str]
) -> list[CommitteeFiling | None]:
    """The filings of these numbers as recorded now, in their order; filings are public."""
    async with registry.reading(actor) as connection:
        return await organisations.list_by_filing_numbers(connection, numbers)


async def list_filings(
    registry: Registry, actor: Actor, request: PageRequest, *, authority_id: UUID | None = None
) -> Page[CommitteeFiling]:
    """The filings now recorded; filings are public."""
    async with registry.reading(actor) as connection:
        return await organisations.list_filings(connection, request, authority_id=authority_id)


def _checked(asked: NewOrganisation) -> Organisation:
    lists = catalogue()
    if lists.find_division(asked.division) is None:
        raise _invalid("division", "未知的行政区划代码。", "This division code is not known. Use a GB/T 2260 code.")
    if asked.kind not in lists.organisation_kinds:
        raise _invalid("kind", "未知的单位类型。", "This kind of organisation is not known. Use one of the catalogue.")
    code, ror = asked.social_credit_code, asked.ror_id
    return Organisation(
        new_id(),
        _unit_name(asked.name_zh, "nameZh"),
        _english_name(asked.name_en) if asked.name_en and asked.name_en.strip() else None,
        asked.kind,
        asked.division,
        identifiers.check_uscc(code) if code else None,
        identifiers.check_ror(ror) if ror else None,
    )


def _unit_name(text: str, field: str) -> str:
    try:
        return normalise_unit_name(text)
    except InvalidInput:
        raise _invalid(
            field,
            "名称为空、过长或含有不能使用的字符。请按登记证书填写。",
            "The name is empty, too long or has characters that cannot be used. Write it as in the certificate of "
            "registration.",
        ) from None


def _english_name(text: str) -> str:
    try:
        return check_english_name(text)
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "nameEn")) from None


def _as_stored(text: str) -> str:
    """A name to look for; what could be no name finds nothing."""
    try:
        return normalise_unit_name(text)
    except InvalidInput:
        return text.strip()


def _known_level(text: str) -> str:
    level = catalogue().find_level(text)
    if level is None:
        raise _invalid("maxLevel", "未知的职称层级。", "This title level is not known.")
    return level.code


def _known_series(series: tuple[str, ...]) -> tuple[str, ...]:
    if not series or any(code not in catalogue().series for code in series):
        raise _invalid("series", "未知的职称系列。", "This title series is not known.")
    return tuple(sorted(set(series)))


def _invalid(field: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), path=("input", field))
