"""The page /alerts: facts that turned out wrong, equal facts decided differently, numbers walked; acknowledged."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.alerts import AlertNote
from talent_registry.domain.errors import NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.walks import Walk
from talent_registry.services import alerts, inconsistencies, notices, walks
from talent_registry.services.inconsistencies import Inconsistency
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages import case_turns, fact_words, words
from talent_registry.web.pages.my_record import units_by_id
from talent_registry.web.pages.visits import Visit

_MOST: Final = 20
_LONGEST_PLACE: Final = 100
_KINDS: Final = ("notices", "inconsistencies", "walks")


async def show_alerts(visit: Visit) -> Response:
    """GET /alerts: all of them, or by kind; `?all=1` shows those that were acknowledged too."""
    return await _listed(visit)


async def acknowledge(visit: Visit) -> Response:
    """POST /alerts: acknowledge a notice, or with a note an inconsistency or a walk."""
    _must_be_authority(visit)
    key = visit.key
    try:
        if visit.sent("act") == "notice":
            await notices.acknowledge(visit.registry, visit.actor, _id(visit.sent("notice")), key)
        elif visit.sent("act") == "inconsistency":
            asked = alerts.NewNote(visit.sent("digest"), visit.sent("note"))
            await alerts.acknowledge(visit.registry, visit.actor, asked, key)
        elif visit.sent("act") == "walk":
            await walks.acknowledge(visit.registry, visit.actor, _id(visit.sent("walk")), visit.sent("note"), key)
        else:
            raise nothing_here(("act",))
    except NotFound:
        raise
    except RegistryError as fault:
        return await _listed(visit, fault=fault.message)
    return visit.go("/alerts?done=1")


async def _listed(visit: Visit, *, fault: Message | None = None) -> Response:
    _must_be_authority(visit)
    kind, shows_all = visit.asked("kind"), visit.asked("all") == "1"
    kind = kind if kind in _KINDS else ""
    told = await notices.list_notices(visit.registry, visit.actor, _page(visit, "notices"), unread=not shows_all)
    unequal = await inconsistencies.list_inconsistencies(visit.registry, visit.actor, _page(visit, "inconsistencies"))
    notes = await alerts.list_notes(visit.registry, visit.actor, [one.digest for one in unequal.items])
    walked = await walks.list_walks(visit.registry, visit.actor, _page(visit, "walks"), unnoted=not shows_all)
    shown = [one for one in unequal.items if shows_all or not notes[one.digest]]
    return visit.page(
        "alerts.html",
        status=400 if fault else 200,
        kind=kind,
        shows_all=shows_all,
        notices=told.items,
        more_notices=_following(visit, "notices", told),
        unequal=shown,
        more_unequal=_following(visit, "inconsistencies", unequal),
        notes=notes,
        walked=walked.items,
        more_walked=_following(visit, "walks", walked),
        units=await units_by_id(visit, [*_offices(shown), *_writers(notes), *_walkers(walked.items)]),
        mine=visit.actor.account_id,
        sent={name: visit.sent(name) for name in ("digest", "walk", "note")},
        fault=fault,
        done=visit.asked("done"),
        as_of=visit.registry.clock(),
        words=words,
        fact_words=fact_words,
        case_turns=case_turns,
    )


def _page(visit: Visit, kind: str) -> PageRequest:
    """The page of the one list that the address pages through."""
    after = tuple(visit.request.query_params.getlist("after")) if visit.asked("kind") == kind else ()
    readable = bool(after) and all(one and len(one) <= _LONGEST_PLACE and one.isprintable() for one in after)
    return PageRequest(_MOST, after if readable else None)


def _following(visit: Visit, kind: str, page: Page[Any]) -> str | None:
    if not page.has_next or page.end is None:
        return None
    kept = [("all", "1")] if visit.asked("all") == "1" else []
    return f"/alerts?{urlencode([('kind', kind), *kept, *(('after', part) for part in page.end)])}"


def _offices(shown: list[Inconsistency]) -> list[UUID | None]:
    return [office.organisation_id for one in shown for office in one.offices]


def _writers(notes: dict[str, list[AlertNote]]) -> list[UUID | None]:
    return [one.organisation_id for some in notes.values() for one in some]


def _walkers(walked: Sequence[tuple[Walk, tuple[AlertNote, ...]]]) -> list[UUID | None]:
    return [unit for walk, some in walked for unit in (walk.organisation_id, *(one.organisation_id for one in some))]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise nothing_here(("notice",)) from None


def _must_be_authority(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind is not ActorKind.AUTHORITY:
        raise nothing_here()
