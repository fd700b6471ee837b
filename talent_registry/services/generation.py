"""Filling a registry with sample people for trying things on: one command, one entry, refused where people are real."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from talent_registry.documents import pinyin
from talent_registry.domain.errors import Conflict, NotPermitted
from talent_registry.domain.generation import Sample, SamplePerson, SamplePlan
from talent_registry.domain.generation_units import PAIR
from talent_registry.domain.identifiers import mask, public_number
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import CommitteeFiling
from talent_registry.services.agreements import agreement_known
from talent_registry.services.moments import lock_common_ground
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.signing.keys import KeySet
from talent_registry.signing.passwords import hashed
from talent_registry.signing.sealing import digest, seal
from talent_registry.storage import generation, organisations
from talent_registry.storage.generation_rows import SealedPerson, Written, people_rows, unit_rows
from talent_registry.storage.ids import new_id

_CHUNK: Final = 2_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """How many people, by which seed (any whole number)."""

    people: int
    seed: int


async def generate(registry: Registry, actor: Actor, asked: SampleRequest, progress: Progress) -> Done:
    """Write a sample, as the operator and with the rights of the tables' owner; the same one again replays.

    Answer: `people`, `seed`, `credentials`, `decisions`, `placements` (how many), `rows` (digest), `levels`, `rules`,
    `states` (counts by code). `progress` is told how many people of how many are written. NotPermitted
    (TEST_IDENTITY_NOT_ALLOWED) unless sample identities are allowed, (NOT_THE_OWNER) as another role; Conflict
    (SAMPLE_NUMBERS_TAKEN) where one of the numbers belongs to somebody. While it writes, decisions and filings wait.
    """
    actor.must(Permission.GENERATE_SAMPLE, hidden=False)
    if not registry.allow_test_identities:
        raise _not_allowed()

    async def act(work: Work) -> dict[str, Any]:
        if not await generation.owns_tables(work.connection):
            raise _not_the_owner()
        # Also keeps a second sample waiting, so that both do not count from the same number.
        await lock_common_ground(work)
        first = await generation.count_earlier_people(work.connection)
        sample = Sample(SamplePlan(asked.people, asked.seed, work.today, first), work.now)
        await _write(work, sample, progress)
        tally = sample.tally
        counts = tally.counts()
        work.says(seed=asked.seed, rows=tally.digest(), **counts)
        by_code = {"levels": tally.levels, "rules": tally.rules, "states": tally.states}
        return {
            "seed": asked.seed,
            "rows": tally.digest(),
            **counts,
            **{name: dict(sorted(counted.items())) for name, counted in by_code.items()},
        }

    return await perform(registry, actor, "generateSample", f"sample:{asked.people}:{asked.seed}", asked, act)


async def _write(work: Work, sample: Sample, progress: Progress) -> None:
    connection = work.connection
    written = Written(work.command_id, work.now, await hashed(secrets.token_urlsafe(32)))
    tables = generation.SampleTables(connection)
    filings = await _write_units(work, sample, tables, written)
    authorities = _authorities(sample)
    done = 0
    agreement = await agreement_known(connection, work.registry)
    for chunk in _chunks(sample.people(filings, agreement)):
        sequences = await generation.next_sequences(connection, len(chunk))
        ready = [_sealed(work.registry.keys, one, place) for one, place in zip(chunk, sequences, strict=True)]
        await tables.stage(people_rows(ready, authorities, written))
        if await generation.numbers_are_taken(connection):
            raise _numbers_taken()
        await tables.add()
        done += len(chunk)
        progress(done, sample.plan.people)
    await tables.add_placements()
    await generation.analyse(connection)


async def _write_units(
    work: Work, sample: Sample, tables: generation.SampleTables, written: Written
) -> list[CommitteeFiling]:
    """Add the organisations and filings that the registry does not know; all filings as they then are recorded."""
    names = [unit.organisation.name_zh for unit in sample.units]
    recorded = await generation.find_units(work.connection, names)
    ours = sample.know_units(recorded)
    known = await organisations.list_by_filing_numbers(work.connection, [one.filing_number for one in ours])
    units = [unit.organisation for unit in sample.units]
    new_units = [unit for unit in units if (unit.name_zh, unit.division) not in recorded]
    new_filings = [mine for mine, theirs in zip(ours, known, strict=True) if theirs is None]
    await tables.stage(unit_rows(new_units, new_filings, written))
    await tables.add()
    return [theirs or mine for mine, theirs in zip(ours, known, strict=True)]


def _authorities(sample: Sample) -> dict[str, UUID]:
    return {
        unit.province: unit.organisation.id
        for unit in sample.units
        if unit.issues_as == "PROVINCIAL_HRSS" and unit.province in PAIR
    }


def _chunks(people: Iterator[SamplePerson]) -> Iterator[list[SamplePerson]]:
    chunk: list[SamplePerson] = []
    for person in people:
        chunk.append(person)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _sealed(keys: KeySet, person: SamplePerson, sequence: int) -> SealedPerson:
    """As registration seals a document and reads a name."""
    number, name, document_id = person.career.number.text, person.career.name, new_id()
    sealed = seal(keys, number, document_id.bytes)
    return SealedPerson(
        person=person,
        document_id=document_id,
        number_sealed=sealed.ciphertext,
        key_id=sealed.key_id,
        number_digest=digest(keys, DOCUMENT_DIGEST, number),
        number_masked=mask(number),
        pinyin=pinyin.romanise(name),
        sort_key=pinyin.sort_key(name),
        search_keys=list(pinyin.search_keys(name)),
        sequence=sequence,
        public_number=public_number(sequence),
    )


def _not_allowed() -> NotPermitted:
    return NotPermitted(
        Message(
            zh="本系统只接受真实人员，不生成样例。仅供试用的系统可设置 TALENT_REGISTRY_ALLOW_TEST_IDENTITIES=true。",
            en="This installation takes real people only, so no sample is generated. One for trying things "
            "alone may set TALENT_REGISTRY_ALLOW_TEST_IDENTITIES=true.",
        ),
        reason="TEST_IDENTITY_NOT_ALLOWED",
    )


def _not_the_owner() -> NotPermitted:
    return NotPermitted(
        Message(
            zh="样例数据须以表的所有者身份写入。请设置 TALENT_REGISTRY_MIGRATOR_DATABASE_URL 后用命令行生成。",
            en="A sample is written as the owner of the tables. Set TALENT_REGISTRY_MIGRATOR_DATABASE_URL and generate "
            "it from the command line.",
        ),
        reason="NOT_THE_OWNER",
    )


def _numbers_taken() -> Conflict:
    return Conflict(
        Message(
            zh="将生成的样例号码中有已登记的。请减少人数，或在空的登记库中生成。",
            en="One of the sample numbers to be given is registered for somebody. Generate fewer people, or into "
            "an empty registry.",
        ),
        reason="SAMPLE_NUMBERS_TAKEN",
    )
