# Long because one story is told of every clock at once.
"""Decision day, approval day, validity and what was known when: what was answered once is answered so for ever."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.agreements import Agreement
from talent_registry.domain.credential_entries import Statement
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.decisions import findings_as_json, message_as_json
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.integrity import IntegrityFinding
from talent_registry.domain.questions import Target
from talent_registry.services import (
    counterfactuals,
    credentials,
    filings,
    integrity,
    organisations,
    recognition,
    standing,
)
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.recognition import AskedRecognition, Computed
from talent_registry.services.registry import Registry
from tests.api.conftest import Asking
from tests.conftest import DatabaseUrls
from tests.registries import World, open_world
from tests.titles import ISSUED, PROFESSOR, Titles, document, open_titles

TARGETS = (
    Target(division="500106"),
    Target(division="500106", post_series="01"),
    Target(division="500106", post_series="17"),
    Target(division="510107", post_series="01"),
)
# Days on either side of what the law and the records turn on.
DAYS = (
    date(2019, 8, 31),
    ISSUED,
    ISSUED - timedelta(days=1),
    date(2021, 3, 28),
    date(2021, 3, 29),
    date(2024, 6, 1),
    date(2025, 12, 1),
    date(2026, 11, 24),
    date(2026, 12, 31),
)
STATEMENTS = (
    PROFESSOR,
    replace(PROFESSOR, title_code="0101", title_name=None, level=None),
    replace(PROFESSOR, valid_until=date(2024, 5, 31)),
    replace(PROFESSOR, found_in_lookup=False, approval_date=date(2019, 8, 31)),
    replace(PROFESSOR, delegated=True, delegation_level="COUNTY"),
    replace(PROFESSOR, title_code="1703", title_name=None, level=None, route="考试", filing_number=None),
    replace(PROFESSOR, issued_on=date(2021, 3, 29), targeted_area=("510107",)),
)
FILINGS = (
    (date(2019, 1, 1), date(2021, 12, 31), "正高级", ("01",)),
    (date(2021, 1, 1), date(2022, 12, 31), "正高级", ("01",)),
    (date(2019, 1, 1), date(2021, 12, 31), "中级", ("01",)),
    (date(2019, 1, 1), date(2021, 12, 31), "正高级", ("05",)),
)
FINDINGS = (
    (date(2024, 6, 1), date(2025, 12, 1)),
    (date(2024, 6, 1), None),
    (date(2026, 11, 24), date(2026, 12, 30)),
    (date(2021, 3, 29), date(2021, 3, 29)),
)
# A record is tied to a person by document number; no other holds, and no statement of it has a source.
BY_DEFAULT = {"holder.name_matches", "holder.document_matches", "credential.issuer_country"}
UNSTATED: tuple[object, ...] = (None, False, [])
# A story that fails is told as it is: to shorten it would take minutes.
PHASES = (Phase.explicit, Phase.generate)
ACTS = (
    *("record", "correct", "correct", "suspend", "suspend", "reinstate", "revoke", "file", "file"),
    *("find", "lift", "ask", "ask", "ask", "ask", "askBack", "decide"),
)
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.integers(0, 99), st.sampled_from([1, 10**6, 10**11]))


class Story:
    """One person's credentials, everything that is done to them, and every question asked meanwhile."""

    def __init__(self, titles: Titles, person: UUID, document_number: str) -> None:
        self.titles, self.registry, self.world = titles, titles.world.registry, titles.world
        self.me, self.person = Actor(ActorKind.RESEARCHER, None, None, person), person
        self.document_number = document_number
        self.filing_number = f"510000-01-2019-{document_number[-4:-1]}9"
        self.credentials: list[UUID] = []
        self.findings: list[UUID] = []
        self.instants: list[datetime] = [self.world.clock.now]
        self.answers: list[tuple[AskedRecognition, datetime, bytes]] = []
        self.shown: list[tuple[dict[str, Any], bytes]] = []
        self.kept: list[UUID] = []

    async def take(self, act: str, one: int, other: int, microseconds: int) -> None:
        """One step; a refusal is as good as a success."""
        self.world.clock.go_on(microseconds=microseconds)
        key = self.world.key()
        if act == "file":
            await self.file(one, key)
        elif act == "record":
            await self.record(one, other, key)
        elif act == "find":
            await self.find(one, key)
        elif act == "lift":
            await self.lift(one, other, key)
        elif self.credentials:
            await self.on_one(act, self.credentials[one % len(self.credentials)], other, key)

    async def file(self, which: int, key: str) -> None:
        since, until, level, series = FILINGS[which % len(FILINGS)]
        asked = organisations.NewFiling(
            self.filing_number, self.titles.sichuan, "评审委员会", since, until, level, series
        )
        await filings.file_committee(self.registry, self.titles.officer, asked, key)

    async def find(self, which: int, key: str) -> None:
        since, until = FINDINGS[which % len(FINDINGS)]
        finding = IntegrityFinding(since, since, until, "提交虚假材料", "40号令")
        asked = integrity.NewFinding(self.person, finding)
        done = await integrity.record_finding(self.registry, self.titles.officer, asked, key)
        self.findings.append(UUID(done.result["record_id"]))

    async def lift(self, which: int, back: int, key: str) -> None:
        if self.findings:
            day = self.registry.today() - timedelta(days=(back % 3) * 400)
            asked = integrity.Lifting(self.findings[which % len(self.findings)], "复核", day)
            await integrity.lift_record(self.registry, self.titles.officer, asked, key)

    def statement(self, which: int) -> Statement:
        said = STATEMENTS[which % len(STATEMENTS)]
        return replace(said, filing_number=said.filing_number and self.filing_number)

    async def record(self, which: int, notice: int, key: str) -> None:
        number = f"{self.document_number[-4:-1]}{len(self.credentials):04d}{key[-6:]}"
        asked = credentials.NewCredential(
            self.titles.sichuan,
            "TITLE",
            number.upper(),
            credentials.Holder(self.document_number),
            self.statement(which),
            RecordStatus.VALID if notice % 4 else RecordStatus.PUBLICITY,
        )
        done = await credentials.record(self.registry, self.titles.officer, asked, key)
        self.credentials.append(UUID(done.result["credential_id"]))

    async def on_one(self, act: str, credential: UUID, which: int, key: str) -> None:
        today = self.registry.today()
        if act == "correct":
            correction = credentials.Correction(credential, self.statement(which))
            await standing.correct(self.registry, self.titles.officer, correction, key)
        elif act in {"suspend", "reinstate", "revoke"}:
            change = standing.StatusChange(credential, "核查", today - timedelta(days=(which % 3) * 400))
            await getattr(standing, act)(self.registry, self.titles.officer, change, key)
        else:
            asked = AskedRecognition(credential, TARGETS[which % len(TARGETS)], DAYS[which % len(DAYS)])
            if act == "decide":
                done = await recognition.decide_recognition(self.registry, self.me, asked, key)
                self.kept.append(UUID(done.result["decision_id"]))
            else:
                await self.ask(asked, self.instants[which % len(self.instants)] if act == "askBack" else None)

    async def ask(self, asked: AskedRecognition, known_at: datetime | None) -> None:
        computed = await recognition.compute(self.registry, self.me, asked, known_at)
        assert stated_facts_read(computed) <= {fact.name for fact in computed.facts.used}
        self.instants.append(computed.known_at)
        self.answers.append((asked, computed.known_at, bytes_of(self.registry, computed)))
        if len(self.answers) % 4 == 0:
            variables = {
                "credential": to_node_id("Credential", asked.credential_id),
                "target": {"division": asked.target.division, "postSeries": asked.target.post_series},
                "on": computed.on.isoformat(),
                "knownAt": computed.known_at.isoformat(),
            }
            self.shown.append((variables, await self.show(variables)))

    async def show(self, variables: dict[str, Any]) -> bytes:
        """What the researcher's documents answer, as JSON."""
        asking = Asking(self.world)
        documents = ("researcher/recognition", "researcher/what_is_missing")
        return canonical([await asking(self.me, document, **variables) for document in documents])

    async def asked_again(self, agreement: Agreement) -> None:
        """Everything that was answered is answered so again, also once the agreement has another version."""
        later = replace(self.registry, agreement=agreement)
        for asked, known_at, before in self.answers:
            assert bytes_of(self.registry, await recognition.compute(self.registry, self.me, asked, known_at)) == before
            again = await recognition.compute(later, self.me, asked, known_at)
            assert decision_of(again) == json.loads(before)["decision"]
        for variables, shown in self.shown:
            assert await self.show(variables) == shown
        for decision in self.kept:
            for registry in (self.registry, later):
                assert (await recognition.recompute(registry, self.me, decision)).same


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()


