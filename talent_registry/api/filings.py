"""Filing review committees through the API."""

from datetime import date
from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.organisations import CommitteeFiling
from talent_registry.api.recalls import RecallCounts
from talent_registry.api.standing import StandingConsequence
from talent_registry.services import filings, organisations


@strawberry.input(description="A review committee to file.")
class FileCommitteeInput:
    filing_number: str = strawberry.field(description="Number of the filing.")
    authority: strawberry.ID = strawberry.field(description="Opaque id of the authority that files.")
    committee_name: str = strawberry.field(description="Name of the committee.")
    filed_from: date = strawberry.field(description="First day of the filing.")
    filed_to: date = strawberry.field(description="Last day of the filing, inclusive.")
    max_level: str = strawberry.field(description="Highest title level the committee may review.")
    series: list[str] = strawberry.field(description="Title series the committee may review (at most 100).")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The committee was filed.")
class FileCommitteeSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    filing: CommitteeFiling = strawberry.field(description="The filing.")
    consequences: list[StandingConsequence] = strawberry.field(
        description="What followed for placements whose recognition, decided anew for today, changed with a corrected "
        "filing."
    )
    recalled: RecallCounts = strawberry.field(description="What relied on the filing before it was corrected.")


FileCommitteeResult = Annotated[
    FileCommitteeSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("FileCommitteeResult", description="The filing, or why it was not made."),
]


@strawberry.type
class FilingMutation:
    @strawberry.mutation(
        description="File a review committee, or correct its filing (provincial authority, own province)."
    )
    async def file_committee(
        self, info: Info, input: Annotated[FileCommitteeInput, strawberry.argument(description="The filing.")]
    ) -> FileCommitteeResult:
        context = info.context
        asked = organisations.NewFiling(
            input.filing_number,
            from_node_id(input.authority, "Organisation", "input", "authority"),
            input.committee_name,
            input.filed_from,
            input.filed_to,
            input.max_level,
            tuple(input.series),
        )
        done = await filings.file_committee(context.registry, context.actor, asked, input.idempotency_key)
        filing = await organisations.get_filing(context.registry, context.actor, done.result["filing_number"])
        return FileCommitteeSuccess(
            command=CommandReceipt.of(done),
            filing=CommitteeFiling.of(filing),
            consequences=[StandingConsequence.of(one) for one in done.result.get("consequences", ())],
            recalled=RecallCounts.of(done),
        )
