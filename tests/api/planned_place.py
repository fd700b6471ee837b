"""A sample of people with everyone who may ask of them, for what is asked by plan and the ordinary way."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from talent_registry.api.context import Context
from talent_registry.api.guarding import execute_guarded
from talent_registry.api.nodes import to_node_id
from talent_registry.api.plans.guarded import Answered, answer_by_plan
from talent_registry.api.schema import schema
from talent_registry.domain.pages import cursor_of
from talent_registry.domain.profiles import Visibility
from talent_registry.services import profiles
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from tests.conftest import TEMPLATE, DatabaseUrls, as_superuser, create_database, drop_database
from tests.people import CHONGQING, GRANTED, SICHUAN
from tests.registries import World, authority, open_world

PEOPLE = 90
# Letters that JSON must escape, and some that it must not.
ODD = '引号"、反斜杠\\、换行\n、制表\t、铃\x07、删除\x7f、</script>、\U0001f600'
ACCESSES = (
    "SELECT researcher_id, account_id, organisation_id, at, purpose, basis, fields, command_id FROM access "
    "WHERE id > %s ORDER BY id"
)
UNTOUCHED = UUID(int=0)


@dataclass
class Place:
    """A sample of people, looked at by everybody; `counts` says how many documents were planned."""

    urls: DatabaseUrls
    world: World
    runner: asyncio.Runner
    actors: dict[str, Actor] = field(default_factory=dict)
    questions: dict[str, list[str]] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)
    counts: "Counter[str]" = field(default_factory=Counter)

    def planned(self, document: str, actor: Actor, **variables: Any) -> Answered | None:
        context = Context(self.world.registry, actor, request_id="t", origin="test")
        with capture_logs() as told:
            answered = self.runner.run(answer_by_plan(schema, document, variables, None, context))
        # A plan that breaks would be made up for by the ordinary way, and nobody would know.
        assert told == []
        return answered

    def ordinary(self, document: str, actor: Actor, **variables: Any) -> Any:
        context = Context(self.world.registry, actor, request_id="t", origin="test")
        return self.runner.run(execute_guarded(schema, document, variables, None, context))

    def noted_since(self, last: UUID) -> list[tuple[Any, ...]]:
        with as_superuser(self.urls) as connection:
            return connection.execute(ACCESSES, (last,)).fetchall()

    def last_noted(self) -> UUID:
        with as_superuser(self.urls) as connection:
            row = connection.execute("SELECT id FROM access ORDER BY id DESC LIMIT 1").fetchone()
        return row[0] if row else UNTOUCHED


@pytest.fixture(scope="module")
def place(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The sample, with consents, names borne before, odd letters, and everyone who may ask."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    urls, keys = server.of(name), tmp_path_factory.mktemp("keys") / "keys"
    with asyncio.Runner() as runner:
        runner.run(_sampled(urls, keys))
        world = open_world(urls.app_url, keys)
        made = Place(urls, world, runner)
        _furnish(made)
        runner.run(_introduce_themselves(made))
        yield made
        runner.run(world.registry.database.close())
    drop_database(server, name)


async def _sampled(urls: DatabaseUrls, keys: Path) -> None:
    owner = open_world(urls.migrator_url, keys)
    await generate(owner.registry, OPERATOR, SampleRequest(PEOPLE, 3), lambda *_: None)
    await owner.registry.database.close()


async def _introduce_themselves(made: Place) -> None:
    """Some people fill in a profile, each item shown to others."""
    with as_superuser(made.urls) as connection:
        people = connection.execute("SELECT id FROM researcher ORDER BY md5(id::text) LIMIT 24").fetchall()
    for number, (person,) in enumerate([*people, (made.actors["self"].researcher_id,)]):
        shown = [list(Visibility)[(number + place) % 3] for place in range(4)]
        edit = profiles.ProfileEdit(
            contact=profiles.ContactEdit("a@example.org", None if number % 2 else "+86 28 1234567", shown[0]),
            discipline=profiles.TextEdit("桥梁“工程”" if number % 5 else None, shown[1]),
            keywords=profiles.WordsEdit(("斜拉桥", 'say "x"'), shown[2]),
            orcid=profiles.TextEdit("0000-0002-1825-0097", shown[3]),
        )
        me = Actor(ActorKind.RESEARCHER, researcher_id=person)
        await profiles.edit(made.world.registry, me, edit, made.world.key())


def _furnish(made: Place) -> None:
    with as_superuser(made.urls) as connection:

        def one(statement: str, *values: Any) -> Any:
            row = connection.execute(statement.encode(), values).fetchone()
            assert row is not None
            return row[0]

        def many(statement: str) -> list[Any]:
            return [row[0] for row in connection.execute(statement.encode()).fetchall()]

        # Past the guards: what stands here may have been recorded at any time.
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE credential_version SET specialty = %s, title_name = %s WHERE level IS NOT NULL", (ODD, ODD)
        )
        connection.execute("UPDATE researcher_name SET name_en = %s", (ODD,))
        connection.execute("UPDATE credential_status SET ground = %s WHERE status <> 'VALID'", (ODD,))
        connection.execute(
            "INSERT INTO researcher_name (id, researcher_id, name_zh, name_en, pinyin, sort_key, search_keys, "
            "source_id, valid_from, valid_until, recorded_at, command_id) SELECT gen_random_uuid(), researcher_id, "
            "'旧名', NULL, pinyin, sort_key, search_keys, NULL, valid_from - 900, valid_from - 1, recorded_at, "
            "command_id FROM researcher_name"
        )
        unit = one("SELECT home_unit_id FROM personnel_relation GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
        host = one("SELECT host_unit_id FROM placement ORDER BY id LIMIT 1")
        issuer = one("SELECT issuer_id FROM credential GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
        agency = one("SELECT id FROM organisation WHERE id NOT IN (%s, %s) ORDER BY id LIMIT 1", unit, host)
        person = one("SELECT researcher_id FROM recognition_decision GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
        for recipient in (host, agency):
            connection.execute(
                "INSERT INTO consent (id, researcher_id, recipient_id, purpose, fields, valid_from, valid_until, "
                "granted_at, command_id) SELECT gen_random_uuid(), id, %s, 'x', CASE sequence %% 4 "
                "WHEN 0 THEN ARRAY['NAME', 'CREDENTIALS'] WHEN 1 THEN ARRAY['NAME'] WHEN 2 THEN ARRAY['DECISIONS', "
                "'HOUSEHOLD', 'NAME'] ELSE ARRAY['DOCUMENTS'] END, DATE '2026-11-01', DATE '2026-11-20' + (sequence %% "
                "9)::int, now(), command_id FROM researcher WHERE sequence %% 5 < 3",
                (recipient,),
            )
        credentials = many("SELECT id FROM credential ORDER BY md5(id::text) LIMIT 6")
        decisions = many("SELECT id FROM recognition_decision ORDER BY md5(id::text) LIMIT 6")
        numbers = many("SELECT public_number FROM researcher ORDER BY md5(id::text) LIMIT 6")
        number = one("SELECT number FROM credential ORDER BY md5(id::text) LIMIT 1")
        level = one("SELECT level FROM credential_version WHERE level IS NOT NULL LIMIT 1")
        sorted_name = one("SELECT sort_key FROM researcher_name ORDER BY sort_key, id OFFSET 40 LIMIT 1")
    made.actors = {
        "sichuan": authority(SICHUAN),
        "chongqing": authority(CHONGQING),
        "elsewhere": authority("520000"),
        "unit": Actor(ActorKind.HR, organisation_id=unit, province=SICHUAN),
        "host": Actor(ActorKind.HR, organisation_id=host, province=CHONGQING),
        "agency": Actor(ActorKind.AGENCY, organisation_id=agency, province=CHONGQING, purposes=GRANTED),
        "issuer": Actor(ActorKind.ISSUER, organisation_id=issuer, province=SICHUAN),
        "self": Actor(ActorKind.RESEARCHER, researcher_id=person),
        "operator": OPERATOR,
        "nobody": ANONYMOUS,
    }
    made.cursors = [cursor_of((str(credentials[0]),)), cursor_of((str(decisions[0]),)), cursor_of(("x",))]
    late = cursor_of((sorted_name, str(credentials[0])))
    why = "purpose: $purpose"
    holder = f'holder: "{numbers[0]}"'
    made.questions = {
        "credential": [f'(id: "{to_node_id("Credential", one)}", {why})' for one in (*credentials, decisions[0])],
        "credentials": [
            f"({why})",
            f"({why}, first: 7)",
            f"({why}, first: 3, after: $place)",
            f"({why}, first: 4, filter: {{ {holder} }})",
            f'({why}, filter: {{ number: "{number}" }})',
            f'({why}, filter: {{ level: "{level}", standing: EXPIRED, on: "2026-01-01" }})',
            f"({why}, first: 6, filter: {{ standing: VALID }})",
            f'({why}, filter: {{ issuer: "{to_node_id("Organisation", issuer)}" }}, first: 5)',
            f"({why}, first: 101)",
        ],
        "recognitionDecision": [f'(id: "{to_node_id("RecognitionDecision", one)}", {why})' for one in decisions],
        "recognitionDecisions": ["", f"(first: 5, {why})", "(first: 4, after: $place)", "(filter: { outcome: AUTO })"],
        "researcher": [f'(publicNumber: "{one}", {why})' for one in numbers]
        + [f'(id: "{to_node_id("Researcher", person)}", {why})', f'(publicNumber: "nobody", {why})'],
        "researchers": [
            f"({why})",
            f"({why}, first: 6)",
            f'({why}, first: 5, after: "{late}")',
            f'({why}, first: 5, filter: {{ homeUnit: "{to_node_id("Organisation", unit)}" }})',
            f'({why}, filter: {{ series: "01" }}, first: 9)',
        ],
        "me": [""],
    }
