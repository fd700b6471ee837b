"""Rosters: files whose rows are verified as a job, kept sealed, and what became of each row."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

roster = Table(
    "roster",
    metadata,
    identity(),
    Column("state", Text, nullable=False),
    # Whose it is: the office's, or the provincial authority's.
    Column("actor_kind", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("province", Text),
    Column("purpose", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("file_digest", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("claimed_until", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("failure", JSONB),
    Column("head_sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    # An earlier roster of the office, some rows of which this one gives anew.
    Column("corrects_id", Uuid, ForeignKey("roster.id"), index=True),
    # When its rows and answers were removed, because their time was over.
    Column("cleared_at", DateTime(timezone=True)),
    written_by(),
    CheckConstraint("state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')", name="state_is_known"),
    CheckConstraint("done BETWEEN 0 AND rows", name="done_is_a_part"),
    CheckConstraint("num_nonnulls(organisation_id, province) > 0", name="has_an_office"),
    Index("ix_roster_waiting", "id", postgresql_where="state IN ('QUEUED', 'RUNNING')"),
    Index("ix_roster_kept", "requested_at", postgresql_where="cleared_at IS NULL"),
    Index("ix_roster_organisation_id", "organisation_id", "id"),
    Index("ix_roster_province", "province", "id"),
)

# Some consecutive rows of the file, sealed together; answered as one.
roster_part = Table(
    "roster_part",
    metadata,
    Column("roster_id", Uuid, ForeignKey("roster.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True)),
)

# What became of some lines of a file: written and read together, so kept together, the same place in each list.
roster_answer = Table(
    "roster_answer",
    metadata,
    Column("roster_id", Uuid, ForeignKey("roster.id"), primary_key=True),
    Column("first_line", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("lines", ARRAY(Integer), nullable=False),
    Column("verdicts", ARRAY(Text), nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("credential_ids", ARRAY(Uuid), nullable=False),
    CheckConstraint(
        "cardinality(lines) > 0 AND cardinality(lines) = ALL (ARRAY[cardinality(verdicts), cardinality(reasons), "
        "cardinality(credential_ids)])",
        name="is_whole",
    ),
)