def decision_of(computed: Computed) -> dict[str, Any]:
    """The whole answer as JSON, instant, findings, facts used and digest included."""
    made = computed.decision
    answer = {
        "on": computed.on,
        "known_at": computed.known_at,
        "outcome": made.outcome,
        "rule": made.rule,
        "reason_code": made.reason_code,
        "message": message_as_json(made.message),
        "version": made.version_id,
        "digest": made.digest,
        "findings": findings_as_json(made.findings),
        "facts": [fact.as_json() for fact in computed.facts.used],
    }
    again: dict[str, Any] = json.loads(canonical(answer))
    return again


def stated_facts_read(computed: Computed) -> set[str]:
    """The facts of credential and holder that some clause looked at, but for those that are not stated or derived."""
    read = {name: value for finding in computed.decision.findings for name, value in finding.facts.items()}
    return {
        "credential.title_code" if name == "credential.series" else name
        for name, value in read.items()
        if name.startswith(("credential.", "holder.")) and name not in BY_DEFAULT and value not in UNSTATED
    }


def bytes_of(registry: Registry, computed: Computed) -> bytes:
    missing = counterfactuals.missing_for(computed)
    told = [[remedy.decision.rule, [change.fact for change in remedy.changes]] for remedy in missing.remedies]
    return canonical({"decision": decision_of(computed), "missing": told})


