"""The page /committees: which committee may review what since when, and the filing of one by its authority."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput, NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.domain.pages import PageRequest
from talent_registry.reference.catalogue import catalogue
from talent_registry.services import filings, organisations
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages import words
from talent_registry.web.pages.days import read_day
from talent_registry.web.pages.my_record import page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_MOST: Final = 50
_FIELDS: Final = ("filing_number", "authority", "committee_name", "filed_from", "filed_to", "max_level")
_COUNTS: Final = ("decisions", "placements", "verifications", "entitlements", "notices")
_AUTHORITY: Final = "HRSS_BUREAU"
_LONGEST_COUNT: Final = 9


async def show_committees(visit: Visit) -> Response:
    """GET /committees: the filings, of one authority if named; `?filing=…` fills the form with one of them."""
    sent, series = dict.fromkeys(_FIELDS, ""), list[str]()
    if visit.asked("filing"):
        filing = await organisations.get_filing(visit.registry, visit.actor, visit.asked("filing"))
        sent, series = await _as_sent(visit, filing), list(filing.series)
    elif may_file(visit) and visit.actor.organisation_id is not None:
        own = await organisations.get_organisation(visit.registry, visit.actor, visit.actor.organisation_id)
        sent["authority"] = own.name_zh
    return await _listed(visit, sent, series)


async def file_committee(visit: Visit) -> Response:
    """POST /committees: file a committee, or record its filing anew, with an earlier last day for instance."""
    if not visit.is_signed_in:
        raise sign_in_first()
    if not may_file(visit):
        raise nothing_here()
    sent, series = {name: visit.sent(name) for name in _FIELDS}, visit.every("series")
    try:
        authority = await _named(visit, sent["authority"])
        asked = organisations.NewFiling(
            sent["filing_number"],
            authority.id,
            sent["committee_name"],
            _day(sent["filed_from"], "filedFrom"),
            _day(sent["filed_to"], "filedTo"),
            sent["max_level"],
            tuple(series),
        )
        done = await filings.file_committee(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as fault:
        return await _listed(visit, sent, series, fault=fault.message)
    recalled = done.result["recalled"]
    told = {"done": done.result["filing_number"], "followed": len(done.result["consequences"])}
    return visit.go(f"/committees?{urlencode(told | {name: recalled[name] for name in _COUNTS})}")


def may_file(visit: Visit) -> bool:
    """Whether the visitor acts for a provincial authority; the services decide for which committees."""
    return visit.actor.kind is ActorKind.AUTHORITY


async def _listed(visit: Visit, sent: dict[str, str], series: list[str], *, fault: Message | None = None) -> Response:
    province = visit.asked("province") if visit.asked("province") in dict(visit.provinces) else ""
    authority = visit.asked("authority")
    chosen = await _named(visit, authority) if authority else None
    page = await organisations.list_filings(
        visit.registry, visit.actor, page_asked(visit, _MOST), authority_id=None if chosen is None else chosen.id
    )
    issuers = await organisations.list_organisations(
        visit.registry, visit.actor, PageRequest(100), province=province or visit.actor.province, kind=_AUTHORITY
    )
    kept = [("authority", authority)] if authority else []
    after = [("after", part) for part in page.end or ()]
    return visit.page(
        "committees.html",
        status=400 if fault else 200,
        filings=page.items,
        more=f"/committees?{urlencode([*kept, *after])}" if page.has_next else None,
        units=await units_by_id(visit, [one.authority_id for one in page.items]),
        issuers=issuers.items,
        chosen=chosen,
        files=may_file(visit),
        sent=sent,
        series_sent=series,
        series=words.series_names(),
        levels=[(one.code, words.level_name(one.code)) for one in catalogue().levels],
        fault=fault,
        told=_told(visit),
        done=await _recorded(visit),
        today=visit.registry.today(),
        as_of=visit.registry.clock(),
        words=words,
    )


async def _recorded(visit: Visit) -> str:
    """The number of the filing that the address says was recorded; "" for one that is not: no link puts words here."""
    try:
        return (await organisations.get_filing(visit.registry, visit.actor, visit.asked("done"))).filing_number
    except (InvalidInput, NotFound):
        return ""


def _told(visit: Visit) -> list[tuple[Message, int]]:
    """What followed from a filing that was just recorded, as the address says."""
    names = {
        "followed": Message(zh="状态改变的柔性流动", en="Placements whose state changed"),
        "decisions": Message(zh="据此作出的认定", en="Decisions that relied on it"),
        "placements": Message(zh="据此开始的柔性流动", en="Placements that relied on it"),
        "verifications": Message(zh="据此作出的核验答复", en="Verifications that relied on it"),
        "entitlements": Message(zh="据此作出的待遇查询答复", en="Checks of entitlements that relied on it"),
        "notices": Message(zh="已发出的通知", en="Notices sent"),
    }
    asked = {name: visit.asked(name) for name in names}
    return [(names[name], int(text)) for name, text in asked.items() if _is_count(text)]


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_COUNT


async def _as_sent(visit: Visit, filing: CommitteeFiling) -> dict[str, str]:
    authority = await organisations.get_organisation(visit.registry, visit.actor, filing.authority_id)
    return {
        "filing_number": filing.filing_number,
        "authority": authority.name_zh,
        "committee_name": filing.committee_name,
        "filed_from": filing.filed_from.isoformat(),
        "filed_to": filing.filed_to.isoformat(),
        "max_level": filing.max_level,
    }


async def _named(visit: Visit, text: str) -> Organisation:
    try:
        return await organisations.get_named(visit.registry, visit.actor, text)
    except NotFound:
        raise InvalidInput(
            Message(
                zh="该机关未登记。请核对全称或统一社会信用代码。",
                en="The authority is not registered. Check its full name or social credit code.",
            ),
            reason="ORGANISATION",
            path=("input", "authority"),
        ) from None


def _day(text: str, name: str) -> date:
    found = read_day(text, "input", name)
    if found is None:
        raise InvalidInput(
            Message(zh="请填写备案的起止日期。", en="State the first and the last day of the filing."),
            reason="DAY",
            path=("input", name),
        )
    return found
