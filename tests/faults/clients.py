# Long because the clients, their commands and the account they keep are read together.
"""Clients that send commands over HTTP and keep their own account of what became of each."""

import asyncio
import csv
import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from sqlalchemy import make_url

from talent_registry.api.nodes import to_node_id
from talent_registry.composition import open_registry
from talent_registry.demo import cast as story
from talent_registry.domain.verification import Typed
from talent_registry.services import accesses, identities, verification
from talent_registry.services.registry import new_key
from talent_registry.settings import Settings

CLIENTS = 6
_IN_WORDS = str.maketrans("0123456789abcdef", "零一二三四五六七八九甲乙丙丁戊己")
# For each command: what of the record is asked back, and the table that holds one row of its effect.
RECORDS = {
    "registerOrganisation": ("organisation { id nameZh division }", "organisation"),
    "grantConsent": ("consent { id purpose fields validFrom validUntil }", "consent"),
    "editProfile": ("items", "profile_item"),
    "decideRecognition": ("decision { id outcome rule reasonCode agreementDigest }", "recognition_decision"),
    "verifyCredential": ("verdict reason asOf credential { id }", "access"),
}


class Fate(StrEnum):
    """What a client knows of a command it sent."""

    ACKED = "ACKED"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Command:
    """A command under its key, with the token of whoever gives it."""

    name: str
    token: str = field(repr=False)
    asked: dict[str, Any] = field(repr=False)
    key: str

    def body(self) -> dict[str, Any]:
        """The request."""
        kind = self.name[0].upper() + self.name[1:]
        query = (
            f"mutation ($input: {kind}Input!) {{ {self.name}(input: $input) {{ __typename ... on {kind}Success "
            f"{{ command {{ id ledgerSequence replayed }} {RECORDS[self.name][0]} }} "
            "... on UserError { code reason } } }"
        )
        return {"query": query, "variables": {"input": {**self.asked, "idempotencyKey": self.key}}}


@dataclass(frozen=True, slots=True)
class Sent:
    """A command, what became of it, and the answer as it came (empty where none did)."""

    command: Command
    fate: Fate
    answer: dict[str, Any]
    status: int = 0
    code: str = ""

    @property
    def receipt(self) -> dict[str, Any]:
        """The command's id, its place in the ledger, and whether it was carried out before."""
        found: dict[str, Any] = self.answer["command"]
        return found

    @property
    def first(self) -> dict[str, Any]:
        """The answer without the one word that tells a repeat from the first time."""
        return {**self.answer, "command": {name: self.receipt[name] for name in ("id", "ledgerSequence")}}


def send(http: httpx.Client, address: str, command: Command) -> Sent:
    """Send it once. Whatever is no answer of the command's own leaves its fate unknown."""
    try:
        response = http.post(
            f"{address}/graphql", json=command.body(), headers={"Authorization": f"Bearer {command.token}"}
        )
        body = response.json()
    except (httpx.TransportError, ValueError):
        return Sent(command, Fate.UNKNOWN, {})
    answer = (body.get("data") or {}).get(command.name)
    if answer is None:
        return Sent(command, Fate.UNKNOWN, {}, response.status_code, _code(body))
    fate = Fate.ACKED if "command" in answer else Fate.REFUSED
    return Sent(command, fate, answer, response.status_code, answer.get("code", ""))


def _code(body: dict[str, Any]) -> str:
    if "error" in body:
        return str(body["error"]["code"])
    return str((body.get("errors") or [{}])[0].get("extensions", {}).get("code", ""))


@dataclass(frozen=True, slots=True)
class People:
    """Who gives commands: tokens of an officer of Sichuan, a researcher and a host's HR office, and what they name."""

    officer: str = field(repr=False)
    researcher: str = field(repr=False)
    hr: str = field(repr=False)
    host: str
    credential: str
    row: dict[str, str] = field(repr=False)
    until: str

    def command(self, chance: random.Random) -> Command:
        """One of the commands, most of which succeed, about something of its own."""
        key, mark = str(uuid4()), uuid4().hex[:12]
        name = chance.choice([*RECORDS, "wrong province", "too late"])
        tokens = {
            "decideRecognition": self.researcher,
            "verifyCredential": self.hr,
            "registerOrganisation": self.officer,
        }
        asked = {
            "registerOrganisation": self._organisation(mark, "510107"),
            "wrong province": self._organisation(mark, "500106"),
            "grantConsent": self._consent(mark, self.until),
            "too late": self._consent(mark, "2020-01-01"),
            "editProfile": {"discipline": {"value": f"学科{mark}", "visibility": "PRIVATE"}},
            "decideRecognition": {
                "credential": self.credential,
                "target": {"division": "500106", "employerKind": "UNIVERSITY", "postSeries": "05"},
                "purpose": mark,
            },
            "verifyCredential": {"number": self.row["证书编号"], "name": self.row["姓名"], "purpose": mark},
        }[name]
        sent_as = {"wrong province": "registerOrganisation", "too late": "grantConsent"}.get(name, name)
        return Command(sent_as, tokens.get(sent_as, self.researcher), asked, key)

    def _organisation(self, mark: str, division: str) -> dict[str, Any]:
        # Names of organisations hold no digits.
        return {"nameZh": f"样例{mark.translate(_IN_WORDS)}研究所", "kind": "INSTITUTE", "division": division}

    def _consent(self, mark: str, until: str) -> dict[str, Any]:
        return {"recipient": self.host, "purpose": mark, "fields": ["NAME"], "until": until}


def settle(settings: Settings) -> People:
    """A registry with Sichuan's sample roll, and accounts of those who give commands."""
    return asyncio.run(_settle(settings))


