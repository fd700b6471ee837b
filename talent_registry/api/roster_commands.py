"""Commands about rosters: have one verified, be told if anything that it found is changed later."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.services import roster_watches, rosters
from talent_registry.services.registry import Done


@strawberry.input(
    description="One certificate, as it is written: what is no number or day gets a verdict that says so."
)
class RosterRowInput:
    number: str = strawberry.field(description="Number of the certificate.")
    name: str = strawberry.field(description="Name of the holder.")
    document: str | None = strawberry.field(default=None, description="Number of the holder's identity document.")
    obtained_on: str | None = strawberry.field(default=None, description="Day of approval or issue.")
    level: str | None = strawberry.field(default=None, description="Level of the title.")
    line: int | None = strawberry.field(
        default=None,
        description="In a correction, the line of the row that this one is given anew for, as the answers number it.",
    )


@strawberry.input(description="Certificates to verify at once.")
class VerifyRosterInput:
    roster_rows: list[RosterRowInput] = strawberry.field(
        description="At most 500; larger ones are handed in as a file at /rosters. The first is line 2 of the answers."
    )
    purpose: str = strawberry.field(description="For what purpose; each holder can see it.")
    legal_basis: str = strawberry.field(description="On which legal basis, such as the holders' consent.")
    corrects: strawberry.ID | None = strawberry.field(
        default=None,
        description="Opaque id of a roster of the office that is done, some rows of which are given anew: their "
        "answers take the places of the first ones in what is downloaded of it.",
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A roster of whose certificates the caller's office wants to be told.")
class WatchRosterInput:
    roster: strawberry.ID = strawberry.field(description="Opaque id of a roster of the office that is done.")
    purpose: str = strawberry.field(description="For what purpose; each holder can see it.")
    until: date = strawberry.field(description="The last day on which the office is told: at most two years on.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A roster of whose certificates the office is to be told no more.")
class EndRosterWatchInput:
    roster: strawberry.ID = strawberry.field(description="Opaque id of the roster.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="Taken; the rows are verified as a job, which `roster` tells of.")
class VerifyRosterSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    roster: strawberry.ID = strawberry.field(description="Opaque id of the roster.")


@strawberry.type(description="Done.")
class RosterWatchSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    roster: strawberry.ID = strawberry.field(description="Opaque id of the roster.")
    watches: int = strawberry.field(description="How many credentials it is about.")

    @classmethod
    def of(cls, done: Done) -> "RosterWatchSuccess":
        """What was done, as GraphQL gives it."""
        roster = to_node_id("Roster", UUID(done.result["roster_id"]))
        return cls(command=CommandReceipt.of(done), roster=roster, watches=done.result["watches"])


VerifyRosterResult = Annotated[
    VerifyRosterSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("VerifyRosterResult", description="The job, or why there is none."),
]
RosterWatchResult = Annotated[
    RosterWatchSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("RosterWatchResult", description="What is watched or no longer is, or why nothing was done."),
]


@strawberry.type
class RosterMutation:
    @strawberry.mutation(
        description="Have up to 500 certificates verified as a job (an office); or rows of an earlier roster again, "
        "put right."
    )
    async def verify_roster(
        self, info: Info, input: Annotated[VerifyRosterInput, strawberry.argument(description="Which, and why.")]
    ) -> VerifyRosterResult:
        context = info.context
        rows = [
            rosters.GivenRow(each.number, each.name, each.document, each.obtained_on, each.level, each.line)
            for each in input.roster_rows
        ]
        corrects = None if input.corrects is None else from_node_id(input.corrects, "Roster", "input", "corrects")
        asked = rosters.AskedRoster(input.purpose, input.legal_basis, corrects)
        done = await rosters.start_given(context.registry, context.actor, rows, asked, input.idempotency_key)
        roster = to_node_id("Roster", UUID(done.result["roster_id"]))
        return VerifyRosterSuccess(command=CommandReceipt.of(done), roster=roster)

    @strawberry.mutation(
        description="Be told if any certificate that a roster found is suspended, reinstated, revoked or corrected "
        "(the office that had it verified). Watching again ends the roster's watch before."
    )
    async def watch_roster(
        self, info: Info, input: Annotated[WatchRosterInput, strawberry.argument(description="Which.")]
    ) -> RosterWatchResult:
        context = info.context
        roster_id = from_node_id(input.roster, "Roster", "input", "roster")
        asked = roster_watches.AskedRosterWatch(roster_id, input.purpose, input.until)
        return RosterWatchSuccess.of(
            await roster_watches.watch_roster(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(description="Be told of what a roster found no more (the office that watches it).")
    async def end_roster_watch(
        self, info: Info, input: Annotated[EndRosterWatchInput, strawberry.argument(description="Which.")]
    ) -> RosterWatchResult:
        context = info.context
        roster_id = from_node_id(input.roster, "Roster", "input", "roster")
        return RosterWatchSuccess.of(
            await roster_watches.end_roster_watch(context.registry, context.actor, roster_id, input.idempotency_key)
        )
