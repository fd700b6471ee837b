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

EXAM_CERTIFICATES: Final = "holder.exam_certificates"
INTEGRITY_RECORD: Final = "holder.integrity_record"
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
_DAYS = frozenset({"approval_date", "issued_on", "valid_to", "revoked_on", "registered_to"})
# Every fact of a version that a decision is told, by its name in the decision, and where the version stores it.
STORED_FACTS = {f"credential.{name}": _STORED_AS.get(name, name) for name in _OF_VERSION}
# What a verification shows of a version beside these.
SHOWN_FACTS = {f"credential.{name}": name for name in ("title_name", "series", "specialty", "filing_number")}
STATUS_FACT = "credential.status"
COMMITTEE_FACT = "credential.committee"


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


def exam_certificates(others: Iterable[CredentialRecord], on: date) -> list[UsedFact]:
    """The series of the holder's national examinations that stand on the day, each with the certificate's source.

    Known from the instant at which both the certificate and its record status were recorded.
    """
    return [
        UsedFact(
            EXAM_CERTIFICATES,
            [other.version.series],
            other.version.source_id,
            max((other.version.recorded_at, *(span.recorded_at for span in other.spans if span.holds_on(on)))),
        )
        for other in others
        if other.version.series and other.version.route == NATIONAL_EXAM and other.standing(on) is Standing.VALID
    ]


def holder_facts_of(used: Iterable[UsedFact]) -> questions.HolderFacts:
    """What the facts used say of the holder; the rest holds by default."""
    used = tuple(used)
    series = (code for fact in used if fact.name == EXAM_CERTIFICATES for code in fact.value)
    records = [_integrity_record(fact.value) for fact in used if fact.name == INTEGRITY_RECORD]
    return questions.HolderFacts(exam_certificates=frozenset(series), integrity_record=next(iter(records), None))


def _integrity_record(days: dict[str, Any]) -> questions.IntegrityRecord:
    until = days["until"]
    return questions.IntegrityRecord(
        date.fromisoformat(days["from"]), None if until is None else date.fromisoformat(until)
    )


def credential_facts_of(used: Iterable[UsedFact]) -> questions.CredentialFacts:
    """The facts of the credential, from what `used_facts` gave."""
    stated = {
        fact.name.removeprefix("credential."): fact.value
        for fact in used
        if fact.name.startswith("credential.") and fact.value is not None
    }
    for name in _DAYS & stated.keys():
        stated[name] = date.fromisoformat(stated[name])
    if not stated.get("issuer_country", True):
        # As in `facts_of`: an empty country says the same as none.
        del stated["issuer_country"]
    if "targeted_area" in stated:
        # As in `facts_of`: an empty area says the same as none.
        stated["targeted_area"] = frozenset(stated["targeted_area"]) or None
    if "committee" in stated:
        stated["committee"] = _committee_filed(stated["committee"])
    return questions.CredentialFacts(**stated)


def source_province_of(facts: questions.CredentialFacts) -> str | None:
    """The province of the issuer's division; None where the issuer sits outside the mainland."""
    if (facts.issuer_country or questions.HOME_COUNTRY) != questions.HOME_COUNTRY or facts.issuer_division is None:
        return None
    return province_of(facts.issuer_division)


def used_facts(record: CredentialRecord, filing: CommitteeFiling | None, on: date) -> list[UsedFact]:
    """The same facts one by one, as far as they are stated or hold by default, each with its source."""
    version, source = record.version, record.version.source_id
    used = [UsedFact("credential.kind", record.credential.kind, source, record.credential.registered_at)]
    span = next((each for each in record.spans if each.holds_on(on)), None)
    # Before the day of issue the day of issue itself says that it stands as if in public notice.
    used.append(_not_yet(version) if span is None else _status(span, record))
    revoked = next((each for each in record.spans if each.status is RecordStatus.REVOKED), None)
    if revoked is not None:
        day = revoked.valid_from.isoformat()
        used.append(UsedFact("credential.revoked_on", day, record.credential.issuer_id, revoked.recorded_at))
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
        used.append(UsedFact(COMMITTEE_FACT, filing.facts, filing.authority_id, filing.recorded_at))
    return used


def _status(span: StatusSpan, record: CredentialRecord) -> UsedFact:
    # The status is the issuer's to state, whoever recorded it.
    return UsedFact(STATUS_FACT, span.status.value, record.credential.issuer_id, span.recorded_at)


def _not_yet(version: CredentialVersion) -> UsedFact:
    return UsedFact(
        "credential.status", RecordStatus.PUBLICITY.value, version.source_id, version.recorded_at, defaulted=True
    )


def _committee(filing: CommitteeFiling | None) -> questions.CommitteeFiling | None:
    if filing is None:
        return None
    return questions.CommitteeFiling(filing.filed_from, filing.filed_to, filing.max_level, frozenset(filing.series))


def _committee_filed(filing: dict[str, Any]) -> questions.CommitteeFiling:
    return questions.CommitteeFiling(
        date.fromisoformat(filing["filed_from"]),
        date.fromisoformat(filing["filed_to"]),
        filing["max_level"],
        frozenset(filing["series"]),
    )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
