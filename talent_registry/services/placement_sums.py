"""How a person's placements add up on a day over both provinces: workload, leave, days of the year, headcounts."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_sums import (
    DaysSum,
    Headcount,
    LeaveSum,
    count_heads,
    spans_of,
    sum_days,
    sum_leave,
)
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.workload import Load, loads
from talent_registry.services.agreements import agreement_known
from talent_registry.services.looks import basis_of, check_stated_purpose, note_looks
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.registry import Registry
from talent_registry.services.relations import subject_of_person
from talent_registry.storage import organisations, placement_rounds, placement_shares, placements
from talent_registry.storage.session import duty

_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlacementSums:
    """The sums of one person on one day; `load` None: no share falls on it. `days` are of the day's year, up to it."""

    on: date
    load: Load | None
    leave: LeaveSum
    days: tuple[DaysSum, ...]
    headcount: Headcount


async def add_up(
    registry: Registry, actor: Actor, researcher_id: UUID, on: date | None = None, purpose: str = ""
) -> PlacementSums:
    """The sums for a day (None: today), by the agreement of that day.

    The person, who need state no purpose; the home unit, and the host unit of a live placement, whose look is noted.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_PLACEMENT)
    day = on or registry.today()
    async with registry.reading(actor) as connection:
        subject = await subject_of_person(connection, researcher_id, registry.today(), actor)
        # Only who shares the person's time asks how much of it is left.
        sharing = replace(subject, provinces=frozenset(), consented=False)
        actor.must(Permission.READ_PLACEMENT, sharing)
        if actor.kind is not ActorKind.RESEARCHER:
            check_stated_purpose(actor, purpose, "purpose")
        version = agreement_version_in_force(await agreement_known(connection, registry), day)
        async with duty(connection, "workload"):
            shares = await placement_shares.list_shares(connection, researcher_id, day, agreed_by=_EVER)
            begun = await placements.list_begun(connection, researcher_id)
            events = await placement_rounds.list_events(connection, [one.id for one in begun])
            rounds = await placement_rounds.list_rounds(connection, [one.id for one in begun])
        units = list(dict.fromkeys(unit for one in begun for unit in (one.home_unit_id, one.host_unit_id)))
        provinces = {
            one.id: one.province for one in await organisations.list_by_ids(connection, units) if one is not None
        }
        async with duty(connection, "propose"):
            home = await placements.find_home_unit(connection, researcher_id, day)
    if actor.kind is not ActorKind.RESEARCHER:
        basis = basis_of(actor, Permission.READ_PLACEMENT, sharing) or ""
        await note_looks(registry, actor, {researcher_id: basis}, PersonField.PLACEMENTS, purpose)
    agreed = {
        one.id: [terms.workload_percent for terms in rounds[one.id] if terms.agreed_at is not None] for one in begun
    }
    spans = [span for one in begun for span in spans_of(one, events[one.id], day, agreed[one.id])]
    return PlacementSums(
        on=day,
        load=next(iter(loads(shares, Period(day, day))), None),
        leave=sum_leave(version, spans),
        days=sum_days(version, spans, day.year, provinces, day),
        headcount=count_heads(home, spans, day),
    )
