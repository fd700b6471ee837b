"""What is known of a sample person as rows of the tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Table

from talent_registry.domain.credentials import CredentialRecord, CredentialVersion
from talent_registry.domain.decisions import RecognitionDecision, findings_as_json, message_as_json
from talent_registry.domain.generation import SamplePerson
from talent_registry.domain.generation_acts import SampleAccount
from talent_registry.domain.identifiers import TEST_RESIDENT_ID
from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.storage import tables
from talent_registry.storage.generation_placement_rows import Row, add_placement
from talent_registry.storage.ids import new_id

_VERSION_COLUMNS: Final = tuple(
    name for name in CredentialVersion.__slots__ if name not in ("details", "defaulted", "targeted_area")
)


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A sample person with what the registry's keys and readings make of number and name, and the public number."""

    person: SamplePerson
    document_id: UUID
    number_sealed: bytes = field(repr=False)
    key_id: str
    number_digest: bytes = field(repr=False)
    number_masked: str = field(repr=False)
    pinyin: str = field(repr=False)
    sort_key: str = field(repr=False)
    search_keys: list[str] = field(repr=False)
    sequence: int
    public_number: str


@dataclass(frozen=True, slots=True)
class Written:
    """By which command and when a sample is recorded; `password_hash` opens no account."""

    command_id: UUID
    at: datetime
    password_hash: str = field(repr=False)


_ROWS_OF_PEOPLE: Final = (
    tables.researcher,
    tables.researcher_name,
    tables.identity_document,
    tables.household_registration,
    tables.personnel_relation,
    tables.account,
    tables.credential,
    tables.credential_version,
    tables.credential_status,
    tables.recognition_decision,
    tables.placement,
    tables.placement_round,
    tables.placement_signature,
    tables.placement_event,
)


def unit_rows(
    units: Iterable[Organisation], filings: Iterable[CommitteeFiling], written: Written
) -> dict[Table, list[Row]]:
    """Rows of organisations and committee filings."""
    by = {"command_id": written.command_id}
    return {
        tables.organisation: [
            {
                "id": unit.id,
                "name_zh": unit.name_zh,
                "name_en": unit.name_en,
                "kind": unit.kind,
                "division": unit.division,
                "registered_at": written.at,
                **by,
            }
            for unit in units
        ],
        tables.committee_filing: [
            {
                "id": filing.id,
                "filing_number": filing.filing_number,
                "authority_id": filing.authority_id,
                "committee_name": filing.committee_name,
                "filed_from": filing.filed_from,
                "filed_to": filing.filed_to,
                "max_level": filing.max_level,
                "series": list(filing.series),
                "recorded_at": filing.recorded_at,
                **by,
            }
            for filing in filings
        ],
    }


def people_rows(
    people: Iterable[SealedPerson], authorities: dict[str, UUID], written: Written
) -> dict[Table, list[Row]]:
    """Rows of people; `authorities` by province state what no home unit does."""
    rows: dict[Table, list[Row]] = {table: [] for table in _ROWS_OF_PEOPLE}
    by = {"command_id": written.command_id}
    for sealed in people:
        person = sealed.person
        _add_person(rows, sealed, authorities[f"{person.career.residence.division[:2]}0000"], written)
        rows[tables.account] += [_account_row(one, written) for one in person.accounts]
        for record in person.credentials:
            _add_credential(rows, record, written)
        rows[tables.recognition_decision] += [{**_decision_row(one), **by} for one in person.decisions]
        for placed in person.placements:
            add_placement(rows, placed, by)
    return rows


def _add_person(rows: dict[Table, list[Row]], sealed: SealedPerson, authority: UUID, written: Written) -> None:
    career = sealed.person.career

    def fact(row_id: UUID, source: UUID, since: date, until: date | None = None) -> Row:
        return {
            "id": row_id,
            "researcher_id": career.id,
            "source_id": source,
            "valid_from": since,
            "valid_until": until,
            "recorded_at": written.at,
            "command_id": written.command_id,
        }

    rows[tables.researcher].append(
        {
            "id": career.id,
            "sequence": sealed.sequence,
            "public_number": sealed.public_number,
            "registered_at": written.at,
            "command_id": written.command_id,
        }
    )
    rows[tables.researcher_name].append(
        {
            **fact(new_id(), authority, career.number.born),
            "name_zh": career.name,
            "pinyin": sealed.pinyin,
            "sort_key": sealed.sort_key,
            "search_keys": sealed.search_keys,
        }
    )
    rows[tables.identity_document].append(
        {
            **fact(sealed.document_id, authority, career.began),
            "kind": TEST_RESIDENT_ID,
            "number_sealed": sealed.number_sealed,
            "key_id": sealed.key_id,
            "number_digest": sealed.number_digest,
            "number_masked": sealed.number_masked,
        }
    )
    residence = career.residence
    rows[tables.household_registration].append(
        {**fact(new_id(), authority, residence.since), "division": residence.division}
    )
    for one in career.employments:
        unit = one.unit.organisation
        rows[tables.personnel_relation].append(
            {
                **fact(new_id(), unit.id, one.since, one.until),
                "home_unit_id": unit.id,
                "file_unit_id": unit.id,
                "insurance_division": unit.division,
            }
        )


def _account_row(opened: SampleAccount, written: Written) -> Row:
    return {
        "id": opened.id,
        "login": f"sample-{opened.id.hex}",
        "password_hash": written.password_hash,
        "kind": "HR" if opened.researcher_id is None else "RESEARCHER",
        "organisation_id": opened.organisation_id,
        "researcher_id": opened.researcher_id,
        "opened_at": written.at,
        "command_id": written.command_id,
    }


def _add_credential(rows: dict[Table, list[Row]], record: CredentialRecord, written: Written) -> None:
    new, version, by = record.credential, record.version, written.command_id
    rows[tables.credential].append(
        {
            "id": new.id,
            "kind": new.kind,
            "number": new.number,
            "issuer_id": new.issuer_id,
            "researcher_id": new.researcher_id,
            "registered_at": new.registered_at,
            "command_id": by,
        }
    )
    rows[tables.credential_version].append(
        {
            **{name: getattr(version, name) for name in _VERSION_COLUMNS},
            "details": Jsonb(version.details.stated()),
            "defaulted": list(version.defaulted),
            "targeted_area": None if version.targeted_area is None else list(version.targeted_area),
            "command_id": by,
        }
    )
    rows[tables.credential_status] += [
        {
            "id": span.id,
            "credential_id": new.id,
            "status": span.status.value,
            "ground": span.ground,
            "valid_from": span.valid_from,
            "valid_until": span.valid_until,
            "recorded_at": span.recorded_at,
            "command_id": by,
        }
        for span in record.spans
    ]


def _decision_row(decided: RecognitionDecision) -> Row:
    made = decided.decision
    return {
        "id": decided.id,
        "credential_id": decided.credential_id,
        "researcher_id": decided.researcher_id,
        "target_division": decided.target.division,
        "target_zone": decided.target.zone,
        "employer_kind": decided.target.employer_kind,
        "post_series": decided.target.post_series,
        "decided_for": decided.decided_for,
        "known_at": decided.known_at,
        "decided_at": decided.decided_at,
        "agreement_version": made.version_id,
        "agreement_digest": made.digest,
        "outcome": made.outcome.value,
        "rule": made.rule,
        "reason_code": made.reason_code,
        "message": Jsonb(message_as_json(made.message)),
        "findings": Jsonb(findings_as_json(made.findings)),
        "facts": Jsonb([fact.as_json() for fact in decided.facts]),
    }
