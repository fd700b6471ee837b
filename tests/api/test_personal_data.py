"""Personal data is nowhere but in the answer to whoever may see it: not in logs, not in failures, not in refusals."""

import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from logging import DEBUG, INFO, getLogger
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from talent_registry.api.context import Context
from talent_registry.api.schema import schema
from talent_registry.services import researchers
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from tests.api.conftest import OPERATIONS
from tests.conftest import DatabaseUrls, as_superuser, drop_database
from tests.people import Town, a_town, new_person, sample_number
from tests.registries import World, open_world

NAME, EMAIL, PHONE, ORCID = "司马金丝雀", "canary.wing@example.cn", "+86 13912345678", "0000-0002-1825-0097"
NUMBER, OTHER_NUMBER = sample_number(777), sample_number(778)
SECRET = "canary battery staple"
CANARIES = (NAME, "金丝雀", "jinsique", EMAIL, "canary", "13912345678", NUMBER, OTHER_NUMBER, NUMBER[:17], SECRET)


@dataclass
class Mouth:
    """Sends whatever it is given and keeps every refusal and failure it hears."""

    registry: Any
    heard: list[str] = field(default_factory=list)

    async def say(self, actor: Actor, operation: str, **variables: Any) -> dict[str, Any]:
        """A document of the registry; its refusals and errors are kept, a success is handed back."""
        document = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
        return await self.send(actor, document, variables)

    async def send(self, actor: Actor, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Any document at all."""
        context = Context(self.registry, actor, request_id="t", origin="test")
        result = await schema.execute(document, variable_values=variables, context_value=context)
        self.heard += [f"{one.formatted} {one.message}" for one in result.errors or []]
        answers = [one for one in (result.data or {}).values() if isinstance(one, dict)]
        self.heard += [str(one) for one in answers if "code" in one]
        return next((one for one in answers if "code" not in one), {})


def betrayals(*texts: str) -> list[str]:
    """The lines in which a canary sings."""
    return [line for text in texts for line in text.splitlines() if any(canary in line for canary in CANARIES)]


@pytest.fixture
def mouth(world: World) -> Mouth:
    return Mouth(world.registry)


@pytest.fixture
def output(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """All that was logged or printed: every logger at its most talkative, SQL with its statements."""
    caplog.set_level(DEBUG)
    # At DEBUG SQLAlchemy would print rows by design; no setting of the registry asks for that.
    caplog.set_level(INFO, getLogger("sqlalchemy").name)

    def read() -> list[str]:
        printed = capfd.readouterr()
        return [caplog.text, printed.out, printed.err, *(str(record.__dict__) for record in caplog.records)]

    return read


def a_person(world: World, town: Town, **more: Any) -> dict[str, Any]:
    return {
        "name": {"nameZh": NAME},
        "document": {"kind": "RESIDENT_ID", "number": NUMBER, "since": "2020-01-01"},
        "household": {"division": "510107", "since": "2020-01-01"},
        "idempotencyKey": world.key(),
    } | more


async def a_life(world: World, town: Town, mouth: Mouth) -> None:
    """A good many commands and questions about one person, right and wrong."""
    officer, key = town.sichuan_officer, world.key
    made = await mouth.say(officer, "authority/register_researcher", input=a_person(world, town))
    assert made["publicNumber"]
    number, wrong = made["publicNumber"], NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")
    faulty: list[dict[str, Any]] = [
        {},
        {"document": {"kind": "RESIDENT_ID", "number": wrong}},
        {"document": {"kind": NUMBER, "number": NUMBER}},
        {"document": {"kind": "RESIDENT_ID", "number": OTHER_NUMBER, "since": "2030-01-01"}},
        {"document": {"kind": "PASSPORT", "number": f"{EMAIL}{PHONE}"}},
        {"name": {"nameZh": NAME * 30}},
        {"name": {"nameZh": NAME, "nameEn": EMAIL * 20}, "document": {"kind": "RESIDENT_ID", "number": OTHER_NUMBER}},
        {"household": {"division": NUMBER}},
        {"idempotencyKey": NUMBER * 20},
    ]
    for change in faulty:
        await mouth.say(officer, "authority/register_researcher", input=a_person(world, town, **change))
        await mouth.say(ANONYMOUS, "hr/register_researcher", input=a_person(world, town, **change))
    amended = {"researcher": number, "how": "CORRECTION", "idempotencyKey": key()}
    await mouth.say(officer, "authority/correct_name", input=amended | {"nameZh": NAME + "羽"})
    await mouth.say(officer, "authority/correct_name", input=amended | {"nameZh": NAME + "翼"})
    await mouth.say(officer, "authority/correct_document", input=amended | {"kind": "RESIDENT_ID", "number": wrong})
    await mouth.say(town.chongqing_officer, "authority/correct_name", input=amended | {"nameZh": NAME})
    for contact in ({"email": EMAIL, "phone": PHONE}, {"email": EMAIL * 9, "phone": PHONE}, {"phone": PHONE + "羽"}):
        edit = {"contact": contact | {"visibility": "PRIVATE"}, "idempotencyKey": key()}
        await mouth.say(town.me, "researcher/edit_profile", input=edit)
    edit = {"orcid": {"value": f"{ORCID[:-1]}{PHONE}", "visibility": "PUBLIC"}, "idempotencyKey": key()}
    await mouth.say(town.me, "researcher/edit_profile", input=edit)
    await mouth.say(ANONYMOUS, "anyone/sign_in", input={"login": EMAIL, "password": SECRET})
    for typed in ({"number": "512020000001", "name": NAME}, {"number": NAME, "name": NUMBER, "document": wrong}):
        await mouth.say(ANONYMOUS, "anyone/verify_certificate", input=typed)
    await mouth.say(officer, "anyone/researchers", filter={"name": NAME}, purpose="核查")
    await mouth.say(officer, "anyone/researchers", filter={"name": NAME, "division": NUMBER}, purpose="核查")
    await mouth.say(officer, "anyone/researcher", publicNumber=NUMBER, purpose="核查")
    holder = {"documentKind": "RESIDENT_ID", "documentNumber": OTHER_NUMBER}
    recorded = {"issuer": NAME, "kind": NUMBER, "number": NUMBER, "holder": holder, "idempotencyKey": key()}
    facts = {"route": NAME, "issuerKind": NUMBER}
    await mouth.say(officer, "authority/record_credential", input=recorded | {"facts": facts})


MALFORMED: list[dict[str, Any]] = [
    {"name": NAME, "document": NUMBER, "idempotencyKey": 1},
    {"name": {"nameZh": [NAME]}, "document": {"kind": 1, "number": NUMBER}, "idempotencyKey": "k"},
    {"name": {"nameZh": NAME, "phone": PHONE}, "document": {"kind": "RESIDENT_ID", "number": int(NUMBER[:17])}},
    {"name": {"nameZh": NAME}, "document": {"kind": "RESIDENT_ID", "number": NUMBER, "since": NUMBER}},
    {"name": {"nameZh": NAME}, "document": {NUMBER: NAME}, "idempotencyKey": {EMAIL: PHONE}},
]
HOSTILE = [
    f'{{ researcher(publicNumber: "{NUMBER}", purpose: "{NAME}" }}',
    f'{{ researcher(publicNumber: {NUMBER}, purpose: "{NAME}") {{ id }} }}',
    f'{{ researchers(first: "{NUMBER}", purpose: "{NAME}") {{ edges {{ cursor }} }} }}',
    f'{{ placements(filter: {{state: "{NAME}"}}) {{ edges {{ cursor }} }} }}',
    f'{{ workload(researcher: "{NUMBER}", from: "{NUMBER}", until: "{EMAIL}") {{ from }} }}',
    f'{{ researchers(purpose: "x", after: "{NUMBER}") {{ edges {{ cursor }} }} }}',
    f'query ($x: String = {NUMBER}) {{ researcher(publicNumber: $x, purpose: "{EMAIL}") {{ id }} }}',
    f'{{ credentials(purpose: "x", filter: {{on: "{NUMBER}"}}) {{ edges {{ cursor }} }} }} {NAME}',
    f'{{ a: me {{ id }} """{NAME}{NUMBER}',
]


