"""Researchers as the API gives them: what the caller may see, and for the rest why it is withheld."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.disputes import Dispute, load_disputes
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, kind_and_id, to_node_id
from talent_registry.api.person_facts import (
    HouseholdRegistration,
    IdentityDocument,
    LedgerEntry,
    PersonHistory,
    PersonName,
    PersonnelRelation,
    Withheld,
)
from talent_registry.api.profile_items import ContactItem, KeywordsItem, TextItem
from talent_registry.api.selections import purpose_along, selected_fields
from talent_registry.domain.correction_cases import field_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import DISCLOSES, NAME_OF
from talent_registry.services import accesses, histories, search

if TYPE_CHECKING:
    from talent_registry.api.credentials import Credential
    from talent_registry.api.integrity import IntegrityRecord
    from talent_registry.api.placements import Placement
    from talent_registry.api.recognition import RecognitionDecision

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the page before.")]
Purpose = Annotated[
    str,
    strawberry.argument(
        description="For what purpose the record is read, 1 to 200 characters; the person can see it "
        "(Personal Information Protection Law, art. 6)."
    ),
]


@strawberry.type(
    description="A researcher, as far as the caller may see the person. "
    "Each look by someone else is noted for the person, with its purpose and exactly the fields shown."
)
class Researcher(Node):
    public_number: str = strawberry.field(description="Public number with check character (ISO 7064 MOD 11-2).")
    registered_at: datetime = strawberry.field(description="When the person was registered.")
    basis: str = strawberry.field(description='The relations by which the caller sees this, joined by "+".')
    withheld: list[Withheld] = strawberry.field(description="Fields asked for that are not shown, and why.")
    name: PersonName | None = strawberry.field(description="The name today.")
    former_names: list[PersonName] | None = strawberry.field(description="Names borne before.")
    documents: list[IdentityDocument] | None = strawberry.field(description="Identity documents, masked.")
    household: HouseholdRegistration | None = strawberry.field(description="Household registration today.")
    personnel_relation: PersonnelRelation | None = strawberry.field(description="Personnel relation today.")
    contact: ContactItem | None = strawberry.field(description="How the person wishes to be reached.")
    discipline: TextItem | None = strawberry.field(description="Discipline, in the person's words.")
    keywords: KeywordsItem | None = strawberry.field(description="Keywords of the person's work.")
    orcid: TextItem | None = strawberry.field(description="ORCID iD (ISO 27729).")
    history: PersonHistory | None = strawberry.field(
        description="All that was ever recorded (the person and the authority of the province)."
    )
    person_id: strawberry.Private[UUID]
    shown: strawberry.Private[frozenset[PersonField]]

    @strawberry.field(
        description="Commands about this record in the ledger, oldest first (the person and the authority of the "
        "province; null for others)."
    )
    async def ledger_entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[LedgerEntry] | None:
        asked = histories.EntriesOf(self.person_id, page_request(first, after))
        page = await load(info.context, histories.list_entries, asked)
        return None if page is None else connection_of(page, LedgerEntry.of)

    @strawberry.field(
        description="The facts, of those shown here, that the person disputes now; they stand as recorded "
        "until the case is settled. Those of credentials: see `Credential.disputes`."
    )
    async def disputes(self, info: Info) -> list[Dispute]:
        found = await load_disputes(info, self.person_id, None)
        return [one for one in found if field_of(one.fact) in self.shown]

    @strawberry.field(description="The person's credentials, as far as the caller may see them; null where withheld.")
    async def credentials(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Annotated["Credential", strawberry.lazy("talent_registry.api.credentials")]] | None:
        from talent_registry.api.credentials import load_credentials_of  # noqa: PLC0415 - the two types name each other

        if PersonField.CREDENTIALS not in self.shown:
            return None
        return await load_credentials_of(info, self.person_id, first, after)

    @strawberry.field(
        description="Recognitions decided about the person, oldest first, as far as the caller may see them; null "
        "where withheld."
    )
    async def decisions(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Annotated["RecognitionDecision", strawberry.lazy("talent_registry.api.recognition")]] | None:
        from talent_registry.api.recognition import load_decisions_of  # noqa: PLC0415 - the two types name each other

        if PersonField.DECISIONS not in self.shown:
            return None
        return await load_decisions_of(info, self.person_id, first, after)

    @strawberry.field(
        description="Integrity records against the person, oldest first (the person, the home unit, the authorities of "
        "the person's provinces); null for others."
    )
    async def integrity_records(
        self, info: Info
    ) -> list[Annotated["IntegrityRecord", strawberry.lazy("talent_registry.api.integrity")]] | None:
        from talent_registry.api.integrity import load_records_of  # noqa: PLC0415 - the two types name each other

        if PersonField.DECISIONS not in self.shown:
            return None
        return await load_records_of(info, self.person_id)

    @strawberry.field(
        description="The person's placements, oldest first, as far as the caller may see them; null where withheld."
    )
    async def placements(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Annotated["Placement", strawberry.lazy("talent_registry.api.placements")]] | None:
        from talent_registry.api.placements import load_placements_of  # noqa: PLC0415 - the two types name each other

        if PersonField.PLACEMENTS not in self.shown:
            return None
        return await load_placements_of(info, self.person_id, first, after)

    @classmethod
    def of(cls, seen: accesses.SeenPerson) -> "Researcher":
        """The person as GraphQL gives them."""
        shown, profile = seen.disclosure.shown, seen.profile
        name, household, relation = seen.name, seen.household, seen.relation
        contact = profile.get(PersonField.CONTACT)
        discipline, orcid = profile.get(PersonField.DISCIPLINE), profile.get(PersonField.ORCID)
        keywords = profile.get(PersonField.KEYWORDS)
        return cls(
            id=to_node_id("Researcher", seen.researcher.id),
            public_number=seen.researcher.public_number,
            registered_at=seen.researcher.registered_at,
            basis=seen.disclosure.basis,
            withheld=_withheld(seen),
            name=PersonName.of(name) if name else None,
            former_names=[PersonName.of(one) for one in seen.former_names] if PersonField.NAME in shown else None,
            documents=[IdentityDocument.of(one) for one in seen.current_documents]
            if PersonField.DOCUMENTS in shown
            else None,
            household=HouseholdRegistration.of(household) if household else None,
            personnel_relation=PersonnelRelation.of(relation) if relation else None,
            contact=ContactItem.of(contact) if contact else None,
            discipline=TextItem.of(discipline) if discipline else None,
            keywords=KeywordsItem.of(keywords) if keywords else None,
            orcid=TextItem.of(orcid) if orcid else None,
            history=_history(seen),
            person_id=seen.researcher.id,
            shown=shown,
        )


def _withheld(seen: accesses.SeenPerson) -> list[Withheld]:
    fields = [Withheld.of(one, NAME_OF[one.field]) for one in seen.disclosure.withheld]
    return [*fields, Withheld.of(seen.history_withheld, "history")] if seen.history_withheld else fields


def _history(seen: accesses.SeenPerson) -> PersonHistory | None:
    if not seen.history:
        return None
    return PersonHistory(
        names=[PersonName.of(one) for one in seen.names],
        documents=[IdentityDocument.of(one) for one in seen.documents],
        households=[HouseholdRegistration.of(one) for one in seen.households],
        personnel_relations=[PersonnelRelation.of(one) for one in seen.relations],
    )


def asked_of(info: Info, *path: str) -> tuple[frozenset[PersonField], bool]:
    """What the document asks of a researcher at `path` below the present field, and whether it asks for history."""
    names = selected_fields(info, "Researcher", *path)
    return frozenset(DISCLOSES[name] for name in names if name in DISCLOSES), "history" in names


async def load_researcher(info: Info, researcher_id: UUID | None, purpose: str | None = None) -> Researcher | None:
    """The person behind another record, fetched with their siblings; None where not the caller's to know of.

    Without a purpose of its own the look is taken along: for that of the question or command it belongs to.
    """
    if researcher_id is None:
        return None
    fields, history = asked_of(info)
    look = accesses.Look(researcher_id, fields, purpose or purpose_along(info), history)
    seen = await load(info.context, accesses.look_at_each, look)
    return None if seen is None else Researcher.of(seen)


def who(text: str) -> UUID | str:
    """Whom an input names: an opaque id of a researcher, or a public number as typed."""
    if kind_and_id(text) is not None:
        return from_node_id(text, "Researcher", "input", "researcher")
    return text


@strawberry.input(description="By what people are sought; nobody is found by a fact the caller may not see.")
class ResearcherFilter:
    name: str | None = strawberry.field(
        default=None, description="Beginning of the Chinese name, or pinyin in full, its beginning or its initials."
    )
    home_unit: strawberry.ID | None = strawberry.field(default=None, description="Home unit (opaque id).")
    division: str | None = strawberry.field(
        default=None, description="Division of the household, or one that contains it (GB/T 2260)."
    )
    series: str | None = strawberry.field(default=None, description="Title series of a credential.")


@strawberry.type
class ResearcherQuery:
    @strawberry.field(description="A researcher by public number or opaque id; the look is noted.")
    async def researcher(
        self,
        info: Info,
        purpose: Purpose,
        public_number: Annotated[str | None, strawberry.argument(description="Public number, as typed.")] = None,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Opaque id.")] = None,
    ) -> Researcher | None:
        context = info.context
        if (public_number is None) == (id is None):
            raise _one_of_both()
        person = public_number if public_number is not None else from_node_id(str(id), "Researcher", "id")
        fields, history = asked_of(info)
        return Researcher.of(
            await accesses.look_at(context.registry, context.actor, person or "", fields, purpose, history=history)
        )

    @strawberry.field(description="The caller's own record, whole; null for whoever is not a researcher.")
    async def me(self, info: Info) -> Researcher | None:
        context = info.context
        fields, history = asked_of(info)
        return Researcher.of(await accesses.look_at_self(context.registry, context.actor, fields, history=history))

    @strawberry.field(description="Researchers the caller may see, by pinyin; each look is noted.")
    async def researchers(
        self,
        info: Info,
        purpose: Purpose,
        filter: Annotated[ResearcherFilter | None, strawberry.argument(description="Whom to seek.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Researcher]:
        context = info.context
        fields, history = asked_of(info, "edges", "node")
        asked = people_sought(filter) if filter else search.PersonFilter()
        page = await search.search(
            context.registry, context.actor, asked, fields, purpose, page_request(first, after), history=history
        )
        return connection_of(page, Researcher.of)


def people_sought(asked: ResearcherFilter) -> search.PersonFilter:
    """What a filter of the API seeks."""
    unit = None if asked.home_unit is None else from_node_id(asked.home_unit, "Organisation", "filter", "homeUnit")
    return search.PersonFilter(asked.name, unit, asked.division, asked.series)


def _one_of_both() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="请填写公开编号或标识之一，且只填一个。",
            en="Give either the public number or the id, and only one of them.",
        ),
        reason="ONE_OF_BOTH",
        path=("publicNumber",),
    )
