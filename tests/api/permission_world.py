# Long because every record that the commands and questions name is made here once.
"""A registry in which every command has its rightful actor and valid inputs, and a cast of outsiders."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.integrity import IntegrityFinding
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_drafts import DraftContent
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placements import Terms
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shares import ShareField, ShareTerms
from talent_registry.domain.verification import Typed
from talent_registry.services import (
    accesses,
    accounts,
    agreement_releases,
    consents,
    correction_cases,
    credentials,
    inbox,
    integrity,
    issuer_questions,
    notices,
    placement_drafts,
    placement_life,
    proceeding_acts,
    proceeding_overrides,
    profiles,
    recognition,
    roster_jobs,
    roster_watches,
    rosters,
    shares,
    standing,
    verification,
    watches,
    webhooks,
)
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.storage.ids import new_id
from tests import opportunities as needs
from tests.drafts import widened
from tests.postings import Person, Postings, account_of, another_person, hr_of, open_postings
from tests.registries import World, authority
from tests.scenes import scene
from tests.titles import NAME, document

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
    host_of_need: Actor = ANONYMOUS
    records: dict[str, str] = field(default_factory=dict)

    @property
    def officer_beyond(self) -> Actor:
        """The officer of the other province, where that is the rightful one."""
        return self.outsiders["officer of the other province"]

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


@scene
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
    await _integrity_records(cast)
    await _releases(cast)
    await _cases(cast)
    await _corrections(cast)
    await _look_report(cast)
    await _opportunities(cast)
    await _watches(cast)
    await _questions(cast)
    for name in ("hook_rotate", "hook_test", "hook_replay", "hook_close"):
        shown = await webhooks.register(world.registry, cast.host_hr, "https://hooks.example.org/", world.key())
        cast.records[name] = cast.id_of("Webhook", UUID(shown.done.result["webhook_id"]))
    return cast


async def _watches(cast: Cast) -> None:
    """The host unit verified two credentials, and watches one of them."""
    registry, key = cast.posts.registry, cast.world.key
    watched = await cast.posts.titles.record("512020000095")
    for number in ("512020000001", "512020000095"):
        asked = verification.Asked(Typed(number, NAME), PURPOSE)
        await verification.verify(registry, cast.host_hr, asked, key(), "192.0.2.1")
    new = watches.NewWatch(watched, PURPOSE, date(2027, 11, 24))
    done = await watches.watch(registry, cast.host_hr, new, key())
    cast.records["watch_end"] = cast.id_of("CredentialWatch", UUID(done.result["watch_id"]))
    for name in ("roster", "roster_watched"):
        rows, why = [rosters.GivenRow("512020000095", NAME)], rosters.AskedRoster(PURPOSE, "本人同意")
        done = await rosters.start_given(registry, cast.host_hr, rows, why, key())
        cast.records[name] = cast.id_of("Roster", UUID(done.result["roster_id"]))
        assert await roster_jobs.work_one(registry)
    all_of_it = roster_watches.AskedRosterWatch(UUID(done.result["roster_id"]), PURPOSE, date(2027, 11, 24))
    await roster_watches.watch_roster(registry, cast.host_hr, all_of_it, key())


async def _questions(cast: Cast) -> None:
    """The host unit asked the bureau about two certificates, and the home unit about a third."""
    for name, number, by in (
        ("answer", "512020000771", cast.host_hr),
        ("withdraw", "512020000772", cast.host_hr),
        ("seen", "512020000773", cast.home_hr),
    ):
        asked = issuer_questions.NewQuestion(cast.posts.titles.sichuan, number, NAME, PURPOSE)
        done = await issuer_questions.ask(cast.posts.registry, by, asked, cast.world.key())
        cast.records[f"question_{name}"] = cast.id_of("IssuerQuestion", UUID(done.result["question_id"]))


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


async def _integrity_records(cast: Cast) -> None:
    """Two records against the person of Sichuan alone, long over."""
    days = date(2021, 1, 1), date(2021, 1, 1), date(2021, 12, 31)
    asked = integrity.NewFinding(cast.hermit.id, IntegrityFinding(*days, "提交虚假业绩材料", "40号令第二十六条"))
    for name in ("integrity_correct", "integrity_lift"):
        done = await integrity.record_finding(cast.posts.registry, cast.officer, asked, cast.world.key())
        cast.records[name] = cast.id_of("IntegrityRecord", UUID(done.result["record_id"]))


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
    third, fourth, fifth, sixth, seventh = [
        await cast.world.organisation(f"重庆第{which}研究院", "INSTITUTE", "500106") for which in "三四五六七"
    ]
    cast.records["free_host"] = cast.unit(fifth)
    for name, host in (("to_decline", third), ("to_withdraw", fourth), ("to_counter", sixth)):
        proposed = await posts.propose(workload_percent=_SHARE, host_unit_id=host)
        cast.records[name] = cast.id_of("Placement", proposed)
    cast.records["to_activate"] = cast.id_of("Placement", await posts.agree(workload_percent=_SHARE))
    for name in ("to_suspend", "to_resume", "to_extend", "to_end"):
        begun = await posts.begin(workload_percent=_SHARE)
        cast.records[name] = cast.id_of("Placement", begun)
        if name == "to_resume":
            await placement_life.suspend(registry, cast.officer, placement_life.Grounded(begun, "核查"), key())
    noticed = await posts.begin(workload_percent=_SHARE, terms=Terms())
    await placement_life.end(registry, cast.person, placement_life.Ending(noticed, EndReason.EARLY_RETURN), key())
    cast.records["to_keep"] = cast.id_of("Placement", noticed)
    cast.records["to_sign"] = cast.id_of("Placement", await posts.propose(workload_percent=_SHARE))
    await _drafts(cast, seventh)


async def _drafts(cast: Cast, host: UUID) -> None:
    posts = cast.posts
    said = posts.draft(workload_percent=_SHARE)
    content = DraftContent(
        credential_id=said.credential_id,
        kind=said.kind,
        post=said.post,
        term_from=said.term_from,
        term_until=said.term_until,
        workload_percent=said.workload_percent,
    )
    for name in ("draft_edit", "draft_discard", "draft_propose"):
        asked = placement_drafts.NewDraft(researcher=posts.person.id, host_unit_id=host, content=content)
        done = await placement_drafts.draft(posts.registry, cast.person, asked, cast.world.key())
        cast.records[name] = cast.id_of("PlacementDraft", UUID(done.result["draft_id"]))


async def _credentials(cast: Cast) -> None:
    titles, registry, key = cast.posts.titles, cast.posts.registry, cast.world.key
    for serial, name in enumerate(("cred_correct", "cred_suspend", "cred_reinstate", "cred_revoke"), start=70):
        made = await titles.record(f"5120200000{serial}")
        cast.records[name] = cast.id_of("Credential", made)
        if name == "cred_reinstate":
            await recognition.decide_recognition(
                registry, cast.person, recognition.AskedRecognition(made, Target(division="500106")), key()
            )
            await standing.suspend(registry, titles.officer, standing.StatusChange(made, "核查"), key())
    told = await notices.list_notices(registry, cast.person, PageRequest())
    cast.records["notice"] = cast.id_of("Notice", told.items[0].notice.id)
    about_notice = InboxFilter(about=cast.records["notice"])
    (item,) = (await inbox.page_inbox(registry, cast.person, PageRequest(), about_notice)).items
    cast.records["event"] = cast.id_of("Event", item.item.event.id)
    asked = recognition.AskedRecognition(cast.hermit.credential, Target(division="510104"))
    for _ in range(2):
        done = await recognition.decide_recognition(registry, cast.hermit.me, asked, key())
    cast.records["hermit_decision"] = cast.id_of("RecognitionDecision", UUID(done.result["decision_id"]))
    cast.records["hermit_receipt"] = cast.id_of("Receipt", done.receipts[0].id)


async def _cases(cast: Cast) -> None:
    """A case of the person for each act, seen to in Sichuan, and overrides that Chongqing proposed."""
    titles, registry, key = cast.posts.titles, cast.posts.registry, cast.world.key
    post = Target(division="500106", employer_kind="UNIVERSITY", post_series="01")
    beyond = cast.outsiders["officer of the other province"]

    async def decided(number: str, **changes: Any) -> dict[str, Any]:
        question = recognition.AskedRecognition(await titles.record(number, **changes), post)
        return (await recognition.decide_recognition(registry, cast.person, question, key())).result

    for number, name in enumerate(("ask", "answer", "decide", "withdraw", "appeal", "appealed"), start=80):
        result = await decided(f"5120200000{number}", issuer_kind="中央单位")
        case_id = UUID(result["case_id"])
        cast.records[f"case_{name}"] = cast.id_of("RecognitionCase", case_id)
        if name == "answer":
            act = proceeding_acts.CaseAct(case_id, "请补充材料。")
            await proceeding_acts.request_evidence(registry, cast.officer, act, key())
        if name in ("appeal", "appealed"):
            refusal = proceeding_acts.CaseDecision(case_id, ProceedingOutcome.NOT_VERIFIED, "查无此记录。")
            first = await office(cast.world, AccountKind.AUTHORITY, titles.sichuan, SICHUAN)
            await proceeding_acts.decide(registry, first, refusal, key())
        if name == "appealed":
            act = proceeding_acts.CaseAct(case_id, "记录在册。")
            await proceeding_acts.appeal(registry, cast.person, act, key())
    for number, name in enumerate(("approve", "decline"), start=90):
        refused = await decided(f"5120200000{number}", filing_number=None)
        override = proceeding_overrides.NewOverride(UUID(refused["decision_id"]), "登记遗漏。")
        done = await proceeding_overrides.propose_override(registry, beyond, override, key())
        cast.records[f"case_{name}"] = cast.id_of("RecognitionCase", UUID(done.result["case_id"]))
    refused = await decided("512020000092", filing_number=None)
    cast.records["refused"] = cast.id_of("RecognitionDecision", UUID(refused["decision_id"]))


async def _corrections(cast: Cast) -> None:
    """A correction of the person for each act, one of them declined, and one of the hermit."""
    registry, key = cast.posts.registry, cast.world.key
    for name, fact, who in (
        ("ask", DisputedFact.TITLE_NAME, cast.posts.person),
        ("add", DisputedFact.SERIES, cast.posts.person),
        ("decline", DisputedFact.LEVEL, cast.posts.person),
        ("withdraw", DisputedFact.SPECIALTY, cast.posts.person),
        ("appeal", DisputedFact.FILING_NUMBER, cast.posts.person),
        ("of_hermit", DisputedFact.LEVEL, cast.hermit),
    ):
        asked = correction_cases.NewCorrectionCase(fact, "与证书不符。", who.credential)
        done = await correction_cases.open_case(registry, who.me, asked, key())
        case_id = UUID(done.result["case_id"])
        cast.records[f"correction_{name}"] = cast.id_of("CorrectionCase", case_id)
        if name == "appeal":
            act = correction_cases.CorrectionAct(case_id, "登记无误。")
            await correction_cases.decline(registry, cast.officer, act, key())


async def _look_report(cast: Cast) -> None:
    """A look of the person's home unit that the person reported."""
    registry, key, person = cast.posts.registry, cast.world.key, cast.posts.person
    fields = frozenset({PersonField.NAME})
    await accesses.look_at(registry, cast.posts.home_hr, person.id, fields, "with: researcher", history=False)
    (look, *_) = (await accesses.list_accesses(registry, person.me, PageRequest(), newest_first=True)).items
    asked = correction_cases.NewCorrectionCase(DisputedFact.LOOK, "与本人无关。", look_id=look.id)
    done = await correction_cases.open_case(registry, person.me, asked, key())
    cast.records["correction_look"] = cast.id_of("CorrectionCase", UUID(done.result["case_id"]))


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
    for person, name in ((cast.posts.person, "share"), (cast.hermit, "hermit_share")):
        terms = ShareTerms(PURPOSE, (person.credential,), (ShareField.NAME, ShareField.NUMBER))
        made = await shares.issue(registry, person.me, shares.NewShare(terms, 30), world.key())
        cast.records[name] = cast.id_of("ShareCode", made.share_id)


async def _opportunities(cast: Cast) -> None:
    """Needs of the host unit and of one more, to which the person answered; the hermit answered nobody."""
    posts = cast.posts
    unit = await cast.world.organisation("重庆第八研究院", "INSTITUTE", "500106")
    cast.host_of_need = await hr_of(cast.world, unit, CHONGQING)
    for name, host in (
        ("need_to_edit", cast.host_hr),
        ("need_to_close", cast.host_hr),
        ("need_to_answer", cast.host_hr),
        ("need_withdrawn", cast.host_hr),
        ("need_answered", cast.host_of_need),
    ):
        need = await needs.post(posts, host, workload_percent=_SHARE)
        cast.records[name] = cast.id_of("Opportunity", need)
        if name in ("need_withdrawn", "need_answered"):
            given = await needs.answer(posts, need)
            cast.records[f"answer_to_{name}"] = cast.id_of("OpportunityAnswer", given)
    cast.records["answer_to_withdraw"] = cast.records["answer_to_need_withdrawn"]
    await needs.opt_in(posts, posts.person)