def with_another_version(agreement: Agreement) -> Agreement:
    """The agreement after its last version has found a successor that recognises nothing."""
    *before, last = agreement.versions
    ends = DAYS[-1]
    following = replace(
        last, id="SC-CQ/next", since=ends + timedelta(days=1), clauses=last.clauses[-1:], digest="0" * 64
    )
    return replace(agreement, versions=(*before, replace(last, until=ends), following))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_the_same_day_and_the_same_knowledge_give_the_same_bytes_whatever_happens_since(
    database_urls: DatabaseUrls, tmp_path: Path, runner: asyncio.Runner
) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    titles = runner.run(open_titles(world))
    serials, stories = count(100), list[Story]()

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=PHASES)
    @given(st.lists(STEP, min_size=15, max_size=25))
    def whatever_happens(steps: list[tuple[str, int, int, int]]) -> None:
        serial = next(serials)
        person, _ = runner.run(titles.enrol(serial, "单雄信"))
        story = Story(titles, person, document(serial))
        runner.run(story.take("file", 0, 0, 1))
        runner.run(story.take("record", 0, 1, 1))
        for step in steps:
            with suppress(RegistryError):
                runner.run(story.take(*step))
        world.clock.go_on(days=1)
        runner.run(story.asked_again(with_another_version(world.registry.agreement)))
        stories.append(story)

    try:
        whatever_happens()
    finally:
        runner.run(world.registry.database.close())
    answers = [answer for story in stories for _, _, answer in story.answers]
    assert len(answers) >= 60
    assert sum(len(story.shown) for story in stories) >= 10
    assert sum(len(story.kept) for story in stories) >= 10
    rules = {json.loads(answer)["decision"]["rule"] for answer in answers}
    assert rules >= {"G2", "G8", "R1"}
    assert len(rules) >= 6


async def test_what_is_recorded_at_an_instant_is_known_at_that_very_instant_and_not_before(world: World) -> None:
    titles = await open_titles(world)
    credential = await titles.record()
    world.clock.go_on(days=1)
    recorded = world.clock.now
    await standing.suspend(world.registry, titles.officer, standing.StatusChange(credential, "核查"), world.key())
    world.clock.go_on(days=1)
    asked = AskedRecognition(credential, TARGETS[0], recorded.date())

    at = await recognition.compute(world.registry, titles.holder, asked, recorded)
    before = await recognition.compute(world.registry, titles.holder, asked, recorded - timedelta(microseconds=1))

    assert (at.decision.rule, before.decision.rule) == ("G8", "R1")
