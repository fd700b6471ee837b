"""What a decision is told of a credential: the facts held true at one instant, each with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain import questions
from talent_registry.domain.credentials import CredentialRecord, CredentialVersion, RecordStatus, Standing, StatusSpan
from talent_registry.domain.divisions import province_of
from talent_registry.domain.organisations import CommitteeFiling

NATIONAL_EXAM: Final = "NATIONAL_EXAM"

# Facts of a decision that a version stores under another name.
_STORED_AS = {
    "certificate": "certificate_medium",
    "found_in_query": "found_in_lookup",
    "delegation_letter": "delegation_level",
    "issued_on": "valid_from",
    "valid_to": "valid_until",
}
_OF_VERSION = (
    "title_code",
    "level",
    "issuer_kind",
    "issuer_division",
    "route",
    "approval_date",
    "origin_division",
    "certificate",
    "found_in_query",
    "issued_on",
    "valid_to",
    "delegated",
    "delegation_letter",
    "targeted_area",
)


@dataclass(frozen=True, slots=True)
class UsedFact:
    """One fact as it was used: value in JSON, the organisation that stated it, when it was recorded.

    `defaulted`: the source did not state it, and it holds by default.
    """

    name: str
    value: Any
    source_id: UUID
    recorded_at: datetime
    defaulted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The fact as JSON."""
        return {
            "name": self.name,
            "value": self.value,
            "source": str(self.source_id),
            "recorded_at": self.recorded_at.isoformat(),
            "defaulted": self.defaulted,
        }


def facts_of(record: CredentialRecord, filing: CommitteeFiling | None, on: date) -> questions.CredentialFacts:
    """The facts of a credential on a day; before its day of issue it stands as if in public notice."""
    version = record.version
    details = version.details
    return questions.CredentialFacts(
        kind=record.credential.kind,
        status=record.status(on) or RecordStatus.PUBLICITY,
        title_code=version.title_code,
        level=version.level,
        issuer_kind=version.issuer_kind,
        issuer_division=version.issuer_division,
        issuer_country=details.issuer_country or questions.HOME_COUNTRY,
        approval_date=version.approval_date,
        route=version.route,
        origin_division=version.origin_division,
        certificate=version.certificate_medium,
        found_in_query=version.found_in_lookup,
        revoked_on=record.revoked_on,
        issued_on=version.valid_from,
        valid_to=version.valid_until,
        committee=_committee(filing),
        delegated=version.delegated,
        delegation_letter=version.delegation_level,
        # An empty area says the same as none: not targeted.
        targeted_area=frozenset(version.targeted_area) if version.targeted_area else None,
        military_status=details.military_status,
        qualification=details.qualification,
        grade=details.grade,
        registered_to=details.registered_to,
        unit_division=details.unit_division,
        permit_class=details.permit_class,
        card=details.card,
        card_class=details.card_class,
        skill_level=details.skill_level,
    )


def used_facts(record: CredentialRecord, filing: CommitteeFiling | None, on: date) -> list[UsedFact]:
    """The same facts one by one, as far as they are stated or hold by default, each with its source."""
    version, source = record.version, record.version.source_id
    used = [UsedFact("credential.kind", record.credential.kind, source, record.credential.registered_at)]
    span = next((each for each in record.spans if each.holds_on(on)), None)
    if span is not None:
        used.append(_status(span, record))
    for name in _OF_VERSION:
        stored = _STORED_AS.get(name, name)
        value, defaulted = getattr(version, stored), stored in version.defaulted
        if value is not None or defaulted:
            used.append(UsedFact(f"credential.{name}", _plain(value), source, version.recorded_at, defaulted))
    used += [
        UsedFact(f"credential.{name}", value, source, version.recorded_at)
        for name, value in version.details.stated().items()
    ]
    if filing is not None:
        used.append(UsedFact("credential.committee", _filing(filing), filing.authority_id, filing.recorded_at))
    return used


def holder_of(held: Iterable[CredentialRecord], on: date) -> questions.HolderFacts:
    """What all that a person holds says of them on a day: the national examinations passed, by series."""
    return questions.HolderFacts(
        exam_certificates=frozenset(
            one.version.series
            for one in held
            if one.version.series and one.version.route == NATIONAL_EXAM and one.standing(on) is Standing.VALID
        )
    )


def source_province_of(version: CredentialVersion) -> str | None:
    """The province that issued a credential; None where its issuer sits outside the mainland."""
    return province_of(version.issuer_division) if version.details.issuer_country is None else None


def _status(span: StatusSpan, record: CredentialRecord) -> UsedFact:
    # The status is the issuer's to state, whoever recorded it.
    return UsedFact("credential.status", span.status.value, record.credential.issuer_id, span.recorded_at)


def _committee(filing: CommitteeFiling | None) -> questions.CommitteeFiling | None:
    if filing is None:
        return None
    return questions.CommitteeFiling(filing.filed_from, filing.filed_to, filing.max_level, frozenset(filing.series))


def _filing(filing: CommitteeFiling) -> dict[str, Any]:
    return {
        "filing_number": filing.filing_number,
        "filed_from": filing.filed_from.isoformat(),
        "filed_to": filing.filed_to.isoformat(),
        "max_level": filing.max_level,
        "series": list(filing.series),
    }


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
