"""Changes and corrections of what is recorded of a person, through the API."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.registration import NAME_ZH, unit_id
from talent_registry.api.researchers import Researcher, load_researcher, who
from talent_registry.domain.researchers import Amendment
from talent_registry.services import corrections
from talent_registry.services.registry import Done

WHOM = "The person: opaque id or public number."
SINCE = (
    "First day of the new fact. A change needs it, after the first day of the present one; a correction may move it."
)
HOW = "Whether the world changed or the record was wrong."
SETTLES = "The correction case that this settles (opaque id): it ends as CORRECTED in the same transaction."

described(
    Amendment,
    "How a recorded fact is amended. Nothing is erased either way.",
    {
        "CHANGE": "The fact changed on a day: the present one holds until the day before.",
        "CORRECTION": "The record was wrong: the new one takes its place for the same days.",
    },
)


@strawberry.input(description="A new or corrected name.")
class CorrectNameInput:
    researcher: strawberry.ID = strawberry.field(description=WHOM)
    how: Amendment = strawberry.field(description=HOW)
    name_zh: str = strawberry.field(description=NAME_ZH)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    name_en: str | None = strawberry.field(default=None, description="The name in English.")
    since: date | None = strawberry.field(default=None, description=SINCE)
    correction_case: strawberry.ID | None = strawberry.field(default=None, description=SETTLES)


@strawberry.input(description="A new or corrected household registration.")
class CorrectHouseholdInput:
    researcher: strawberry.ID = strawberry.field(description=WHOM)
    how: Amendment = strawberry.field(description=HOW)
    division: str = strawberry.field(description="The division (GB/T 2260), in force on the first day.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    since: date | None = strawberry.field(default=None, description=SINCE)
    correction_case: strawberry.ID | None = strawberry.field(default=None, description=SETTLES)


@strawberry.input(description="A new or corrected personnel relation.")
class CorrectPersonnelRelationInput:
    researcher: strawberry.ID = strawberry.field(description=WHOM)
    how: Amendment = strawberry.field(description=HOW)
    home_unit: strawberry.ID = strawberry.field(description="Home unit (opaque id).")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    file_unit: strawberry.ID | None = strawberry.field(
        default=None, description="Unit that keeps the personnel file (opaque id)."
    )
    insurance_division: str | None = strawberry.field(
        default=None, description="Division in which social insurance is paid (GB/T 2260)."
    )
    since: date | None = strawberry.field(default=None, description=SINCE)
    evidence: str | None = strawberry.field(
        default=None,
        description="Number of the paper that proves it; a new home unit must state it. Only a keyed digest is kept.",
    )
    correction_case: strawberry.ID | None = strawberry.field(default=None, description=SETTLES)


@strawberry.input(description="A further identity document, or one in the place of another.")
class CorrectDocumentInput:
    researcher: strawberry.ID = strawberry.field(description=WHOM)
    kind: str = strawberry.field(description="Kind of document, a code of the catalogue.")
    number: str = strawberry.field(description="The number, as typed; it is kept sealed and never shown in full.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    replaces: strawberry.ID | None = strawberry.field(
        default=None, description="The document it replaces (opaque id); left out for a further document."
    )
    how: Amendment = strawberry.field(default=Amendment.CHANGE, description=HOW)
    since: date | None = strawberry.field(default=None, description=SINCE)
    correction_case: strawberry.ID | None = strawberry.field(default=None, description=SETTLES)


def settled_case(text: strawberry.ID | None) -> UUID | None:
    """The correction case that a correction names."""
    return None if text is None else from_node_id(text, "CorrectionCase", "input", "correctionCase")


@strawberry.type(description="A record that was amended.")
class _Amended:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="The person, as far as the caller may (still) see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.person_id)

    @classmethod
    def of(cls, done: Done) -> Self:
        """The answer of the command as GraphQL gives it."""
        return cls(command=CommandReceipt.of(done), person_id=UUID(done.result["researcher_id"]))


@strawberry.type(description="The name was amended.")
class CorrectNameSuccess(_Amended):
    pass


@strawberry.type(description="The household registration was amended.")
class CorrectHouseholdSuccess(_Amended):
    pass


@strawberry.type(description="The personnel relation was amended.")
class CorrectPersonnelRelationSuccess(_Amended):
    pass


@strawberry.type(description="The identity documents were amended.")
class CorrectDocumentSuccess(_Amended):
    pass


CorrectNameResult = Annotated[
    CorrectNameSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("CorrectNameResult", description="The person, or why the name was not amended."),
]
CorrectHouseholdResult = Annotated[
    CorrectHouseholdSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union(
        "CorrectHouseholdResult", description="The person, or why the household registration was not amended."
    ),
]
CorrectPersonnelRelationResult = Annotated[
    CorrectPersonnelRelationSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union(
        "CorrectPersonnelRelationResult", description="The person, or why the personnel relation was not amended."
    ),
]
CorrectDocumentResult = Annotated[
    CorrectDocumentSuccess | NotFound | NotPermitted | InvalidInput | Conflict | Limited,
    strawberry.union(
        "CorrectDocumentResult", description="The person, or why the identity documents were not amended."
    ),
]


@strawberry.type
class CorrectionMutation:
    @strawberry.mutation(description="Change or correct a name (authority of the person's province).")
    async def correct_name(
        self,
        info: Info,
        input: Annotated[CorrectNameInput, strawberry.argument(description="The name.")],
    ) -> CorrectNameResult:
        context = info.context
        asked = corrections.NameCorrection(
            who(input.researcher),
            input.how,
            input.name_zh,
            input.name_en,
            input.since,
            settled_case(input.correction_case),
        )
        return CorrectNameSuccess.of(
            await corrections.correct_name(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Change or correct a household registration (authority of the person's province, which lets go; "
        "of the new one for a person who has neither household nor home unit)."
    )
    async def correct_household(
        self,
        info: Info,
        input: Annotated[CorrectHouseholdInput, strawberry.argument(description="The household.")],
    ) -> CorrectHouseholdResult:
        context = info.context
        asked = corrections.HouseholdCorrection(
            who(input.researcher), input.how, input.division, input.since, settled_case(input.correction_case)
        )
        return CorrectHouseholdSuccess.of(
            await corrections.correct_household(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Change or correct a personnel relation (present home unit; authority of its province; new home "
        "unit with evidence, once the person consented to open the relation to it). A placement never does."
    )
    async def correct_personnel_relation(
        self,
        info: Info,
        input: Annotated[CorrectPersonnelRelationInput, strawberry.argument(description="The relation.")],
    ) -> CorrectPersonnelRelationResult:
        context = info.context
        asked = corrections.RelationCorrection(
            who(input.researcher),
            input.how,
            from_node_id(input.home_unit, "Organisation", "input", "homeUnit"),
            unit_id(input.file_unit, "fileUnit"),
            input.insurance_division,
            input.since,
            input.evidence,
            settled_case(input.correction_case),
        )
        return CorrectPersonnelRelationSuccess.of(
            await corrections.correct_relation(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(description="Add or replace an identity document (authority of the person's province).")
    async def correct_document(
        self,
        info: Info,
        input: Annotated[CorrectDocumentInput, strawberry.argument(description="The document.")],
    ) -> CorrectDocumentResult:
        context = info.context
        replaces = input.replaces
        asked = corrections.DocumentCorrection(
            who(input.researcher),
            input.how,
            input.kind,
            input.number,
            None if replaces is None else from_node_id(replaces, "IdentityDocument", "input", "replaces"),
            input.since,
            settled_case(input.correction_case),
        )
        return CorrectDocumentSuccess.of(
            await corrections.correct_document(context.registry, context.actor, asked, input.idempotency_key)
        )
