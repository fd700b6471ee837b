"""Trying a release's files: beside the server's work and before any lock, checked again under it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from talent_registry.domain.agreement_releases import Release, read_release
from talent_registry.domain.conformance import ConformanceReport, check_conformance, run_conformance
from talent_registry.domain.errors import Conflict, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.release_states import AgreementRelease
from talent_registry.services.agreements import KnownLaw, law_known
from talent_registry.services.permissions import Actor, Permission, Subject
from talent_registry.services.registry import Registry, Work
from talent_registry.storage import agreement_releases


async def read_and_run(work: Work, texts: Mapping[str, str]) -> tuple[Release, ConformanceReport]:
    """The release in the files (name to text) by the law of now, and how its cases went; nothing need be locked."""
    law = await law_known(work.connection, work.registry)
    return await asyncio.to_thread(_read_and_run, law, texts)


async def validate(registry: Registry, actor: Actor, texts: Mapping[str, str]) -> tuple[Release, ConformanceReport]:
    """As `read_and_run`, for whoever may draft a release; nothing is kept. Errors as `read_release`."""
    parties = Subject(provinces=frozenset(registry.agreement.parties))
    actor.must(Permission.DRAFT_RELEASE, parties, hidden=False)
    async with registry.reading(actor) as connection:
        law = await law_known(connection, registry)
    return await asyncio.to_thread(_read_and_run, law, texts)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a release's files came to by the law of a moment: what was read and how its cases went, or its fault."""

    law: KnownLaw
    found: tuple[Release, ConformanceReport] | RegistryError


async def try_ahead(registry: Registry, actor: Actor, release_id: UUID) -> Tried | None:
    """Read the release and run its cases before anything is locked; None where there is nothing for the actor to move.

    It takes seconds for a long draft: nobody may wait for it, neither at a lock nor in this process. Whether the law
    is still the one it was tried by is asked again under the lock.
    """
    if not actor.may(Permission.APPROVE_RELEASE, Subject(provinces=frozenset(registry.agreement.parties))):
        return None
    async with registry.reading(actor) as connection:
        release = await agreement_releases.find_release(connection, release_id)
        if release is None or release.enacted_at is not None or not release.base_stands:
            return None
        law = await law_known(connection, registry)
    return await asyncio.to_thread(_try, law, dict(release.files))


def _try(law: KnownLaw, texts: Mapping[str, str]) -> Tried:
    try:
        return Tried(law, _read_and_run(law, texts))
    except RegistryError as fault:
        return Tried(law, fault)


def _read_and_run(law: KnownLaw, texts: Mapping[str, str]) -> tuple[Release, ConformanceReport]:
    release = read_release(law.agreement, texts)
    return release, run_conformance(law.agreement, release, law.cases)


async def check_again(work: Work, release: AgreementRelease, tried: Tried | None) -> None:
    """By the law and the program of today the files still come to the digest, and every case still stands.

    The files are never changed, so what was tried before the lock holds if the law is the same under it.
    """
    law = await law_known(work.connection, work.registry)
    if tried is None or not _same(tried.law, law):
        raise _overtaken(release)
    if isinstance(tried.found, RegistryError):
        raise tried.found
    read, report = tried.found
    if (read.version.digest, read.base_digest) != (release.digest, release.base_digest):
        raise _overtaken(release)
    check_conformance(report)


def _same(one: KnownLaw, other: KnownLaw) -> bool:
    """Whether nothing was approved in between: each version covers all that its digest names, its cases included."""
    digests = [[version.digest for version in law.agreement.versions] for law in (one, other)]
    return digests[0] == digests[1]


def _overtaken(release: AgreementRelease) -> Conflict:
    return Conflict(
        Message(
            zh=f"{release.version_id} 起草时所依据的协议文本已经变化。请重新起草。",
            en=f"The agreement that {release.version_id} was drafted on is not the one that stands now. Draft it anew.",
        ),
        reason="OVERTAKEN",
    )
