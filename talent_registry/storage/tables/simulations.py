"""Simulations: drafts of the agreement tried on the whole registry, each a job with its result."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

simulation = Table(
    "simulation",
    metadata,
    identity(),
    Column("state", Text, nullable=False),
    # Whose authority asked: it alone reads the draft and the result.
    Column("province", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    # The decision day; null: the later of the day it runs and the draft's first day.
    Column("on_day", Date),
    Column("files", JSONB, nullable=False),
    Column("progress_percent", SmallInteger, nullable=False, server_default="0"),
    # How often it was begun; until when whoever works on it holds it.
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("claimed_until", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("result", JSONB),
    Column("failure", JSONB),
    written_by(),
    CheckConstraint("state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')", name="state_is_known"),
    CheckConstraint("progress_percent BETWEEN 0 AND 100", name="progress_is_a_share"),
    CheckConstraint("(state = 'DONE') = (result IS NOT NULL)", name="done_has_a_result"),
    CheckConstraint("(state = 'FAILED') = (failure IS NOT NULL)", name="failed_has_a_reason"),
    CheckConstraint("(state IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL)", name="finished_has_a_time"),
    Index("ix_simulation_waiting", "id", postgresql_where="state IN ('QUEUED', 'RUNNING')"),
)
