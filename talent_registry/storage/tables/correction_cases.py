"""Corrections that people ask for, and the events from which state and clocks are computed: added, final."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

correction_case = Table(
    "correction_case",
    metadata,
    identity(),
    Column("fact", Text, nullable=False),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("credential_id", Uuid, ForeignKey("credential.id"), index=True),
    # The look that was reported.
    Column("access_id", Uuid, ForeignKey("access.id"), index=True),
    # The unit that keeps the fact; NULL where that is the authority of the province.
    Column("source_id", Uuid, ForeignKey("organisation.id")),
    Column("body_province", Text, nullable=False),
    Column("stated", Text),
    # The agreement's procedure with its terms in working days, as they were when it was opened.
    Column("procedure", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("opened_on", Date, nullable=False),
    written_by(),
    CheckConstraint(
        "(credential_id IS NULL) = (fact IN ('NAME', 'DOCUMENT', 'HOUSEHOLD', 'PERSONNEL_RELATION', 'LOOK'))",
        name="of_credential_or_person",
    ),
    CheckConstraint("(source_id IS NULL) = (fact IN ('NAME', 'DOCUMENT', 'HOUSEHOLD', 'LOOK'))", name="has_its_source"),
    CheckConstraint("(access_id IS NULL) = (fact <> 'LOOK')", name="of_a_look"),
    Index("ix_correction_case_source_id_id", "source_id", "id"),
    Index("ix_correction_case_body_province_id", "body_province", "id"),
)

correction_event = Table(
    "correction_event",
    metadata,
    identity(),
    Column("case_id", Uuid, ForeignKey("correction_case.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("event", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("province", Text),
    Column("outcome", Text),
    Column("text", Text),
    Column("evidence_digest", Text),
    written_by(),
    *(
        Index(f"uq_correction_event_{name}", "case_id", unique=True, postgresql_where=text(events))
        for name, events in (
            ("begun", "event = 'OPENED'"),
            ("ended", "event IN ('DECIDED', 'WITHDRAWN')"),
            ("appealed", "event = 'APPEALED'"),
            ("appeal_decided", "event = 'APPEAL_DECIDED'"),
        )
    ),
)