async def test_no_log_and_no_refusal_holds_personal_data(
    world: World, mouth: Mouth, output: Callable[[], list[str]]
) -> None:
    town = await a_town(world)
    await a_life(world, town, mouth)
    document = (OPERATIONS / "authority" / "register_researcher.graphql").read_text(encoding="utf-8")
    for actor in (town.sichuan_officer, ANONYMOUS):
        for given in MALFORMED:
            await mouth.send(actor, document, {"input": given})
        for hostile in HOSTILE:
            await mouth.send(actor, hostile, {})
    assert len(mouth.heard) > 40
    assert betrayals(*output()) == []
    assert betrayals(*mouth.heard) == []


@pytest.fixture
async def broken(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """A registry whose database refuses what should have gone well."""
    world = open_world(database_urls.app_url, tmp_path / "keys-of-broken")
    yield world
    await world.registry.database.close()


async def test_an_unexpected_failure_says_nothing_of_the_person(
    broken: World, server: DatabaseUrls, database_urls: DatabaseUrls, output: Callable[[], list[str]]
) -> None:
    town, mouth = await a_town(broken), Mouth(broken.registry)
    with as_superuser(database_urls) as connection:
        connection.execute("ALTER TABLE researcher_name ADD CONSTRAINT never CHECK (false) NOT VALID")
    await mouth.say(town.sichuan_officer, "authority/register_researcher", input=a_person(broken, town))
    assert any("INTERNAL" in said for said in mouth.heard)
    with as_superuser(database_urls) as connection:
        connection.execute("ALTER TABLE researcher_name DROP CONSTRAINT never")
        connection.execute("ALTER TABLE researcher_name RENAME TO somewhere_else")
    await mouth.say(town.sichuan_officer, "authority/register_researcher", input=a_person(broken, town))
    await mouth.say(town.sichuan_officer, "anyone/researchers", filter={"name": NAME}, purpose="核查")
    await broken.registry.database.close()
    drop_database(server, str(make_url(database_urls.app_url).database))
    await mouth.say(town.sichuan_officer, "authority/register_researcher", input=a_person(broken, town))
    await mouth.say(ANONYMOUS, "anyone/sign_in", input={"login": EMAIL, "password": SECRET})
    assert ["INTERNAL" in said for said in mouth.heard] == [True, True, True, False, False]
    assert all("UNAVAILABLE" in said for said in mouth.heard[3:])
    printed = output()
    # The failures were logged where this test listens, and a canary would be heard.
    assert sum(text.count("unexpected failure") for text in printed) >= 3
    assert betrayals(f"said aloud: {NAME}") != []
    assert betrayals(*printed) == []
    assert betrayals(*mouth.heard) == []


async def test_an_exception_that_leaves_a_service_says_nothing_of_the_person(
    broken: World, database_urls: DatabaseUrls
) -> None:
    """Whoever prints it (a command line, a worker) prints it whole, with what it was raised from."""
    town = await a_town(broken)
    with as_superuser(database_urls) as connection:
        connection.execute("ALTER TABLE researcher_name ADD CONSTRAINT never CHECK (false) NOT VALID")
    asked = new_person(town.home, 777, NAME, "510107")
    with pytest.raises(Exception) as failure:  # noqa: PT011 - whatever the database's driver raises
        await researchers.register(broken.registry, OPERATOR, asked, broken.key())
    assert betrayals("".join(traceback.format_exception(failure.value))) == []
    assert betrayals(repr(asked), repr(failure.value)) == []
