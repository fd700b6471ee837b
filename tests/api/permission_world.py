"""A registry in which every command has its rightful actor and valid inputs, and a cast of outsiders."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from graphql import build_schema

from talent_registry.api.nodes import kind_and_id, to_node_id
from talent_registry.api.schema import sdl
from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.identifiers import public_number
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    accounts,
    agreement_releases,
    consents,
    credentials,
    placement_life,
    profiles,
    recognition,
    standing,
)
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser
from tests.drafts import widened
from tests.postings import Person, Postings, account_of, another_person, hr_of, open_postings
from tests.registries import World, authority
from tests.titles import document

SICHUAN, CHONGQING, GUIZHOU = "510000", "500000", "520000"
HERMIT, HERMIT_NUMBER, HERMIT_SERIAL = "完颜无邻", "512020505050", 50
PURPOSE = "聘任审核"
# Of these nobody outside may learn a letter.
CONTACT = ("jade.canary@example.cn", "+86 13800138000")
_SHARE = 5


@dataclass
class Cast:
    """The rightful actors, the outsiders by name, and the records that commands are about (opaque ids)."""

    world: World
    posts: Postings
    officer: Actor
    colleague: Actor
    person: Actor
    home_hr: Actor
    host_hr: Actor
    outsiders: dict[str, Actor]
    hermit: Person
    agency: UUID = field(default_factory=new_id)
    records: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The public number of the person whom commands are about."""
        return self.posts.person.public_number

    def id_of(self, kind: str, record: UUID) -> str:
        """An opaque id."""
        return str(to_node_id(kind, record))

    def unit(self, record: UUID) -> str:
        """The opaque id of an organisation."""
        return self.id_of("Organisation", record)

    def actor(self, name: str) -> Actor:
        """A rightful actor by name."""
        found: Actor = getattr(self, name)
        return found

    def words_of_person(self) -> set[str]:
        """What would betray the person to whoever has no part in them."""
        return {self.number, "旦增", "512020000001", *self._ids(self.posts.person)}

    def words_of_hermit(self) -> set[str]:
        """What would betray the person who has no tie to the other province."""
        words = {self.hermit.public_number, HERMIT, HERMIT_NUMBER, *CONTACT, self.records["hermit_decision"]}
        return words | self._ids(self.hermit)

    def _ids(self, person: Person) -> set[str]:
        return {self.id_of("Researcher", person.id), self.id_of("Credential", person.credential)}


async def open_cast(world: World) -> Cast:
    """Everything that must be there before any of the commands can succeed."""
    posts = await open_postings(world)
    titles = posts.titles
    officer = await office(world, AccountKind.AUTHORITY, titles.sichuan, SICHUAN)
    colleague = await office(world, AccountKind.AUTHORITY, titles.sichuan, SICHUAN)
    outsiders = await _outsiders(posts)
    hermit = await _hermit(posts)
    cast = Cast(world, posts, officer, colleague, posts.person.me, posts.home_hr, posts.host_hr, outsiders, hermit)
    await _placements(cast)
    await _credentials(cast)
    await _clients_and_consents(cast)
    await _releases(cast)
    return cast


async def office(
    world: World, kind: AccountKind, unit: UUID, province: str, purposes: frozenset[str] = frozenset()
) -> Actor:
    """An office with its account."""
    account = Account(new_id(), f"o{new_id().hex}", kind, unit, None, purposes, world.clock.now)
    return Actor(ActorKind(kind.value), await account_of(world, account), unit, None, province, purposes)


async def _outsiders(posts: Postings) -> dict[str, Actor]:
    world = posts.world
    agency = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    issuer = await world.organisation("重庆样例评审中心", "HRSS_BUREAU", "500103")
    unit = await world.organisation("四川样例医院", "ENTERPRISE", "510104")
    stranger = await another_person(posts, 40)
    return {
        "anonymous": ANONYMOUS,
        "officer of the other province": await office(world, AccountKind.AUTHORITY, posts.titles.chongqing, CHONGQING),
        # No organisation lies outside both provinces, so this officer has no office: the province alone must refuse.
        "officer of a third province": authority(GUIZHOU),
        "unrelated HR": await hr_of(world, unit, SICHUAN),
        "unrelated HR across the border": posts.other_host_hr,
        "unrelated researcher": stranger.me,
        "agency without consent": await office(
            world, AccountKind.AGENCY, agency, CHONGQING, frozenset({"RECRUITMENT", "VERIFY", PURPOSE})
        ),
        "unrelated issuer": await office(world, AccountKind.ISSUER, issuer, CHONGQING),
    }


async def _hermit(posts: Postings) -> Person:
    """A person of Sichuan alone, with a full record: profile, credential, decision."""
    registry, world, titles = posts.registry, posts.world, posts.titles
    person_id, number = await titles.enrol(HERMIT_SERIAL, HERMIT)
    account = Account(
        new_id(), f"p{new_id().hex}", AccountKind.RESEARCHER, None, person_id, frozenset(), world.clock.now
    )
    me = Actor(ActorKind.RESEARCHER, await account_of(world, account), None, person_id)
    asked = replace(titles.asked(HERMIT_NUMBER), holder=credentials.Holder(document(HERMIT_SERIAL)))
    done = await credentials.record(registry, titles.officer, asked, world.key())
    edit = profiles.ProfileEdit(
        contact=profiles.ContactEdit(*CONTACT, Visibility.RECOGNISED_PARTIES),
        discipline=profiles.TextEdit("隐逸研究", Visibility.PRIVATE),
    )
    await profiles.edit(registry, me, edit, world.key())
    return Person(person_id, number, me, UUID(done.result["credential_id"]))


