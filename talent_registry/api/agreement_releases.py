"""Releases of the agreement as the API gives them."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.domain import conformance, release_states
from talent_registry.services import agreement_releases

described(
    release_states.ReleaseState,
    "How far a release of the agreement has come, today.",
    {
        "DRAFT": "Uploaded and validated; not yet put to the two provinces.",
        "PROPOSED": "Put to the two provinces; nobody has approved it.",
        "APPROVED_BY_ONE": "One province's authority has approved it.",
        "APPROVED": "Both have approved it; its first day is still to come.",
        "IN_FORCE": "Both have approved it and it decides today.",
        "SUPERSEDED": "A later release has taken its place; it decides for its own days.",
        "WITHDRAWN": "Its author's province took it back.",
        "LAPSED": "Its first day passed, or another release was approved on the version it was drafted on.",
    },
)
described(
    conformance.Reading,
    "By what a settled case is answered before and after a release.",
    {
        "AS_IT_WOULD_STAND": "By the version in force on the case's own day, with the release and without it.",
        "BY_ITS_RULEBOOK": "By the release's rulebook and by the one that it replaces, asked of the case's own day: "
        "so a change without a date is found.",
    },
)


@strawberry.type(description="One file of a draft.")
class ReleaseFile:
    name: str = strawberry.field(description="Its name.")
    text: str = strawberry.field(description="Its text: rules as TOML, or conformance cases as JSON.")


@strawberry.type(description="The approval of one province's authority.")
class ReleaseApproval:
    province: str = strawberry.field(description="The province (GB/T 2260).")
    digest: str = strawberry.field(description="The digest of the text that was approved.")
    sentence: str | None = strawberry.field(
        description="The sentence about reaching back that was agreed to, in Chinese and on the next line in English."
    )
    approved_at: datetime = strawberry.field(description="When it was approved.")

    @classmethod
    def of(cls, approval: release_states.Approval) -> "ReleaseApproval":
        """The approval as GraphQL gives it; which officer gave it stands in the ledger."""
        return cls(
            province=approval.province,
            digest=approval.digest,
            sentence=approval.sentence,
            approved_at=approval.approved_at,
        )


@strawberry.type(description="The answer to a conformance case.")
class CaseAnswer:
    outcome: str = strawberry.field(description="The outcome.")
    rule: str = strawberry.field(description="The clause that ruled.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")

    @classmethod
    def of(cls, answer: conformance.CaseAnswer) -> "CaseAnswer":
        """The answer as GraphQL gives it."""
        return cls(outcome=answer.outcome, rule=answer.rule, reason_code=answer.reason_code)


@strawberry.type(description="A case that comes with the release, and what it came to.")
class OwnCaseResult:
    case_id: str = strawberry.field(description="The case.")
    expected: str = strawberry.field(description="What the case expects: outcome, rule and reason as far as stated.")
    answer: CaseAnswer = strawberry.field(description="What it comes to as the agreement would stand.")
    agrees: bool = strawberry.field(description="Whether both are the same.")


@strawberry.type(description="A settled case that the release answers otherwise than the version it replaces.")
class ChangedCaseResult:
    case_id: str = strawberry.field(description="The case.")
    reading: conformance.Reading = strawberry.field(description="By what it was answered.")
    before: CaseAnswer = strawberry.field(description="The settled answer.")
    after: CaseAnswer = strawberry.field(description="The answer by the release.")
    why: LocalisedText | None = strawberry.field(
        description="Why, in the words of the release; null: it changes the case in silence, and is refused."
    )


@strawberry.type(description="What the conformance cases came to when the draft was uploaded.")
class ConformanceReport:
    passes: bool = strawberry.field(description="Whether nothing stands against proposing the release.")
    settled: int = strawberry.field(description="How many settled cases were asked.")
    own: list[OwnCaseResult] = strawberry.field(description="The release's own cases.")
    changed: list[ChangedCaseResult] = strawberry.field(description="The settled cases with another answer.")
    not_changed: list[str] = strawberry.field(
        description="Cases that the release says it changes and does not; refused."
    )
    objections: list[LocalisedText] = strawberry.field(description="What stands against it, and how to mend it.")

    @classmethod
    def of(cls, report: conformance.ConformanceReport) -> "ConformanceReport":
        """The report as GraphQL gives it."""
        own = [
            OwnCaseResult(
                case_id=one.case_id, expected=one.expected, answer=CaseAnswer.of(one.answer), agrees=one.agrees
            )
            for one in report.own
        ]
        changed = [
            ChangedCaseResult(
                case_id=one.case_id,
                reading=one.reading,
                before=CaseAnswer.of(one.before),
                after=CaseAnswer.of(one.after),
                why=None if one.why is None else LocalisedText.of(one.why),
            )
            for one in report.changed
        ]
        return cls(
            passes=report.passes,
            settled=report.settled,
            own=own,
            changed=changed,
            not_changed=list(report.not_changed),
            objections=[LocalisedText.of(one.message) for one in report.list_objections()],
        )


@strawberry.type(
    description="A release of the agreement: a new version, in force from its day once an authority of each province "
    "has approved the same text."
)
class AgreementRelease(Node):
    version: str = strawberry.field(description="The id of the version.")
    title: LocalisedText = strawberry.field(description="What it is called.")
    since: date = strawberry.field(name="from", description="The first day on which it decides.")
    digest: str = strawberry.field(description="SHA-256 (hex) of its content: what is approved.")
    base_digest: str = strawberry.field(description="The digest of the version that it was drafted on.")
    retroactive: LocalisedText | None = strawberry.field(
        description="The sentence by which it says that it reaches back before its approval; approvals repeat it."
    )
    state: release_states.ReleaseState = strawberry.field(description="How far it has come today.")
    author_province: str = strawberry.field(description="The province whose authority drafted it (GB/T 2260).")
    drafted_at: datetime = strawberry.field(description="When it was uploaded.")
    proposed_at: datetime | None = strawberry.field(description="When it was put to the two provinces.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back.")
    enacted_at: datetime | None = strawberry.field(
        description="When the second province approved; what is asked as known before knows nothing of it."
    )
    approvals: list[ReleaseApproval] = strawberry.field(description="The approvals, at most one of each province.")
    conformance: ConformanceReport = strawberry.field(description="What its conformance cases came to.")
    files: list[ReleaseFile] = strawberry.field(description="The draft as uploaded.")

    @classmethod
    def of(cls, release: release_states.AgreementRelease, on: date) -> "AgreementRelease":
        """The release as GraphQL gives it on a day."""
        return cls(
            id=to_node_id("AgreementRelease", release.id),
            version=release.version_id,
            title=LocalisedText.of(release.title),
            since=release.since,
            digest=release.digest,
            base_digest=release.base_digest,
            retroactive=None if release.retroactive is None else LocalisedText.of(release.retroactive),
            state=release.state(on),
            author_province=release.author_province,
            drafted_at=release.drafted_at,
            proposed_at=release.proposed_at,
            withdrawn_at=release.withdrawn_at,
            enacted_at=release.enacted_at,
            approvals=[ReleaseApproval.of(approval) for approval in release.approvals],
            conformance=ConformanceReport.of(release.report),
            files=[ReleaseFile(name=name, text=text) for name, text in release.files],
        )


@strawberry.type(description="A version of the agreement: a complete rulebook and the days on which it decides.")
class AgreementVersion:
    version: str = strawberry.field(description="Its id, which decisions name.")
    title: LocalisedText = strawberry.field(description="What it is called.")
    since: date | None = strawberry.field(name="from", description="First day; null: from the beginning.")
    until: date | None = strawberry.field(description="Last day, inclusive; null: until another takes its place.")
    digest: str = strawberry.field(description="SHA-256 (hex) of its content, which decisions name too.")
    source: str = strawberry.field(description="Where it comes from.")
    status: str = strawberry.field(description="How far the source can be trusted.")


@strawberry.type
class AgreementReleaseQuery:
    @strawberry.field(
        description="A release of the agreement: everybody's to read once both provinces approved it, before that the "
        "two authorities'."
    )
    async def agreement_release(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the release.")]
    ) -> AgreementRelease:
        context = info.context
        release_id = from_node_id(id, "AgreementRelease", "id")
        release = await agreement_releases.get_release(context.registry, context.actor, release_id)
        return AgreementRelease.of(release, context.registry.today())

    @strawberry.field(description="The releases of the agreement that the caller may read, oldest draft first.")
    async def agreement_releases(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the page before.")] = None,
    ) -> Connection[AgreementRelease]:
        context = info.context
        page = await agreement_releases.list_releases(context.registry, context.actor, page_request(first, after))
        today = context.registry.today()
        return connection_of(page, lambda release: AgreementRelease.of(release, today))

    @strawberry.field(
        description="The versions of the agreement, in the order of their days: those that ship with the program and "
        "those that both provinces approved since."
    )
    async def agreement_versions(
        self,
        info: Info,
        known_at: Annotated[
            datetime | None,
            strawberry.argument(description="By what was approved at this instant (default: now)."),
        ] = None,
    ) -> list[AgreementVersion]:
        context = info.context
        law = await agreement_releases.get_law(context.registry, context.actor, known_at)
        return [
            AgreementVersion(
                version=one.id,
                title=LocalisedText.of(one.title),
                since=one.since,
                until=one.until,
                digest=one.digest,
                source=one.source,
                status=one.status,
            )
            for one in law.agreement.versions
        ]
