"""What its receivers have read of what they were told, and who was told of an opportunity."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid

from talent_registry.storage.tables.columns import metadata, written_by

# One event read, or (`and_before`) everything up to it; such marks only ever move on.
inbox_reading = Table(
    "inbox_reading",
    metadata,
    Column("position", BigInteger, ForeignKey("event.position"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("organisation.id")),
    Column("researcher_id", Uuid, ForeignKey("researcher.id")),
    Column("province", Text),
    Column("and_before", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    written_by(),
    CheckConstraint("num_nonnulls(organisation_id, researcher_id, province) = 1", name="one_receiver"),
    *(
        Index(
            f"uq_inbox_reading_{column}",
            column,
            "and_before",
            "position",
            unique=True,
            postgresql_where=f"{column} IS NOT NULL",
        )
        for column in ("organisation_id", "researcher_id", "province")
    ),
)

# Added by the function `tell_of_opportunity` alone (migration 0033), each person once.
opportunity_told = Table(
    "opportunity_told",
    metadata,
    Column("opportunity_id", Uuid, ForeignKey("opportunity.id"), primary_key=True),
    Column("researcher_id", Uuid, ForeignKey("researcher.id"), primary_key=True, index=True),
    written_by(),
)
