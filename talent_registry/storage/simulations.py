"""Two rulebooks over every recorded credential, in the database and without writing anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    text,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import AgreementVersion, Outcome
from talent_registry.domain.divisions import province_of
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.simulations import (
    Change,
    ChangedCount,
    LostSupport,
    Ruled,
    TargetGroup,
    TargetTotals,
    change_between,
)
from talent_registry.storage.clause_cases import Needs
from talent_registry.storage.decision_facts import BARRIER, NO_POST, Fact, Facts, chain_of
from talent_registry.storage.differences import Difference
from talent_registry.storage.recorded_facts import (
    Among,
    count_recorded,
    exam_certificates,
    facts_of_columns,
    facts_of_row,
    recorded_facts,
)
from talent_registry.storage.rulebooks import CompiledRulebook, compile_rulebook
from talent_registry.storage.tables import organisation, placement

# Municipalities have no prefectures: there the district itself is named.
_MUNICIPALITIES = ("11", "12", "31", "50")
_NOWHERE = (0, "", "")
_UNHURRIED = (
    # A long statement, for this transaction alone; compiling the expression to machine code takes longer than it saves.
    "SET LOCAL statement_timeout = '15min'",
    "SET LOCAL jit = off",
    "SET LOCAL work_mem = '128MB'",
    # Every row is read and little is known of how many groups there will be: hashing, not sorting.
    "SET LOCAL enable_mergejoin = off",
    "SET LOCAL enable_sort = off",
)


# How few rows pass a test of a rulebook nobody can tell beforehand: every row is read once, none is looked up.
_INDEXED = ("enable_indexscan", "enable_bitmapscan")


@dataclass(frozen=True, slots=True)
class Compared:
    """The answers of two rulebooks to every credential: totals by target, and what changes."""

    credentials: int
    totals: tuple[TargetTotals, ...]
    changes: tuple[ChangedCount, ...]


async def take_time(connection: AsyncConnection) -> None:
    """Let the statements of this transaction take the time they need."""
    for statement in _UNHURRIED:
        await connection.execute(text(statement))


async def compare(
    connection: AsyncConnection,
    versions: tuple[AgreementVersion, AgreementVersion],
    groups: Sequence[TargetGroup],
    on: date,
) -> Compared:
    """What the first rulebook and the second answer to every credential towards every group of targets.

    For a caller who sees every credential: under the duty `simulate`.
    """
    numbers = {group.number: group for group in groups}
    changes: list[ChangedCount] = []
    for way in _INDEXED:
        await connection.execute(text(f"SET LOCAL {way} = off"))
    for targeted in (False, True):
        answers, rulings = each_answer(versions, groups, on, targeted=targeted, differing=True)
        for row in await connection.execute(_counted_by(answers.offset(BARRIER).subquery("answers"))):
            # A title of targeted evaluation is asked towards each division, any other towards one for all of its group.
            divisions = (row.division,) if row.targeted else numbers[row.group].divisions
            change = change_between(rulings[row.before], rulings[row.after])
            if change is not None:
                changes.append(_changed(row, divisions, change, rulings))
    recorded = {row.issuing_province: row.counted for row in await connection.execute(count_recorded())}
    credentials = sum(recorded.values())
    for way in _INDEXED:
        await connection.execute(text(f"SET LOCAL {way} = on"))
    asked = {
        division: credentials - recorded.get(group.province, 0) for group in groups for division in group.divisions
    }
    return Compared(credentials, totals_of(groups, asked, changes), tuple(sorted(changes, key=_largest_first)))


def each_answer(
    versions: tuple[AgreementVersion, AgreementVersion],
    groups: Sequence[TargetGroup],
    on: date,
    *,
    targeted: bool,
    differing: bool = False,
) -> tuple[Select[Any], tuple[Ruled, ...]]:
    """One row for each answer of both rulebooks, and what its numbers `before` and `after` stand for.

    Every credential towards one division of each group, or, `targeted`, the titles of targeted evaluation towards the
    others. `differing`: only credentials to which the rulebooks may answer differently.
    """
    difference = Difference.between(versions, on) if differing else None
    among = None if difference is None else _reached(difference, groups, targeted=targeted)
    facts = recorded_facts(on, targeted=targeted, among=among).offset(BARRIER).subquery("facts")
    target = _targets(groups, others=targeted)
    asked_facts = facts_of_row(facts, target_province=target.c.province, target_chain=target.c.chain, **NO_POST)
    within = None if difference is None else difference.needs
    before, after = _compiled(versions, on, asked_facts, within)
    answers = (
        select(
            *(facts.c[name] for name in ("id", "kind", "series", "level", "issuer_division")),
            target.c.number.label("group"),
            target.c.division,
            facts.c.targeted_area.is_not(None).label("targeted"),
            before.expression.label("before"),
            after.expression.label("after"),
        )
        .select_from(facts)
        .join(target, target.c.province != func.coalesce(facts.c.issuing_province, ""))
    )
    return answers, after.rulings


async def find_lost_support(
    connection: AsyncConnection, versions: tuple[AgreementVersion, AgreementVersion], on: date, examples: int
) -> tuple[LostSupport, ...]:
    """The active placements that the first rulebook supports and the second does not, by what rules in each."""
    facts = recorded_facts(on).subquery("facts")
    posts = (
        select(
            *facts.c,
            placement.c.id.label("placement_id"),
            placement.c.post_series,
            organisation.c.province.label("target_province"),
            chain_of(organisation.c.division).label("target_chain"),
            # Asked for only where a post is tied to a series.
            case((placement.c.post_series.is_not(None), exam_certificates(facts.c.researcher_id, on))).label(
                "exam_certificates"
            ),
        )
        .select_from(placement)
        .join(facts, facts.c.id == placement.c.credential_id)
        .join(organisation, organisation.c.id == placement.c.host_unit_id)
        .where(placement.c.state == PlacementState.ACTIVE.value)
        .offset(BARRIER)
        .subquery("posts")
    )
    given = {name: posts.c[name] for name in ("post_series", "target_province", "target_chain", "exam_certificates")}
    before, after = _compiled(versions, on, facts_of_row(posts, **given))
    answers = (
        select(posts.c.placement_id, before.expression.label("before"), after.expression.label("after"))
        .offset(BARRIER)
        .subquery("answers")
    )
    rulings = after.rulings
    supporting = [place for place, ruled in enumerate(rulings) if ruled.outcome is Outcome.AUTO]
    statement = (
        select(
            answers.c.before,
            answers.c.after,
            func.count().label("counted"),
            func.array_agg(aggregate_order_by(answers.c.placement_id, answers.c.placement_id)).label("ids"),
        )
        .where(answers.c.before.in_(supporting), answers.c.after.not_in(supporting))
        .group_by(answers.c.before, answers.c.after)
    )
    rows = (await connection.execute(statement)).all()
    lost = [
        LostSupport(rulings[row.before], rulings[row.after], row.counted, tuple(row.ids[:examples])) for row in rows
    ]
    return tuple(sorted(lost, key=lambda one: (-one.count, one.before.basis, one.after.basis)))


def totals_of(
    groups: Sequence[TargetGroup], asked: Mapping[str, int], changes: Sequence[ChangedCount]
) -> tuple[TargetTotals, ...]:
    """The counts of each division; divisions of one group with the same counts stand together."""
    changed: Counter[tuple[str, Change]] = Counter()
    for one in changes:
        for division in one.divisions:
            changed[division, one.change] += one.count
    totals = []
    for group in groups:
        alike: dict[tuple[int, ...], list[str]] = {}
        for division in group.divisions:
            counts = (asked.get(division, 0), *(changed[division, change] for change in Change))
            alike.setdefault(counts, []).append(division)
        totals += [TargetTotals(tuple(divisions), *counts) for counts, divisions in alike.items()]
    return tuple(totals)


def _changed(row: Any, divisions: tuple[str, ...], change: Change, rulings: Sequence[Ruled]) -> ChangedCount:  # noqa: ANN401 - a row of the comparison
    return ChangedCount(
        group=row.group,
        divisions=divisions,
        targeted=row.targeted,
        change=change,
        before=rulings[row.before],
        after=rulings[row.after],
        kind=row.kind,
        series=row.series,
        level=row.level,
        prefecture=row.prefecture,
        count=row.counted,
        example=UUID(row.example),
    )


def _reached(difference: Difference, groups: Sequence[TargetGroup], *, targeted: bool) -> Among:
    """Whether a difference can show towards one division of each group, or, `targeted`, towards the others."""
    divisions = [one for group in groups for one in (group.divisions[1:] if targeted else group.divisions[:1])]
    if targeted and not difference.looks_at_areas:
        # Divisions of one group are told apart by areas alone.
        divisions = [group.divisions[1] for group in groups if group.divisions[1:]]
    return lambda row: difference.reached([facts_of_columns(row, **_towards(one)) for one in divisions])


def _towards(division: str) -> dict[str, Fact]:
    """A division that is known beforehand, and no post."""
    chain = literal([division, f"{division[:4]}00", province_of(division)], ARRAY(Text))
    return {"target_province": literal(province_of(division)), "target_chain": chain, **NO_POST}


def _targets(groups: Sequence[TargetGroup], *, others: bool) -> FromClause:
    """One division of each group, or all others; a row without number where there is none."""
    rows = [
        (group.number, division, group.province)
        for group in groups
        for division in (group.divisions[1:] if others else group.divisions[:1])
    ]
    listed = values(
        column("number", Integer),
        column("division", Text),
        column("province", Text),
        name="listed",
    ).data(rows or [_NOWHERE])
    found = select(*listed.c, chain_of(listed.c.division).label("chain"))
    return found.where(listed.c.number > 0).offset(BARRIER).subquery("target")


def _compiled(
    versions: tuple[AgreementVersion, AgreementVersion], on: date, facts: Facts, within: Needs | None = None
) -> tuple[CompiledRulebook, CompiledRulebook]:
    """Both rulebooks; what rules alike has one number, and all that either can say is in the rulings of the second."""
    before = compile_rulebook(versions[0], on, facts, within=within)
    return before, compile_rulebook(versions[1], on, facts, known=before.rulings, within=within)


def _counted_by(answers: Subquery) -> Select[Any]:
    changed = answers.c.before != answers.c.after
    division = answers.c.issuer_division
    prefecture = case(
        (func.left(division, 2).in_(_MUNICIPALITIES), division), else_=func.left(division, 4).op("||")("00")
    )
    named = {"kind": answers.c.kind, "series": answers.c.series, "level": answers.c.level, "prefecture": prefecture}
    # What does not change is only counted.
    by = [case((changed, fact)).label(name) for name, fact in named.items()]
    grouped = [answers.c.group, answers.c.division, answers.c.targeted, answers.c.before, answers.c.after, *by]
    example = func.min(cast(answers.c.id, Text)).filter(changed)
    return select(*grouped, func.count().label("counted"), example.label("example")).group_by(
        *(literal_column(str(place), Integer) for place in range(1, len(grouped) + 1))
    )


def _largest_first(one: ChangedCount) -> tuple[Any, ...]:
    return (-one.count, one.group, one.before.basis, one.after.basis, str(one.example))
