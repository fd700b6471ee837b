"""A draft tried on the whole registry: what it changes is what deciding each credential one by one would change."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Text, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreement_releases import read_release
from talent_registry.domain.agreements import AgreementVersion, Outcome
from talent_registry.domain.errors import InvalidInput, NotPermitted
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import Decision, decide, find_ruling
from talent_registry.domain.simulation_results import simulation_as_json
from talent_registry.domain.simulations import Change, Ruled, Simulation, change_between, targets_of
from talent_registry.services import simulations
from talent_registry.services.credentials import DecisionFacts, facts_for_decision
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.storage.decision_facts import FACT_NAMES, NO_POST, chain_of, province_in
from talent_registry.storage.recorded_facts import exam_certificates, facts_of_row, recorded_facts
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority
from tests.storage.random_questions import as_row
from tests.tried_drafts import edited_draft, wide_draft
from tests.whole_registry import TODAY, write_credentials, write_integrity_records

OFFICER = authority("510000")
DAY = date(2026, 12, 1)
COUNT = 900


@pytest.fixture
def whole(world: World, database_urls: DatabaseUrls) -> World:
    """A registry of credentials of every kind and state."""
    write_credentials(database_urls, COUNT)
    write_integrity_records(database_urls, COUNT // 3)
    return world


async def all_facts(connection: AsyncConnection, on: date) -> dict[UUID, DecisionFacts]:
    ids = (await connection.execute(text("SELECT id FROM credential"))).scalars().all()
    return {one: await facts_for_decision(connection, one, on) for one in ids}


def asked(facts: DecisionFacts, target: Target, on: date) -> Question:
    return Question(
        credential=facts.credential, target=target, source_province=facts.source_province, on=on, holder=facts.holder
    )


def rules(version: AgreementVersion, question: Question) -> Ruled:
    """The first satisfied clause, as `decide` finds it, without the findings of all others."""
    found = ((clause, find_ruling(clause, question, version)) for clause in version.clauses)
    clause, ruling = next((clause, ruling) for clause, ruling in found if ruling is not None)
    variant = next((name for name, one in clause.variants.items() if one is ruling), None)
    return Ruled(clause.id, variant, ruling.outcome)


@pytest.mark.parametrize("on", [date(2026, 11, 23), TODAY, date(2026, 11, 25), date(2020, 1, 1)], ids=str)
async def test_the_facts_of_a_credential_are_the_same_in_sql(whole: World, on: date) -> None:
    target = Target(division="500107")
    async with whole.registry.reading(OFFICER) as connection, duty(connection, "simulate"):
        row = recorded_facts(on).subquery("facts")
        facts = facts_of_row(
            row,
            target_province=province_in(_text("500107")),
            target_chain=chain_of(_text("500107")),
            post_series=NO_POST["post_series"],
            exam_certificates=exam_certificates(row.c.researcher_id, on),
        )
        statement = select(row.c.id, *(getattr(facts, name).label(name) for name in FACT_NAMES))
        in_sql = {found["id"]: dict(found) for found in (await connection.execute(statement)).mappings()}
        in_python = await all_facts(connection, on)

    assert len(in_sql) == len(in_python) == COUNT
    # On days of the records some people have one; of 2020 none.
    assert any(one.holder.integrity_record for one in in_python.values()) is (on > date(2026, 1, 1))
    for credential_id, known in in_python.items():
        found = in_sql[credential_id]
        sets = {name: found[name] and sorted(found[name]) for name in ("targeted_area", "filed_series")}
        assert found | sets == as_row(asked(known, target, on)) | {"id": credential_id}


def _text(value: str) -> Any:
    return literal(value, Text)


async def test_a_wider_list_changes_what_row_by_row_decisions_change(whole: World) -> None:
    found = await simulations.simulate(whole.registry, OFFICER, wide_draft())

    await agrees(whole, found)
    assert found.on == DAY
    assert {one.change for one in found.changes} == {Change.GAIN}
    assert {(one.before.rule, one.after.rule) for one in found.changes} == {("R2b", "R2a")}
    assert max(len(group.divisions) for group in found.groups) > 30


async def test_losses_and_other_bases_are_told_apart(whole: World) -> None:
    """One clause recognises no more, another is renamed, a third comes to more."""
    draft = edited_draft(
        ('id = "R11"', 'id = "R11n"'),
        ('outcome = "AUTO"\nreason_code = "NATIONAL_EXAM"', 'outcome = "VERIFY"\nreason_code = "NATIONAL_EXAM"'),
        ('issuer_kinds = ["PROVINCIAL_HRSS"]', 'issuer_kinds = ["SELF_REVIEW_UNIT"]'),
        ('qualifications = ["注册计量师"]', 'qualifications = ["园艺师"]'),
        ('classes = ["C"]', 'classes = ["C", "A"]'),
    )

    found = await simulations.simulate(whole.registry, OFFICER, draft)

    await agrees(whole, found)
    assert {one.change for one in found.changes} == set(Change)
    assert found.placements_losing_support > 0
    assert {one.before.outcome for one in found.lost_support} == {Outcome.AUTO}
    told = simulation_as_json(found)
    assert sum(one["count"] for one in told["lost_support"]) == told["placements_losing_support"]


async def agrees(world: World, found: Simulation) -> None:
    """Every count of the simulation against the decision of each credential towards each division."""
    async with world.registry.reading(OFFICER) as connection, duty(connection, "simulate"):
        facts = await all_facts(connection, found.on)
        posts = (await connection.execute(text(_POSTS))).all()
    asked_of, changed = one_by_one(found, facts)
    counted: Counter[tuple[Any, ...]] = Counter()
    for one in found.changes:
        for division in one.divisions:
            counted[division, one.change, one.before, one.after, one.kind, one.level] += one.count
    assert counted == changed
    assert sum(counted.values()) > 0
    assert {division: total.asked for total in found.totals for division in total.divisions} == dict(asked_of)
    assert found.credentials == len(facts)
    for change, name in ((Change.GAIN, "gains"), (Change.LOSS, "losses"), (Change.BASIS, "changed_basis")):
        summed = {division: getattr(total, name) for total in found.totals for division in total.divisions}
        assert summed == {
            division: sum(n for key, n in changed.items() if key[:2] == (division, change)) for division in summed
        }
    assert {(one.before, one.after): one.count for one in found.lost_support} == losing(found, facts, posts)


def one_by_one(found: Simulation, facts: dict[UUID, DecisionFacts]) -> tuple[Counter[str], Counter[tuple[Any, ...]]]:
    """How often each division is asked about, and what changes there."""
    asked_of: Counter[str] = Counter()
    changed: Counter[tuple[Any, ...]] = Counter()
    for group, division in [(one, division) for one in found.groups for division in one.divisions]:
        for known in facts.values():
            question = asked(known, Target(division=division), found.on)
            if question.issuing_province == group.province:
                continue
            asked_of[division] += 1
            before, after = (rules(version, question) for version in (found.in_force, found.draft))
            change = change_between(before, after)
            if change is not None:
                changed[division, change, before, after, known.credential.kind, known.credential.level] += 1
    return asked_of, changed


def losing(found: Simulation, facts: dict[UUID, DecisionFacts], posts: Sequence[Any]) -> dict[tuple[Ruled, Ruled], int]:
    """The active placements that lose their support, by what rules."""
    lost: Counter[tuple[Ruled, Ruled]] = Counter()
    for post in posts:
        target = Target(division=post.division, post_series=post.post_series)
        question = asked(facts[post.credential_id], target, found.on)
        before, after = (rules(version, question) for version in (found.in_force, found.draft))
        if before.outcome is Outcome.AUTO and after.outcome is not Outcome.AUTO:
            lost[before, after] += 1
    return dict(lost)


_POSTS = """
    SELECT credential_id, post_series, host.division FROM placement
    JOIN organisation host ON host.id = host_unit_id WHERE state = 'ACTIVE'
