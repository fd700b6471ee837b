"""The page /me/consents: what a person opened, to whom, for what and until when; opening more, closing it at once."""

from datetime import date
from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput, NotFound, RegistryError
from talent_registry.domain.matching_consents import SHOWABLE, MatchingConsent
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, matching_consents, organisations
from talent_registry.web.pages import me_words
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_MOST: Final = 100
# The credential is always shown: matching goes by it.
_SHOWABLE: Final = tuple(one for one in PersonField if one in SHOWABLE and one is not PersonField.CREDENTIALS)
_FIELDS: Final = ("recipient", "purpose", "until")


async def show_consents(visit: Visit) -> Response:
    """GET /me/consents."""
    return await _listed(visit, dict.fromkeys(_FIELDS, ""))


async def grant_consent(visit: Visit) -> Response:
    """POST /me/consents."""
    must_be_researcher(visit)
    sent = {name: visit.sent(name) for name in _FIELDS}
    try:
        asked = consents.NewConsent(
            await _recipient(visit, sent["recipient"]), sent["purpose"], _chosen(visit), _day(sent["until"])
        )
        await consents.grant(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _listed(visit, sent, fault=error.message, chosen=visit.every("field"))
    return visit.go("/me/consents?done=granted")


async def withdraw_consent(visit: Visit) -> Response:
    """POST /me/consents/{id}/withdraw."""
    must_be_researcher(visit)
    await consents.withdraw(visit.registry, visit.actor, visit.record_id, visit.key)
    return visit.go("/me/consents?done=withdrawn")


async def change_matching(visit: Visit) -> Response:
    """POST /me/matching: be found by host units that need somebody, or be found no more."""
    must_be_researcher(visit)
    try:
        if visit.sent("act") == "withdraw":
            await matching_consents.withdraw(visit.registry, visit.actor, visit.key)
        else:
            shown = tuple(one for one in _SHOWABLE if one.value in visit.every("shown"))
            asked = matching_consents.NewMatchingConsent((PersonField.CREDENTIALS, *shown), _day(visit.sent("until")))
            await matching_consents.grant(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _listed(visit, dict.fromkeys(_FIELDS, ""), matching_fault=error.message)
    return visit.go("/me/consents?done=matching")


async def _matching(visit: Visit) -> MatchingConsent | None:
    """The consent to matching that holds today."""
    today, request = visit.registry.today(), PageRequest(_MOST)
    page = await matching_consents.list_own(visit.registry, visit.actor, request)
    while page.has_next and page.end is not None:
        page = await matching_consents.list_own(visit.registry, visit.actor, PageRequest(_MOST, page.end))
    return next((one for one in page.items if one.is_active(today)), None)


async def _listed(
    visit: Visit,
    sent: dict[str, str],
    *,
    fault: Message | None = None,
    chosen: list[str] | None = None,
    matching_fault: Message | None = None,
) -> Response:
    must_be_researcher(visit)
    page = await consents.list_own(visit.registry, visit.actor, page_asked(visit))
    today = visit.registry.today()
    return visit.page(
        "me_consents.html",
        status=400 if fault or matching_fault else 200,
        matching=await _matching(visit),
        matching_fault=matching_fault,
        showable=_SHOWABLE,
        given=[(one, one.is_active(today)) for one in page.items],
        more=next_address(visit, page),
        units=await units_by_id(visit, [one.recipient_id for one in page.items]),
        as_of=visit.registry.clock(),
        today=today,
        sent=sent,
        chosen=chosen or [],
        fault=fault,
        done=visit.asked("done"),
        fields=list(PersonField),
        me_words=me_words,
    )


async def _recipient(visit: Visit, text: str) -> UUID:
    try:
        return (await organisations.get_named(visit.registry, visit.actor, text)).id
    except NotFound:
        raise InvalidInput(
            Message(
                zh="该单位未登记。请核对全称或统一社会信用代码。",
                en="The organisation is not registered. Check its full name or social credit code.",
            ),
            reason="ORGANISATION",
            path=("input", "recipient"),
        ) from None


def _chosen(visit: Visit) -> tuple[PersonField, ...]:
    known = {field.value: field for field in PersonField}
    return tuple(known[one] for one in visit.every("field") if one in known)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            Message(
                zh="截止日期无法识别。请按 2027-06-30 的样式填写。",
                en="The last day cannot be read. Write it like 2027-06-30.",
            ),
            reason="UNTIL",
            path=("input", "until"),
        ) from None
