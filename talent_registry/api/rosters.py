"""Rosters as the API gives them: how far the job is, what came of it, row by row."""

from datetime import datetime
from typing import Annotated

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.researchers import After, First
from talent_registry.domain import rosters as domain
from talent_registry.domain.messages import Message
from talent_registry.services import rosters

described(
    domain.RosterState,
    "Where a roster stands.",
    {
        "QUEUED": "It waits.",
        "RUNNING": "Its rows are being verified.",
        "DONE": "Every row has its answer.",
        "FAILED": "It stopped; `failure` says why. Answers found so far stay.",
    },
)


@strawberry.type(description="How many rows got a verdict.")
class RosterCount:
    verdict: str = strawberry.field(description="A code of CertificateVerdict, or DUPLICATE.")
    rows: int = strawberry.field(description="How many rows.")


@strawberry.type(description="Certificates that an office has verified at once, as a job.")
class Roster:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    state: domain.RosterState = strawberry.field(description="Where it stands.")
    rows: int = strawberry.field(description="Rows to be verified.")
    done: int = strawberry.field(description="Rows that have their answer.")
    counts: list[RosterCount] = strawberry.field(description="How many rows got each verdict so far.")
    purpose: str = strawberry.field(description="For what purpose, as each holder sees it.")
    legal_basis: str = strawberry.field(description="On which legal basis.")
    file_digest: str = strawberry.field(description="SHA-256 (hex) of the file.")
    requested_at: datetime = strawberry.field(description="When it was submitted.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it goes on.")
    corrects: strawberry.ID | None = strawberry.field(
        description="Opaque id of the roster some rows of which are given anew here; null where there is none."
    )
    cleared_at: datetime | None = strawberry.field(
        description="When its rows and answers were removed, because their time was over; null while they are kept."
    )
    failure: LocalisedText | None = strawberry.field(description="Why it stopped; null where it did not.")

    @classmethod
    def of(cls, one: domain.Roster) -> "Roster":
        """The roster as GraphQL gives it."""
        return cls(
            id=to_node_id("Roster", one.id),
            state=one.state,
            rows=one.rows,
            done=one.done,
            counts=[RosterCount(verdict=code, rows=rows) for code, rows in sorted(one.counts.items())],
            purpose=one.purpose,
            legal_basis=one.legal_basis,
            file_digest=one.file_digest,
            requested_at=one.requested_at,
            finished_at=one.finished_at,
            corrects=None if one.corrects_id is None else to_node_id("Roster", one.corrects_id),
            cleared_at=one.cleared_at,
            failure=None if one.failure is None else LocalisedText.of(Message(**one.failure["message"])),
        )


@strawberry.type(description="What became of one row of a roster.")
class RosterAnswer:
    line: int = strawberry.field(description="The row's number in the file; the first row below a header is 2.")
    verdict: str = strawberry.field(description="A code of CertificateVerdict, or DUPLICATE.")
    reason: str = strawberry.field(description="The field or cause at fault; empty where there is none.")
    at: datetime = strawberry.field(description="When it was verified; it says what held then.")

    @classmethod
    def of(cls, answer: domain.Answer) -> "RosterAnswer":
        """The answer as GraphQL gives it."""
        return cls(line=answer.line, verdict=answer.verdict, reason=answer.reason, at=answer.at)


RosterId = Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the roster.")]


@strawberry.type
class RosterQuery:
    @strawberry.field(description="A roster of the caller's office.")
    async def roster(self, info: Info, id: RosterId) -> Roster:
        context = info.context
        roster_id = from_node_id(id, "Roster", "id")
        return Roster.of(await rosters.get_roster(context.registry, context.actor, roster_id))

    @strawberry.field(description="The rosters of the caller's office, oldest first.")
    async def rosters(self, info: Info, first: First = 20, after: After = None) -> Connection[Roster]:
        page = await rosters.list_rosters(info.context.registry, info.context.actor, page_request(first, after))
        return connection_of(page, Roster.of)

    @strawberry.field(description="What became of the rows of a roster of the caller's office, in their order.")
    async def roster_answers(
        self, info: Info, roster: RosterId, first: First = 20, after: After = None
    ) -> Connection[RosterAnswer]:
        context, roster_id = info.context, from_node_id(roster, "Roster", "roster")
        page = await rosters.page_answers(context.registry, context.actor, roster_id, page_request(first, after))
        return connection_of(page, RosterAnswer.of)
