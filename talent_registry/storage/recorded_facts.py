"""The facts of every recorded credential as rows of SQL: what `domain.credential_facts.facts_of` gives for one."""

from datetime import date

from sqlalchemy import (
    Date,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from talent_registry.domain.credentials import RecordStatus, Standing
from talent_registry.storage.credentials import stands
from talent_registry.storage.decision_facts import UNRECORDED, Fact, Facts, is_overseas, province_in
from talent_registry.storage.tables import committee_filing, credential, credential_status, credential_version

_NATIONAL_EXAM = "NATIONAL_EXAM"
_AS_RECORDED = (
    "level",
    "issuer_kind",
    "issuer_division",
    "approval_date",
    "route",
    "delegated",
)


def recorded_facts(on: date) -> Select[tuple[object, ...]]:
    """One row for each credential as it is recorded now and stands on the day; facts of some kinds stay in `details`.

    Columns: `id`, `researcher_id`, what every kind has under the names of `Facts`, and `details`.
    """
    version, status, filing = credential_version, credential_status, committee_filing
    revocation = (
        select(status.c.credential_id, func.min(status.c.valid_from).label("revoked_on"))
        .where(status.c.superseded_at.is_(None), status.c.status == RecordStatus.REVOKED.value)
        .group_by(status.c.credential_id)
        .subquery("revocation")
    )
    country = version.c.details["issuer_country"].astext
    source_province = case((country.is_(None), province_in(version.c.issuer_division)))
    overseas = is_overseas(country, source_province)
    rows: FromClause = (
        version.join(credential, credential.c.id == version.c.credential_id)
        .outerjoin(status, and_(status.c.credential_id == credential.c.id, _holds(status, on)))
        .outerjoin(revocation, revocation.c.credential_id == credential.c.id)
        .outerjoin(filing, and_(filing.c.filing_number == version.c.filing_number, filing.c.superseded_at.is_(None)))
    )
    return (
        select(
            credential.c.id,
            credential.c.researcher_id,
            credential.c.kind,
            # Before its day of issue it stands as if in public notice.
            func.coalesce(status.c.status, RecordStatus.PUBLICITY.value).label("status"),
            func.left(version.c.title_code, 2).label("series"),
            *(version.c[name] for name in _AS_RECORDED),
            overseas.label("overseas"),
            case((overseas, null()), else_=source_province).label("issuing_province"),
            version.c.found_in_lookup.label("found_in_query"),
            revocation.c.revoked_on,
            version.c.valid_from.label("issued_on"),
            version.c.valid_until.label("valid_to"),
            filing.c.id.is_not(None).label("filed"),
            filing.c.filed_from,
            filing.c.filed_to,
            filing.c.max_level.label("filed_level"),
            filing.c.series.label("filed_series"),
            version.c.delegation_level.label("delegation_letter"),
            # An empty area says the same as none: not targeted.
            func.nullif(version.c.targeted_area, cast(array([]), ARRAY(Text))).label("targeted_area"),
            version.c.details,
        )
        .select_from(rows)
        .where(version.c.superseded_at.is_(None))
    )


def facts_of_row(row: Subquery, **target: Fact) -> Facts:
    """The facts in a row that has the columns of `recorded_facts`, towards a target that is given."""
    stated = row.c.details
    details = {
        name: stated[name].astext
        for name in ("military_status", "qualification", "grade", "unit_division", "permit_class", "card")
    }
    recorded = {
        name: row.c[name]
        for name in (
            *("kind", "status", "series", *_AS_RECORDED, "overseas", "issuing_province", "found_in_query"),
            *("revoked_on", "issued_on", "valid_to", "filed", "filed_from", "filed_to", "filed_level"),
            *("filed_series", "delegation_letter", "targeted_area"),
        )
    }
    return Facts(
        **recorded, **details, registered_to=cast(stated["registered_to"].astext, Date), **{**UNRECORDED, **target}
    )


def exam_certificates(researcher_id: Fact, on: date) -> Fact:
    """The series of the national examinations that a person has passed and whose certificates are valid on a day."""
    version = credential_version
    series = (
        select(version.c.series)
        .join(credential, credential.c.id == version.c.credential_id)
        .where(
            credential.c.researcher_id == researcher_id,
            version.c.superseded_at.is_(None),
            version.c.series.is_not(None),
            version.c.series != "",
            version.c.route == _NATIONAL_EXAM,
            stands(Standing.VALID, on),
        )
        .correlate_except(version, credential)
    )
    return func.array(series.scalar_subquery(), type_=ARRAY(Text))


def _holds(status: FromClause, on: date) -> Fact:
    return and_(
        status.c.superseded_at.is_(None),
        status.c.valid_from <= literal(on, Date),
        or_(status.c.valid_until.is_(None), status.c.valid_until >= literal(on, Date)),
    )
