"""The pages /me/shares: codes by which a person opens chosen fields, seen before, shown again, stopped at once."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.documents.qr import qr_svg
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson
from talent_registry.domain.shares import MOST_WRONG_PINS, ShareField, ShareState, ShareTerms, check_days, written
from talent_registry.services import credential_reads, share_views, shares
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages import look_words, me_words, share_words, words
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_LONGEST_NUMBER: Final = 4


async def show_shares(visit: Visit) -> Response:
    """GET /me/shares."""
    return await _listed(visit, ShareTerms("", (), share_words.USUAL), "30")


async def preview_share(visit: Visit) -> Response:
    """POST /me/shares/preview: what the viewer will see; nothing is made yet."""
    must_be_researcher(visit)
    terms, days = _terms(visit), visit.sent("days")
    try:
        check_days(_number(days))
        view = await share_views.preview(visit.registry, visit.actor, terms)
    except RegistryError as error:
        return await _listed(visit, terms, days, fault=error.message)
    return visit.page("me_share_preview.html", view=view, days=days, words=words, share_words=share_words, fault=None)


async def issue_share(visit: Visit) -> Response:
    """POST /me/shares."""
    must_be_researcher(visit)
    terms, days = _terms(visit), visit.sent("days")
    asked = shares.NewShare(terms, _number(days), visit.sent("pin") or None)
    try:
        made = await shares.issue(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _listed(visit, terms, days, fault=error.message)
    return visit.go(f"/me/shares/{made.share_id}")


async def show_own_share(visit: Visit) -> Response:
    """GET /me/shares/{id}."""
    must_be_researcher(visit)
    own = await shares.get_own(visit.registry, visit.actor, visit.record_id)
    view = None
    if own.state is ShareState.OPEN:
        view = await share_views.preview(visit.registry, visit.actor, own.share.terms)
    return visit.page(
        "me_share.html",
        own=own,
        code=written(own.code) if own.code else None,
        view=view,
        units=await units_by_id(visit, [look.organisation_id for look in own.tries]),
        as_of=visit.registry.clock(),
        most_wrong_pins=MOST_WRONG_PINS,
        words=words,
        share_words=share_words,
        look_words=look_words,
        me_words=me_words,
    )


async def take_qr(visit: Visit) -> Response:
    """GET /me/shares/{id}/qr.svg: the QR code of the link, for its person alone."""
    must_be_researcher(visit)
    own = await shares.get_own(visit.registry, visit.actor, visit.record_id)
    if own.link is None or own.state is not ShareState.OPEN:
        raise nothing_here(("id",))
    return Response(qr_svg(own.link), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def revoke_share(visit: Visit) -> Response:
    """POST /me/shares/{id}/revoke."""
    must_be_researcher(visit)
    await shares.revoke(visit.registry, visit.actor, visit.record_id, visit.key)
    return visit.go("/me/shares?done=revoked")


async def _listed(visit: Visit, terms: ShareTerms, days: str, *, fault: Message | None = None) -> Response:
    person_id = must_be_researcher(visit)
    page = await shares.list_own(visit.registry, visit.actor, page_asked(visit))
    (held,) = await credential_reads.list_of_people(
        visit.registry, visit.actor, [OfPerson(person_id, page_asked(visit, 100))]
    )
    now = visit.registry.clock()
    facts: dict[str, Any] = {"made": [(one, one.state(now)) for one in page.items], "more": next_address(visit, page)}
    return visit.page(
        "me_shares.html",
        status=400 if fault else 200,
        held=[(record, record.standing(visit.registry.today())) for record in held.items],
        terms=terms,
        place=terms.division or _other_side(visit, held.items),
        days=days,
        fault=fault,
        done=visit.asked("done"),
        as_of=now,
        all_fields=list(ShareField),
        words=words,
        share_words=share_words,
        **facts,
    )


def _other_side(visit: Visit, held: Sequence[CredentialRecord]) -> str | None:
    """The province in which the first of the credentials is asked about: the one that did not issue it."""
    issued_in = held[0].version.issuer_division if held else ""
    home = province_of(issued_in) if issued_in else None
    return next((code for code, _ in visit.provinces if code != home), None)


def _terms(visit: Visit) -> ShareTerms:
    known = {one.value: one for one in ShareField}
    fields = tuple(known[one] for one in visit.every("field") if one in known)
    # A place that is chosen in the form counts where recognition is to be shown.
    division = (visit.sent("division") or None) if ShareField.RECOGNITION in fields else None
    chosen = tuple(one for one in map(_id, visit.every("credential")) if one is not None)
    return ShareTerms(visit.sent("purpose"), chosen, fields, division)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    readable = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if readable else 0
