"""A rulebook in SQL rules as the rulebook in Python does: on random facts, every clause and variant reached."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import AgreementVersion, Clause, Parameters, agreement_version_in_force
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.questions import Question
from talent_registry.domain.recognition import find_ruling
from talent_registry.storage.clause_cases import TWINS
from talent_registry.storage.decision_facts import FACT_NAMES, facts_in, flat_table
from talent_registry.storage.rulebooks import compile_rulebook
from tests.registries import World
from tests.storage.random_questions import HOSTILE, as_row, questions

# Decision days at the edges of the versions: before any agreement, on first days, today.
DAYS = (
    date(2020, 4, 20),
    date(2021, 3, 28),
    date(2021, 3, 29),
    date(2021, 12, 1),
    date(2022, 10, 1),
    date(2026, 11, 24),
)
PER_DAY = 20_000
AT_LEAST = 20
ROWS = flat_table("asked")


@pytest.fixture
async def connection(world: World) -> AsyncIterator[AsyncConnection]:
    async with world.registry.database.engine.connect() as connection, connection.begin():
        yield connection


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_sql_rules_as_python_on_random_facts(connection: AsyncConnection, day: date) -> None:
    version = agreement_version_in_force(shipped_agreement(), day)
    asked = list(questions(day.toordinal(), day, PER_DAY))

    in_sql, in_python = await both(connection, version, day, asked)

    assert differences(in_sql, in_python, asked) == []
    wanted = {
        (clause.id, variant)
        for clause in version.clauses
        if (clause.applies_from or day) <= day <= (clause.applies_until or day)
        for variant in (None, *clause.variants)
    }
    reached = Counter(in_python)
    assert {key: reached[key] for key in wanted if reached[key] < AT_LEAST} == {}


async def test_sql_rules_as_python_whatever_a_draft_holds(connection: AsyncConnection) -> None:
    """Codes that break out of quotes, that bind, that a text of the database cannot hold; lists and clauses moved."""
    day = DAYS[-1]
    version = hostile(agreement_version_in_force(shipped_agreement(), day))
    asked = list(questions(7, day, 5_000))

    in_sql, in_python = await both(connection, version, day, asked)

    assert differences(in_sql, in_python, asked) == []
    assert len(set(in_python)) > 20


def test_every_condition_has_its_twin_and_no_twin_stands_alone() -> None:
    assert set(TWINS) == set(CONDITIONS)


def test_a_condition_without_a_twin_is_refused_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TWINS, "pair_title")
    version = shipped_agreement().versions[-1]

    with pytest.raises(KeyError, match="pair_title"):
        compile_rulebook(version, DAYS[-1], facts_in(ROWS))


def hostile(version: AgreementVersion) -> AgreementVersion:
    """The rulebook with hostile codes in every parameter, wider listings, and the clauses in another order."""
    rotated = [_hostile(clause) for clause in version.clauses]
    middle = rotated[6:-6]
    listing = version.reciprocity[0]
    more = [
        replace(listing, issuer=issuer, target=target)
        for issuer in ("510100", "510107", "500107", "500112")
        for target in ("500000", "500106", "510000", "510100", "511500")
    ]
    return replace(
        version,
        clauses=(*rotated[:6], *reversed(middle), *rotated[-6:]),
        reciprocity=(*version.reciprocity, *more, replace(listing, issuer="510107", target="500107", since=DAYS[-1])),
        qualifications=(
            *version.qualifications,
            replace(version.qualifications[0], names=frozenset(HOSTILE), grade="'"),
            replace(version.qualifications[0], names=frozenset({"O'Brien; DROP", "a%s:b"}), grade=""),
        ),
    )


def _hostile(clause: Clause) -> Clause:
    given = clause.parameters
    # Every card begins with the empty family.
    more = frozenset({"\0", *HOSTILE}) if clause.id != "R17" else frozenset({"\0", "'"})
    codes = {name: held | more for name, held in given.codes.items()}
    return replace(clause, parameters=Parameters(codes, given.days, given.numbers))


async def both(
    connection: AsyncConnection, version: AgreementVersion, day: date, asked: list[Question]
) -> tuple[list[Any], list[Any]]:
    """What rules each question, in SQL and in Python: rule and variant."""
    await fill(connection, asked)
    compiled = compile_rulebook(version, day, facts_in(ROWS))
    rows = await connection.execute(select(ROWS.c.id, compiled.expression))
    places = {row[0].int: row[1] for row in rows}
    in_sql = [
        None
        if places[number] is None
        else (compiled.rulings[places[number]].rule, compiled.rulings[places[number]].variant)
        for number in range(len(asked))
    ]
    return in_sql, [ruled(version, question) for question in asked]


async def fill(connection: AsyncConnection, asked: list[Question]) -> None:
    await connection.execute(CreateTable(ROWS))
    raw: Any = (await connection.get_raw_connection()).driver_connection
    async with raw.cursor() as cursor, cursor.copy(f"COPY asked (id, {', '.join(FACT_NAMES)}) FROM STDIN") as copy:
        for number, question in enumerate(asked):
            row = as_row(question)
            await copy.write_row([UUID(int=number), *(row[name] for name in FACT_NAMES)])
    await connection.exec_driver_sql("ANALYZE asked")


def ruled(version: AgreementVersion, question: Question) -> tuple[str, str | None]:
    """The first satisfied clause and its variant, as `decide` finds them."""
    for clause in version.clauses:
        ruling = find_ruling(clause, question, version)
        if ruling is not None:
            return clause.id, next((name for name, each in clause.variants.items() if each is ruling), None)
    raise AssertionError("a rulebook ends with a clause that always holds")


def differences(in_sql: list[Any], in_python: list[Any], asked: list[Question]) -> list[Any]:
    return [
        (sql, python, question) for sql, python, question in zip(in_sql, in_python, asked, strict=True) if sql != python
    ][:3]
