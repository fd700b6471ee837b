"""People and offices that the tests of people act with."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, researchers
from talent_registry.services.accesses import SeenPerson
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority

SICHUAN, CHONGQING = "510000", "500000"
GRANTED = frozenset({"岗位聘任审核", "RECRUITMENT", "招聘"})


def sample_number(serial: int) -> str:
    """A sample identity number with a correct check character."""
    body = f"99000019800101{serial:03d}"
    return body + iso7064_mod_11_2(body)


@dataclass(frozen=True, slots=True)
class Town:
    """A home unit in Sichuan, a host unit and an agency in Chongqing, both authorities, and one person."""

    home: UUID
    host: UUID
    agency: UUID
    sichuan: UUID
    chongqing: UUID
    person: UUID
    public_number: str

    @property
    def me(self) -> Actor:
        return Actor(ActorKind.RESEARCHER, researcher_id=self.person)

    @property
    def home_hr(self) -> Actor:
        return Actor(ActorKind.HR, organisation_id=self.home, province=SICHUAN)

    @property
    def host_hr(self) -> Actor:
        return Actor(ActorKind.HR, organisation_id=self.host, province=CHONGQING)

    @property
    def agency_client(self) -> Actor:
        return Actor(ActorKind.AGENCY, organisation_id=self.agency, province=CHONGQING, purposes=GRANTED)

    @property
    def sichuan_officer(self) -> Actor:
        return authority(SICHUAN, self.sichuan)

    @property
    def chongqing_officer(self) -> Actor:
        return authority(CHONGQING, self.chongqing)


async def register_person(world: World, home: UUID | None, serial: int, name: str, household: str | None) -> UUID:
    """A person registered by the operator, with household and home unit since 2020."""
    asked = new_person(home, serial, name, household)
    done = await researchers.register(world.registry, OPERATOR, asked, world.key())
    return UUID(done.result["researcher_id"])


def new_person(home: UUID | None, serial: int, name: str, household: str | None) -> researchers.NewPerson:
    """A person as a form would hold them."""
    since = date(2020, 1, 1)
    return researchers.NewPerson(
        name,
        "RESIDENT_ID",
        sample_number(serial),
        household=household,
        household_since=since,
        home_unit_id=home,
        employed_since=since,
        named_since=since,
        document_since=since,
    )


async def a_town(world: World) -> Town:
    """The offices and the person."""
    home = await world.organisation("四川样例大学", "UNIVERSITY", "510107")
    host = await world.organisation("重庆样例研究院", "INSTITUTE", "500106")
    agency = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    sichuan = await world.organisation("四川省样例人社厅", "HRSS_BUREAU", SICHUAN)
    chongqing = await world.organisation("重庆市样例人社局", "HRSS_BUREAU", CHONGQING)
    done = await researchers.register(world.registry, OPERATOR, new_person(home, 1, "单雄信", "510107"), world.key())
    person, number = UUID(done.result["researcher_id"]), done.result["public_number"]
    return Town(home, host, agency, sichuan, chongqing, person, number)


def place(urls: DatabaseUrls, town: Town, state: str = "PROPOSED") -> None:
    """A placement of the person with the host unit, as the database would hold it."""
    with as_superuser(urls) as connection:
        connection.execute(
            "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, "
            "workload_percent, state, round, proposed_at, command_id) SELECT gen_random_uuid(), %s, %s, %s, "
            "'PART_TIME', '研究员', '2026-12-01', '2027-11-30', 40, %s, 1, now(), id FROM command LIMIT 1",
            (town.person, town.home, town.host, state),
        )


def take_part(urls: DatabaseUrls, town: Town, by: str) -> None:
    """The person's part in the one placement: the proposal was theirs, or they signed it."""
    with as_superuser(urls) as connection:
        connection.execute(
            "INSERT INTO placement_round (placement_id, round, term_from, term_until, workload_percent, terms, "
            "terms_digest, proposed_by, proposed_at, command_id) SELECT id, 1, term_from, term_until, "
            "workload_percent, '{}', '', %s, now(), command_id FROM placement",
            ("RESEARCHER" if by == "PROPOSAL" else "HOST_UNIT",),
        )
        if by == "SIGNATURE":
            connection.execute(
                "INSERT INTO account (id, login, password_hash, kind, researcher_id, purposes, opened_at, command_id) "
                "SELECT gen_random_uuid(), 'p', '!', 'RESEARCHER', %s, '{}', now(), id FROM command LIMIT 1",
                (town.person,),
            )
            connection.execute(
                "INSERT INTO placement_signature (id, placement_id, round, party, terms_digest, account_id, signed_at, "
                "command_id) SELECT gen_random_uuid(), placement.id, 1, 'RESEARCHER', '', account.id, now(), "
                "placement.command_id FROM placement, account",
            )


def certify(urls: DatabaseUrls, town: Town, issuer: UUID) -> None:
    """A credential of the person from an issuer, as the database would hold it."""
    with as_superuser(urls) as connection:
        connection.execute(
            "INSERT INTO credential (id, kind, number, issuer_id, researcher_id, registered_at, command_id) "
            "SELECT gen_random_uuid(), 'TITLE', '1', %s, %s, now(), id FROM command LIMIT 1",
            (issuer, town.person),
        )


async def self_seen(world: World, town: Town) -> SeenPerson:
    """The person's own record, whole, with its history."""
    return await accesses.look_at_self(world.registry, town.me, frozenset(PersonField), history=True)