async def _settle(settings: Settings) -> People:
    async with open_registry(settings) as registry:
        cast = await story.open_authorities(registry)
        await story.deliver_rolls(cast)
        await story.appoint_officers(cast)
        roll = story.sample_roll(story.SICHUAN).decode("utf-8-sig")
        row = next(one for one in csv.DictReader(io.StringIO(roll)) if one["证书编号"] == story.AS_OF_RIGHT)
        typed = Typed(row["证书编号"], row["姓名"], row["证件号码"], None, None)
        asked = verification.Asked(typed, "开立账户")
        seen = await verification.verify(registry, cast.actor("host"), asked, new_key(), origin="here")
        assert seen.record is not None
        found = await accesses.look_at(
            registry,
            cast.actor("authority_510000"),
            seen.record.credential.researcher_id,
            frozenset(),
            "开立账户",
            history=False,
        )
        await cast.open_researcher(found.researcher.public_number, row["证件号码"])

        async def token(role: str) -> str:
            login = cast.logins[role]
            account = await identities.authenticate(registry, login.name, login.password, "here")
            return identities.issue(registry, account, (), seconds=900).access_token

        return People(
            await token("authority_510000"),
            await token("researcher"),
            await token("host"),
            to_node_id("Organisation", cast.units[story.HOST]),
            to_node_id("Credential", seen.record.credential.id),
            row,
            (registry.today() + timedelta(days=90)).isoformat(),
        )


@dataclass
class Crowd:
    """Several clients at work, and what they know."""

    people: People
    address: str
    seed: int
    sent: list[Sent] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def count(self, fate: Fate) -> int:
        """How many commands ended so."""
        return sum(one.fate is fate for one in list(self.sent))

    def of(self, fate: Fate) -> list[Sent]:
        """The commands that ended so."""
        return [one for one in self.sent if one.fate is fate]

    def _work(self, number: int) -> None:
        chance = random.Random(self.seed * CLIENTS + number)  # noqa: S311  # an order of commands, no secret
        with httpx.Client(timeout=30) as http:
            while not self._over.is_set():
                one = send(http, self.address, self.people.command(chance))
                self.sent.append(one)
                if one.fate is Fate.UNKNOWN:
                    self._over.wait(0.05)


@contextmanager
def crowd(people: People, address: str, seed: int) -> Iterator[Crowd]:
    """Clients that send command after command until the block is left."""
    at_work = Crowd(people, address, seed)
    threads = [threading.Thread(target=at_work._work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield at_work
    finally:
        at_work._over.set()
        for thread in threads:
            thread.join()


def repeat_unknown(sent: list[Sent], address: str) -> list[Sent]:
    """The same commands under the same keys where nothing is known of the first try; now all is known.

    Each is sent twice: the second answer must be the first, word for word, and say that it is a repeat.
    """
    known: list[Sent] = []
    with httpx.Client(timeout=60) as http:
        for one in sent:
            if one.fate is not Fate.UNKNOWN:
                known.append(one)
                continue
            first, second = send(http, address, one.command), send(http, address, one.command)
            assert first.fate is not Fate.UNKNOWN, (one.command.name, first.status, first.code)
            assert first.fate is second.fate
            if first.fate is Fate.ACKED:
                assert second.receipt["replayed"]
                assert second.first == first.first
            known.append(first)
    return known


@contextmanager
def as_owner_of_all(superuser_url: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A plain connection that nothing is forbidden to; each statement commits."""
    url = make_url(superuser_url)
    with psycopg.connect(user=url.username, dbname=url.database, autocommit=True, **url.query) as connection:  # type: ignore[arg-type]  # the query is host, port, requirepeer
        yield connection


def check(sent: list[Sent], superuser_url: str, *, unknown_may_remain: bool = False) -> None:
    """Acked: there once, with one entry and one effect. Refused: not there. Nothing half-done, nothing unasked."""
    with as_owner_of_all(superuser_url) as connection:
        found = _found(connection)
        for one in sent:
            rows = found.get(one.command.key, [])
            if one.fate is Fate.ACKED:
                receipt = one.receipt
                assert rows == [(receipt["id"], one.command.name, receipt["ledgerSequence"], 1)], one
            elif one.fate is Fate.REFUSED:
                assert rows == [], one
            else:
                assert unknown_may_remain, one
        no_entry = connection.execute(
            "SELECT count(*) FROM command c LEFT JOIN ledger_entry e ON e.command_id = c.id"
            " WHERE e.command_id IS NULL OR c.result IS NULL"
        ).fetchone()
        no_command = connection.execute(
            "SELECT count(*) FROM ledger_entry e LEFT JOIN command c ON c.id = e.command_id WHERE c.id IS NULL"
        ).fetchone()
    assert (no_entry, no_command) == ((0,), (0,))


def _found(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, list[tuple[str, str, int, int]]]:
    """By key: each command's id, name, ledger sequence, and how many rows it wrote to the table of its effect."""
    counts = " ".join(
        f"WHEN '{name}' THEN (SELECT count(*) FROM {table} t WHERE t.command_id = c.id)"
        for name, (_, table) in RECORDS.items()
    )
    rows = connection.execute(
        f"SELECT c.idempotency_key, c.id, c.name, e.sequence, CASE c.name {counts} END"
        " FROM command c JOIN ledger_entry e ON e.command_id = c.id"
    ).fetchall()
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for key, command_id, name, sequence, effects in rows:
        found.setdefault(key, []).append((to_node_id("Command", command_id), name, sequence, effects))
    return found


def heard_from(at_work: Crowd, acked: int) -> Callable[[], bool]:
    """Whether so many more commands than now have been acked."""
    before = at_work.count(Fate.ACKED)
    return lambda: at_work.count(Fate.ACKED) >= before + acked
