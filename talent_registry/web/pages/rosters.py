"""The page /rosters: a file of certificates looked through, verified as a job, and taken away with its answers."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from talent_registry.documents.rosters import template_as_csv, template_as_workbook
from talent_registry.domain.errors import InvalidInput, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.rosters import Roster, RosterState
from talent_registry.services import roster_letters, roster_previews, roster_results, roster_watches, rosters
from talent_registry.services.permissions import nothing_here
from talent_registry.services.roster_previews import Preview
from talent_registry.web.pages import words
from talent_registry.web.pages.placement_terms import read_day
from talent_registry.web.pages.problems import reads_problems
from talent_registry.web.pages.roster_columns import CHOSEN, REQUIRED, Choice, first_rows, read_choice
from talent_registry.web.pages.verification_acts import may_watch, usual_until
from talent_registry.web.pages.visits import Visit, status_of

MOST_BYTES: Final = 20 * 1024 * 1024
_SHOWN: Final = 50
_CSV: Final = "text/csv; charset=utf-8"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: Final = {
    RosterState.QUEUED: Message(zh="排队中", en="Waiting"),
    RosterState.RUNNING: Message(zh="核验中", en="Under way"),
    RosterState.DONE: Message(zh="已完成", en="Done"),
    RosterState.FAILED: Message(zh="未完成", en="Not done"),
}
_UNTIL: Final = Message(zh="订阅的止日", en="Last day of the watch")
# Where a person who says which column is which can help.
_CHOOSE: Final = frozenset({"HEADER_NOT_FOUND", "MISSING_COLUMNS", "DUPLICATE_COLUMNS", "OTHER_HEADER"})


async def show_rosters(visit: Visit) -> Response:
    """GET /rosters."""
    return await _list(visit, {"purpose": "", "legal_basis": ""})


async def take_roster(visit: Visit) -> Response:
    """POST /rosters: look through the file, or have it verified."""
    sent = {name: visit.sent(name) for name in ("purpose", "legal_basis")}
    name, data = visit.files.get("file", ("", b""))
    chosen = read_choice(visit)
    choice: Choice | None = None
    try:
        if visit.sent("act") == "preview":
            found = await roster_previews.preview(visit.registry, visit.actor, data, chosen)
            choice = await _choice(visit, data, {one.key: one.index for one in found.columns}, found.header_line)
            return await _list(visit, sent, preview=found, name=name, choice=choice)
        asked = rosters.AskedRoster(sent["purpose"], sent["legal_basis"], chosen=chosen)
        done = await rosters.start(visit.registry, visit.actor, data, asked, visit.key)
    except InvalidInput as refusal:
        if reads_problems(visit.request):
            raise
        choice = await _choice(visit, data, chosen.places if chosen else {}) if refusal.reason in _CHOOSE else None
        return await _list(visit, sent, refusal=refusal.message, status=400, choice=choice)
    except RegistryError as refusal:
        if reads_problems(visit.request):
            raise
        return await _list(visit, sent, refusal=refusal.message, status=status_of(refusal.code))
    return visit.go(f"/rosters/{done.result['roster_id']}")


async def _choice(visit: Visit, data: bytes, places: Mapping[str, int], header_line: int | None = None) -> Choice:
    return Choice(await roster_previews.read_columns(visit.registry, visit.actor, data, header_line), places)


async def show_roster(visit: Visit) -> Response:
    """GET /rosters/{id}."""
    one = await rosters.get_roster(visit.registry, visit.actor, visit.record_id)
    return await _shown(visit, one)


async def watch_roster(visit: Visit) -> Response:
    """POST /rosters/{id}/watch."""
    one = await rosters.get_roster(visit.registry, visit.actor, visit.record_id)
    try:
        until = read_day(visit.sent("until"), _UNTIL)
        asked = roster_watches.AskedRosterWatch(one.id, visit.sent("purpose"), until)
        await roster_watches.watch_roster(visit.registry, visit.actor, asked, visit.key)
    except InvalidInput as refusal:
        return await _shown(visit, one, fault=refusal.message)
    return visit.go(f"/rosters/{one.id}?done=watched")


async def end_watch(visit: Visit) -> Response:
    """POST /rosters/{id}/unwatch."""
    await roster_watches.end_roster_watch(visit.registry, visit.actor, visit.record_id, visit.key)
    return visit.go(f"/rosters/{visit.record_id}?done=ended")


async def make_letter(visit: Visit) -> Response:
    """POST /rosters/{id}/letter: the sum of the roster, signed; its letter is taken away."""
    done = await roster_letters.attest_roster(visit.registry, visit.actor, visit.record_id, visit.key)
    return visit.go(f"/verify/letters/{done.receipts[0].id}")


async def correct_roster(visit: Visit) -> Response:
    """POST /rosters/{id}/correct: rows with problems, put right and given again."""
    one = await rosters.get_roster(visit.registry, visit.actor, visit.record_id)
    _, data = visit.files.get("file", ("", b""))
    asked = rosters.AskedRoster(one.purpose, one.legal_basis, corrects=one.id)
    try:
        done = await rosters.start(visit.registry, visit.actor, data, asked, visit.key)
    except RegistryError as refusal:
        if reads_problems(visit.request):
            raise
        return await _shown(visit, one, unfit=refusal.message)
    return visit.go(f"/rosters/{done.result['roster_id']}")


async def _shown(visit: Visit, one: Roster, *, fault: Message | None = None, unfit: Message | None = None) -> Response:
    corrections = await roster_results.list_corrections(visit.registry, visit.actor, one.id)
    watch = await roster_watches.find_roster_watch(visit.registry, visit.actor, one.id)
    sent = {name: visit.sent(name) for name in ("purpose", "until")}
    today = visit.registry.today()
    if not fault:
        sent = {"purpose": one.purpose, "until": usual_until(today).isoformat()}
    return visit.page(
        "roster.html",
        status=400 if fault or unfit else 200,
        one=one,
        running=one.state in (RosterState.QUEUED, RosterState.RUNNING),
        state=STATES[one.state],
        counts=words.counted(one.counts),
        watch=watch,
        may_watch=one.state is RosterState.DONE and one.cleared_at is None and may_watch(visit.actor),
        is_over=watch is not None and watch.until < today,
        sent=sent,
        fault=fault,
        unfit=unfit,
        corrections=[(each, STATES[each.state], words.counted(each.counts)) for each in corrections],
        may_correct=one.state is RosterState.DONE and one.corrects_id is None and one.cleared_at is None,
        done=visit.asked("done"),
    )


async def take_result(visit: Visit) -> Response:
    """GET /rosters/{id}/{name}: the file with its answers, as `result.csv` or `result.xlsx`; `?problems=1`: those."""
    made = {
        "result.csv": (roster_results.result_as_csv, _CSV),
        "result.xlsx": (roster_results.result_as_workbook, _XLSX),
    }
    name = visit.request.path_params["name"]
    if name not in made:
        raise nothing_here()
    make, media = made[name]
    content = await make(visit.registry, visit.actor, visit.record_id, problems_only=visit.asked("problems") == "1")
    return _download(content, media, name)


async def take_template(visit: Visit) -> Response:
    """GET /rosters/template/{name}: an empty roster, as `roster.csv` or `roster.xlsx`."""
    made = {"roster.csv": (template_as_csv, _CSV), "roster.xlsx": (template_as_workbook, _XLSX)}
    name = visit.request.path_params["name"]
    if name not in made:
        raise nothing_here()
    make, media = made[name]
    return _download(make(), media, name)


async def _list(
    visit: Visit,
    sent: Mapping[str, str],
    *,
    preview: Preview | None = None,
    refusal: Message | None = None,
    choice: Choice | None = None,
    name: str = "",
    status: int = 200,
) -> Response:
    page = await rosters.list_rosters(visit.registry, visit.actor, PageRequest(_SHOWN))
    own: list[Roster] = list(reversed(page.items))
    facts: dict[str, Any] = {"own": own, "states": STATES, "more": page.has_next}
    facts |= {"choice": choice, "columns": CHOSEN, "required": REQUIRED}
    facts["first_rows"] = [] if preview is None else first_rows(preview)
    return visit.page(
        "rosters.html", status=status, sent=sent, preview=preview, refusal=refusal, file_name=name, **facts
    )


def _download(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media, headers=headers)
