"""Two provinces that mirror each other, each with a person to place, and everybody who may act on either of them."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.placements import Terms
from talent_registry.domain.questions import Target
from talent_registry.services import (
    credentials,
    filings,
    organisations,
    placement_life,
    placement_signing,
    placements,
    recognition,
    researchers,
)
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls
from tests.postings import NO_NOTICE, account_of, hr_of
from tests.registries import World, authority, open_world
from tests.scenes import scene
from tests.titles import PROFESSOR, document

Row = dict[str, Any]
# What a researcher's record says, and the ledger never may.
NAMES = ("旦增·卓嘎", "单雄信")
PURPOSE = "聘任审核"
CENTRAL, UNFILED = {"issuer_kind": "中央单位"}, {"filing_number": None}


@dataclass(frozen=True)
class Side:
    """One province: its offices, two employers, and the person whose home unit the first of them is."""

    province: str
    division: str
    bureau: UUID
    filing: str
    officer: Actor
    colleague: Actor
    issuer: Actor
    units: tuple[UUID, UUID]
    hrs: tuple[Actor, Actor]
    person: UUID
    public_number: str
    name: str
    document: str
    me: Actor
    # A provincial title, one of a central unit (a case is open for it), one of a committee that was never filed.
    titles: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Cast:
    """Both sides, an agency, and strangers who have no part in anything."""

    sides: tuple[Side, Side]
    agency: Actor
    agencies: tuple[UUID, UUID]
    stranger: Actor
    stranger_hr: Actor
    far_officer: Actor

    def other(self, side: Side) -> Side:
        """The side across the border."""
        return self.sides[1 - self.sides.index(side)]

    @property
    def outsiders(self) -> tuple[Actor, ...]:
        """Who may do nothing that names a record of either side."""
        return ANONYMOUS, self.stranger, self.stranger_hr, self.far_officer

    def side_of(self, person: UUID) -> Side:
        """The side whose person this is; its person's records alone are acted on."""
        return next(side for side in self.sides if side.person == person)

    def by_unit(self, unit: UUID) -> Actor:
        """The HR office of a unit."""
        return next(hr for side in self.sides for hr in side.hrs if hr.organisation_id == unit)


@dataclass
class Stage:
    """One database on which one story is played."""

    cast: Cast
    world: World
    urls: DatabaseUrls
    connection: "psycopg.Connection[Any]"
    serial: int = 100
    known: dict[UUID, tuple[str, int, Any]] = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        return self.world.registry

    @property
    def today(self) -> date:
        return self.registry.today()

    def next(self) -> int:
        """A number nobody has had."""
        self.serial += 1
        return self.serial

    def ask(self, statement: str, **values: Any) -> list[Row]:
        """What the database holds, whoever asks."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def rows(self) -> list[Row]:
        """Every placement, oldest first, with the parties that have signed the terms that wait."""
        return self.ask(
            "SELECT p.*, r.terms_digest, r.proposed_by, ARRAY(SELECT party FROM placement_signature s "
            "WHERE s.placement_id = p.id AND s.round = p.open_round) AS signed FROM placement p "
            "LEFT JOIN placement_round r ON r.placement_id = p.id AND r.round = p.open_round "
            "ORDER BY p.proposed_at, p.id"
        )

    def parties(self, row: Row) -> dict[str, Actor]:
        """Who acts for each party of a placement."""
        return {
            "RESEARCHER": self.cast.side_of(row["researcher_id"]).me,
            "HOME_UNIT": self.cast.by_unit(row["home_unit_id"]),
            "HOST_UNIT": self.cast.by_unit(row["host_unit_id"]),
        }

    def draft(self, side: Side, host: UUID, **changes: Any) -> placements.NewPlacement:
        """A placement of the side's person across the border, from yesterday for a year."""
        asked = placements.NewPlacement(
            researcher=side.person,
            host_unit_id=host,
            credential_id=side.titles[0],
            kind="PART_TIME",
            post="讲座教授",
            post_series="01",
            term_from=self.today - timedelta(days=1),
            term_until=self.today + timedelta(days=364),
            workload_percent=30,
        )
        return replace(asked, **changes)


@scene
async def open_cast(world: World) -> Cast:
    """Everybody registered, and each person with a placement that runs, one that is agreed and one that waits."""
    sides = (
        await open_side(world, "510000", ("510107", "510104"), "四川", 1, NAMES[0]),
        await open_side(world, "500000", ("500106", "500103"), "重庆", 2, NAMES[1]),
    )
    agencies = (
        await world.organisation("四川样例人才市场", "AGENCY", "510104"),
        await world.organisation("重庆样例人才市场", "AGENCY", "500103"),
    )
    agency = await _account(world, AccountKind.AGENCY, agencies[1], "500000", frozenset({PURPOSE}))
    elsewhere = await world.organisation("四川样例医院", "ENTERPRISE", "510104")
    stranger, _ = await register_person(world, elsewhere, "510104", document(3), "公孙大娘")
    cast = Cast(
        (await _titled(world, sides[0]), await _titled(world, sides[1])),
        agency,
        agencies,
        await account_of_person(world, stranger),
        await hr_of(world, elsewhere, "510000"),
        authority("520000"),
    )
    for side in cast.sides:
        await _placed(world, cast, side)
    return cast


