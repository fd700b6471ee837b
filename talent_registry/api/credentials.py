"""Credentials as the API gives them, and the questions about them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credential_facts import (
    CredentialHistory,
    CredentialSource,
    CredentialTitle,
    StatusSpan,
    Validity,
)
from talent_registry.api.disputes import Dispute, load_disputes
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.organisations import CommitteeFiling, Organisation, load_organisation
from talent_registry.api.person_facts import LedgerEntry
from talent_registry.api.researchers import Purpose, Researcher, load_researcher
from talent_registry.api.selections import purpose_along
from talent_registry.domain import credentials as domain
from talent_registry.domain.pages import OfPerson
from talent_registry.services import credential_reads, organisations

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the page before.")]
On = Annotated[date | None, strawberry.argument(description="The legal day asked about; today if left out.")]
KnownAt = Annotated[
    datetime | None,
    strawberry.argument(description="By what the registry held true at this instant; now if left out."),
]


@strawberry.type(
    description="A credential: a professional title, qualification, degree, permit, card or skill level. "
    "Facts carry the days on which they hold and the time at which they were recorded; corrections erase nothing."
)
class Credential(Node):
    number: str = strawberry.field(
        description="Number of the certificate, as its issuer gives it; leading zeros count."
    )
    kind: str = strawberry.field(description="Kind of credential, a code of the catalogue.")
    title: CredentialTitle | None = strawberry.field(description="The title, for a professional title.")
    level: str | None = strawberry.field(description="Level, a code of the catalogue.")
    specialty: str | None = strawberry.field(description="Specialty, as the certificate says.")
    route: str = strawberry.field(description="How it was obtained, a code of the catalogue.")
    approval_date: date | None = strawberry.field(description="Day of approval.")
    validity: Validity = strawberry.field(description="Days of issue and of end of validity.")
    status_spans: list[StatusSpan] = strawberry.field(description="Record status by days, as recorded now.")
    source: CredentialSource = strawberry.field(description="Who stated these facts, when, and what holds by default.")
    record: strawberry.Private[domain.CredentialRecord]

    @strawberry.field(description="The organisation that issued it.")
    async def issuer(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.record.credential.issuer_id)

    @strawberry.field(description="Whose it is, as far as the caller may see the person; null otherwise.")
    async def holder(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.record.credential.researcher_id)

    @strawberry.field(description="The filing of the review committee that it cites, as recorded now.")
    async def committee(self, info: Info) -> CommitteeFiling | None:
        number = self.record.version.filing_number
        if number is None:
            return None
        filing = await load(info.context, organisations.list_filings_by_numbers, number)
        return None if filing is None else CommitteeFiling.of(filing)

    @strawberry.field(description="How it stands on a day; null where the registry knew nothing of it at `knownAt`.")
    async def standing(self, info: Info, on: On = None, known_at: KnownAt = None) -> domain.Standing | None:
        record = self.record
        if known_at is not None:
            known = credential_reads.Known(record.credential.id, known_at)
            found = await load(info.context, credential_reads.list_known, known)
            if found is None:
                return None
            record = found
        return record.standing(on or info.context.registry.today())

    @strawberry.field(description="Whether it is valid on a day, by what is recorded now.")
    async def is_valid(self, info: Info, on: On = None) -> bool:
        return self.record.standing(on or info.context.registry.today()) is domain.Standing.VALID

    @strawberry.field(
        description="All that was ever recorded of it (the holder, the issuer and the authorities of the province; "
        "null for others)."
    )
    async def history(self, info: Info) -> CredentialHistory | None:
        found = await load(info.context, credential_reads.list_histories, self.record.credential.id)
        return None if found is None else CredentialHistory.of(found)

    @strawberry.field(
        description="Commands about it in the ledger, oldest first (the holder, the issuer and the authorities of the "
        "province; null for others)."
    )
    async def ledger_entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[LedgerEntry] | None:
        asked = credential_reads.EntriesAbout(self.record.credential.id, page_request(first, after))
        page = await load(info.context, credential_reads.list_entries, asked)
        return None if page is None else connection_of(page, LedgerEntry.of)

    @strawberry.field(
        description="The facts of it that its holder disputes now; they stand as recorded until the case is settled."
    )
    async def disputes(self, info: Info) -> list[Dispute]:
        credential = self.record.credential
        return await load_disputes(info, credential.researcher_id, credential.id)

    @classmethod
    def of(cls, record: domain.CredentialRecord) -> "Credential":
        """The credential as GraphQL gives it."""
        version = record.version
        return cls(
            id=to_node_id("Credential", record.credential.id),
            number=record.credential.number,
            kind=record.credential.kind,
            title=CredentialTitle.of(version),
            level=version.level,
            specialty=version.specialty,
            route=version.route,
            approval_date=version.approval_date,
            validity=Validity.of(version),
            status_spans=[StatusSpan.of(span) for span in record.spans],
            source=CredentialSource.of(version),
            record=record,
        )


async def load_credential(info: Info, credential_id: UUID | None, purpose: str | None = None) -> Credential | None:
    """The credential behind another record, fetched with its siblings; None where not the caller's to know of.

    Without a purpose of its own the look is taken along: for that of the question or command it belongs to.
    """
    if credential_id is None:
        return None
    look = credential_reads.Look(credential_id, purpose or purpose_along(info))
    record = await load(info.context, credential_reads.list_looked_at, look)
    return None if record is None else Credential.of(record)


async def load_credentials_of(info: Info, researcher_id: UUID, first: int, after: str | None) -> Connection[Credential]:
    """A page of one person's credentials, fetched with those of the siblings; the look at the person covers it."""
    asked = OfPerson(researcher_id, page_request(first, after))
    return connection_of(await load(info.context, credential_reads.list_of_people, asked), Credential.of)


@strawberry.input(description="Which credentials to list; what is left out does not narrow the list.")
class CredentialFilter:
    holder: str | None = strawberry.field(default=None, description="Public number of the holder.")
    issuer: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the issuer.")
    number: str | None = strawberry.field(default=None, description="Number of the certificate, as typed.")
    series: str | None = strawberry.field(default=None, description="Title series, two digits.")
    level: str | None = strawberry.field(default=None, description="Level, a code of the catalogue.")
    standing: domain.Standing | None = strawberry.field(default=None, description="How it stands on the day `on`.")
    on: date | None = strawberry.field(default=None, description="The day of `standing`; today if left out.")


@strawberry.type
class CredentialQuery:
    @strawberry.field(description="One credential; the look is noted for its holder.")
    async def credential(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: Purpose,
    ) -> Credential:
        context = info.context
        record_id = from_node_id(id, "Credential", "id")
        return Credential.of(await credential_reads.get_credential(context.registry, context.actor, record_id, purpose))

    @strawberry.field(description="Credentials that the caller may see, by age of their record; each look is noted.")
    async def credentials(
        self,
        info: Info,
        purpose: Purpose,
        filter: Annotated[
            CredentialFilter | None, strawberry.argument(description="Which ones; all if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Credential]:
        context = info.context
        page = await credential_reads.list_credentials(
            context.registry,
            context.actor,
            page_request(first, after),
            sought_by(filter or CredentialFilter()),
            purpose,
        )
        return connection_of(page, Credential.of)


def sought_by(asked: CredentialFilter) -> credential_reads.Sought:
    """What a filter of the API seeks."""
    issuer = None if asked.issuer is None else from_node_id(asked.issuer, "Organisation", "filter", "issuer")
    return credential_reads.Sought(
        asked.holder, asked.number, issuer, asked.series, asked.level, asked.standing, asked.on
    )
