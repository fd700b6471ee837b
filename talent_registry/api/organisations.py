"""Organisations and committee filings as the API gives them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.domain import organisations as domain
from talent_registry.services import organisations


@strawberry.type(description="A home unit, host unit, issuer, authority or agency.")
class Organisation(Node):
    name_zh: str = strawberry.field(description="Name in Chinese.")
    name_en: str | None = strawberry.field(description="Name in English, where known.")
    kind: str = strawberry.field(description="Kind of organisation, a code of the catalogue.")
    division: str = strawberry.field(description="Division it lies in (GB/T 2260).")
    province: str = strawberry.field(description="Province it lies in (GB/T 2260).")
    social_credit_code: str | None = strawberry.field(description="Unified social credit code; null until it is known.")
    ror_id: str | None = strawberry.field(description="ROR id, where known.")

    @classmethod
    def of(cls, unit: domain.Organisation) -> "Organisation":
        """The organisation as GraphQL gives it."""
        return cls(
            id=to_node_id("Organisation", unit.id),
            name_zh=unit.name_zh,
            name_en=unit.name_en,
            kind=unit.kind,
            division=unit.division,
            province=unit.province,
            social_credit_code=unit.social_credit_code,
            ror_id=unit.ror_id,
        )


async def load_organisation(info: Info, organisation_id: UUID | None) -> Organisation | None:
    """The organisation with this id, fetched together with its siblings."""
    if organisation_id is None:
        return None
    unit = await load(info.context, organisations.list_by_ids, organisation_id)
    return None if unit is None else Organisation.of(unit)


@strawberry.type(description="The filing of a review committee with its authority.")
class CommitteeFiling:
    filing_number: str = strawberry.field(description="Number of the filing.")
    committee_name: str = strawberry.field(description="Name of the committee.")
    filed_from: date = strawberry.field(description="First day of the filing.")
    filed_to: date = strawberry.field(description="Last day of the filing, inclusive.")
    max_level: str = strawberry.field(description="Highest title level the committee may review.")
    series: list[str] = strawberry.field(description="Title series the committee may review.")
    authority_id: strawberry.Private[UUID]

    @strawberry.field(description="The authority that filed the committee.")
    async def authority(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.authority_id)

    @classmethod
    def of(cls, filing: domain.CommitteeFiling) -> "CommitteeFiling":
        """The filing as GraphQL gives it."""
        return cls(
            filing_number=filing.filing_number,
            committee_name=filing.committee_name,
            filed_from=filing.filed_from,
            filed_to=filing.filed_to,
            max_level=filing.max_level,
            series=list(filing.series),
            authority_id=filing.authority_id,
        )


@strawberry.input(description="An organisation to register.")
class RegisterOrganisationInput:
    name_zh: str = strawberry.field(description="Name in Chinese.")
    kind: str = strawberry.field(description="Kind of organisation, a code of the catalogue.")
    division: str = strawberry.field(description="Division it lies in (GB/T 2260).")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    name_en: str | None = strawberry.field(default=None, description="Name in English.")
    social_credit_code: str | None = strawberry.field(default=None, description="Unified social credit code.")
    ror_id: str | None = strawberry.field(default=None, description="ROR id.")


@strawberry.type(description="The organisation was registered.")
class RegisterOrganisationSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    organisation: Organisation = strawberry.field(description="The organisation.")


RegisterOrganisationResult = Annotated[
    RegisterOrganisationSuccess | NotPermitted | InvalidInput | Conflict,
    strawberry.union("RegisterOrganisationResult", description="The organisation, or why it was not registered."),
]


@strawberry.type
class OrganisationQuery:
    @strawberry.field(description="Organisations by age of their record.")
    async def organisations(
        self,
        info: Info,
        province: Annotated[str | None, strawberry.argument(description="Only of this province.")] = None,
        kind: Annotated[str | None, strawberry.argument(description="Only of this kind.")] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the page before.")] = None,
    ) -> Connection[Organisation]:
        context = info.context
        page = await organisations.list_organisations(
            context.registry, context.actor, page_request(first, after), province=province, kind=kind
        )
        return connection_of(page, Organisation.of)

    @strawberry.field(description="Committee filings now recorded.")
    async def committee_filings(
        self,
        info: Info,
        authority: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this authority (opaque id).")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the page before.")] = None,
    ) -> Connection[CommitteeFiling]:
        context = info.context
        authority_id = None if authority is None else from_node_id(authority, "Organisation", "authority")
        page = await organisations.list_filings(
            context.registry, context.actor, page_request(first, after), authority_id=authority_id
        )
        return connection_of(page, CommitteeFiling.of)


@strawberry.type
class OrganisationMutation:
    @strawberry.mutation(description="Register an organisation (provincial authority, own province).")
    async def register_organisation(
        self,
        info: Info,
        input: Annotated[RegisterOrganisationInput, strawberry.argument(description="The organisation.")],
    ) -> RegisterOrganisationResult:
        context = info.context
        asked = organisations.NewOrganisation(
            input.name_zh, input.kind, input.division, input.name_en, input.social_credit_code, input.ror_id
        )
        done = await organisations.register(context.registry, context.actor, asked, input.idempotency_key)
        unit = await organisations.get_organisation(
            context.registry, context.actor, UUID(done.result["organisation_id"])
        )
        return RegisterOrganisationSuccess(command=CommandReceipt.of(done), organisation=Organisation.of(unit))
