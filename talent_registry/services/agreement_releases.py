"""Drafting, proposing, approving and withdrawing releases of the agreement: in force only by both provinces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from talent_registry.domain.agreement_releases import Release
from talent_registry.domain.conformance import ConformanceReport
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.release_states import (
    APPROVALS_NEEDED,
    AgreementRelease,
    Approval,
    check_approvable,
    check_open,
    check_proposable,
    check_withdrawable,
)
from talent_registry.services.agreements import KnownLaw, law_known
from talent_registry.services.moments import lock_common_ground
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.recognition_checks import check_instant
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.release_trials import check_again, read_and_run, try_ahead
from talent_registry.storage import agreement_releases
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class File:
    """One file of a draft: rules as TOML (`*.toml`) or conformance cases as JSON (`*.json`)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AskedApproval:
    """What is approved: a release by the digest that was read, and the sentence about reaching back, if any.

    The sentence in Chinese and, on the next line, in English: neither text is law without the other.
    """

    release_id: UUID
    digest: str
    retroactive_sentence: str | None = None


async def draft(registry: Registry, actor: Actor, files: Sequence[File], key: str) -> Done:
    """Keep a draft with what its conformance cases came to. Answer: `release_id`, `digest`, `passes`.

    An authority of either party. InvalidInput AGREEMENT_FAULT at the first fault of the files; NotInForce
    EFFECTIVE_DATE_PASSED where it begins before today and does not say that it reaches back.
    """

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.DRAFT_RELEASE, _parties(registry), hidden=False)
        account_id, province = _account(actor)
        release, report = await _validated(work, files)
        version = release.version
        kept = AgreementRelease(
            id=new_id(),
            version_id=version.id,
            title=version.title,
            since=release.since,
            digest=version.digest,
            base_digest=release.base_digest,
            retroactive=release.retroactive,
            files=tuple((file.name, file.text) for file in files),
            report=report,
            author_id=account_id,
            author_province=province,
            drafted_at=work.now,
            proposed_at=None,
            withdrawn_at=None,
            approvals=(),
            enacted_at=None,
            superseded_from=None,
            base_stands=True,
        )
        check_open(kept, work.today)
        await agreement_releases.add_release(work.connection, kept, version.parties, work.command_id)
        _say(work, kept)
        return {"release_id": str(kept.id), "digest": kept.digest, "passes": report.passes}

    return await perform(registry, actor, "draftRelease", key, {"files": [*files]}, act)


async def propose(registry: Registry, actor: Actor, release_id: UUID, key: str) -> Done:
    """Put a draft to both provinces (its author's province). Answer: `release_id`.

    Conflict CONFORMANCE_FAILED, SETTLED_CASE_CHANGED, CASE_NOT_CHANGED, OVERTAKEN, ALREADY_PROPOSED, WITHDRAWN;
    NotInForce EFFECTIVE_DATE_PASSED.
    """
    tried = await try_ahead(registry, actor, release_id)

    async def act(work: Work) -> dict[str, Any]:
        release = await _get_of_own_province(work, release_id)
        check_proposable(release, work.today)
        await check_again(work, release, tried)
        await _take_step(work, release, agreement_releases.PROPOSED)
        return {"release_id": str(release_id)}

    return await perform(registry, actor, "proposeRelease", key, {"release": release_id}, act)


async def withdraw(registry: Registry, actor: Actor, release_id: UUID, key: str) -> Done:
    """Take a release back (its author's province) while not both have approved it. Answer: `release_id`."""

    async def act(work: Work) -> dict[str, Any]:
        release = await _get_of_own_province(work, release_id)
        check_withdrawable(release)
        await _take_step(work, release, agreement_releases.WITHDRAWN)
        return {"release_id": str(release_id)}

    return await perform(registry, actor, "withdrawRelease", key, {"release": release_id}, act)


