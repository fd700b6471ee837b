"""The facts of every recorded credential as rows of SQL: what `domain.credential_facts.facts_of` gives for one."""

from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, array, distinct_on

from talent_registry.domain.credentials import RecordStatus, Standing
from talent_registry.domain.questions import HOME_COUNTRY
from talent_registry.storage.credentials import stands
from talent_registry.storage.decision_facts import BARRIER, UNRECORDED, Fact, Facts, is_overseas, province_in
from talent_registry.storage.tables import (
    committee_filing,
    credential,
    credential_status,
    credential_version,
    integrity_record,
)

_NATIONAL_EXAM = "NATIONAL_EXAM"
_AS_RECORDED = (
    "level",
    "issuer_kind",
    "issuer_division",
    "approval_date",
    "route",
    "delegated",
)


# Views of the whole registry for the duty `simulate`, what is held true now alone; see the migration that makes them.
_CREDENTIAL = table(
    "simulated_credential",
    *(
        column(name, known.c[name].type)
        for known, names in (
            (credential, ("id", "researcher_id", "kind")),
            (
                credential_version,
                (
                    *("title_code", *_AS_RECORDED, "found_in_lookup", "valid_from", "valid_until"),
                    *("delegation_level", "targeted_area", "filing_number", "details"),
                ),
            ),
        )
        for name in names
    ),
)
_STATUS = table(
    "simulated_status",
    *(
        column(name, credential_status.c[name].type)
        for name in ("credential_id", "status", "valid_from", "valid_until")
    ),
)
_INTEGRITY = table(
    "simulated_integrity",
    *(
        column(name, integrity_record.c[name].type)
        for name in ("record_id", "researcher_id", "valid_from", "valid_until")
    ),
)


def recorded_facts(on: date, *, targeted: bool = False) -> Select[Any]:
    """One row for each credential as it is recorded now and stands on the day; facts of some kinds stay in `details`.

    Columns: `id`, `researcher_id`, what every kind has under the names of `Facts`, and `details`. `targeted`: only
    titles of targeted evaluation. There are rows for the duty `simulate` alone.
    """
    recorded, filing = _CREDENTIAL, committee_filing
    # Kept apart, so that the view's own condition is asked once and not for each pair of rows.
    status = select(_STATUS).where(_holds(_STATUS, on)).offset(BARRIER).subquery("status")
    revocation = (
        select(_STATUS.c.credential_id, func.min(_STATUS.c.valid_from).label("revoked_on"))
        .where(_STATUS.c.status == RecordStatus.REVOKED.value)
        .group_by(_STATUS.c.credential_id)
        .subquery("revocation")
    )
    # Of several that stand on the day the one that stands longest, as `domain.integrity.integrity_facts`.
    integrity = (
        select(_INTEGRITY)
        .ext(distinct_on(_INTEGRITY.c.researcher_id))
        .where(_holds(_INTEGRITY, on))
        .order_by(
            _INTEGRITY.c.researcher_id,
            _INTEGRITY.c.valid_until.desc().nulls_first(),
            _INTEGRITY.c.valid_from,
            _INTEGRITY.c.record_id,
        )
        .offset(BARRIER)
        .subquery("integrity")
    )
    country = func.nullif(recorded.c.details["issuer_country"].astext, HOME_COUNTRY)
    source_province = case((country.is_(None), province_in(recorded.c.issuer_division)))
    overseas = is_overseas(country, source_province)
    # An empty area says the same as none: not targeted.
    area = func.nullif(recorded.c.targeted_area, cast(array([]), ARRAY(Text)))
    rows: FromClause = (
        recorded.outerjoin(status, status.c.credential_id == recorded.c.id)
        .outerjoin(revocation, revocation.c.credential_id == recorded.c.id)
        .outerjoin(integrity, integrity.c.researcher_id == recorded.c.researcher_id)
        .outerjoin(filing, and_(filing.c.filing_number == recorded.c.filing_number, filing.c.superseded_at.is_(None)))
    )
    statement = select(
        recorded.c.id,
        recorded.c.researcher_id,
        recorded.c.kind,
        # Before its day of issue it stands as if in public notice.
        func.coalesce(status.c.status, RecordStatus.PUBLICITY.value).label("status"),
        func.left(recorded.c.title_code, 2).label("series"),
        *(recorded.c[name] for name in _AS_RECORDED),
        overseas.label("overseas"),
        case((overseas, null()), else_=source_province).label("issuing_province"),
        recorded.c.found_in_lookup.label("found_in_query"),
        revocation.c.revoked_on,
        recorded.c.valid_from.label("issued_on"),
        recorded.c.valid_until.label("valid_to"),
        filing.c.id.is_not(None).label("filed"),
        filing.c.filed_from,
        filing.c.filed_to,
        filing.c.max_level.label("filed_level"),
        filing.c.series.label("filed_series"),
        recorded.c.delegation_level.label("delegation_letter"),
        area.label("targeted_area"),
        integrity.c.valid_from.label("integrity_since"),
        integrity.c.valid_until.label("integrity_until"),
        recorded.c.details,
    ).select_from(rows)
    return statement.where(area.is_not(None)) if targeted else statement


def count_recorded() -> Select[Any]:
    """How many credentials there are."""
    return select(func.count()).select_from(_CREDENTIAL)


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
            *("filed_series", "delegation_letter", "targeted_area", "integrity_since", "integrity_until"),
        )
    }
    registered_to = cast(stated["registered_to"].astext, Date)
    return Facts(**{**UNRECORDED, **recorded, **details, "registered_to": registered_to, **target})


def exam_certificates(researcher_id: Fact, on: date) -> Fact:
    """The series of the national examinations that a person has passed and whose certificates are valid on a day."""
    version = credential_version
    series = (
        select(version.c.series)
        .distinct()
        .order_by(version.c.series)
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
        status.c.valid_from <= literal(on, Date),
        or_(status.c.valid_until.is_(None), status.c.valid_until >= literal(on, Date)),
    )
