"""Integrity records as the API gives and takes them, and what followed for placements."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.recalls import RecallCounts
from talent_registry.api.researchers import Researcher, load_researcher, who
from talent_registry.api.standing import StandingConsequence
from talent_registry.domain import errors
from talent_registry.domain.integrity import IntegrityAct, IntegrityEntry, IntegrityFinding
from talent_registry.domain.messages import Message
from talent_registry.services import integrity
from talent_registry.services.registry import Done

described(
    IntegrityAct,
    "What was done to an integrity record last.",
    {
        "RECORDED": "It stands as it was recorded.",
        "CORRECTED": "What it says was put right.",
        "LIFTED": "It was lifted before its last day.",
        "ANNULLED": "It was lifted from its first day on: it never stood.",
    },
)
RECORD = "Opaque id of the integrity record."
FOUND_ON = "Day of the finding."
FIRST = "First day on which the record stands, inclusive: not before the finding, not after today."
LAST = (
    "Last day, inclusive, as the finding states it; an explicit null until it is lifted. It must be stated: no term is "
    "added (Order 40 of the Ministry "
    "of Human Resources and Social Security speaks of three years for fraud)."
)
GROUND = "What was found, 1 to 500 characters, without an identity number."
BASIS = "The provision on which it rests, 1 to 500 characters."


@strawberry.type(
    description="An integrity record: a finding that stands against a person for some days (clause G2). While it "
    "stands, nothing the person holds is recognised."
)
class IntegrityRecord:
    id: strawberry.ID = strawberry.field(description=RECORD)
    act: IntegrityAct = strawberry.field(description="What was done to it last.")
    found_on: date = strawberry.field(description=FOUND_ON)
    from_: date = strawberry.field(name="from", description="First day on which it stands, inclusive.")
    until: date | None = strawberry.field(description="Last day, inclusive; null until it is lifted.")
    ground: str = strawberry.field(description="What was found.")
    legal_basis: str = strawberry.field(description="The provision on which it rests.")
    because: str | None = strawberry.field(description="Why it was corrected, lifted or annulled; null if it was not.")
    recorded_at: datetime = strawberry.field(description="When it was recorded as it is.")
    source_id: strawberry.Private[UUID]

    @strawberry.field(description="The authority that recorded it so.")
    async def source(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.source_id)

    @classmethod
    def of(cls, entry: IntegrityEntry) -> "IntegrityRecord":
        """The record as GraphQL gives it."""
        found = entry.finding
        return cls(
            id=to_node_id("IntegrityRecord", entry.record_id),
            act=entry.act,
            found_on=found.found_on,
            from_=found.since,
            until=found.until,
            ground=found.ground,
            legal_basis=found.legal_basis,
            because=entry.because,
            recorded_at=entry.recorded_at,
            source_id=entry.source_id,
        )


async def load_records_of(info: Info, person_id: UUID) -> list[IntegrityRecord] | None:
    """The records of a person that was shown with the decisions; None where they are not the caller's to see."""
    found = await load(info.context, integrity.list_of_people, person_id)
    return None if found is None else [IntegrityRecord.of(one) for one in found]


@strawberry.input(description="A finding to record against a person.")
class RecordIntegrityFindingInput:
    researcher: strawberry.ID = strawberry.field(description="The person: opaque id or public number.")
    found_on: date = strawberry.field(description=FOUND_ON)
    from_: date = strawberry.field(name="from", description=FIRST)
    ground: str = strawberry.field(description=GROUND)
    legal_basis: str = strawberry.field(description=BASIS)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    until: date | None = strawberry.field(default=strawberry.UNSET, description=LAST)


