"""A university teacher of Sichuan with one title, and the offices that see to it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.credential_entries import Statement
from talent_registry.services import credentials, filings, organisations, researchers
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.registries import World, authority
from tests.scenes import scene

ISSUED = date(2020, 4, 17)
NUMBER = "512020000001"
NAME = "旦增·卓嘎"
FILING = "510000-01-2019-4710"
PROFESSOR = Statement(
    title_code="0102",
    title_name="副教授",
    level="副高级",
    route="评审",
    issuer_kind="省级人社",
    filing_number=FILING,
    approval_date=ISSUED,
    issued_on=ISSUED,
)


def document(serial: int) -> str:
    """A sample identity number."""
    body = f"99000019800101{serial:03d}"
    return body + iso7064_mod_11_2(body)


@dataclass
class Titles:
    """The people, offices and units of a small registry, as actors."""

    world: World
    home: UUID
    sichuan: UUID
    chongqing: UUID
    person: UUID
    public_number: str
    document_number: str

    @property
    def officer(self) -> Actor:
        return authority("510000", self.sichuan)

    @property
    def other_officer(self) -> Actor:
        return authority("500000", self.chongqing)

    @property
    def issuer(self) -> Actor:
        return Actor(ActorKind.ISSUER, None, self.sichuan)

    @property
    def holder(self) -> Actor:
        return Actor(ActorKind.RESEARCHER, None, None, self.person)

    @property
    def hr(self) -> Actor:
        return Actor(ActorKind.HR, None, self.home)

    def asked(self, number: str = NUMBER, **changes: Any) -> credentials.NewCredential:
        """A title to be recorded; `changes` are those of the statement."""
        holder = credentials.Holder(self.document_number)
        return credentials.NewCredential(self.sichuan, "TITLE", number, holder, replace(PROFESSOR, **changes))

    async def record(self, number: str = NUMBER, **changes: Any) -> UUID:
        """Record a title as the provincial authority would."""
        done = await credentials.record(
            self.world.registry, self.officer, self.asked(number, **changes), self.world.key()
        )
        return UUID(done.result["credential_id"])

    async def enrol(self, serial: int, name: str) -> tuple[UUID, str]:
        """One more person of the home unit: id and public number."""
        asked = researchers.NewPerson(name, "RESIDENT_ID", document(serial), household="510107", home_unit_id=self.home)
        done = await researchers.register(self.world.registry, OPERATOR, asked, self.world.key())
        return UUID(done.result["researcher_id"]), done.result["public_number"]


@scene
async def open_titles(world: World) -> Titles:
    """The units, the filing of the committee and the teacher; no credential yet."""
    home = await world.organisation("四川样例大学", "UNIVERSITY", "510107")
    sichuan = await world.organisation("四川省人力资源和社会保障厅", "HRSS_BUREAU", "510000")
    chongqing = await world.organisation("重庆市人力资源和社会保障局", "HRSS_BUREAU", "500000")
    titles = Titles(world, home, sichuan, chongqing, home, "", document(1))
    titles.person, titles.public_number = await titles.enrol(1, NAME)
    filing = organisations.NewFiling(
        FILING, sichuan, "高等学校教师评审委员会", date(2019, 1, 1), date(2021, 12, 31), "正高级", ("01",)
    )
    await filings.file_committee(world.registry, titles.officer, filing, world.key())
    return titles
