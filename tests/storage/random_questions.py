"""Questions drawn at random around the law: mostly sound credentials, a few facts disturbed, days at their edges."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from talent_registry.domain.questions import (
    CommitteeFiling,
    CredentialFacts,
    HolderFacts,
    IntegrityRecord,
    Question,
    Target,
)

LEVELS = ("SENIOR_FULL", "SENIOR_DEPUTY", "INTERMEDIATE", "ASSISTANT", "ENTRY")
ISSUER_KINDS = (
    "PROVINCIAL_HRSS",
    "PREFECTURE_HRSS",
    "COUNTY_HRSS",
    "SELF_REVIEW_UNIT",
    "CENTRAL_UNIT",
    "MILITARY",
    "EMPLOYER",
    "PROVINCIAL",
    None,
)
ROUTES = ("REVIEW", "DELEGATED", "NATIONAL_EXAM", "RECOGNITION", None)
DIVISIONS = ("510100", "510107", "511500", "510000", "500000", "500107", "500106", "500112")
ELSEWHERE = ("520000", "440300", "710000", "810000", "513300", "513401")
SERIES = ("0102", "0503", "1703", "1801", "2701", "0801", None)
POST_SERIES = ("01", "05", "17", "18", "27", "08")
LETTERS = ("COUNTY", "PREFECTURE", "PROVINCE", "CENTRAL_HR", None)
QUALIFICATIONS = ("注册计量师", "注册建筑师", "建造师", "注册安全工程师", "保姆", "O'Brien; DROP", "a%s:b", None)
CARDS = ("CQ_TALENT_A", "TIANFU_B", "SC_TALENT_C", "SC_TIANFU", "SC", "", "其他", None)
HOSTILE = ("'; DROP TABLE credential; --", "%(x)s", ":name", "\\", "{}", "NULL", "")

Facts = dict[str, Any]


def questions(seed: int, on: date, count: int) -> Iterator[Question]:
    """So many questions for a day, always the same for a seed."""
    rng = Random(seed)  # noqa: S311 - nothing secret is drawn
    for _ in range(count):
        yield a_question(rng, on)


def a_question(rng: Random, on: date) -> Question:
    """A question about any kind of credential."""
    credential = rng.choices(_KINDS, _WEIGHTS)[0](rng, on)
    issuer = credential["issuer_division"] or "510000"
    target: Facts = {"division": _far_from(rng, issuer)}
    holder: Facts = {}
    if credential["kind"] == "WORK_PERMIT":
        target["zone"] = rng.choice(("GAOZHU", None))
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3, 6))):
        rng.choice(_DISTURBANCES)(rng, on, credential, target, holder)
    province: str | None = f"{(credential['issuer_division'] or '510000')[:2]}0000"
    if credential.get("issuer_country", "CN") != "CN" or rng.random() < 0.02:
        province = None
    return Question(
        credential=CredentialFacts(**credential),
        target=Target(**target),
        source_province=province,
        on=on,
        holder=HolderFacts(**holder),
    )


def _near(rng: Random, day: date) -> date:
    return day + timedelta(days=rng.choice((-1, 0, 1, -400, 400, -2, 2, -1100, 1100)))


def _far_from(rng: Random, issuer: str) -> str:
    far = [code for code in DIVISIONS if code[:2] != issuer[:2]]
    return rng.choice(far if rng.random() < 0.9 else DIVISIONS)


def _filing(rng: Random, approved: date) -> CommitteeFiling:
    since = rng.choice((approved - timedelta(days=rng.randrange(1100)), _near(rng, approved), date(2020, 2, 29)))
    until = rng.choice((None, since + timedelta(days=1094), _near(rng, approved), date(2099, 1, 1)))
    series = rng.choice((None, frozenset({"01", "05", "17", "18", "27", "08"}), frozenset({"05"}), frozenset[str]()))
    return CommitteeFiling(since, until, rng.choice((None, "SENIOR_FULL", "SENIOR_FULL", *LEVELS)), series)


def _title(rng: Random, on: date) -> Facts:
    approved = rng.choice((on - timedelta(days=rng.randrange(2000)), date(2019, 8, 31), date(2019, 9, 1)))
    sound = CommitteeFiling(approved - timedelta(days=30), approved + timedelta(days=30), "SENIOR_FULL", None)
    return {
        "kind": "TITLE",
        "title_code": rng.choice(SERIES),
        "level": rng.choice(LEVELS),
        "issuer_kind": rng.choice((*ISSUER_KINDS, *ISSUER_KINDS[:4])),
        "issuer_division": rng.choice(DIVISIONS),
        "route": rng.choice(("REVIEW", "REVIEW", *ROUTES)),
        "approval_date": approved,
        "issued_on": approved,
        "found_in_query": rng.choice((True, True, None, False)),
        "committee": sound,
        "military_status": rng.choice((None, "CIVILIAN_STAFF", "OFFICER")),
    }


def _qualification(rng: Random, on: date) -> Facts:
    return {
        "kind": "QUALIFICATION",
        "qualification": rng.choice(QUALIFICATIONS),
        "grade": rng.choice(("一级", "二级", "中级", "", None)),
        "unit_division": rng.choice((*DIVISIONS, "520000", None)),
        "registered_to": rng.choice((None, _near(rng, on), _near(rng, on))),
        "issuer_division": rng.choice(DIVISIONS),
        "issuer_kind": rng.choice(ISSUER_KINDS),
        "found_in_query": rng.choice((True, None)),
    }


def _permit(rng: Random, _: date) -> Facts:
    return {
        "kind": "WORK_PERMIT",
        "permit_class": rng.choice(("A", "B", "C", "D", None)),
        "issuer_division": rng.choice((*DIVISIONS, "520000")),
    }


def _card(rng: Random, on: date) -> Facts:
    return {
        "kind": "TALENT_CARD",
        "card": rng.choice(CARDS),
        "issued_on": rng.choice((None, _near(rng, on))),
        "valid_to": rng.choice((None, _near(rng, on))),
        "issuer_division": rng.choice(DIVISIONS),
    }


def _other(rng: Random, _: date) -> Facts:
    return {
        "kind": rng.choice(("SKILL_LEVEL", "DEGREE", "EDUCATION")),
        "issuer_division": rng.choice(DIVISIONS),
        "found_in_query": rng.choice((True, False, None)),
    }


_KINDS: tuple[Callable[[Random, date], Facts], ...] = (_title, _qualification, _permit, _card, _other)
_WEIGHTS = (12, 3, 2, 2, 1)

Disturbance = Callable[[Random, date, Facts, Facts, Facts], None]


def _credential(name: str, values: Callable[[Random, date], Any]) -> Disturbance:
    def disturb(rng: Random, on: date, credential: Facts, _target: Facts, _holder: Facts) -> None:
        credential[name] = values(rng, on)

    return disturb


def _of_target(name: str, values: tuple[Any, ...]) -> Disturbance:
    def disturb(rng: Random, _on: date, _credential: Facts, target: Facts, _holder: Facts) -> None:
        target[name] = rng.choice(values)

    return disturb


def _of_holder(name: str, values: Callable[[Random, date], Any]) -> Disturbance:
    def disturb(rng: Random, on: date, _credential: Facts, _target: Facts, holder: Facts) -> None:
        holder[name] = values(rng, on)

    return disturb


def _a_post(rng: Random, _on: date, credential: Facts, target: Facts, holder: Facts) -> None:
    target["post_series"] = rng.choice(POST_SERIES)
    credential["title_code"] = rng.choice(SERIES)
    holder["exam_certificates"] = frozenset(rng.sample(POST_SERIES, rng.randrange(3)))


def _applies(rng: Random, _on: date, _credential: Facts, _target: Facts, holder: Facts) -> None:
    holder["request"] = rng.choice(("CONFIRMATION", "NEW_TITLE", "OTHER", None))
    holder[rng.choice(("retired", "civil_servant"))] = True


def _anywhere(rng: Random, _on: date, credential: Facts, target: Facts, _holder: Facts) -> None:
    credential["issuer_division"] = rng.choice((*DIVISIONS, *ELSEWHERE))
    target["division"] = rng.choice((*DIVISIONS, *ELSEWHERE))


def _hostile(rng: Random, _on: date, credential: Facts, _target: Facts, _holder: Facts) -> None:
    name = rng.choice(("level_", "qualification", "grade", "permit_class", "card", "issuer_kind", "route", "status"))
    if name != "level_":
        credential[name] = rng.choice(HOSTILE)


def _area(rng: Random, _on: date) -> frozenset[str]:
    return frozenset(rng.sample((*DIVISIONS, *ELSEWHERE), rng.randrange(3)))


def _record(rng: Random, on: date) -> IntegrityRecord:
    since = _near(rng, on)
    return IntegrityRecord(since, rng.choice((None, since + timedelta(days=1095), since + timedelta(days=400))))


def _committee(rng: Random, _on: date, credential: Facts, _target: Facts, _holder: Facts) -> None:
    approved = credential.get("approval_date") or date(2021, 5, 5)
    credential["committee"] = rng.choice((None, _filing(rng, approved), _filing(rng, approved)))


_DISTURBANCES: tuple[Disturbance, ...] = (
    _credential("status", lambda rng, _: rng.choice(("VALID", "PUBLICITY", "SUSPENDED", "REVOKED", "REVOKED"))),
    _credential("revoked_on", lambda rng, on: rng.choice((None, _near(rng, on)))),
    _credential("level", lambda rng, _: rng.choice((*LEVELS, None))),
    _credential("issuer_kind", lambda rng, _: rng.choice(ISSUER_KINDS)),
    _credential("issuer_country", lambda rng, _: rng.choice(("CN", "DE", "US"))),
    _credential("route", lambda rng, _: rng.choice(ROUTES)),
    _credential("approval_date", lambda rng, on: rng.choice((None, _near(rng, on), date(2019, 8, 31)))),
    _credential("issued_on", lambda rng, on: rng.choice((None, _near(rng, on)))),
    _credential("valid_to", lambda rng, on: rng.choice((None, _near(rng, on)))),
    _credential("delegated", lambda rng, _: rng.random() < 0.8),
    _credential("delegation_letter", lambda rng, _: rng.choice(LETTERS)),
    _credential("targeted_area", _area),
    _credential("found_in_query", lambda rng, _: rng.choice((True, False, None))),
    _of_target("zone", ("GAOZHU", "OTHER", None)),
    _of_target("division", (*DIVISIONS, *ELSEWHERE)),
    _of_holder("name_matches", lambda rng, _: rng.random() < 0.5),
    _of_holder("document_matches", lambda rng, _: rng.random() < 0.5),
    _of_holder("integrity_record", _record),
    _a_post,
    _a_post,
    _applies,
    _anywhere,
    _committee,
    _committee,
    _hostile,
)


def as_row(question: Question) -> Facts:
    """The question as the columns of `storage.decision_facts.flat_table`."""
    credential, target, holder = question.credential, question.target, question.holder
    filing, record = credential.committee, holder.integrity_record
    same = {
        name: getattr(credential, name)
        for name in (
            "kind", "status", "series", "level", "issuer_kind", "issuer_division", "approval_date", "route",
            "found_in_query", "revoked_on", "issued_on", "valid_to", "delegated", "delegation_letter",
            "military_status", "qualification", "grade", "registered_to", "unit_division", "permit_class", "card",
        )
    }  # fmt: skip
    division = target.division
    return same | {
        "overseas": question.overseas,
        "issuing_province": question.issuing_province,
        "filed": filing is not None,
        "filed_from": filing and filing.filed_from,
        "filed_to": filing and filing.filed_to,
        "filed_level": filing and filing.max_level,
        "filed_series": None if filing is None or filing.series is None else sorted(filing.series),
        "targeted_area": None if credential.targeted_area is None else sorted(credential.targeted_area),
        "target_province": question.target_province,
        "target_chain": [division, f"{division[:4]}00", question.target_province],
        "zone": target.zone,
        "post_series": target.post_series,
        "name_matches": holder.name_matches,
        "document_matches": holder.document_matches,
        "retired": holder.retired,
        "civil_servant": holder.civil_servant,
        "request": holder.request,
        "integrity_since": record and record.since,
        "integrity_until": record and record.until,
        "exam_certificates": sorted(holder.exam_certificates),
    }
