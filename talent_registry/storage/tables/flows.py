"""What was published of the flows between the provinces: figures that may be told, nothing of anybody."""

from sqlalchemy import Column, Date, DateTime, SmallInteger, Table
from sqlalchemy.dialects.postgresql import JSONB

from talent_registry.storage.tables.columns import metadata, written_by

flow_edition = Table(
    "flow_edition",
    metadata,
    # The first day of the quarter.
    Column("quarter", Date, primary_key=True),
    Column("edition", SmallInteger, primary_key=True),
    Column("published_at", DateTime(timezone=True), nullable=False),
    # Each table with what is withheld left out before it is written here.
    Column("tables", JSONB, nullable=False),
    written_by(),
)
