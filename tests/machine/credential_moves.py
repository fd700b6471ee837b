"""The moves on what placements rest on: credentials, filings, rolls, recognitions, integrity records."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.integrity import IntegrityFinding
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed
from talent_registry.services import (
    credentials,
    entitlements,
    filings,
    integrity,
    organisations,
    recognition,
    standing,
    verification,
    watches,
)
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.services.rolls import import_roll
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import CENTRAL, PURPOSE, UNFILED, Row, Side, Stage
from tests.rolls import roll, row
from tests.titles import PROFESSOR


def beyond_credentials(stage: Stage, side: Side) -> tuple[Actor, ...]:
    """Who may change nothing of what the side's bureau issued: the other province, employers, the holder."""
    beyond = stage.cast.other(side)
    return (*stage.cast.outsiders, stage.cast.agency, beyond.officer, beyond.issuer, *side.hrs, side.me)


def a_title(stage: Stage, chance: Random, *statuses: str) -> tuple[Side, UUID] | None:
    """A title of either person that stands so today, mostly."""
    rows = stage.ask(
        "SELECT c.id, c.researcher_id, s.status FROM credential c JOIN credential_status s ON s.credential_id = c.id "
        "AND s.superseded_at IS NULL AND %(today)s BETWEEN s.valid_from AND coalesce(s.valid_until, 'infinity') "
        "WHERE c.researcher_id = ANY(%(people)s) ORDER BY c.registered_at, c.id",
        today=stage.today, people=[side.person for side in stage.cast.sides],
    )  # fmt: skip
    found = mostly(chance, [one for one in rows if one["status"] in statuses], rows)
    return None if found is None else (stage.cast.side_of(found["researcher_id"]), found["id"])


def a_statement(stage: Stage, chance: Random, side: Side) -> dict[str, Any]:
    """Facts of a title: as they should be, or with something that leaves it open, refused, or ending soon."""
    until = stage.today + timedelta(days=chance.choice((-3, 5, 40, 500)))
    said = chance.choice(
        ({}, {}, {}, CENTRAL, UNFILED, {"valid_until": until}, {"level": "正高级", "title_name": None})
    )
    return {"filing_number": side.filing, **said}


