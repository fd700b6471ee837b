"""A registry in which every page has something to show: its people and records, and what each page is about."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic import SecretStr

from talent_registry.composition import open_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.flows import Quarter
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shares import ShareField, ShareTerms
from talent_registry.domain.verification import Typed
from talent_registry.domain.walks import MOST_MISSES
from talent_registry.services import (
    accesses,
    accounts,
    agreement_releases,
    consents,
    correction_cases,
    credentials,
    issuer_questions,
    letters,
    placement_counters,
    placement_drafts,
    placement_life,
    profiles,
    recognition,
    roster_jobs,
    rosters,
    shares,
    simulation_jobs,
    standing,
    verification,
    walks,
    watches,
)
from talent_registry.services.permissions import OPERATOR
from talent_registry.settings import Settings
from talent_registry.signing import passwords
from tests.browser.conftest import PASSWORD
from tests.conftest import TEMPLATE, DatabaseUrls, as_superuser, create_database, drop_database
from tests.drafts import widened
from tests.faults.servers import serving
from tests.opportunities import answer, opt_in, post
from tests.postings import another_person
from tests.proceedings import LOCAL, POST, PREFECTURE, UNFILED, Desks, open_desks
from tests.published_flows import drawn, publish
from tests.registries import Clock
from tests.titles import NAME, NUMBER
from tests.tried_drafts import wide_draft
from tests.web.test_me_pages import Founded

PURPOSE: Final = "岗位聘用审核"
ROSTER: Final = f"姓名,证书编号\n{NAME},{NUMBER}\n单雄信,{NUMBER}\n李雷,SC-0001\n王,\n"
_QUARTERS: Final = ((2025, 4), (2026, 1), (2026, 2), (2026, 3))


@dataclass(frozen=True, slots=True)
class WholeTown:
    """The address of the served registry, and the ids of what the pages with an id in their address show."""

    address: str
    settings: Settings
    ids: dict[str, str]


@contextmanager
def served_whole_town(server: DatabaseUrls, data: Path) -> Iterator[WholeTown]:
    """The registry while it is served: a sandbox, so that it has the pages of one too."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    settings = Settings(database_url=SecretStr(server.of(name).app_url), data=data, sandbox=True)
    try:
        ids = asyncio.run(fill(settings))
        with as_superuser(server.of(name)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE account SET login = 'teacher', password_hash = %s WHERE researcher_id = %s",
                (passwords.hash_password(PASSWORD), ids["person"]),
            )
        with serving(settings, workers=1) as served:
            yield WholeTown(served.address, settings, ids)
    finally:
        drop_database(server, name)


async def fill(settings: Settings) -> dict[str, str]:
    """Everything that happens in this town. The ids of its records, by what they are."""
    ids: dict[str, str] = {}
    async with open_registry(settings) as registry:
        desks = await open_desks(Founded(registry, Clock()))
        await _enrol(desks)
        ids |= {"credential": str(desks.posts.person.credential), "person": str(desks.posts.person.id)}
        for happens in (
            _seen,
            _decided,
            _placed,
            _needed,
            _verified,
            _shared,
            _disputed,
            _reported,
            _drafted,
            _suspended,
        ):
            ids |= {name: str(found) for name, found in (await happens(desks)).items()}
        for seed, quarter in enumerate(_QUARTERS):
            await publish(registry, Quarter(*quarter), drawn(seed))
    return ids


async def _enrol(desks: Desks) -> None:
    """home, host, officer, other and issuer may sign in; the teacher has an account without a password so far."""
    titles = desks.posts.titles
    offices = (
        ("home", AccountKind.HR, titles.home),
        ("host", AccountKind.HR, desks.posts.host),
        ("officer", AccountKind.AUTHORITY, titles.sichuan),
        ("other", AccountKind.AUTHORITY, titles.chongqing),
        ("issuer", AccountKind.ISSUER, titles.sichuan),
    )
    for login, kind, unit in offices:
        asked = accounts.NewAccount(login, PASSWORD, kind, unit)
        await accounts.open_account(desks.posts.registry, OPERATOR, asked, desks.world.key())


async def _seen(desks: Desks) -> dict[str, Any]:
    """The host unit has the person's consent, and looks; the person has a profile."""
    posts = desks.posts
    until = posts.today + timedelta(days=300)
    fields = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION)
    asked = consents.NewConsent(posts.host, PURPOSE, fields, until)
    await consents.grant(posts.registry, posts.person.me, asked, desks.world.key())
    for _ in range(2):
        name = frozenset(fields)
        await accesses.look_at(posts.registry, posts.host_hr, posts.person.id, name, PURPOSE, history=False)
    told = profiles.ProfileEdit(discipline=profiles.TextEdit("课程与教学论", Visibility.PUBLIC))
    await profiles.edit(posts.registry, posts.person.me, told, desks.world.key())
    return {"public_number": posts.person.public_number}


async def _reported(desks: Desks) -> dict[str, Any]:
    """The person reports one of two looks of the host unit; its account also walks through numbers."""
    registry, clerk, me = desks.posts.registry, desks.posts.host_hr, desks.me
    seen = await accesses.list_accesses(registry, me, PageRequest(), newest_first=True)
    ours = (one.id for one in seen.items if one.organisation_id == desks.posts.host and one.purpose == PURPOSE)
    look, other, *_ = ours
    report = correction_cases.NewCorrectionCase(DisputedFact.LOOK, "我与该账户没有业务往来。", look_id=look)
    reported = (await correction_cases.open_case(registry, me, report, desks.world.key())).result["case_id"]
    await walks.tell(registry, clerk, str(clerk.account_id), MOST_MISSES)
    return {"look": other, "reported": reported}


