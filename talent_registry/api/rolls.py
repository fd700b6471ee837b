"""Importing a roll through the API."""

import base64
import binascii
from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, LocalisedText, NotFound, NotPermitted
from talent_registry.api.nodes import to_node_id
from talent_registry.domain import errors
from talent_registry.domain import roll_problems as domain
from talent_registry.domain.messages import Message
from talent_registry.domain.roll_results import RollOutcome
from talent_registry.services import rolls

MOST_LISTED = 100


@strawberry.type(description="Something about one row of a roll: what must be mended, or what was left as recorded.")
class RollProblem:
    line: int = strawberry.field(description="The row's number in a spreadsheet.")
    column: str = strawberry.field(description="The column's header.")
    cell: str = strawberry.field(description="The cell, such as D17; empty if the roll lacks the column.")
    reason: str = strawberry.field(description="A code, stable, for programs.")
    message: LocalisedText = strawberry.field(description="What is the matter; never a personal value.")
    fix: LocalisedText = strawberry.field(description="What to do about it.")

    @classmethod
    def of(cls, problem: domain.CellProblem) -> "RollProblem":
        """The problem as GraphQL gives it."""
        return cls(
            line=problem.line,
            column=problem.column_header,
            cell=problem.cell_ref,
            reason=problem.reason,
            message=LocalisedText.of(problem.message),
            fix=LocalisedText.of(problem.fix),
        )


@strawberry.type(description="How many of each; one row may correct a credential and change its status.")
class RollCounts:
    rows: int = strawberry.field(description="Data rows of the roll.")
    refused: int = strawberry.field(description="Rows that changed nothing, because of a problem.")
    repeated: int = strawberry.field(description="Rows that say what an earlier row of the roll says.")
    people_new: int = strawberry.field(description="People registered.")
    people_matched: int = strawberry.field(description="People who were registered before, matched by document.")
    facts_corrected: int = strawberry.field(
        description="Households and personnel relations that an earlier roll of the same office stated otherwise."
    )
    organisations_new: int = strawberry.field(description="Organisations registered.")
    filings_new: int = strawberry.field(description="Committee filings recorded.")
    filings_superseded: int = strawberry.field(description="Committee filings recorded anew.")
    credentials_new: int = strawberry.field(description="Credentials recorded.")
    credentials_unchanged: int = strawberry.field(description="Credentials that stay as they were recorded.")
    credentials_corrected: int = strawberry.field(
        description="Credentials corrected; what was recorded stays readable."
    )
    status_changed: int = strawberry.field(description="Credentials whose record status changed, from today on.")
    placements_affected: int = strawberry.field(
        description="Placements that rest on a credential whose status changed."
    )


@strawberry.type(description="What became of a roll.")
class RollImport:
    digest: str = strawberry.field(description="SHA-256 (hex) of what the rows say, whatever the file's encoding.")
    counts: RollCounts = strawberry.field(description="How many of each.")
    problems: list[RollProblem] = strawberry.field(description="What must be mended, by row; at most 100.")
    problems_left_out: int = strawberry.field(description="Further problems, not listed.")
    notes: list[RollProblem] = strawberry.field(description="What was left as recorded, by row; at most 100.")
    notes_left_out: int = strawberry.field(description="Further notes, not listed.")

    @classmethod
    def of(cls, outcome: RollOutcome) -> "RollImport":
        """The outcome as GraphQL gives it."""
        counts = outcome.counts
        return cls(
            digest=outcome.digest,
            counts=RollCounts(**{name: getattr(counts, name) for name in RollCounts.__annotations__}),
            problems=[RollProblem.of(each) for each in outcome.problems[:MOST_LISTED]],
            problems_left_out=outcome.problems_left_out + len(outcome.problems[MOST_LISTED:]),
            notes=[RollProblem.of(each) for each in outcome.notes[:MOST_LISTED]],
            notes_left_out=outcome.notes_left_out + len(outcome.notes[MOST_LISTED:]),
        )


@strawberry.input(description="A roll to import.")
class ImportRollInput:
    content: str = strawberry.field(
        description="The file (CSV in UTF-8 or GB 18030) in base64, as far as a request may be large; "
        "larger rolls are imported on the command line."
    )
    idempotency_key: str = strawberry.field(
        description=f"{IDEMPOTENCY_KEY} The identical roll is answered again under any key."
    )


@strawberry.type(description="The roll was imported, apart from the rows with problems.")
class ImportRollSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    roll: RollImport = strawberry.field(description="What became of it.")


ImportRollResult = Annotated[
    ImportRollSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("ImportRollResult", description="What became of the roll, or why it was not imported."),
]


@strawberry.type
class RollMutation:
    @strawberry.mutation(
        description="Import a roll of credentials (provincial authority, own province; issuer, own rows). "
        "The identical roll is answered again and changes nothing."
    )
    async def import_roll(
        self, info: Info, input: Annotated[ImportRollInput, strawberry.argument(description="The roll.")]
    ) -> ImportRollResult:
        context = info.context
        outcome = await rolls.import_roll(
            context.registry, context.actor, _decoded(input.content), input.idempotency_key
        )
        receipt = CommandReceipt(
            id=to_node_id("Command", outcome.command_id),
            ledger_sequence=outcome.sequence,
            replayed=outcome.replayed,
        )
        return ImportRollSuccess(command=receipt, roll=RollImport.of(outcome))


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise errors.InvalidInput(
            Message(
                zh="名册内容不是有效的 base64。请将文件按 base64 编码后提交。",
                en="The roll's content is not valid base64. Encode the file as base64.",
            ),
            reason="NOT_BASE64",
            path=("input", "content"),
        ) from None