async def approve(registry: Registry, actor: Actor, asked: AskedApproval, key: str) -> Done:
    """Approve a proposed release for the actor's province. Answer: `release_id`, `enacted` (both have approved).

    The second approval settles from which moment on the version is known; decisions under way are through before, or
    wait and then see it. Each refusal has its own reason: see `domain.release_states.check_approvable`.
    """
    tried = await try_ahead(registry, actor, asked.release_id)

    async def act(work: Work) -> dict[str, Any]:
        release = await _locked(work, asked.release_id)
        account_id, province = _account(actor)
        approval = Approval(
            province=province,
            digest=asked.digest,
            sentence=asked.retroactive_sentence,
            account_id=account_id,
            approved_at=work.now,
        )
        check_approvable(release, approval, work.today)
        await check_again(work, release, tried)
        await agreement_releases.add_approval(work.connection, release.id, approval, work.command_id)
        enacted = len(release.approvals) + 1 == APPROVALS_NEEDED
        if enacted:
            await agreement_releases.add_enactment(work.connection, release, work.now, work.command_id)
        _say(work, release)
        work.says(enacted=enacted, **({} if approval.sentence is None else {"sentence": approval.sentence}))
        return {"release_id": str(release.id), "enacted": enacted}

    return await perform(registry, actor, "approveRelease", key, asked, act)


async def get_release(registry: Registry, actor: Actor, release_id: UUID) -> AgreementRelease:
    """The release: approved by both it is everybody's to read, before that the two authorities'."""
    found = (await list_by_ids(registry, actor, [release_id]))[0]
    if found is None:
        raise nothing_here()
    return found


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[AgreementRelease | None]:
    """Many releases in their order, None where one is absent or not the actor's to read."""
    async with registry.reading(actor) as connection:
        found = await agreement_releases.list_by_ids(connection, ids)
    return [one if one is not None and _may_read(registry, actor, one) else None for one in found]


async def list_releases(registry: Registry, actor: Actor, request: PageRequest) -> Page[AgreementRelease]:
    """The releases that the actor may read, oldest draft first; a page may be shorter than asked."""
    async with registry.reading(actor) as connection:
        page = await agreement_releases.list_releases(connection, request)
    return page.only(lambda release: _may_read(registry, actor, release))


async def get_law(registry: Registry, actor: Actor, known_at: datetime | None = None) -> KnownLaw:
    """The agreement and its settled cases by what both provinces had approved at an instant (None: by now); public."""
    async with registry.reading(actor) as connection:
        return await law_known(connection, registry, None if known_at is None else check_instant(known_at))


def _may_read(registry: Registry, actor: Actor, release: AgreementRelease) -> bool:
    return release.enacted_at is not None or actor.may(Permission.READ_DRAFT, _parties(registry))


def _parties(registry: Registry) -> Subject:
    """The agreement itself: its parties' authorities may act on it."""
    return Subject(provinces=frozenset(registry.agreement.parties))


def _account(actor: Actor) -> tuple[UUID, str]:
    """Who drafts or approves is an account of a province: the law knows its author."""
    if actor.account_id is None or actor.province is None:
        raise sign_in_first()
    return actor.account_id, actor.province


async def _locked(work: Work, release_id: UUID) -> AgreementRelease:
    """The release, once nobody else moves any release and nobody decides by the agreement."""
    work.actor.must(Permission.APPROVE_RELEASE, _parties(work.registry))
    await lock_common_ground(work)
    release = await agreement_releases.find_release(work.connection, release_id)
    if release is None:
        raise nothing_here()
    return release


async def _get_of_own_province(work: Work, release_id: UUID) -> AgreementRelease:
    release = await _locked(work, release_id)
    work.actor.must(Permission.DRAFT_RELEASE, Subject(provinces=frozenset({release.author_province})))
    return release


async def _validated(work: Work, files: Sequence[File]) -> tuple[Release, ConformanceReport]:
    if len({file.name for file in files}) != len(files):
        raise InvalidInput(
            Message(zh="有同名文件。请改名后重新上传。", en="Two files have one name. Rename one and upload again."),
            reason="FILE_TWICE",
            path=("input", "files"),
        )
    return await read_and_run(work, {file.name: file.text for file in files})


async def _take_step(work: Work, release: AgreementRelease, step: str) -> None:
    account_id, province = _account(work.actor)
    await agreement_releases.add_step(
        work.connection,
        release.id,
        step,
        province=province,
        account_id=account_id,
        at=work.now,
        command_id=work.command_id,
    )
    _say(work, release)


def _say(work: Work, release: AgreementRelease) -> None:
    work.about("agreementRelease", release.id)
    work.says(version=release.version_id, digest=release.digest, base_digest=release.base_digest)
