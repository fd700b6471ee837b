"""What a recognition is asked about: the facts of a credential, its holder and the post, and the day."""

from dataclasses import dataclass
from datetime import date

from talent_registry.domain.divisions import province_of

HOME_COUNTRY = "CN"
# Taiwan, Hong Kong and Macao in GB/T 2260: their bodies issue outside the mainland's title system.
OVERSEAS_DIVISIONS = frozenset({"710000", "810000", "820000"})
SERIES_DIGITS = 2


@dataclass(frozen=True, slots=True)
class CommitteeFiling:
    """The filing of a review committee that a title cites: days inclusive, highest level, series it may review.

    `filed_to`, `max_level` or `series` None: the filing states no end, no highest level, no series.
    """

    filed_from: date
    filed_to: date | None
    max_level: str | None
    series: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class IntegrityRecord:
    """The days, inclusive, during which a finding of fraud stands against a person; `until` None: until lifted."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts:
    """What is recorded of one credential; codes are those of the catalogue, None means not stated.

    `delegation_letter` is the level of the authority that wrote it (COUNTY, PREFECTURE, PROVINCE, or CENTRAL_HR for the
    personnel department of a central unit). `targeted_area` holds the divisions within which a targeted title may be
    used; None for a title that is not targeted. `valid_to` and `registered_to` are last days, inclusive.
    """

    kind: str
    status: str = "VALID"
    title_code: str | None = None
    level: str | None = None
    issuer_kind: str | None = None
    issuer_division: str | None = None
    issuer_country: str = HOME_COUNTRY
    approval_date: date | None = None
    route: str | None = None
    origin_division: str | None = None
    certificate: str | None = None
    found_in_query: bool | None = None
    revoked_on: date | None = None
    publicity_from: date | None = None
    publicity_workdays: int | None = None
    issued_on: date | None = None
    valid_to: date | None = None
    committee: CommitteeFiling | None = None
    delegated: bool = False
    delegation_letter: str | None = None
    targeted_area: frozenset[str] | None = None
    military_status: str | None = None
    qualification: str | None = None
    grade: str | None = None
    registered_to: date | None = None
    unit_division: str | None = None
    permit_class: str | None = None
    card: str | None = None
    card_class: str | None = None
    skill_level: str | None = None

    @property
    def series(self) -> str | None:
        """The series of a title: the first two digits of its code."""
        return None if self.title_code is None else self.title_code[:SERIES_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderFacts:
    """What is known of the holder, without name or number; `exam_certificates` are series of national examinations.

    `request`: what the holder asks for beyond recognition (CONFIRMATION or NEW_TITLE).
    """

    name_matches: bool = True
    document_matches: bool = True
    retired: bool = False
    civil_servant: bool = False
    request: str | None = None
    integrity_record: IntegrityRecord | None = None
    exam_certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The post in the other province; `post_series` None: not tied to a series."""

    division: str
    employer_kind: str | None = None
    post_series: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Is this credential recognised for this post on this day? `source_province` None: issued outside the mainland."""

    credential: CredentialFacts
    target: Target
    source_province: str | None
    on: date
    holder: HolderFacts = HolderFacts()

    @property
    def overseas(self) -> bool:
        """Whether the credential was obtained abroad, in Hong Kong, Macao or Taiwan."""
        return (
            # An empty country says the same as none: the issuer sits at home.
            (self.credential.issuer_country or HOME_COUNTRY) != HOME_COUNTRY
            or self.source_province is None
            or self.source_province in OVERSEAS_DIVISIONS
        )

    @property
    def issuing_province(self) -> str | None:
        """The province that issued the credential; None where it comes from overseas.

        Read from what is recorded of the issuer, never from the holder's identity number or a unit's name.
        """
        if self.overseas or self.source_province is None:
            return None
        return province_of(self.source_province)

    @property
    def target_province(self) -> str:
        """The province of the post."""
        return province_of(self.target.division)