@move("recordCredential", 2)
def record(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    number = f"{side.province[:2]}2020{chance.choice((0, stage.next(), stage.next())):06d}"
    statement = replace(PROFESSOR, **a_statement(stage, chance, side))
    status = chance.choice((RecordStatus.VALID, RecordStatus.VALID, RecordStatus.PUBLICITY))
    asked = credentials.NewCredential(
        side.bureau, "TITLE", number, credentials.Holder(side.document), statement, status
    )
    by = chance.choice((side.officer, side.issuer))
    return Asked(by, credentials.record, asked, beyond_credentials(stage, side))


@move("correctCredential", 4)
def correct(stage: Stage, chance: Random) -> Asked | None:
    found = a_title(stage, chance, "VALID", "SUSPENDED")
    if found is None:
        return None
    side, title = found
    asked = credentials.Correction(title, replace(PROFESSOR, **a_statement(stage, chance, side)))
    by = chance.choice((side.officer, side.issuer))
    return Asked(by, standing.correct, asked, beyond_credentials(stage, side))


def _status(stage: Stage, chance: Random, call: Any, *statuses: str) -> Asked | None:
    found = a_title(stage, chance, *statuses)
    if found is None:
        return None
    side, title = found
    from_day = chance.choice((None, None, stage.today - timedelta(days=chance.randrange(-2, 20))))
    asked = standing.StatusChange(title, chance.choice(("核查", "核查", "")), from_day)
    by = chance.choice((side.officer, side.issuer))
    return Asked(by, call, asked, beyond_credentials(stage, side))


@move("suspendCredential", 3)
def suspend(stage: Stage, chance: Random) -> Asked | None:
    return _status(stage, chance, standing.suspend, "VALID")


@move("reinstateCredential", 4)
def reinstate(stage: Stage, chance: Random) -> Asked | None:
    return _status(stage, chance, standing.reinstate, "SUSPENDED")


@move("revokeCredential", 2)
def revoke(stage: Stage, chance: Random) -> Asked | None:
    return _status(stage, chance, standing.revoke, "VALID", "SUSPENDED")


@move("fileCommittee", 2)
def file_committee(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    until = date(chance.choice((2019, 2020, 2021, 2023)), 12, 31)
    number = side.filing if chance.randrange(2) else f"{side.province}-01-2019-{4711 + chance.randrange(2)}"
    asked = organisations.NewFiling(
        number, side.bureau, "高等学校教师评审委员会", date(2019, 1, 1), until,
        chance.choice(("正高级", "副高级", "中级")), ("01",),
    )  # fmt: skip
    return Asked(side.officer, filings.file_committee, asked, beyond_credentials(stage, side))


@move("importRoll", 1)
def import_a_roll(stage: Stage, chance: Random) -> Asked:
    side = stage.cast.sides[0]
    rows = [row(chance.randrange(3), 状态=chance.choice(("有效", "撤销")), 发证机关="四川样例人社厅")]
    own = {"姓名": side.name, "证件号码": side.document, "证书编号": "512020000000", "人事关系单位": ""}
    if chance.randrange(2):
        rows.append(
            row(
                1, **own, 职称代码="0102", 职称名称="副教授", 职称层级="副高级", 发证机关="四川样例人社厅",
                评委会备案号=side.filing, 评委会="高等学校教师评审委员会", 评委会备案起="2019-01-01",
                评委会备案止="2021-12-31", 通过时间="2020-04-17", 发证时间="2020-04-17",
                状态=chance.choice(("有效", "暂停", "撤销")), 户籍地区划="510107",
            )
        )  # fmt: skip
    never = (*stage.cast.outsiders[:3], *side.hrs, side.me, stage.cast.agency)
    return Asked(chance.choice((side.officer, side.issuer)), import_roll, roll(rows), never)


@move("verifyCredential", 2)
def verify(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    number = f"{side.province[:2]}2020{chance.choice((0, 1, 99)):06d}"
    asked = verification.Asked(Typed(number, chance.choice((side.name, "李四"))), PURPOSE)

    async def call(registry: Registry, actor: Actor, inputs: verification.Asked, key: str) -> Any:
        return await verification.verify(registry, actor, inputs, key, "203.0.113.7")

    by = chance.choice((stage.cast.outsiders[0], side.me, side.hrs[0], stage.cast.agency, side.officer))
    return Asked(by, call, asked)


@move("watchCredential", 2)
def watch(stage: Stage, chance: Random) -> Asked | None:
    """Of what an office verified; now and then of what it never did."""
    rows = stage.ask(
        "SELECT organisation_id, split_part(subject, ':', 2)::uuid AS credential FROM ledger_entry, "
        "jsonb_array_elements_text(subjects) subject WHERE name = 'verifyCredential' AND organisation_id IS NOT NULL "
        "AND subject LIKE 'credential:%%' ORDER BY sequence"
    )
    if not rows:
        return None
    found, one = chance.choice(rows), stage.cast.sides[0]
    offices = [actor for side in stage.cast.sides for actor in (side.hrs[0], side.officer)] + [stage.cast.agency]
    knows = {row["organisation_id"] for row in rows if row["credential"] == found["credential"]}
    by = next((actor for actor in offices if actor.organisation_id == found["organisation_id"]), one.officer)
    never = (*stage.cast.outsiders, one.me, *(actor for actor in offices if actor.organisation_id not in knows))
    until = stage.today + timedelta(days=chance.choice((0, 30, 365, 1000)))
    return Asked(by, watches.watch, watches.NewWatch(found["credential"], PURPOSE, until), never)


@move("endCredentialWatch", 1)
def end_watch(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask("SELECT * FROM credential_watch ORDER BY id")
    if not rows:
        return None
    found = chance.choice(rows)
    offices = [actor for side in stage.cast.sides for actor in (side.hrs[0], side.officer)] + [stage.cast.agency]
    by = next(actor for actor in offices if actor.organisation_id == found["organisation_id"])
    never = (*stage.cast.outsiders, *(actor for actor in offices if actor.organisation_id != found["organisation_id"]))
    return Asked(by, watches.end, found["id"], never)


@move("decideRecognition", 4)
def decide(stage: Stage, chance: Random) -> Asked | None:
    found = a_title(stage, chance, "VALID")
    if found is None:
        return None
    side, title = found
    beyond = stage.cast.other(side)
    target = Target(
        division=chance.choice((beyond.division, beyond.division, side.division)),
        employer_kind=chance.choice(("UNIVERSITY", "INSTITUTE", None)), post_series=chance.choice(("01", "01", "02")),
    )  # fmt: skip
    on = chance.choice((None, None, stage.today - timedelta(days=900), date(2019, 5, 1)))
    asked = recognition.AskedRecognition(title, target, on, PURPOSE)
    by = side.me if chance.randrange(3) or target.division == side.division else beyond.officer
    never = (*stage.cast.outsiders, side.issuer, beyond.me)
    return Asked(by, recognition.decide_recognition, asked, never)


@move("checkEntitlement", 2)
def check_entitlement(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    beyond = stage.cast.other(side)
    code = chance.choice(("LARGE_INSTRUMENT", "EXPERT_BASE", "INNOVATION_VOUCHER", "TALENT_CARD_SERVICE"))
    of = entitlements.AskedEntitlements(who=side.public_number, division=beyond.division, purpose=PURPOSE)
    asked = entitlements.EntitlementCheck(asked=of, code=code)
    never = (*stage.cast.outsiders, beyond.me, side.officer, beyond.officer)
    return Asked(chance.choice((side.me, stage.cast.agency)), entitlements.check_entitlement, asked, never)


def a_finding(stage: Stage, chance: Random) -> IntegrityFinding:
    since = stage.today - timedelta(days=chance.choice((0, 20, 700)))
    until = chance.choice((None, stage.today + timedelta(days=30), since + timedelta(days=15)))
    return IntegrityFinding(since, since, until, "提交虚假业绩材料", "40号令第二十六条")


@move("recordIntegrityFinding", 1)
def find(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    asked = integrity.NewFinding(chance.choice((side.person, side.public_number)), a_finding(stage, chance))
    return Asked(side.officer, integrity.record_finding, asked, beyond_credentials(stage, side))


def _a_record(stage: Stage, chance: Random) -> tuple[Row, Side] | None:
    rows = stage.ask("SELECT DISTINCT record_id, researcher_id, source_id FROM integrity_record ORDER BY record_id")
    if not rows:
        return None
    found = chance.choice(rows)
    return found, next(side for side in stage.cast.sides if side.bureau == found["source_id"])


@move("correctIntegrityRecord", 2)
def correct_finding(stage: Stage, chance: Random) -> Asked | None:
    found = _a_record(stage, chance)
    if found is None:
        return None
    asked = integrity.FindingCorrection(found[0]["record_id"], a_finding(stage, chance), "登记有误")
    return Asked(found[1].officer, integrity.correct_finding, asked, beyond_credentials(stage, found[1]))


@move("liftIntegrityRecord", 3)
def lift(stage: Stage, chance: Random) -> Asked | None:
    found = _a_record(stage, chance)
    if found is None:
        return None
    from_day = chance.choice((None, stage.today - timedelta(days=chance.choice((0, 5, 20)))))
    asked = integrity.Lifting(found[0]["record_id"], "经复核", from_day)
    return Asked(found[1].officer, integrity.lift_record, asked, beyond_credentials(stage, found[1]))
