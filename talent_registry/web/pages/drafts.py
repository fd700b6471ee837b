"""The pages of drafts: written or uploaded, validated, compared, tried, put to both provinces, approved, withdrawn."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.agreement_differences import EntryDifference, differences_between
from talent_registry.domain.agreement_releases import Release
from talent_registry.domain.conformance import ConformanceReport
from talent_registry.domain.errors import InvalidInput, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.release_states import AgreementRelease, ReleaseState
from talent_registry.services import agreement_releases, release_trials, simulation_jobs
from talent_registry.services.permissions import Actor, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry
from talent_registry.web.pages import rules
from talent_registry.web.pages.days import read_day
from talent_registry.web.pages.visits import Visit

MOST_BYTES: Final = 1024 * 1024
_MOST_ENTRIES: Final = 300
# What is pasted, by field, and the name under which it is a file of the draft.
_PASTED: Final = {"rules": "draft.toml", "cases": "draft.cases.json"}
_STEPS: Final[dict[str, Callable[[Registry, Actor, UUID, str], Awaitable[Done]]]] = {
    "propose": agreement_releases.propose,
    "withdraw": agreement_releases.withdraw,
}
_PENDING: Final = frozenset({ReleaseState.PROPOSED, ReleaseState.APPROVED_BY_ONE})


@dataclass(frozen=True, slots=True)
class _Checked:
    """A draft that was read: what it is, how its cases went, and how it differs from the version before it."""

    release: Release
    report: ConformanceReport
    differences: tuple[EntryDifference, ...] = field(repr=False)
    base: str


async def show_drafts(visit: Visit) -> Response:
    """GET /rules/drafts."""
    return await _form(visit, {})


async def take_draft(visit: Visit) -> Response:
    """POST /rules/drafts: validate what was written or uploaded, have it tried, or keep it as a draft."""
    must_draft(visit)
    act, key = visit.sent("act"), visit.key
    try:
        files = _files(visit)
        if act == "validate":
            return await _form(visit, files, checked=await _check(visit, files))
        if act == "simulate":
            return await start_simulation(visit, files)
        if act != "keep":
            raise nothing_here(("act",))
        listed = [agreement_releases.File(name, text) for name, text in files.items()]
        done = await agreement_releases.draft(visit.registry, visit.actor, listed, key)
    except RegistryError as fault:
        return await _form(visit, _texts(visit), fault=fault)
    return visit.go(f"/rules/releases/{done.result['release_id']}")


async def show_release(visit: Visit) -> Response:
    """GET /rules/releases/{id}."""
    return await _release(visit)


async def act_on_release(visit: Visit) -> Response:
    """POST /rules/releases/{id}: propose, approve, withdraw, or try on the whole registry."""
    must_draft(visit)
    release_id, act, key = visit.record_id, visit.sent("act"), visit.key
    release = await agreement_releases.get_release(visit.registry, visit.actor, release_id)
    try:
        if act == "simulate":
            return await start_simulation(visit, dict(release.files))
        if act == "approve":
            said = visit.sent("sentence") or None
            asked = agreement_releases.AskedApproval(release_id, visit.sent("digest"), said)
            await agreement_releases.approve(visit.registry, visit.actor, asked, key)
        elif act in _STEPS:
            await _STEPS[act](visit.registry, visit.actor, release_id, key)
        else:
            raise nothing_here(("act",))
    except RegistryError as fault:
        return await _release(visit, fault=fault.message)
    return visit.go(f"/rules/releases/{release_id}?done={act}")


async def start_simulation(visit: Visit, files: Mapping[str, str]) -> Response:
    """Have a draft tried on the whole registry, and go to where its progress stands."""
    asked = simulation_jobs.AskedSimulation(files, read_day(visit.sent("on"), "input", "on"))
    done = await simulation_jobs.start(visit.registry, visit.actor, asked, visit.key)
    return visit.go(f"/rules/simulations/{done.result['simulation_id']}")


def must_draft(visit: Visit) -> None:
    """Refuse whoever acts for no party to the agreement; nobody signed in is asked to sign in."""
    if not visit.is_signed_in:
        raise sign_in_first()
    if not rules.may_draft(visit):
        raise nothing_here()


async def _form(
    visit: Visit, files: Mapping[str, str], *, checked: _Checked | None = None, fault: RegistryError | None = None
) -> Response:
    must_draft(visit)
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    texts = {place: files.get(name, "") for place, name in _PASTED.items()}
    if checked is not None or fault is not None:
        # What was uploaded stands in the form too, so that a fault can be mended there.
        for name, text in files.items():
            texts["cases" if name.lower().endswith(".json") else "rules"] = text
    return visit.page(
        "rules_drafts.html",
        status=400 if fault else 200,
        base=law.agreement.versions[-1],
        texts=texts,
        on=visit.sent("on"),
        checked=checked,
        fault=fault,
        jobs=await simulation_jobs.list_jobs(visit.registry, visit.actor),
        most_entries=_MOST_ENTRIES,
        **rules.facts(visit),
    )


async def _check(visit: Visit, files: Mapping[str, str]) -> _Checked:
    release, report = await release_trials.validate(visit.registry, visit.actor, files)
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    base = law.agreement.versions[-1]
    return _Checked(release, report, differences_between(base, release.version), base.id)


async def _release(visit: Visit, *, fault: Message | None = None) -> Response:
    release = await agreement_releases.get_release(visit.registry, visit.actor, visit.record_id)
    state, offers = release.state(visit.registry.today()), rules.may_draft(visit)
    own = release.author_province == visit.actor.province
    approved = any(one.province == visit.actor.province for one in release.approvals)
    acts = {
        "propose": offers and own and state is ReleaseState.DRAFT and release.report.passes,
        "approve": offers
        and state in _PENDING
        and not approved
        and visit.actor.account_id is not None
        and visit.actor.account_id != release.author_id,
        "withdraw": offers and own and (state is ReleaseState.DRAFT or state in _PENDING),
        "simulate": offers and release.enacted_at is None and release.base_stands,
    }
    return visit.page(
        "rules_release.html",
        status=409 if fault else 200,
        release=release,
        state=state,
        acts=acts,
        is_author=release.author_id == visit.actor.account_id,
        compared=await _compared(visit, release),
        fault=fault,
        done=visit.asked("done"),
        most_entries=_MOST_ENTRIES,
        provinces=visit.provinces,
        **rules.facts(visit),
    )


async def _compared(visit: Visit, release: AgreementRelease) -> tuple[str, tuple[EntryDifference, ...]] | None:
    """The version it was drafted on, and what differs; None where it can no longer be read against that version."""
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    versions = law.agreement.versions
    enacted = {one.digest: place for place, one in enumerate(versions)}
    if release.digest in enacted:
        place = enacted[release.digest]
        return versions[place - 1].id, differences_between(versions[place - 1], versions[place])
    if not release.base_stands or not rules.may_draft(visit):
        return None
    try:
        read, _ = await release_trials.validate(visit.registry, visit.actor, dict(release.files))
    except RegistryError:
        return None
    return versions[-1].id, differences_between(versions[-1], read.version)


def _files(visit: Visit) -> dict[str, str]:
    """The files of the draft: what was uploaded, else what was pasted; each name is checked where they are read."""
    for given, content in visit.files.values():
        _check_utf8(given, content)
    found = _texts(visit)
    if not any(text.strip() for text in found.values()):
        raise InvalidInput(
            Message(zh="草案是空的。请粘贴或上传规则文本。", en="The draft is empty. Paste or upload its text."),
            reason="EMPTY_DRAFT",
            path=("input", "files"),
        )
    return found


def _texts(visit: Visit) -> dict[str, str]:
    # A browser writes each line break as two characters.
    found = {name: visit.sent(place).replace("\r\n", "\n") for place, name in _PASTED.items() if visit.sent(place)}
    for place, name in _PASTED.items():
        given, content = visit.files.get(f"{place}_file", ("", b""))
        if content:
            found.pop(name, None)
            found[given or name] = content.decode("utf-8-sig", "replace")
    return found


def _check_utf8(name: str, content: bytes) -> None:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            Message(
                zh=f"文件 {name} 不是 UTF-8 文本。请以 UTF-8 重新保存。",
                en=f"{name} is not UTF-8. Save it as UTF-8 again.",
            ),
            reason="NOT_UTF8",
            path=("input", "files"),
        ) from None
