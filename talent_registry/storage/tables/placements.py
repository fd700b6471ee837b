"""Placements, their terms round by round, the signatures under each round and what happened to them.

No column here can hold household registration, personnel relation, file or insurance: a placement changes none.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import identity, metadata, written_by

placement = Table(
    "placement",
    metadata,
    identity(),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False),
    Column("home_unit_id", Uuid, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("host_unit_id", Uuid, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("post_series", Text),
    # Days, both inclusive; shares in whole percent of a full post.
    Column("term_from", Date, nullable=False),
    Column("term_until", Date, nullable=False),
    Column("workload_percent", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    # The round of terms in force, and the round that waits for signatures (the same before activation).
    Column("round", Integer, nullable=False),
    Column("open_round", Integer),
    Column("decision_id", Uuid, ForeignKey("recognition_decision.id")),
    Column("credential_id", Uuid, ForeignKey("credential.id")),
    Column("activated_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Text),
    # The earliest end of which notice was given: the last day of work, and why.
    Column("ends_on", Date),
    Column("ends_reason", Text),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("workload_percent between 1 and 100", name="workload_is_a_share"),
    CheckConstraint("term_until >= term_from", name="term_runs_forward"),
    CheckConstraint("(state = 'ENDED') = (ended_on IS NOT NULL)", name="ended_has_a_day"),
    CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ended_has_a_reason"),
    CheckConstraint("home_unit_id <> host_unit_id", name="two_units"),
    CheckConstraint("(ends_on IS NULL) = (ends_reason IS NULL)", name="declared_end_has_a_reason"),
    CheckConstraint("ends_on BETWEEN term_from AND term_until", name="declared_end_within_term"),
    Index("ix_placement_researcher_id_state", "researcher_id", "state"),
    Index("ix_placement_credential_id_state", "credential_id", "state"),
    # What the clock looks through.
    Index("ix_placement_begun", "id", postgresql_where=text("state IN ('ACTIVE', 'SUSPENDED')")),
    Index("ix_placement_term_until", "term_until", postgresql_where=text("state IN ('ACTIVE', 'SUSPENDED')")),
    Index(
        "ix_placement_ends_on",
        "ends_on",
        postgresql_where=text("state IN ('ACTIVE', 'SUSPENDED') AND ends_on IS NOT NULL"),
    ),
    Index("ix_placement_waiting", "id", postgresql_where=text("open_round IS NOT NULL")),
)

placement_round = Table(
    "placement_round",
    metadata,
    Column("placement_id", Uuid, ForeignKey("placement.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("term_from", Date, nullable=False),
    Column("term_until", Date, nullable=False),
    Column("workload_percent", SmallInteger, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("terms_digest", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("agreed_at", DateTime(timezone=True)),
    # The version to which this one is a counter-proposal.
    Column("answers", Integer),
    written_by(),
)

placement_signature = Table(
    "placement_signature",
    metadata,
    identity(),
    Column("placement_id", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("terms_digest", Text, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    written_by(),
    UniqueConstraint("placement_id", "round", "party"),
)

placement_event = Table(
    "placement_event",
    metadata,
    identity(),
    Column("placement_id", Uuid, ForeignKey("placement.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("event", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("province", Text),
    Column("reason", Text),
    written_by(),
    Index("ix_placement_event_at", "at", postgresql_using="brin"),
)

placement_end = Table(
    "placement_end",
    metadata,
    identity(),
    Column("placement_id", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("reason", Text, nullable=False),
    # The last day of work, inclusive.
    Column("on_day", Date, nullable=False),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    written_by(),
    Index(
        "uq_placement_end_standing",
        "placement_id",
        "reason",
        unique=True,
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

placement_draft = Table(
    "placement_draft",
    metadata,
    identity(),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False, index=True),
    Column("host_unit_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    # As which party it was made, and by which unit (none: the person).
    Column("party", Text, nullable=False),
    Column("unit_id", Uuid, ForeignKey("organisation.id"), index=True),
    Column("content", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("placement_id", Uuid, ForeignKey("placement.id")),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("(party = 'RESEARCHER') = (unit_id IS NULL)", name="made_by_one_party"),
    CheckConstraint("(state = 'PROPOSED') = (placement_id IS NOT NULL)", name="proposed_is_a_placement"),
    CheckConstraint("state IN ('DRAFT', 'PROPOSED', 'DISCARDED')", name="state_is_known"),
)
