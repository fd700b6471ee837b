"""Importing the roll of a province or of an issuer: one command, one ledger entry, set by set."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from talent_registry.documents.rolls import Roll, read_roll
from talent_registry.domain.errors import Conflict
from talent_registry.domain.roll_problems import CellProblem
from talent_registry.domain.roll_results import RollCounts, RollOutcome, recalled, remembered
from talent_registry.domain.sandbox import check_invented
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Registry, Work, digest_of, perform
from talent_registry.services.roll_imports import Importing, Office, changed_meanwhile
from talent_registry.services.roll_rows import make_ready
from talent_registry.services.tidying import untidied
from talent_registry.storage import organisations, rolls
from talent_registry.storage.roll_staging import StagedRow

Progress = Callable[[int, int], None]
_NAME: Final = "importRoll"
_STAGES: Final = 3
_ATTEMPTS: Final = 3
# Somebody wrote the same records while the roll was matched; matched again, it is seen.
_MEANWHILE: Final = frozenset(
    {
        "DOCUMENT_EXISTS",
        "ORGANISATION_EXISTS",
        "CREDENTIAL_EXISTS",
        "ALREADY_SO",
        "ALREADY_REVOKED",
        "LATER_CHANGE",
        "CHANGED_MEANWHILE",
    }
)


async def import_roll(
    registry: Registry, actor: Actor, data: bytes, key: str | None = None, *, progress: Progress | None = None
) -> RollOutcome:
    """Import a roll delivered by a provincial authority (issuers of its province) or by an issuer (its own rows).

    The identical roll from the same office gets the first answer again, whichever its account and its idempotency
    `key` (None: one made of the rows' digest); a key used for another roll is a Conflict. Rows at fault are left out
    and reported; the others are kept. `progress` gets the steps done and an estimate of their total over reading,
    sealing and writing, in part from another thread. NotPermitted before anything is read; InvalidInput where the file
    as a whole is no roll.
    """
    office = await _office_of(registry, actor)
    steps = _Steps(progress)
    roll = await asyncio.to_thread(
        untidied()(read_roll),
        data,
        province=office.province,
        today=registry.today(),
        allow_test_identities=registry.allow_test_identities,
        progress=steps.read,
    )
    if registry.sandbox is not None:
        for entry in roll.entries:
            check_invented(entry.document)
    asked = {"digest": roll.digest, "office": str(office.issuer.id) if office.issuer else office.province}
    earlier = await _find_earlier(registry, actor, asked)
    if earlier is None:
        ready = await asyncio.to_thread(untidied()(make_ready), registry.keys, roll.entries, steps.sealed)
        key = f"roll:{asked['office']}:{roll.digest}" if key is None else key
        earlier = await _carry_out(registry, actor, _Delivery(office, roll, ready, asked, key, steps))
    steps.end()
    return earlier


class _Steps:
    """Progress over the stages of one import: each row counts once in each of them."""

    def __init__(self, progress: Progress | None) -> None:
        self._tell = progress or (lambda _done, _total: None)
        self._rows = 0

    def read(self, done: int, rows: int) -> None:
        """So many of an estimated number of rows are read."""
        self._rows = rows
        self._tell(done, _STAGES * rows)

    def sealed(self, done: int) -> None:
        """So many rows are sealed."""
        self._tell(self._rows + done, _STAGES * self._rows)

    def wrote(self, done: int) -> None:
        """So many rows are in the database; as many statements again remain."""
        self._tell(2 * self._rows + done // 2, _STAGES * self._rows)

    def end(self) -> None:
        """All is done."""
        self._tell(_STAGES * self._rows, _STAGES * self._rows)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A roll ready to be imported under a key; `asked` says whose roll it is and what its rows say."""

    office: Office
    roll: Roll
    ready: list[StagedRow]
    asked: dict[str, str]
    key: str
    steps: _Steps


async def _office_of(registry: Registry, actor: Actor) -> Office:
    """The office that delivers, once it is known that it may."""
    issuers = frozenset() if actor.organisation_id is None else frozenset({actor.organisation_id})
    provinces = frozenset() if actor.province is None else frozenset({actor.province})
    actor.must(Permission.IMPORT_ROLL, Subject(issuer_ids=issuers, provinces=provinces), hidden=False)
    if actor.kind is ActorKind.AUTHORITY and actor.province is not None:
        return Office(actor.province, actor.organisation_id)
    async with registry.reading(actor) as connection:
        (unit,) = await organisations.list_by_ids(connection, list(issuers))
    if unit is None:
        raise nothing_here()
    return Office(unit.province, unit.id, unit)


async def _find_earlier(registry: Registry, actor: Actor, asked: dict[str, str]) -> RollOutcome | None:
    """The outcome of the same roll from the same office, if it was imported before."""
    async with registry.reading(actor) as connection:
        earlier = await rolls.find_import(connection, digest_of(registry, _NAME, asked))
    return None if earlier is None else recalled(earlier.command_id, earlier.sequence, earlier.result)


async def _carry_out(registry: Registry, actor: Actor, delivery: _Delivery) -> RollOutcome:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await _once(registry, actor, delivery)
        except Conflict as taken:
            if attempt == _ATTEMPTS or taken.reason not in _MEANWHILE:
                raise
            earlier = await _find_earlier(registry, actor, delivery.asked)
            if earlier is not None:
                return earlier
    raise AssertionError("unreachable")


async def _once(registry: Registry, actor: Actor, delivery: _Delivery) -> RollOutcome:
    """One attempt; all problems are handed back, those kept with the command are bounded."""
    roll, office = delivery.roll, delivery.office
    outcome: list[tuple[RollCounts, tuple[CellProblem, ...], tuple[CellProblem, ...]]] = []

    async def act(work: Work) -> dict[str, Any]:
        await rolls.import_alone(work.connection)
        if await rolls.find_import(work.connection, digest_of(registry, _NAME, delivery.asked)) is not None:
            raise changed_meanwhile()
        importing = Importing(work, office, roll)
        counts = await importing.run(delivery.ready, delivery.steps.wrote)
        problems = tuple(sorted((*roll.problems, *importing.problems), key=lambda each: each.line))
        notes = tuple(importing.notes)
        outcome[:] = [(counts, problems, notes)]
        work.says(digest=roll.digest, province=office.province, counts=asdict(counts))
        if office.organisation_id is not None:
            work.about("organisation", office.organisation_id)
        return remembered(roll.digest, counts, problems, roll.problems_left_out, notes)

    done = await perform(registry, actor, _NAME, delivery.key, delivery.asked, act)
    if done.replayed:
        return recalled(done.command_id, done.sequence, done.result)
    ((counts, problems, notes),) = outcome
    return RollOutcome(
        command_id=done.command_id,
        sequence=done.sequence,
        replayed=False,
        digest=roll.digest,
        counts=counts,
        problems=problems,
        problems_left_out=roll.problems_left_out,
        notes=notes,
        notes_left_out=0,
    )