async def open_side(world: World, province: str, divisions: tuple[str, str], name: str, serial: int, who: str) -> Side:
    bureau = await world.organisation(f"{name}样例人社厅", "HRSS_BUREAU", province)
    units = (
        await world.organisation(f"{name}样例大学", "UNIVERSITY", divisions[0]),
        await world.organisation(f"{name}样例研究院", "INSTITUTE", divisions[1]),
    )
    officer, colleague = [await _account(world, AccountKind.AUTHORITY, bureau, province) for _ in range(2)]
    issuer = await _account(world, AccountKind.ISSUER, bureau, province)
    number = f"{province}-01-2019-4710"
    days = date(2019, 1, 1), date(2021, 12, 31)
    filing = organisations.NewFiling(number, bureau, "高等学校教师评审委员会", *days, "正高级", ("01",))
    await filings.file_committee(world.registry, officer, filing, world.key())
    person, public_number = await register_person(world, units[0], divisions[0], document(serial), who)
    hrs = await hr_of(world, units[0], province), await hr_of(world, units[1], province)
    me = await account_of_person(world, person)
    return Side(
        province, divisions[0], bureau, number, officer, colleague, issuer, units, hrs,
        person, public_number, who, document(serial), me,
    )  # fmt: skip


async def register_person(world: World, home: UUID, division: str, number: str, name: str) -> tuple[UUID, str]:
    since = date(2020, 1, 1)
    asked = researchers.NewPerson(
        name, "RESIDENT_ID", number, household=division, household_since=since, home_unit_id=home,
        employed_since=since, named_since=since, document_since=since,
    )  # fmt: skip
    done = await researchers.register(world.registry, OPERATOR, asked, world.key())
    return UUID(done.result["researcher_id"]), done.result["public_number"]


async def _account(
    world: World, kind: AccountKind, unit: UUID, province: str, purposes: frozenset[str] = frozenset()
) -> Actor:
    account = Account(new_id(), f"o{new_id().hex}", kind, unit, None, purposes, world.clock.now)
    return Actor(ActorKind(kind.value), await account_of(world, account), unit, None, province, purposes)


async def account_of_person(world: World, person: UUID) -> Actor:
    kind, nobody = AccountKind.RESEARCHER, frozenset[str]()
    account = Account(new_id(), f"p{new_id().hex}", kind, None, person, nobody, world.clock.now)
    return Actor(ActorKind.RESEARCHER, await account_of(world, account), None, person)


async def _titled(world: World, side: Side) -> Side:
    made = []
    for serial, changes in enumerate(({}, CENTRAL, UNFILED)):
        statement = replace(PROFESSOR, filing_number=side.filing)
        statement = replace(statement, **changes)  # type: ignore[arg-type]  # texts or None, as the statement has
        number = f"{side.province[:2]}2020{serial:06d}"
        asked = credentials.NewCredential(side.bureau, "TITLE", number, credentials.Holder(side.document), statement)
        done = await credentials.record(world.registry, side.officer, asked, world.key())
        made.append(UUID(done.result["credential_id"]))
    return replace(side, titles=tuple(made))


async def _placed(world: World, cast: Cast, side: Side) -> None:
    """One placement under notice terms of the law runs, one without notice is agreed, one waits."""
    registry, beyond = world.registry, cast.other(side)
    with_notice, at_once = Terms(), NO_NOTICE
    for which, terms in enumerate((with_notice, at_once, with_notice)):
        host = beyond.units[which % 2]
        stage = Stage(cast, world, None, None)  # type: ignore[arg-type]  # only its days are asked
        done = await placements.propose(registry, side.me, stage.draft(side, host, terms=terms), world.key())
        made = UUID(done.result["placement_id"])
        for actor in (side.me, side.hrs[0], cast.by_unit(host))[: 3 if which < 2 else 1]:
            await placement_signing.sign(registry, actor, placement_signing.Signing(made), world.key())
        if which == 0:
            await placement_life.activate(registry, side.me, made, world.key())
    for title in side.titles[1:]:
        target = Target(division=beyond.division, employer_kind="UNIVERSITY", post_series="01")
        question = recognition.AskedRecognition(title, target)
        await recognition.decide_recognition(registry, side.me, question, world.key())


def enter(cast: Cast, urls: DatabaseUrls, keys: Path, connection: "psycopg.Connection[Any]") -> Stage:
    """The cast on a database that is a copy of theirs; everything from now on is the story's own."""
    world = open_world(urls.app_url, keys)
    world.clock.go_on(minutes=1)
    return Stage(cast, world, urls, connection)
