"""Where two rulebooks may differ: whoever is left out is answered alike by both, whatever a draft changes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import Text, func, literal, not_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import AgreementVersion, Clause, Outcome, Parameters
from talent_registry.storage.decision_facts import Fact, facts_in, is_true
from talent_registry.storage.differences import Difference
from talent_registry.storage.rulebooks import compile_rulebook
from tests.registries import World
from tests.storage.random_questions import DIVISIONS, ISSUER_KINDS, LEVELS, ROUTES, questions
from tests.storage.test_rulebooks import DAYS, ROWS, fill, hostile

DAY = DAYS[-1]
ASKED = 3_000
CODES = (*(one for one in (*LEVELS, *ISSUER_KINDS, *ROUTES) if one), "TITLE", "QUALIFICATION", "A", "01")
IN_FORCE = shipped_agreement().versions[-1]


@pytest.fixture
async def connection(world: World) -> AsyncIterator[AsyncConnection]:
    async with world.registry.database.engine.connect() as connection, connection.begin():
        yield connection


async def test_whoever_is_left_out_is_answered_alike_whatever_changes(connection: AsyncConnection) -> None:
    await fill(connection, list(questions(11, DAY, ASKED)))
    changed, left_out = 0, 0
    for seed in range(8):
        rng = Random(seed)  # noqa: S311 - nothing secret is drawn
        versions = (altered(IN_FORCE, rng), altered(IN_FORCE, rng))
        apart, missed, spared = await counted(connection, versions, target=rng.choice((None, *DIVISIONS)))
        assert missed == 0, seed
        changed += apart
        left_out += spared
    assert changed > ASKED // 6
    assert left_out > ASKED


@pytest.mark.parametrize("target", [None, "500107"])
async def test_the_same_holds_of_a_draft_that_means_harm(connection: AsyncConnection, target: str | None) -> None:
    await fill(connection, list(questions(12, DAY, ASKED)))
    apart, missed, _ = await counted(connection, (IN_FORCE, hostile(IN_FORCE)), target=target)
    assert (apart > 0, missed) == (True, 0)


async def test_of_two_rulebooks_that_are_alike_nobody_is_asked(connection: AsyncConnection) -> None:
    await fill(connection, list(questions(13, DAY, 100)))
    difference = Difference.between((IN_FORCE, replace(IN_FORCE, id="another")), DAY)
    assert (difference.differing, difference.needs, difference.looks_at_areas) == ((), {}, False)
    reached = select(func.count()).select_from(ROWS).where(difference.reached([facts_in(ROWS)]))
    assert (await connection.execute(reached)).scalar_one() == 0


def test_a_longer_list_needs_no_more_than_its_own_clauses_do() -> None:
    longer = (*IN_FORCE.reciprocity, replace(IN_FORCE.reciprocity[0], issuer="510107", target="500106"))
    difference = Difference.between((IN_FORCE, replace(IN_FORCE, reciprocity=longer)), DAY)
    assert {way.clause for pair in difference.differing for way in pair if way} == {"R2a", "R2b"}
    assert difference.needs["kind"] == frozenset({"TITLE"})
    assert not difference.looks_at_areas


@pytest.mark.parametrize("rule", ["R9"])
def test_a_clause_on_the_areas_of_titles_looks_at_each_division(rule: str) -> None:
    without = replace(IN_FORCE, clauses=tuple(one for one in IN_FORCE.clauses if one.id != rule))
    assert Difference.between((IN_FORCE, without), DAY).looks_at_areas


async def counted(
    connection: AsyncConnection, versions: tuple[AgreementVersion, AgreementVersion], target: str | None
) -> tuple[int, int, int]:
    """Of the rows: answered differently, of these left out, and left out altogether; target None: each row's own."""
    given: dict[str, Fact] = {}
    if target is not None:
        province = f"{target[:2]}0000"
        chain = literal([target, f"{target[:4]}00", province], ARRAY(Text))
        given = {"target_province": literal(province), "target_chain": chain}
    facts = facts_in(ROWS, **given)
    difference = Difference.between(versions, DAY)
    reached = is_true(difference.reached([facts]))
    before = compile_rulebook(versions[0], DAY, facts)
    after = compile_rulebook(versions[1], DAY, facts, known=before.rulings)
    within = [
        compile_rulebook(version, DAY, facts, known=after.rulings, within=difference.needs).expression
        for version in versions
    ]
    apart = before.expression.is_distinct_from(after.expression)
    lean_apart = before.expression.is_distinct_from(within[0]) | after.expression.is_distinct_from(within[1])
    row = (
        await connection.execute(
            select(
                func.count().filter(apart),
                func.count().filter((apart & not_(reached)) | (reached & lean_apart)),
                func.count().filter(not_(reached)),
            ).select_from(ROWS)
        )
    ).one()
    return row[0], row[1], row[2]


def altered(version: AgreementVersion, rng: Random) -> AgreementVersion:
    """The version with up to three things changed, one of them now and then the order of its clauses."""
    for _ in range(rng.randrange(4)):
        version = rng.choice((_moved, _dropped, _reworded, _decided_otherwise, _listed, _narrowed))(version, rng)
    return version


def _moved(version: AgreementVersion, rng: Random) -> AgreementVersion:
    clauses = list(version.clauses)
    clauses.insert(rng.randrange(len(clauses)), clauses.pop(rng.randrange(len(clauses))))
    return replace(version, clauses=tuple(clauses))


def _dropped(version: AgreementVersion, rng: Random) -> AgreementVersion:
    gone = rng.choice(version.clauses)
    return replace(version, clauses=tuple(one for one in version.clauses if one is not gone))


def _reworded(version: AgreementVersion, rng: Random) -> AgreementVersion:
    return _with(version, rng, lambda clause: replace(clause, parameters=_other_codes(clause.parameters, rng)))


def _decided_otherwise(version: AgreementVersion, rng: Random) -> AgreementVersion:
    outcome = rng.choice(list(Outcome))
    return _with(version, rng, lambda clause: replace(clause, ruling=replace(clause.ruling, outcome=outcome)))


def _narrowed(version: AgreementVersion, rng: Random) -> AgreementVersion:
    kinds = frozenset(rng.sample(("TITLE", "QUALIFICATION", "WORK_PERMIT", "TALENT_CARD", "DEGREE"), 2))
    return _with(version, rng, lambda clause: replace(clause, kinds=kinds))


def _listed(version: AgreementVersion, rng: Random) -> AgreementVersion:
    listing = replace(version.reciprocity[0], issuer=rng.choice(DIVISIONS), target=rng.choice(DIVISIONS))
    kept = version.reciprocity if rng.random() < 0.5 else version.reciprocity[1:]
    return replace(version, reciprocity=(*kept, listing))


def _other_codes(given: Parameters, rng: Random) -> Parameters:
    codes = {name: frozenset(rng.sample(sorted({*held, *CODES}), 3)) for name, held in given.codes.items()}
    return Parameters(codes, given.days, given.numbers)


def _with(version: AgreementVersion, rng: Random, change: Callable[[Clause], Clause]) -> AgreementVersion:
    place = rng.randrange(len(version.clauses))
    clauses = list(version.clauses)
    clauses[place] = change(clauses[place])
    return replace(version, clauses=tuple(clauses))
