"""The pages of credentials for authorities and issuers: found by number, with its history, its status changed."""

from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.effects import MOST_LISTED, Effects, StandingChange
from talent_registry.domain.errors import InvalidInput, NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import credential_reads, disputes, organisations, standing
from talent_registry.services.accesses import Look, look_at_each
from talent_registry.services.permissions import ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.web.pages import credential_words, words
from talent_registry.web.pages.days import read_day
from talent_registry.web.pages.my_record import credential_facts, units_by_id
from talent_registry.web.pages.visits import Visit

_OFFICES: Final = frozenset({ActorKind.AUTHORITY, ActorKind.ISSUER})
_MOST: Final = 50
_LOOK: Final = "with: credential"
_GIVES: Final = {
    StandingChange.SUSPEND: standing.suspend,
    StandingChange.REINSTATE: standing.reinstate,
    StandingChange.REVOKE: standing.revoke,
}


async def show_search(visit: Visit) -> Response:
    """GET /credentials."""
    _must_be_office(visit)
    return _search(visit)


async def search(visit: Visit) -> Response:
    """POST /credentials: the credentials of this number that the office may see; the looks are noted."""
    _must_be_office(visit)
    sought = credential_reads.Sought(number=visit.sent("number"))
    try:
        page = await credential_reads.list_credentials(
            visit.registry, visit.actor, PageRequest(_MOST), sought, visit.sent("purpose")
        )
    except RegistryError as fault:
        return _search(visit, fault=fault.message)
    units = await units_by_id(visit, [one.credential.issuer_id for one in page.items])
    return _search(visit, found=page.items, units=units)


async def show_credential(visit: Visit) -> Response:
    """GET /credentials/{id}: what is recorded, its history, and what may be done to its status."""
    _must_be_office(visit)
    return await _credential(visit)


async def change_status(visit: Visit) -> Response:
    """POST /credentials/{id}: show what a change would do, or do what was shown."""
    _must_be_office(visit)
    credential_id, act = visit.record_id, visit.sent("act")
    try:
        change, from_day = _change(visit.sent("change")), read_day(visit.sent("from"), "input", "from")
        if act == "preview":
            effects = await standing.preview(visit.registry, visit.actor, credential_id, change.status, from_day)
            return await _credential(visit, effects=effects, change=change)
        if act != "do":
            raise nothing_here(("act",))
        asked = standing.StatusChange(credential_id, visit.sent("ground"), from_day, visit.sent("digest"))
        await _GIVES[change](visit.registry, visit.actor, asked, visit.key)
    except NotFound:
        raise
    except RegistryError as fault:
        return await _credential(visit, fault=fault.message)
    return visit.go(f"/credentials/{credential_id}?done=1")


def _search(
    visit: Visit,
    *,
    found: tuple[CredentialRecord, ...] | None = None,
    units: dict[Any, str] | None = None,
    fault: Message | None = None,
) -> Response:
    today = visit.registry.today()
    return visit.page(
        "credentials.html",
        status=400 if fault else 200,
        found=None if found is None else [(one, one.standing(today)) for one in found],
        units=units or {},
        sent={name: visit.sent(name) for name in ("number", "purpose")},
        fault=fault,
        **_frame(visit),
    )


async def _credential(
    visit: Visit, *, effects: Effects | None = None, change: StandingChange | None = None, fault: Message | None = None
) -> Response:
    record = await credential_reads.get_credential(visit.registry, visit.actor, visit.record_id, _LOOK)
    today, credential = visit.registry.today(), record.credential
    (history,) = await credential_reads.list_histories(visit.registry, visit.actor, [credential.id])
    asked = credential_reads.EntriesAbout(credential.id, PageRequest(_MOST))
    (entries,) = await credential_reads.list_entries(visit.registry, visit.actor, [asked])
    issuer = await organisations.get_organisation(visit.registry, visit.actor, credential.issuer_id)
    whose = Subject(issuer_ids=frozenset({issuer.id}), provinces=frozenset({issuer.province}))
    may = visit.actor.may(Permission.CHANGE_CREDENTIAL_STATUS, whose)
    look = Look(credential.researcher_id, frozenset({PersonField.NAME}), _LOOK)
    (person,) = await look_at_each(visit.registry, visit.actor, [look])
    (said,) = await disputes.list_of_people(visit.registry, visit.actor, [credential.researcher_id])
    sources = [] if history is None else [one.source_id for one in history.versions]
    return visit.page(
        "credential.html",
        status=409 if fault else 200,
        record=record,
        standing=record.standing(today),
        facts=credential_facts(visit, record),
        disputed={one.fact for one in said if one.credential_id == credential.id},
        history=history,
        entries=None if entries is None else entries.items,
        more_entries=entries is not None and entries.has_next,
        person=None if person is None or person.name is None else person.name.name_zh,
        units=await units_by_id(visit, [issuer.id, *sources]),
        changes=credential_words.possible(record.status(today)) if may else [],
        effects=effects,
        change=change,
        sent={name: visit.sent(name) for name in ("change", "from", "ground")},
        fault=fault,
        done=visit.asked("done"),
        today=today,
        most=MOST_LISTED,
        **_frame(visit),
    )


def _change(text: str) -> StandingChange:
    try:
        return StandingChange(text)
    except ValueError:
        raise InvalidInput(
            Message(zh="请选择要作的变更。", en="Choose the change."), reason="CHANGE", path=("input", "change")
        ) from None


def _must_be_office(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _OFFICES:
        raise nothing_here()


def _frame(visit: Visit) -> dict[str, Any]:
    return {"as_of": visit.registry.clock(), "words": words, "credential_words": credential_words}