"""


async def test_a_sample_shows_both_decisions_and_names_nobody(whole: World) -> None:
    found = await simulations.simulate(whole.registry, OFFICER, edited_draft(('id = "R3"', 'id = "R3n"')))

    assert 0 < len(found.samples) <= simulations.SAMPLE * len(Change)
    for sample in found.samples:
        assert {finding.rule for finding in sample.before.findings} == {one.id for one in found.in_force.clauses}
        assert (sample.before.version_id, sample.after.version_id) == (found.in_force.id, found.draft.id)
    told = str(simulation_as_json(found))
    assert "name_zh" not in told
    assert "document_number" not in told
    assert "'number': 'N" not in told


async def test_nothing_is_written(whole: World, database_urls: DatabaseUrls) -> None:
    def written() -> list[tuple[Any, ...]]:
        with as_superuser(database_urls) as connection:
            ledger = connection.execute("SELECT count(*) FROM ledger_entry").fetchall()
            commands = connection.execute("SELECT count(*) FROM command").fetchall()
        return [*ledger, *commands]

    before = written()
    await simulations.simulate(whole.registry, OFFICER, wide_draft())
    assert written() == before


async def test_two_rulebooks_that_say_the_same_change_nothing(whole: World) -> None:
    found = await simulations.simulate(whole.registry, OPERATOR, edited_draft())

    assert (found.changes, found.samples, found.lost_support) == ((), (), ())
    assert {total.gains + total.losses + total.changed_basis for total in found.totals} == {0}
    assert min(total.asked for total in found.totals) > 0


async def test_progress_is_told_to_the_end(whole: World) -> None:
    told: list[int] = []

    await simulations.simulate(whole.registry, OFFICER, edited_draft(), progress=told.append)

    assert told == sorted(told)
    assert told[-1] == simulations.DONE


async def test_a_day_before_the_draft_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as failure:
        await simulations.simulate(world.registry, OFFICER, edited_draft(), on=date(2026, 11, 30))

    assert failure.value.reason == "DRAFT_NOT_IN_FORCE"


async def test_a_draft_with_a_fault_is_refused_before_anything_is_read(world: World) -> None:
    with pytest.raises(InvalidInput) as failure:
        await simulations.simulate(world.registry, OFFICER, {"draft.toml": "[[versions]]\nid = 1"})

    assert failure.value.reason == "AGREEMENT_FAULT"


@pytest.mark.parametrize(
    "kind", [ActorKind.HR, ActorKind.ISSUER, ActorKind.RESEARCHER, ActorKind.AGENCY, ActorKind.ANONYMOUS]
)
async def test_only_an_authority_or_the_operator_tries_a_draft(world: World, kind: ActorKind) -> None:
    with pytest.raises(NotPermitted):
        await simulations.simulate(world.registry, Actor(kind), edited_draft())
    with pytest.raises(NotPermitted):
        await simulations.simulate(world.registry, authority("520000"), edited_draft())


async def test_an_answer_that_python_does_not_give_is_never_reported(
    whole: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The samples are decided again in full; where they differ, no figure is handed out."""
    draft = edited_draft(('id = "R3"', 'id = "R3n"'))
    other = read_release(whole.registry.agreement, edited_draft(('id = "R3"', 'id = "R3m"'))).version

    def differing(version: AgreementVersion, question: Question) -> Decision:
        return decide(other if version.id == other.id else version, question)

    monkeypatch.setattr("talent_registry.services.simulations.decide", differing)

    with pytest.raises(RuntimeError, match="R3n"):
        await simulations.simulate(whole.registry, OFFICER, draft)


@pytest.mark.parametrize(("kind", "duty_name", "seen"), [
    ("AUTHORITY", "simulate", True), ("OPERATOR", "simulate", True), ("HR", "simulate", False),
    ("RESEARCHER", "simulate", False), ("AUTHORITY", "", False),
])  # fmt: skip
async def test_every_credential_is_seen_for_this_duty_alone(
    whole: World,
    kind: str,
    duty_name: str,
    seen: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    actor = Actor(ActorKind(kind), province="630000")
    async with whole.registry.database.reading(caller_of(actor), TODAY) as connection, duty(connection, duty_name):
        for table in ("credential", "credential_version", "credential_status", "placement"):
            count = (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            assert (count > 0) is seen, table


def test_targets_are_the_parties_and_what_a_listing_names() -> None:
    version = shipped_agreement().versions[-1]
    groups = targets_of((version, version), TODAY)

    assert [group.divisions for group in groups] == [("500000",), ("510000",), ("500107",), ("510100",)]
