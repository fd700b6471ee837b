"""What turned out to rest on a wrong fact, the notices of it and their receipts, and what answered checks rest on."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

# A decision, a placement, or a verification or check of an entitlement that was answered, which relied on what the
# command recorded anew.
recall = Table(
    "recall",
    metadata,
    identity(),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    Column("decision_id", Uuid, ForeignKey("recognition_decision.id")),
    Column("placement_id", Uuid, ForeignKey("placement.id")),
    Column("verification_id", Uuid, ForeignKey("command.id")),
    Column("entitlement_id", Uuid, ForeignKey("command.id")),
    # Names of the facts, never values. Where the status is among them: what it is now, and since which day.
    Column("facts", ARRAY(Text), nullable=False),
    Column("status", Text),
    Column("from_day", Date),
    Column("recalled_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("num_nonnulls(decision_id, placement_id, verification_id, entitlement_id) = 1", name="one_record"),
    CheckConstraint("cardinality(facts) > 0", name="names_a_fact"),
    *(
        Index(f"uq_recall_{column}", column, "command_id", unique=True, postgresql_where=f"{column} IS NOT NULL")
        for column in ("decision_id", "placement_id", "verification_id", "entitlement_id")
    ),
    Index("ix_recall_credential_id", "credential_id", "id"),
)

# For an organisation, a person, or the authority of a province.
notice = Table(
    "notice",
    metadata,
    identity(),
    Column("recall_id", Uuid, ForeignKey("recall.id"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("researcher_id", Uuid, ForeignKey("researcher.id")),
    Column("province", Text),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("num_nonnulls(organisation_id, researcher_id, province) = 1", name="one_receiver"),
    *(
        Index(f"ix_notice_{column}", column, "id", postgresql_where=f"{column} IS NOT NULL")
        for column in ("organisation_id", "researcher_id", "province")
    ),
    *(
        Index(f"uq_notice_{column}", "recall_id", column, unique=True, postgresql_where=f"{column} IS NOT NULL")
        for column in ("organisation_id", "researcher_id", "province")
    ),
)

notice_receipt = Table(
    "notice_receipt",
    metadata,
    Column("notice_id", Uuid, ForeignKey("notice.id"), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    written_by(),
)

# By which facts of which credential a check was answered; `status_only`: by a placement that rests on it.
entitlement_reliance = Table(
    "entitlement_reliance",
    metadata,
    Column("command_id", Uuid, ForeignKey("command.id"), primary_key=True),
    Column("credential_id", Uuid, ForeignKey("credential.id"), primary_key=True, index=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("on_day", Date, nullable=False),
    # Values by the names of the facts, as the decision was told them.
    Column("facts", JSONB, nullable=False),
    Column("status_only", Boolean, nullable=False),
)
