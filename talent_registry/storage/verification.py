"""What a verification looks up: the names and document digests of holders, and what the registry covers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.coverage import Coverage
from talent_registry.storage.tables import identity_document, researcher_name

# One probe of an index at each end for every division that has an organisation, however many credentials there are.
_COVERAGE = text("""
    SELECT province, extract(year FROM min(earliest))::int, extract(year FROM max(latest))::int
    FROM (SELECT DISTINCT division, province FROM organisation) place
    CROSS JOIN LATERAL (
        SELECT valid_from AS earliest FROM credential_version
        WHERE issuer_division = place.division AND superseded_at IS NULL ORDER BY valid_from LIMIT 1
    ) first
    CROSS JOIN LATERAL (
        SELECT valid_from AS latest FROM credential_version
        WHERE issuer_division = place.division AND superseded_at IS NULL ORDER BY valid_from DESC LIMIT 1
    ) last
    GROUP BY province ORDER BY province
""")

# As one number: nobody asks who they are.
_HOLD = text("""
    SELECT count(*) FROM (
        SELECT id FROM researcher
        WHERE id IN (SELECT researcher_id FROM credential WHERE number = ANY (:numbers))
        ORDER BY id FOR SHARE
    ) held
""")


async def hold_holders(connection: AsyncConnection, *numbers: str) -> None:
    """Let nothing of the certificates of these numbers change until this transaction ends; others may verify meanwhile.

    Whoever changes a credential locks its holder first, in the same order.
    """
    await connection.execute(_HOLD, {"numbers": list(numbers)})


async def list_names(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The names that each of these people bears or bore, as recorded now."""
    statement = select(researcher_name.c.researcher_id, researcher_name.c.name_zh, researcher_name.c.name_en).where(
        researcher_name.c.researcher_id.in_(ids), researcher_name.c.superseded_at.is_(None)
    )
    return read_names(await connection.execute(statement))


def read_names(rows: Iterable[Any]) -> dict[UUID, tuple[str, ...]]:
    """Names by person, from rows of person, Chinese and Latin name."""
    names: dict[UUID, tuple[str, ...]] = {}
    for person, name_zh, name_en in rows:
        names[person] = (*names.get(person, ()), name_zh, *([name_en] if name_en else []))
    return names


async def list_document_digests(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, frozenset[bytes]]:
    """The keyed digests of the documents that each of these people has or had, as recorded now."""
    statement = select(identity_document.c.researcher_id, identity_document.c.number_digest).where(
        identity_document.c.researcher_id.in_(ids), identity_document.c.superseded_at.is_(None)
    )
    return read_digests(await connection.execute(statement))


def read_digests(rows: Iterable[Any]) -> dict[UUID, frozenset[bytes]]:
    """Digests by person, from rows of person and digest."""
    digests: dict[UUID, frozenset[bytes]] = {}
    for person, digest in rows:
        digests[person] = digests.get(person, frozenset()) | {bytes(digest)}
    return digests


async def list_coverage(connection: AsyncConnection) -> list[Coverage]:
    """What is recorded at all, by province of the issuers."""
    return [Coverage(*row) for row in await connection.execute(_COVERAGE)]
