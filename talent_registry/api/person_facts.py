"""Facts about a person as the API gives them, each with its source, the days it holds and when it was recorded."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.domain import researchers
from talent_registry.domain.divisions import province_of
from talent_registry.domain.ledger import Entry
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services.relations import Withheld as WithheldField

described(
    PersonField,
    "What can be disclosed of a person, each on its own (Personal Information Protection Law, art. 6 and 14).",
    {
        "NAME": "Name, its reading and former names.",
        "DOCUMENTS": "Identity documents, their numbers masked.",
        "HOUSEHOLD": "Household registration.",
        "PERSONNEL_RELATION": "Home unit, place of the personnel file and of social insurance.",
        "CONTACT": "E-mail address and telephone number.",
        "DISCIPLINE": "Discipline.",
        "KEYWORDS": "Keywords.",
        "ORCID": "ORCID iD.",
        "CREDENTIALS": "Credentials.",
        "DECISIONS": "Recognition decisions.",
        "PLACEMENTS": "Placements.",
    },
)
described(
    Visibility,
    "To whom a person shows an item of the profile.",
    {
        "PUBLIC": "Whoever signed in and states a purpose.",
        "RECOGNISED_PARTIES": "Home unit, host units of live placements, authorities of the person's provinces, and "
        "whoever has a consent that names the item.",
        "PRIVATE": "The person alone, and whoever has a consent that names the item.",
    },
)


@strawberry.type(description="Where a fact comes from, on which days it holds, and when the registry held it.")
class Provenance:
    valid_from: date = strawberry.field(description="First day on which the fact holds.")
    valid_until: date | None = strawberry.field(description="Last day, inclusive; null until further notice.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")
    superseded_at: datetime | None = strawberry.field(description="When another record took its place; null if none.")
    source_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The organisation that stated the fact; null where the operator or the person did.")
    async def source(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.source_id)

    @classmethod
    def of(cls, provenance: researchers.Provenance) -> "Provenance":
        """The provenance as GraphQL gives it."""
        return cls(
            valid_from=provenance.valid_from,
            valid_until=provenance.valid_until,
            recorded_at=provenance.recorded_at,
            superseded_at=provenance.superseded_at,
            source_id=provenance.source_id,
        )


@strawberry.type(description="A name a person bears or bore.")
class PersonName:
    name_zh: str = strawberry.field(description="The name as on the identity document; separator U+00B7.")
    name_en: str | None = strawberry.field(description="The name in English, where stated.")
    pinyin: str = strawberry.field(description="The reading by GB/T 28039.")
    provenance: Provenance = strawberry.field(description="Source, days and record.")

    @classmethod
    def of(cls, name: researchers.PersonName) -> "PersonName":
        """The name as GraphQL gives it."""
        return cls(
            name_zh=name.name_zh,
            name_en=name.name_en,
            pinyin=name.pinyin,
            provenance=Provenance.of(name.provenance),
        )


@strawberry.type(description="An identity document; its number is never shown in full.")
class IdentityDocument:
    id: strawberry.ID = strawberry.field(description="Opaque id, by which the document can be replaced.")
    kind: str = strawberry.field(description="Kind of document, a code of the catalogue.")
    number_masked: str = strawberry.field(description="The number with its middle hidden.")
    provenance: Provenance = strawberry.field(description="Source, days and record.")

    @classmethod
    def of(cls, document: researchers.PersonDocument) -> "IdentityDocument":
        """The document as GraphQL gives it."""
        return cls(
            id=to_node_id("IdentityDocument", document.id),
            kind=document.kind,
            number_masked=document.number_masked,
            provenance=Provenance.of(document.provenance),
        )


@strawberry.type(description="A household registration. No placement changes it.")
class HouseholdRegistration:
    division: str = strawberry.field(description="The division (GB/T 2260).")
    province: str = strawberry.field(description="The province (GB/T 2260).")
    provenance: Provenance = strawberry.field(description="Source, days and record.")

    @classmethod
    def of(cls, household: researchers.Household) -> "HouseholdRegistration":
        """The household registration as GraphQL gives it."""
        return cls(
            division=household.division,
            province=province_of(household.division),
            provenance=Provenance.of(household.provenance),
        )


@strawberry.type(
    description="A personnel relation: with which unit, where file and insurance are. No placement changes it."
)
class PersonnelRelation:
    insurance_division: str | None = strawberry.field(
        description="Division in which social insurance is paid (GB/T 2260); null where not stated."
    )
    provenance: Provenance = strawberry.field(description="Source, days and record.")
    home_unit_id: strawberry.Private[UUID]
    file_unit_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The home unit.")
    async def home_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.home_unit_id)

    @strawberry.field(description="The unit that keeps the personnel file; null where not stated.")
    async def file_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.file_unit_id)

    @classmethod
    def of(cls, relation: researchers.PersonnelRelation) -> "PersonnelRelation":
        """The personnel relation as GraphQL gives it."""
        return cls(
            insurance_division=relation.insurance_division,
            provenance=Provenance.of(relation.provenance),
            home_unit_id=relation.home_unit_id,
            file_unit_id=relation.file_unit_id,
        )


@strawberry.type(description="All that was ever recorded of a person, superseded records included, by first day.")
class PersonHistory:
    names: list[PersonName] = strawberry.field(description="Names.")
    documents: list[IdentityDocument] = strawberry.field(description="Identity documents, masked.")
    households: list[HouseholdRegistration] = strawberry.field(description="Household registrations.")
    personnel_relations: list[PersonnelRelation] = strawberry.field(description="Personnel relations.")


@strawberry.type(description="A command that the ledger holds about a record; what it said stays in the ledger.")
class LedgerEntry:
    sequence: int = strawberry.field(description="Number of the entry in the ledger.")
    name: str = strawberry.field(description="Name of the command.")
    at: datetime = strawberry.field(description="When it was carried out.")
    actor_kind: str = strawberry.field(description="What the account acted as.")

    @classmethod
    def of(cls, entry: Entry) -> "LedgerEntry":
        """The entry as GraphQL gives it."""
        return cls(sequence=entry.sequence, name=entry.name, at=entry.recorded_at, actor_kind=entry.actor_kind)


@strawberry.type(description="A field that was asked for and is not shown: null there does not mean absent.")
class Withheld:
    path: list[str] = strawberry.field(description="The field of the person.")
    reason: str = strawberry.field(description="CONSENT_REQUIRED, PRIVATE or NOT_YOURS.")
    message: LocalisedText = strawberry.field(description="How to obtain it.")

    @classmethod
    def of(cls, withheld: WithheldField, name: str) -> "Withheld":
        """The withheld field as GraphQL gives it."""
        return cls(path=[name], reason=withheld.reason, message=LocalisedText.of(withheld.message))
