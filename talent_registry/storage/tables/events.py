"""What commands changed, in the order in which they were recorded, and to whom each change is told."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Identity, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import metadata, written_by

# Added by the function `announce` alone (migration 0029), within the command that made the change.
event = Table(
    "event",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    # The opaque id by which the API knows the record.
    Column("subject", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    # Codes, days and opaque ids.
    Column("data", JSONB, nullable=False),
    written_by(),
    Index("ix_event_subject_position", "subject", "position"),
)

event_receiver = Table(
    "event_receiver",
    metadata,
    Column("position", BigInteger, ForeignKey("event.position"), nullable=False, index=True),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("researcher_id", Uuid, ForeignKey("researcher.id")),
    Column("province", Text),
    CheckConstraint("num_nonnulls(organisation_id, researcher_id, province) = 1", name="one_receiver"),
    *(
        Index(
            f"uq_event_receiver_{column}",
            column,
            "position",
            unique=True,
            postgresql_where=f"{column} IS NOT NULL",
        )
        for column in ("organisation_id", "researcher_id", "province")
    ),
)
