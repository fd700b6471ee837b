"""Commands about releases of the agreement: draft, propose, approve, withdraw."""

from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.agreement_releases import AgreementRelease
from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.services import agreement_releases
from talent_registry.services.registry import Done


@strawberry.input(description="One file of a draft.")
class ReleaseFileInput:
    name: str = strawberry.field(
        description="Its name, at most 100 characters: *.toml for rules, *.json for conformance cases."
    )
    text: str = strawberry.field(description="Its text.")


@strawberry.input(description="A draft of a new version of the agreement.")
class DraftReleaseInput:
    files: list[ReleaseFileInput] = strawberry.field(
        description="The whole agreement with one version more at its end, or only the sections that change: one "
        "[[versions]] and, for instance, the whole [[reciprocity]] list; what is left out stays as it is."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A draft to put to the two provinces.")
class ProposeReleaseInput:
    release: strawberry.ID = strawberry.field(description="Opaque id of the release.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An approval for the caller's province.")
class ApproveReleaseInput:
    release: strawberry.ID = strawberry.field(description="Opaque id of the release.")
    digest: str = strawberry.field(description="The digest of the text that was read and is approved.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    retroactive_sentence: str | None = strawberry.field(
        default=None,
        description="Where the release says that it reaches back: that very sentence, in Chinese and "
        "on the next line in English.",
    )


@strawberry.input(description="A release to take back.")
class WithdrawReleaseInput:
    release: strawberry.ID = strawberry.field(description="Opaque id of the release.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The release was moved on.")
class ReleaseSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    release: AgreementRelease = strawberry.field(description="The release as it is now.")


DraftReleaseResult = Annotated[
    ReleaseSuccess | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("DraftReleaseResult", description="The draft, or why it was not kept."),
]
ProposeReleaseResult = Annotated[
    ReleaseSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("ProposeReleaseResult", description="The release, or why it was not proposed."),
]
ApproveReleaseResult = Annotated[
    ReleaseSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("ApproveReleaseResult", description="The release, or why it was not approved."),
]
WithdrawReleaseResult = Annotated[
    ReleaseSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("WithdrawReleaseResult", description="The release, or why it was not taken back."),
]


@strawberry.type
class AgreementReleaseMutation:
    @strawberry.mutation(
        description="Upload a draft of a new version of the agreement (authority of either province). It is validated, "
        "and its conformance cases and all settled ones are decided."
    )
    async def draft_release(
        self, info: Info, input: Annotated[DraftReleaseInput, strawberry.argument(description="The draft.")]
    ) -> DraftReleaseResult:
        context = info.context
        files = [agreement_releases.File(file.name, file.text) for file in input.files]
        return await _moved(
            info, await agreement_releases.draft(context.registry, context.actor, files, input.idempotency_key)
        )

    @strawberry.mutation(description="Put a draft to the two provinces (authority of its author's province).")
    async def propose_release(
        self, info: Info, input: Annotated[ProposeReleaseInput, strawberry.argument(description="Which one.")]
    ) -> ProposeReleaseResult:
        context = info.context
        release_id = _release_id(input.release)
        return await _moved(
            info, await agreement_releases.propose(context.registry, context.actor, release_id, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Approve a proposed release for one's own province (authority; never one's own draft). With the "
        "second province's approval of the same digest it is in force from its day."
    )
    async def approve_release(
        self, info: Info, input: Annotated[ApproveReleaseInput, strawberry.argument(description="What is approved.")]
    ) -> ApproveReleaseResult:
        context = info.context
        asked = agreement_releases.AskedApproval(_release_id(input.release), input.digest, input.retroactive_sentence)
        return await _moved(
            info, await agreement_releases.approve(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Take a release back (authority of its author's province), until both provinces have approved it."
    )
    async def withdraw_release(
        self, info: Info, input: Annotated[WithdrawReleaseInput, strawberry.argument(description="Which one.")]
    ) -> WithdrawReleaseResult:
        context = info.context
        release_id = _release_id(input.release)
        return await _moved(
            info, await agreement_releases.withdraw(context.registry, context.actor, release_id, input.idempotency_key)
        )


def _release_id(text: strawberry.ID) -> UUID:
    return from_node_id(text, "AgreementRelease", "input", "release")


async def _moved(info: Info, done: Done) -> ReleaseSuccess:
    context = info.context
    release = await agreement_releases.get_release(context.registry, context.actor, UUID(done.result["release_id"]))
    return ReleaseSuccess(
        command=CommandReceipt.of(done), release=AgreementRelease.of(release, context.registry.today())
    )
