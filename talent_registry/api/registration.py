"""Registering a person through the API."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.services import researchers

NAME_ZH = "The name as on the identity document, at most 100 characters; other separators become U+00B7."
NOT_LATER = "not later than today; today if left out"


@strawberry.input(description="A name.")
class NameInput:
    name_zh: str = strawberry.field(description=NAME_ZH)
    name_en: str | None = strawberry.field(default=None, description="The name in English.")
    since: date | None = strawberry.field(default=None, description=f"First day, {NOT_LATER}.")


@strawberry.input(description="An identity document.")
class DocumentInput:
    kind: str = strawberry.field(description="Kind of document, a code of the catalogue.")
    number: str = strawberry.field(description="The number, as typed; it is kept sealed and never shown in full.")
    since: date | None = strawberry.field(default=None, description=f"First day, {NOT_LATER}.")


@strawberry.input(description="A household registration.")
class HouseholdInput:
    division: str = strawberry.field(description="The division (GB/T 2260), in force on the first day.")
    since: date | None = strawberry.field(default=None, description=f"First day, {NOT_LATER}.")


@strawberry.input(description="A personnel relation.")
class PersonnelRelationInput:
    home_unit: strawberry.ID = strawberry.field(description="Home unit (opaque id).")
    file_unit: strawberry.ID | None = strawberry.field(
        default=None, description="Unit that keeps the personnel file (opaque id)."
    )
    insurance_division: str | None = strawberry.field(
        default=None, description="Division in which social insurance is paid (GB/T 2260)."
    )
    since: date | None = strawberry.field(default=None, description=f"First day, {NOT_LATER}.")


@strawberry.input(description="A person to register. People are told apart by document, never by name.")
class RegisterResearcherInput:
    name: NameInput = strawberry.field(description="The name.")
    document: DocumentInput = strawberry.field(description="An identity document.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    household: HouseholdInput | None = strawberry.field(
        default=None, description="Household registration; left out for people who have none in the mainland."
    )
    personnel_relation: PersonnelRelationInput | None = strawberry.field(
        default=None, description="Personnel relation; an HR office names its own unit."
    )


@strawberry.type(description="The person was registered.")
class RegisterResearcherSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    public_number: str = strawberry.field(description="The person's public number.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.person_id)


RegisterResearcherResult = Annotated[
    RegisterResearcherSuccess | NotFound | NotPermitted | InvalidInput | Conflict | Limited,
    strawberry.union("RegisterResearcherResult", description="The person, or why they were not registered."),
]


@strawberry.type
class RegistrationMutation:
    @strawberry.mutation(
        description="Register a person (home unit HR for own staff, authority for households in its province)."
    )
    async def register_researcher(
        self,
        info: Info,
        input: Annotated[RegisterResearcherInput, strawberry.argument(description="The person.")],
    ) -> RegisterResearcherResult:
        context = info.context
        done = await researchers.register(context.registry, context.actor, _asked(input), input.idempotency_key)
        return RegisterResearcherSuccess(
            command=CommandReceipt.of(done),
            public_number=done.result["public_number"],
            person_id=UUID(done.result["researcher_id"]),
        )


def _asked(asked: RegisterResearcherInput) -> researchers.NewPerson:
    household, relation = asked.household, asked.personnel_relation
    return researchers.NewPerson(
        name_zh=asked.name.name_zh,
        name_en=asked.name.name_en,
        named_since=asked.name.since,
        document_kind=asked.document.kind,
        document_number=asked.document.number,
        document_since=asked.document.since,
        household=household.division if household else None,
        household_since=household.since if household else None,
        home_unit_id=unit_id(relation.home_unit, "personnelRelation", "homeUnit") if relation else None,
        file_unit_id=unit_id(relation.file_unit, "personnelRelation", "fileUnit") if relation else None,
        insurance_division=relation.insurance_division if relation else None,
        employed_since=relation.since if relation else None,
    )


def unit_id(text: str | None, *path: str) -> UUID | None:
    """The organisation an input names by opaque id; None stays None."""
    return None if text is None else from_node_id(text, "Organisation", "input", *path)
