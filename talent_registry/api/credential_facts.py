"""The facts of a credential as the API gives them: title, validity, status by days, source, versions."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.domain import credentials as domain
from talent_registry.services import credential_reads

described(
    domain.RecordStatus,
    "What the issuer's record says of a credential on a day.",
    {
        "VALID": "The record is good.",
        "PUBLICITY": "The public notice is not finished, or the certificate is not issued.",
        "SUSPENDED": "It may not be relied on until it is reinstated.",
        "REVOKED": "It was withdrawn for good.",
    },
)
described(
    domain.Standing,
    "How a credential stands on a day: derived from its record status and its days.",
    {
        "NOT_YET_ISSUED": "The day is before its day of issue.",
        "VALID": "It may be relied on.",
        "PENDING": "In public notice, or not issued.",
        "SUSPENDED": "Suspended, whether or not its validity has ended.",
        "REVOKED": "Revoked; outweighs everything else.",
        "EXPIRED": "Its last day of validity has passed.",
    },
)


@strawberry.type(description="A professional title.")
class CredentialTitle:
    code: str = strawberry.field(description="Four-digit code; the first two digits are the series.")
    name: str = strawberry.field(description="Name as printed, perhaps an old name of the title.")
    series: str = strawberry.field(description="Title series, two digits (27 series).")
    level: str = strawberry.field(description="Level, a code of the catalogue.")

    @classmethod
    def of(cls, version: domain.CredentialVersion) -> "CredentialTitle | None":
        """The title, where the credential is one."""
        if version.title_code is None:
            return None
        return cls(
            code=version.title_code,
            name=version.title_name or "",
            series=version.series or "",
            level=version.level or "",
        )


@strawberry.type(description="The days of a credential, both inclusive.")
class Validity:
    from_: date = strawberry.field(name="from", description="Day of issue.")
    until: date | None = strawberry.field(description="Last day; null: without end.")

    @classmethod
    def of(cls, version: domain.CredentialVersion) -> "Validity":
        """The validity as GraphQL gives it."""
        return cls(from_=version.valid_from, until=version.valid_until)


@strawberry.type(description="Days, inclusive, on which the record has one status.")
class StatusSpan:
    status: domain.RecordStatus = strawberry.field(description="The record status.")
    ground: str | None = strawberry.field(description="Why, as the office stated it.")
    from_: date = strawberry.field(name="from", description="First day.")
    until: date | None = strawberry.field(description="Last day; null: until further notice.")
    recorded_at: datetime = strawberry.field(description="When this was recorded.")
    superseded_at: datetime | None = strawberry.field(description="When it was superseded; null: held true now.")

    @classmethod
    def of(cls, span: domain.StatusSpan) -> "StatusSpan":
        """The span as GraphQL gives it."""
        return cls(
            status=span.status,
            ground=span.ground,
            from_=span.valid_from,
            until=span.valid_until,
            recorded_at=span.recorded_at,
            superseded_at=span.superseded_at,
        )


@strawberry.type(description="Where the facts of a credential come from.")
class CredentialSource:
    recorded_at: datetime = strawberry.field(description="When they were recorded.")
    superseded_at: datetime | None = strawberry.field(description="When they were superseded; null: held true now.")
    defaulted: list[str] = strawberry.field(description="Facts that the source did not state; they hold by default.")
    source_id: strawberry.Private[UUID]

    @strawberry.field(description="The organisation that stated them.")
    async def organisation(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.source_id)

    @classmethod
    def of(cls, version: domain.CredentialVersion) -> "CredentialSource":
        """The source as GraphQL gives it."""
        return cls(
            recorded_at=version.recorded_at,
            superseded_at=version.superseded_at,
            defaulted=list(version.defaulted),
            source_id=version.source_id,
        )


@strawberry.type(description="What was recorded of a credential at one time.")
class CredentialVersion:
    title: CredentialTitle | None = strawberry.field(description="The title, for a professional title.")
    level: str | None = strawberry.field(description="Level, a code of the catalogue.")
    specialty: str | None = strawberry.field(description="Specialty, as the certificate says.")
    route: str = strawberry.field(description="How it was obtained, a code of the catalogue.")
    approval_date: date | None = strawberry.field(description="Day of approval.")
    filing_number: str | None = strawberry.field(description="Filing of the review committee that it cites.")
    validity: Validity = strawberry.field(description="Days of issue and of end of validity.")
    source: CredentialSource = strawberry.field(description="Who stated this, when, and what holds by default.")

    @classmethod
    def of(cls, version: domain.CredentialVersion) -> "CredentialVersion":
        """The version as GraphQL gives it."""
        return cls(
            title=CredentialTitle.of(version),
            level=version.level,
            specialty=version.specialty,
            route=version.route,
            approval_date=version.approval_date,
            filing_number=version.filing_number,
            validity=Validity.of(version),
            source=CredentialSource.of(version),
        )


@strawberry.type(description="All that was ever recorded of a credential, in the order of recording.")
class CredentialHistory:
    versions: list[CredentialVersion] = strawberry.field(description="Every version of its facts.")
    status_spans: list[StatusSpan] = strawberry.field(description="Every span of its record status.")

    @classmethod
    def of(cls, history: credential_reads.CredentialHistory) -> "CredentialHistory":
        """The history as GraphQL gives it."""
        return cls(
            versions=[CredentialVersion.of(version) for version in history.versions],
            status_spans=[StatusSpan.of(span) for span in history.spans],
        )
