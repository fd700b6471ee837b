"""The facts of every recorded credential as rows of SQL: what `domain.credential_facts.facts_of` gives for one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Label,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, array, distinct_on

from talent_registry.domain.credentials import RecordStatus, Standing
from talent_registry.domain.questions import HOME_COUNTRY, OVERSEAS_DIVISIONS
from talent_registry.storage.decision_facts import BARRIER, UNRECORDED, Fact, Facts, province_in
from talent_registry.storage.standings import stands
from talent_registry.storage.tables import (
    committee_filing,
    credential,
    credential_status,
    credential_version,
    integrity_record,
)

# A test of rows, by the names of their columns.
Among = Callable[[Mapping[str, Fact]], Fact]
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


def recorded_facts(on: date, *, targeted: bool = False, among: Among | None = None) -> Select[Any]:
    """One row for each credential as it is recorded now and stands on the day; facts of some kinds stay in `details`.

    Columns: `id`, `researcher_id`, what every kind has under the names of `Facts`, and `details`. `targeted`: only
    titles of targeted evaluation; `among`: only those whose columns, by name, pass this test. There are rows for the
    duty `simulate` alone.
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
    issuing_province = _issuing_province(recorded)
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
    # An empty area says the same as none: not targeted.
    area = func.nullif(recorded.c.targeted_area, cast(array([]), ARRAY(Text)))
    rows: FromClause = (
        recorded.outerjoin(status, status.c.credential_id == recorded.c.id)
        .outerjoin(revocation, revocation.c.credential_id == recorded.c.id)
        .outerjoin(integrity, integrity.c.researcher_id == recorded.c.researcher_id)
        .outerjoin(filing, and_(filing.c.filing_number == recorded.c.filing_number, filing.c.superseded_at.is_(None)))
    )
    columns = (
        recorded.c.id,
        recorded.c.researcher_id,
        recorded.c.kind,
        # Before its day of issue it stands as if in public notice.
        func.coalesce(status.c.status, RecordStatus.PUBLICITY.value).label("status"),
        func.left(recorded.c.title_code, 2).label("series"),
        *(recorded.c[name] for name in _AS_RECORDED),
        issuing_province.is_(None).label("overseas"),
        issuing_province.label("issuing_province"),
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
    )
    statement = select(*columns).select_from(rows)
    if targeted:
        statement = statement.where(area.is_not(None))
    # A label is written out where it is tested: what one table alone decides is decided before the others are joined.
    return statement if among is None else statement.where(among({one.name: _bare(one) for one in columns}))


def count_recorded() -> Select[Any, int]:
    """How many credentials there are by `issuing_province`, none where it is not one of the mainland: `counted`."""
    province = _issuing_province(_CREDENTIAL).label("issuing_province")
    counted = select(province, func.count().label("counted"))
    return counted.select_from(_CREDENTIAL).group_by(province)


def facts_of_row(row: Subquery, **target: Fact) -> Facts:
    """The facts in a row that has the columns of `recorded_facts`, towards a target that is given."""
    return facts_of_columns(dict(row.c.items()), **target)


def facts_of_columns(row: Mapping[str, Fact], **target: Fact) -> Facts:
    """The same of the columns by name."""
    stated = row["details"]
    details = {
        name: stated[name].astext
        for name in ("military_status", "qualification", "grade", "unit_division", "permit_class", "card")
    }
    recorded = {
        name: row[name]
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


def _issuing_province(recorded: FromClause) -> Fact:
    """As `Question.issuing_province`: none where the issuer sits overseas. An empty country says the same as none."""
    country = func.coalesce(recorded.c.details["issuer_country"].astext, "")
    province = province_in(recorded.c.issuer_division)
    return case((and_(country.in_(("", HOME_COUNTRY)), province.not_in(sorted(OVERSEAS_DIVISIONS))), province))


def _bare(fact: Fact) -> Fact:
    return fact.element if isinstance(fact, Label) else fact


def _holds(status: FromClause, on: date) -> Fact:
    return and_(
        status.c.valid_from <= literal(on, Date),
        or_(status.c.valid_until.is_(None), status.c.valid_until >= literal(on, Date)),
    )