async def _releases(cast: Cast) -> None:
    registry, key = cast.posts.registry, cast.world.key
    for name in ("release_drafted", "release_proposed", "release_open"):
        files = [agreement_releases.File(*file) for file in widened(date(2027, 1, 1), name=name).items()]
        done = await agreement_releases.draft(registry, cast.officer, files, key())
        cast.records[name] = cast.id_of("AgreementRelease", UUID(done.result["release_id"]))
        if name == "release_proposed":
            cast.records["release_digest"] = done.result["digest"]
            await agreement_releases.propose(registry, cast.officer, UUID(done.result["release_id"]), key())


async def _placements(cast: Cast) -> None:
    posts, registry, key = cast.posts, cast.posts.registry, cast.world.key
    # One proposal for a host waits at a time; these hosts have no account that acts.
    third, fourth, fifth = [
        await cast.world.organisation(f"重庆第{which}研究院", "INSTITUTE", "500106") for which in "三四五"
    ]
    cast.records["free_host"] = cast.unit(fifth)
    for name, host in (("to_decline", third), ("to_withdraw", fourth)):
        proposed = await posts.propose(workload_percent=_SHARE, host_unit_id=host)
        cast.records[name] = cast.id_of("Placement", proposed)
    cast.records["to_activate"] = cast.id_of("Placement", await posts.agree(workload_percent=_SHARE))
    for name in ("to_suspend", "to_resume", "to_extend", "to_end"):
        begun = await posts.begin(workload_percent=_SHARE)
        cast.records[name] = cast.id_of("Placement", begun)
        if name == "to_resume":
            await placement_life.suspend(registry, cast.officer, placement_life.Grounded(begun, "核查"), key())
    cast.records["to_sign"] = cast.id_of("Placement", await posts.propose(workload_percent=_SHARE))


async def _credentials(cast: Cast) -> None:
    titles, registry, key = cast.posts.titles, cast.posts.registry, cast.world.key
    for serial, name in enumerate(("cred_correct", "cred_suspend", "cred_reinstate", "cred_revoke"), start=70):
        made = await titles.record(f"5120200000{serial}")
        cast.records[name] = cast.id_of("Credential", made)
        if name == "cred_reinstate":
            await standing.suspend(registry, titles.officer, standing.StatusChange(made, "核查"), key())
    asked = recognition.AskedRecognition(cast.hermit.credential, Target(division="510104"))
    for _ in range(2):
        done = await recognition.decide_recognition(registry, cast.hermit.me, asked, key())
    cast.records["hermit_decision"] = cast.id_of("RecognitionDecision", UUID(done.result["decision_id"]))


async def _clients_and_consents(cast: Cast) -> None:
    world, registry = cast.world, cast.posts.registry
    cast.agency = await world.organisation("四川样例人才市场", "AGENCY", "510104")
    opened = await accounts.open_agency_client(
        registry, cast.officer, accounts.NewAgencyClient(cast.agency, ("VERIFY",)), world.key()
    )
    cast.records["account"] = cast.id_of("Account", opened.account_id)
    for who, name in ((cast.person, "consent"), (cast.hermit.me, "hermit_consent")):
        asked = consents.NewConsent(cast.agency, PURPOSE, (PersonField.NAME,), cast.posts.today.replace(year=2027))
        done = await consents.grant(registry, who, asked, world.key())
        cast.records[name] = cast.id_of("Consent", UUID(done.result["consent_id"]))


def roots_of(operation: str) -> set[str]:
    """Every root field of the schema: of "query" or "mutation"."""
    built = build_schema(sdl())
    root = built.mutation_type if operation == "mutation" else built.query_type
    assert root is not None
    return set(root.fields)


_RECORDS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempt'"


def everything(urls: DatabaseUrls) -> dict[str, tuple[int, str]]:
    """Every table with its number of rows and a digest of them: what was written anywhere shows.

    Counters of tries are no records: they stand whatever came of the try.
    """
    with as_superuser(urls) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempt'"
        ).fetchall()
        found = {}
        for (name,) in names:
            row = connection.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
            ).fetchone()
            assert row is not None
            found[name] = (row[0], row[1])
    return found


def absent(text: str) -> str:
    """A well-formed id or public number of the same kind that nobody has."""
    read = kind_and_id(text)
    return public_number(999_999) if read is None else str(to_node_id(read[0], new_id()))


def disguised(text: str) -> str:
    """The same record's id, passed off as another type's."""
    read = kind_and_id(text)
    assert read is not None
    return str(to_node_id("Command" if read[0] != "Command" else "Account", read[1]))


def with_value(inputs: dict[str, Any], place: str, change: Callable[[str], str]) -> dict[str, Any]:
    """The inputs with the value at a dotted place changed."""
    head, _, rest = place.partition(".")
    inner = with_value(inputs[head], rest, change) if rest else change(inputs[head])
    return inputs | {head: inner}


def as_text(answer: object) -> str:
    """An answer as it goes over the wire."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, default=str)
