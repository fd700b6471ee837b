"""The pages of who looked at a person's record: /me/looks with its filter, and the same list as a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from talent_registry.documents.rosters import as_csv
from talent_registry.domain.consents import Access, Looker, LookFilter, check_filter
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, disputes, looks
from talent_registry.web.pages import look_words, me_words
from talent_registry.web.pages.days import read_day
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_FILTERS: Final = ("who", "purpose", "since", "until", "shown")
_PEOPLE: Final = "people"
_NOTHING: Final = "NOTHING"
_MOST_AT_ONCE: Final = 100
_MOST_EXPORTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for, as typed, what can be chosen, and the filter that it makes; `fault`: none can be."""

    sent: dict[str, str]
    units: dict[UUID, str]
    purposes: dict[str, tuple[str, ...]]
    filter: LookFilter = field(default_factory=LookFilter)
    fault: Message | None = None

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What keeps asking for the same list."""
        return [(name, value) for name, value in self.sent.items() if value]


async def show_looks(visit: Visit) -> Response:
    """GET /me/looks: newest first, those that the address asks for."""
    must_be_researcher(visit)
    asked = await _asked(visit)
    found: tuple[Access, ...] = ()
    more = None
    if asked.fault is None:
        page = await accesses.list_accesses(
            visit.registry, visit.actor, page_asked(visit), asked.filter, newest_first=True
        )
        found, more = page.items, next_address(visit, page, asked.kept)
    units = await _with_the_rest(visit, asked, found)
    return visit.page(
        "me_looks.html",
        status=200 if asked.fault is None else 400,
        looks=found,
        reported=await disputes.list_reports(visit.registry, visit.actor, [one.id for one in found]),
        more=more,
        asked=asked,
        units=units,
        taken=f"/me/looks.csv?{urlencode(asked.kept)}" if asked.kept else "/me/looks.csv",
        fields=list(PersonField),
        people=_PEOPLE,
        nothing=_NOTHING,
        as_of=visit.registry.clock(),
        me_words=me_words,
        look_words=look_words,
        who=who,
    )


async def take_looks(visit: Visit) -> Response:
    """GET /me/looks.csv: the looks that the address asks for, newest first, in CSV; nothing in it is a formula."""
    must_be_researcher(visit)
    asked = await _asked(visit)
    if asked.fault is not None:
        return await show_looks(visit)
    found: list[Access] = []
    request: PageRequest | None = PageRequest(_MOST_AT_ONCE)
    while request is not None and len(found) < _MOST_EXPORTED:
        page = await accesses.list_accesses(visit.registry, visit.actor, request, asked.filter, newest_first=True)
        found += page.items
        request = PageRequest(_MOST_AT_ONCE, page.end) if page.has_next and page.end else None
    say, units = visit.language, await _with_the_rest(visit, asked, found)
    rows = [
        [
            say.instant(look.at),
            say.message(who(look)) if look.organisation_id is None else units.get(look.organisation_id, "—"),
            say.say("、", ", ").join(say.message(me_words.FIELDS[one]) for one in look.fields)
            or say.message(look_words.NOTHING),
            say.message(look_words.purpose(look.purpose)),
            say.message(me_words.basis(look.basis)),
        ]
        for look in found
    ]
    if request is not None:
        rows.append([say.message(look_words.CUT), *[""] * (len(look_words.COLUMNS) - 1)])
    headers = {"Content-Disposition": 'attachment; filename="looks.csv"', "Cache-Control": "no-store"}
    head = [say.message(one) for one in look_words.COLUMNS]
    return Response(as_csv([head, *rows]), media_type="text/csv; charset=utf-8", headers=headers)


def who(look: Access) -> Message:
    """Who looked, where it was for no organisation."""
    return look_words.HOLDER if look.account_id is None and look.share_code_id else look_words.PERSON


async def _asked(visit: Visit) -> _Asked:
    lookers: list[Looker] = await looks.list_lookers(visit.registry, visit.actor)
    units = await units_by_id(visit, [one.organisation_id for one in lookers])
    purposes = look_words.purposes_of(list(dict.fromkeys(one.purpose for one in lookers)), visit.language)
    asked = _Asked({name: visit.asked(name) for name in _FILTERS}, units, purposes)
    try:
        wanted = _filter(asked)
        check_filter(wanted)
    except InvalidInput as refusal:
        return _Asked(asked.sent, units, purposes, fault=refusal.message)
    return _Asked(asked.sent, units, purposes, wanted)


async def _with_the_rest(visit: Visit, asked: _Asked, found: Sequence[Access]) -> dict[UUID, str]:
    """The names of all organisations that a list speaks of, also of those too many to choose from."""
    rest = {one.organisation_id for one in found} - set(asked.units)
    return {**asked.units, **await units_by_id(visit, rest)}


def _filter(asked: _Asked) -> LookFilter:
    sent, shown = asked.sent, asked.sent["shown"]
    return LookFilter(
        organisation_id=_unit(asked),
        by_people=sent["who"] == _PEOPLE,
        # A choice made in the other language, or before the last looks, asks for what was stated in these very words.
        purposes=asked.purposes.get(sent["purpose"], (sent["purpose"],)) if sent["purpose"] else (),
        since=read_day(sent["since"]),
        until=read_day(sent["until"]),
        field=PersonField(shown) if shown in set(PersonField) else None,
        nothing_shown=shown == _NOTHING,
    )


def _unit(asked: _Asked) -> UUID | None:
    """The organisation asked for; one that never looked, or none at all, has no looks to show."""
    named = asked.sent["who"]
    if named in ("", _PEOPLE):
        return None
    return next((unit for unit in asked.units if str(unit) == named), UUID(int=0))
