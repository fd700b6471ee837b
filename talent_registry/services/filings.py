"""Filing review committees, and what follows where a filing that was cited turns out to say something else."""

from typing import Any

from talent_registry.domain.identifiers import normalise_certificate_number
from talent_registry.services.moments import lock_filings
from talent_registry.services.organisations import NewFiling, file_committee_in, must_file
from talent_registry.services.permissions import Actor
from talent_registry.services.recalls import recall_in
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.standing import follow_corrections
from talent_registry.storage.organisations import find_filing
from talent_registry.storage.recalls import take_time


async def file_committee(registry: Registry, actor: Actor, asked: NewFiling, key: str) -> Done:
    """File a review committee of an authority in the actor's province, or correct its filing.

    What relied on a corrected filing is recalled, and placements under way are decided anew. Answer: `filing_number`,
    `consequences`, `recalled` as `services.standing.correct`.
    """

    async def act(work: Work) -> dict[str, Any]:
        await must_file(work, asked.authority_id)
        number = normalise_certificate_number(asked.filing_number)
        placed = await lock_filings(work, [number])
        before = await find_filing(work.connection, number)
        filing = await file_committee_in(work, asked)
        await take_time(work.connection)
        recalled = await recall_in(work)
        is_other = before is not None and before.facts != filing.facts
        followed = await follow_corrections(work, placed) if is_other else ()
        return {
            "filing_number": number,
            "consequences": [one.as_json() for one in followed],
            "recalled": recalled.as_json(),
        }

    return await perform(registry, actor, "fileCommittee", key, asked, act)
