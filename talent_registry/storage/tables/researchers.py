"""Researchers: the person is the id; names, documents, household, personnel relation and profile are dated facts."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from talent_registry.storage.tables.columns import fact_table, identity, metadata, recorded_time, written_by

researcher = Table(
    "researcher",
    metadata,
    identity(),
    Column("sequence", BigInteger, Identity(always=False), nullable=False, unique=True),
    Column("public_number", Text, nullable=False, unique=True),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    # Raised by each change of an active placement, so that two of them can never pass each other unseen.
    Column("workload_version", BigInteger, nullable=False, server_default="0"),
    written_by(),
)


def _person() -> Column[object]:
    return Column("researcher_id", Uuid, ForeignKey("researcher.id"), nullable=False)


def _source() -> Column[object]:
    """Who stated the fact: the organisation, or null where the person did."""
    return Column("source_id", Uuid, ForeignKey("organisation.id"))


def _current(table: str, *columns: str) -> Index:
    return Index(f"ix_{table}_current", *columns, postgresql_where="superseded_at IS NULL")


researcher_name = fact_table(
    "researcher_name",
    _person(),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text),
    Column("pinyin", Text, nullable=False),
    Column("sort_key", Text, nullable=False),
    Column("search_keys", ARRAY(Text), nullable=False),
    _source(),
    _current("researcher_name", "researcher_id", "valid_from"),
    Index("ix_researcher_name_sort_key", "sort_key", "researcher_id"),
    Index("ix_researcher_name_search_keys", "search_keys", postgresql_using="gin"),
)

identity_document = fact_table(
    "identity_document",
    _person(),
    Column("kind", Text, nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("number_digest", LargeBinary, nullable=False),
    Column("number_masked", Text, nullable=False),
    _source(),
    _current("identity_document", "researcher_id"),
    # One document number belongs to one person at a time.
    Index("uq_identity_document_current", "number_digest", unique=True, postgresql_where="superseded_at IS NULL"),
)

household_registration = fact_table(
    "household_registration",
    _person(),
    Column("division", Text, nullable=False),
    _source(),
    _current("household_registration", "researcher_id", "valid_from"),
    Index("ix_household_registration_division", "division", "researcher_id"),
)

personnel_relation = fact_table(
    "personnel_relation",
    _person(),
    Column("home_unit_id", Uuid, ForeignKey("organisation.id"), nullable=False),
    # Where the personnel file is kept and where social insurance is paid; null where the source did not say.
    Column("file_unit_id", Uuid, ForeignKey("organisation.id")),
    Column("insurance_division", Text),
    _source(),
    _current("personnel_relation", "researcher_id", "valid_from"),
    Index("ix_personnel_relation_home_unit", "home_unit_id", "researcher_id", postgresql_where="superseded_at IS NULL"),
)

profile_item = Table(
    "profile_item",
    metadata,
    identity(),
    _person(),
    Column("item", Text, nullable=False),
    # The value in plain, or sealed where it is contact data.
    Column("value", JSONB),
    Column("value_sealed", LargeBinary),
    Column("key_id", Text),
    Column("visibility", Text, nullable=False),
    *recorded_time(),
    written_by(),
    CheckConstraint("(value IS NULL) <> (value_sealed IS NULL)", name="plain_or_sealed"),
    Index(
        "uq_profile_item_current",
        "researcher_id",
        "item",
        unique=True,
        postgresql_where="superseded_at IS NULL",
    ),
)