async def _decided(desks: Desks) -> dict[str, Any]:
    """A case is open; of two on equal facts one was confirmed and one refused; one decision stands refused."""
    registry = desks.posts.registry
    title = await desks.title(str(1), **LOCAL)
    asked = recognition.AskedRecognition(title, POST)
    mine = (await recognition.decide_recognition(registry, desks.me, asked, desks.world.key())).result
    for number, outcome in ((2, ProceedingOutcome.CONFIRMED), (3, ProceedingOutcome.REFUSED)):
        await desks.settle(await desks.open(str(number), **PREFECTURE), outcome)
    refused = await desks.decide(await desks.title(str(4), **UNFILED), desks.chongqing)
    # Of a local authority that the draft lists: a decision that would come out otherwise.
    local = replace(desks.posts.titles.asked(str(5), **PREFECTURE, **LOCAL), issuer_id=desks.chengdu)
    recorded = await credentials.record(registry, desks.sichuan, local, desks.world.key())
    await desks.decide(UUID(recorded.result["credential_id"]))
    return {"case": mine["case_id"], "my_decision": mine["decision_id"], "decision": refused["decision_id"]}


async def _placed(desks: Desks) -> dict[str, Any]:
    """One placement is in force, the terms of another were answered by others, of a third only a draft was kept."""
    posts = desks.posts
    await posts.begin()
    placement = await posts.propose(workload_percent=20)
    other = placement_counters.CounterProposal(placement, workload_percent=30)
    await placement_counters.counter(posts.registry, posts.home_hr, other, desks.world.key())
    asked = placement_drafts.NewDraft(researcher=posts.person.id, host_unit_id=posts.host)
    draft = await placement_drafts.draft(posts.registry, posts.host_hr, asked, desks.world.key())
    return {"placement": placement, "placement_draft": draft.result["draft_id"]}


async def _needed(desks: Desks) -> dict[str, Any]:
    """A host unit looks for somebody; the person is interested, another lets units find them."""
    posts = desks.posts
    opportunity = await post(posts)
    await answer(posts, opportunity, posts.person, PersonField.NAME)
    await opt_in(posts, await another_person(posts, 7), PersonField.NAME)
    return {"opportunity": opportunity}


async def _verified(desks: Desks) -> dict[str, Any]:
    """The host unit verified one certificate and watches it, a roster of three, and asked an issuer about one."""
    posts, registry, key = desks.posts, desks.posts.registry, desks.world.key
    asked = verification.Asked(Typed(NUMBER, NAME), PURPOSE)
    done = await verification.verify(registry, posts.host_hr, asked, key(), "203.0.113.7")
    watch = watches.NewWatch(posts.person.credential, PURPOSE, posts.today + timedelta(days=200))
    await watches.watch(registry, posts.host_hr, watch, key())
    question = issuer_questions.NewQuestion(posts.titles.sichuan, "512020000777", "李四", PURPOSE)
    put = await issuer_questions.ask(registry, posts.host_hr, question, key())
    named = rosters.AskedRoster(PURPOSE, "本人同意")
    roster = await rosters.start(registry, posts.host_hr, ROSTER.encode("gb18030"), named, key())
    while await roster_jobs.work_one(registry):
        pass
    letter = done.done.receipts[0].id
    return {
        "letter": letter,
        "check": letters.check_of(registry, letter),
        "question": put.result["question_id"],
        "roster": roster.result["roster_id"],
    }


async def _shared(desks: Desks) -> dict[str, Any]:
    """A code opens the person's title to whoever has it."""
    fields = (ShareField.NAME, ShareField.DOCUMENT, ShareField.LEVEL, ShareField.RECOGNITION)
    terms = ShareTerms("应聘材料", (desks.posts.person.credential,), fields, "500000")
    issued = await shares.issue(desks.posts.registry, desks.me, shares.NewShare(terms, 30), desks.world.key())
    return {"share": issued.share_id, "code": issued.code}


async def _disputed(desks: Desks) -> dict[str, Any]:
    """The person says that a recorded fact is wrong."""
    posts = desks.posts
    wrong = correction_cases.NewCorrectionCase(
        DisputedFact.SPECIALTY, "与证书原件不符。", posts.person.credential, "课程与教学论"
    )
    done = await correction_cases.open_case(posts.registry, posts.person.me, wrong, desks.world.key())
    return {"correction": done.result["case_id"]}


async def _drafted(desks: Desks) -> dict[str, Any]:
    """An officer keeps a draft of the rules, and had another tried."""
    registry, key = desks.posts.registry, desks.world.key
    texts = widened(desks.posts.today + timedelta(days=30))
    files = [agreement_releases.File(name, text) for name, text in texts.items()]
    kept = await agreement_releases.draft(registry, desks.chongqing, files, key())
    await agreement_releases.propose(registry, desks.chongqing, UUID(kept.result["release_id"]), key())
    tried = simulation_jobs.AskedSimulation(wide_draft(str(desks.posts.today + timedelta(days=30))))
    started = await simulation_jobs.start(registry, desks.chongqing, tried, key())
    while await simulation_jobs.work_one(registry):
        pass
    return {"release": kept.result["release_id"], "simulation": started.result["simulation_id"]}


async def _suspended(desks: Desks) -> dict[str, Any]:
    """The title of a third person, whose placement is in force, is suspended: whoever relies on it is told."""
    posts = desks.posts
    other = await another_person(posts, 8)
    await placement_life.activate(posts.registry, other.me, await posts.agree_for(other), desks.world.key())
    change = standing.StatusChange(other.credential, "接到举报，核查材料。")
    await standing.suspend(posts.registry, desks.sichuan, change, desks.world.key())
    return {"suspended": other.credential}