@strawberry.input(description="The right finding in the place of a recorded one.")
class CorrectIntegrityRecordInput:
    record: strawberry.ID = strawberry.field(description=RECORD)
    found_on: date = strawberry.field(description=FOUND_ON)
    from_: date = strawberry.field(name="from", description=FIRST)
    ground: str = strawberry.field(description=GROUND)
    legal_basis: str = strawberry.field(description=BASIS)
    because: str = strawberry.field(description="Why it is corrected, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    until: date | None = strawberry.field(default=strawberry.UNSET, description=LAST)


@strawberry.input(description="An integrity record to lift.")
class LiftIntegrityRecordInput:
    record: strawberry.ID = strawberry.field(description=RECORD)
    because: str = strawberry.field(description="Why it is lifted, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    from_: date | None = strawberry.field(
        name="from",
        default=None,
        description="First day on which it no longer stands, today at the latest; today if left out. From its first "
        "day or earlier it is annulled: it never stood.",
    )


@strawberry.type(description="An integrity record was recorded or changed, and what rests on it followed.")
class IntegrityRecordSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    consequences: list[StandingConsequence] = strawberry.field(
        description="What followed for the person's placements: those for whose post the record takes the recognition "
        "end (RECOGNITION_LOST), proposals are withdrawn. What ended stays ended when a record is lifted."
    )
    recalled: RecallCounts = strawberry.field(description="What relied on what changed.")
    record_id: strawberry.Private[UUID]
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="The record as it stands now; null for whoever may not keep it any more.")
    async def integrity_record(self, info: Info) -> IntegrityRecord | None:
        found = await load(info.context, integrity.list_records, self.record_id)
        return None if found is None else IntegrityRecord.of(found)

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.person_id)

    @classmethod
    def of(cls, done: Done) -> "IntegrityRecordSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(
            command=CommandReceipt.of(done),
            consequences=[StandingConsequence.of(one) for one in done.result["consequences"]],
            recalled=RecallCounts.of(done),
            record_id=UUID(done.result["record_id"]),
            person_id=UUID(done.result["researcher_id"]),
        )


IntegrityRecordResult = Annotated[
    IntegrityRecordSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union(
        "IntegrityRecordResult", description="The integrity record and what followed, or why nothing was recorded."
    ),
]


@strawberry.type
class IntegrityMutation:
    @strawberry.mutation(
        description="Record a finding against a person (provincial authority of the household or home unit, or of an "
        "issuer of the person's credentials). What it takes the ground from ends in the same transaction."
    )
    async def record_integrity_finding(
        self,
        info: Info,
        input: Annotated[RecordIntegrityFindingInput, strawberry.argument(description="The finding.")],
    ) -> IntegrityRecordResult:
        context = info.context
        asked = integrity.NewFinding(who(input.researcher), _finding(input))
        done = await integrity.record_finding(context.registry, context.actor, asked, input.idempotency_key)
        return IntegrityRecordSuccess.of(done)

    @strawberry.mutation(
        description="Put the right finding in the place of a recorded one (authority of the province that recorded "
        "it). Nothing is erased."
    )
    async def correct_integrity_record(
        self,
        info: Info,
        input: Annotated[CorrectIntegrityRecordInput, strawberry.argument(description="The right finding.")],
    ) -> IntegrityRecordResult:
        context = info.context
        asked = integrity.FindingCorrection(_record(input.record), _finding(input), input.because)
        done = await integrity.correct_finding(context.registry, context.actor, asked, input.idempotency_key)
        return IntegrityRecordSuccess.of(done)

    @strawberry.mutation(
        description="Lift an integrity record from a day on, or annul it (authority of the province that recorded it)."
    )
    async def lift_integrity_record(
        self,
        info: Info,
        input: Annotated[LiftIntegrityRecordInput, strawberry.argument(description="Which, from when, and why.")],
    ) -> IntegrityRecordResult:
        context = info.context
        asked = integrity.Lifting(_record(input.record), input.because, input.from_)
        done = await integrity.lift_record(context.registry, context.actor, asked, input.idempotency_key)
        return IntegrityRecordSuccess.of(done)


def _record(text: strawberry.ID) -> UUID:
    return from_node_id(text, "IntegrityRecord", "input", "record")


def _finding(input: RecordIntegrityFindingInput | CorrectIntegrityRecordInput) -> IntegrityFinding:
    if input.until is strawberry.UNSET:
        raise errors.InvalidInput(
            Message(
                zh="请按认定文书填写截止日；无截止日的，请明确填写 null。",
                en="State the last day as the finding does, or null where it has none.",
            ),
            reason="LAST_DAY_NOT_STATED",
            path=("input", "until"),
        )
    return IntegrityFinding(input.found_on, input.from_, input.until, input.ground, input.legal_basis)
