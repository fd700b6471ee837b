"""Opportunities with their versions, who lets host units find them, and who answered."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from talent_registry.storage.tables.columns import identity, metadata, recorded_time, written_by

opportunity = Table(
    "opportunity",
    metadata,
    identity(),
    Column("host_unit_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    written_by(),
    Index("ix_opportunity_host_unit_id", "host_unit_id", "id"),
    Index("ix_opportunity_open", "id", postgresql_where="closed_at IS NULL"),
)

opportunity_version = Table(
    "opportunity_version",
    metadata,
    identity(),
    Column("opportunity_id", Uuid, ForeignKey("opportunity.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("post_series", Text),
    Column("series", Text),
    Column("level", Text, nullable=False),
    # Days, inclusive.
    Column("term_from", Date, nullable=False),
    Column("term_until", Date, nullable=False),
    Column("workload_percent", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("open_until", Date, nullable=False),
    *recorded_time(),
    written_by(),
    CheckConstraint("term_until >= term_from", name="term_runs_forward"),
    CheckConstraint("workload_percent BETWEEN 1 AND 100", name="workload_is_a_share"),
    CheckConstraint("open_until <= term_until", name="open_within_the_term"),
    Index("uq_opportunity_version_current", "opportunity_id", unique=True, postgresql_where="superseded_at IS NULL"),
    Index("ix_opportunity_version_opportunity_id", "opportunity_id", "id"),
)

matching_consent = Table(
    "matching_consent",
    metadata,
    identity(),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    # Days, both inclusive.
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint("valid_until >= valid_from", name="valid_time_runs_forward"),
    CheckConstraint("fields @> ARRAY['CREDENTIALS']", name="shows_credentials"),
    Index("uq_matching_consent_current", "researcher_id", unique=True, postgresql_where="withdrawn_at IS NULL"),
    Index("ix_matching_consent_open", "id", postgresql_where="withdrawn_at IS NULL"),
    Index("ix_matching_consent_researcher_id", "researcher_id", "id"),
)

opportunity_answer = Table(
    "opportunity_answer",
    metadata,
    identity(),
    Column("opportunity_id", Uuid, ForeignKey("opportunity.id"), nullable=False),
    Column("version_id", Uuid, ForeignKey("opportunity_version.id"), nullable=False),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    Column("consent_id", Uuid, ForeignKey("consent.id"), nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    written_by(),
    Index(
        "uq_opportunity_answer_current",
        "opportunity_id",
        "researcher_id",
        unique=True,
        postgresql_where="withdrawn_at IS NULL",
    ),
    Index("ix_opportunity_answer_opportunity_id", "opportunity_id", "id"),
    Index("ix_opportunity_answer_researcher_id", "researcher_id", "id"),
)
