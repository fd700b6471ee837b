# Long because the whole law is read a second time, in one place.
"""A second reading of the 33 rules, written from their text alone and sharing nothing with the program it judges.

It knows the fixture of the worked cases by heart: dates, reciprocity list, exam list and cards stand below as they
are written in the rules, so that a slip in the agreement's data shows as a difference too. The only thing read from a
file is the list of qualifications and titles, which is data of others.
"""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parents[2] / "talent_registry" / "reference" / "data"
PAIR = ("51", "50")
RANK = {name: rank for rank, name in enumerate(("ENTRY", "ASSISTANT", "INTERMEDIATE", "SENIOR_DEPUTY", "SENIOR_FULL"))}
SENIOR = {"SENIOR_DEPUTY", "SENIOR_FULL"}
BUREAUX = {"PROVINCIAL_HRSS", "PREFECTURE_HRSS", "COUNTY_HRSS"}
EXAM_SERIES = {"17", "18", "19", "27"}
LISTED_TOGETHER = ({"510100", "500107"},)
FILING_DUTY = "2019-09-01"
FRAMEWORK = "2020-04-21"
NOTICE = "2021-03-29"
CLASS_A_PLAN = "2021-12-01"
GAOZHU_PLAN = "2022-10-01"
PAIR_QUALIFICATION = "注册计量师"


class Verdict(NamedTuple):
    """What a case is expected to end with."""

    outcome: str
    rule: str
    reason_code: str


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _mapped() -> set[tuple[str, str]]:
    found = set()
    for row in rows("qualification_to_title.csv"):
        name, grade = row["qualification_zh"], row["grade"]
        if "/" in name:
            # 注册土木/电气/…/结构(一级)工程师: one row for several names.
            for part in re.sub(r"^注册|工程师$", "", name).split("/"):
                trade, _, graded = part.partition("(")
                found.add((f"注册{trade}工程师", graded.rstrip(")") or grade))
        else:
            found.add((name, grade))
    return found


MAPPED = _mapped()


class Asked:
    """One case, with the readings that several rules share. Days stay texts: ISO days sort as they fall."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.paper: dict[str, Any] = case["credential"]
        self.target: dict[str, Any] = case["target"]
        self.holder: dict[str, Any] = case.get("holder") or {}
        self.day: str = case["decision_date"]
        self.kind: str = self.paper["kind"]
        self.issuer: str | None = self.paper.get("issuer_kind")
        self.route: str | None = self.paper.get("route")
        self.status: str = self.paper.get("status") or "VALID"
        code = self.paper.get("title_code")
        self.level: str | None = self.paper.get("level")
        self.series: str | None = code[:2] if code else None
        country = self.paper.get("issuer_country") or case.get("issuer_country")
        self.source: str = (case.get("source_province") or "")[:2]
        self.abroad = (bool(country) and country != "CN") or self.source in {"", "71", "81", "82"}
        self.goal: str = self.target["division"][:2]
        self.gaozhu = self.target.get("zone") == "GAOZHU"
        self.title = self.kind == "TITLE"
        self.filing: dict[str, Any] | None = self.paper.get("committee")

    def says(self, key: str) -> Any:
        return self.paper.get(key)

    def since(self, day: str) -> bool:
        return self.day >= day

    @property
    def of_the_pair(self) -> bool:
        return self.source in PAIR and not self.abroad

    @property
    def across(self) -> bool:
        return self.of_the_pair and self.goal in PAIR and self.goal != self.source

    @property
    def must_be_filed(self) -> bool:
        return self.route in {"REVIEW", "DELEGATED"} and self.issuer in BUREAUX | {"SELF_REVIEW_UNIT", "CENTRAL_UNIT"}

    @property
    def filed_at_approval(self) -> bool:
        approved = self.says("approval_date")
        return (
            self.filing is not None
            and bool(approved)
            and self.filing["filed_from"] <= approved <= last_day(self.filing)
        )


def last_day(filing: dict[str, Any]) -> str:
    """The last day a filing can cover: as written, but never more than three years."""
    begun = date.fromisoformat(filing["filed_from"])
    try:
        three_years = begun.replace(year=begun.year + 3)
    except ValueError:  # 29 February: the third year ends on 28 February
        three_years = date(begun.year + 3, 3, 1)
    longest = (three_years - timedelta(days=1)).isoformat()
    written: str | None = filing.get("filed_to")
    return min(written or longest, longest)


def _identity(a: Asked) -> bool:
    return a.holder.get("name_matches") is False or a.holder.get("document_matches") is False


def _revoked(a: Asked) -> bool:
    if a.status == "REVOKED" and (a.says("revoked_on") or "") <= a.day:
        return True
    record: dict[str, Any] = a.holder.get("integrity_record") or {}
    return bool(record) and record["from"] <= a.day and (not record.get("until") or a.day <= record["until"])


def _expired(a: Asked) -> bool:
    return a.kind in {"TITLE", "DEGREE", "SKILL_LEVEL"} and bool(a.says("valid_to")) and a.says("valid_to") < a.day


def _not_filed(a: Asked) -> bool:
    # Where no day of approval is stated, nothing shows that it lay before the duty.
    return a.must_be_filed and (a.says("approval_date") or FILING_DUTY) >= FILING_DUTY and not a.filed_at_approval


def _beyond(a: Asked) -> bool:
    if not a.must_be_filed or a.filing is None:
        return False
    ceiling, allowed = a.filing.get("max_level"), a.filing.get("series")
    too_high = ceiling is not None and a.level is not None and RANK[a.level] > RANK[ceiling]
    outside = allowed is not None and a.series is not None and a.series not in allowed
    return too_high or outside


def _badly_delegated(a: Asked) -> bool:
    if not a.says("delegated"):
        return False
    letter = a.says("delegation_letter")
    ranks = {"PREFECTURE", "PROVINCE"}
    if a.level not in SENIOR:
        ranks.add("COUNTY")
    if a.issuer == "CENTRAL_UNIT":
        ranks.add("CENTRAL_HR")
    return not letter or letter.get("authority_level") not in ranks


def _not_eligible(a: Asked) -> bool:
    asks = {a.case.get("request"), a.holder.get("request"), a.says("request")} & {"CONFIRMATION", "NEW_TITLE"}
    return bool(asks) and bool(a.holder.get("retired") or a.holder.get("civil_servant"))


def _same_province(a: Asked) -> bool:
    return a.source == a.goal and not a.abroad and not a.gaozhu and a.issuer != "MILITARY"


def _left_the_area(a: Asked) -> bool:
    area = a.says("targeted_area")
    return a.title and area is not None and not any(_lies_in(a.target["division"], place) for place in area)


def _lies_in(division: str, place: str) -> bool:
    return division.startswith(re.sub(r"(00){1,2}$", "", place))


def _other_series(a: Asked) -> bool:
    post = a.target.get("post_series")
    return a.title and bool(post) and a.series is not None and post != a.series


def _without_the_exam(a: Asked) -> bool:
    # The examination of the very series of the post: the one of the title at hand is another.
    post = a.target.get("post_series")
    return _other_series(a) and post in EXAM_SERIES and post not in (a.holder.get("exam_certificates") or ())


def _reciprocal(a: Asked) -> bool:
    issuer = a.says("issuer_division")
    for listing in LISTED_TOGETHER:
        if issuer in listing:
            (other,) = listing - {issuer}
            if _lies_in(a.target["division"], other):
                return True
    return False


def _lower(a: Asked) -> bool:
    return (
        a.title
        and a.across  # the notice is one between two provinces, also where its third item does not repeat it
        and a.issuer in BUREAUX
        and a.level is not None
        and a.level not in SENIOR
        and a.since(NOTICE)
    )


def _metrologist(a: Asked) -> bool:
    unit = a.says("unit_division") or ""
    return a.kind == "QUALIFICATION" and a.says("qualification") == PAIR_QUALIFICATION and unit[:2] in PAIR


def _lapsed_registration(a: Asked) -> bool:
    return _metrologist(a) and bool(a.says("registered_to")) and a.says("registered_to") < a.day


def _registered(a: Asked) -> bool:
    return _metrologist(a) and bool(a.says("registered_to")) and a.says("registered_to") >= a.day


def _mapped_qualification(a: Asked) -> bool:
    named = (a.says("qualification"), a.says("grade") or "")
    # Only what the nation grants is a national qualification; Hong Kong's is obtained abroad, whatever its name.
    return a.kind == "QUALIFICATION" and named in MAPPED and not a.abroad and a.since(NOTICE)


def _permit(a: Asked, classes: str) -> bool:
    return a.kind == "WORK_PERMIT" and (a.says("permit_class") or "-") in classes


def _card(a: Asked) -> bool:
    named = str(a.says("card") or "").startswith(("CQ_TALENT", "TIANFU", "SC_TIANFU", "SC_TALENT"))
    return a.kind == "TALENT_CARD" and named and a.since(FRAMEWORK) and (a.says("issued_on") or "") <= a.day


def _card_over(a: Asked) -> bool:
    return _card(a) and bool(a.says("valid_to")) and a.says("valid_to") < a.day


TABLE: list[tuple[str, Callable[[Asked], bool], str, str]] = [
    ("G1", _identity, "PENDING", "IDENTITY_MISMATCH"),
    ("G2", _revoked, "NOT_RECOGNISED", "REVOKED"),
    ("G8", lambda a: a.status == "SUSPENDED", "PENDING", "SUSPENDED"),
    ("G9", _expired, "NOT_RECOGNISED", "EXPIRED"),
    ("G3a", _not_filed, "NOT_RECOGNISED", "COMMITTEE_NOT_FILED"),
    ("G3b", _beyond, "NOT_RECOGNISED", "BEYOND_AUTHORITY"),
    ("G4", _badly_delegated, "NOT_RECOGNISED", "DELEGATION_INVALID"),
    ("G5", lambda a: a.title and a.issuer == "EMPLOYER", "NOT_RECOGNISED", "INTERNAL_ONLY"),
    ("G6", _not_eligible, "NOT_RECOGNISED", "HOLDER_NOT_ELIGIBLE"),
    ("G7", lambda a: a.status == "PUBLICITY", "PENDING", "PUBLICITY_OPEN"),
    ("S0", _same_province, "NOT_APPLICABLE", "SAME_PROVINCE"),
    ("R9", _left_the_area, "RE_REVIEW", "TARGETED_AREA_LEFT"),
    (
        "R8",
        lambda a: a.title and a.issuer == "MILITARY" and a.says("military_status") == "CIVILIAN_STAFF",
        "VERIFY",
        "MILITARY_TITLE",
    ),
    ("R8", lambda a: a.title and a.issuer == "MILITARY", "CONFIRM", "MILITARY_TITLE"),
    ("R7", lambda a: a.title and a.issuer == "CENTRAL_UNIT", "VERIFY", "CENTRAL_ISSUER"),
    (
        "R10a",
        lambda a: _other_series(a) and a.target["post_series"] not in EXAM_SERIES,
        "RE_REVIEW",
        "SERIES_CHANGE",
    ),
    ("R10b", _without_the_exam, "NOT_RECOGNISED", "EXAM_SERIES"),
    ("R3", lambda a: a.title and a.route == "NATIONAL_EXAM" and not a.abroad, "AUTO", "NATIONAL_EXAM"),
    ("R5", _lapsed_registration, "NOT_RECOGNISED", "REGISTRATION_LAPSED"),
    ("R5", _registered, "AUTO", "PAIR_QUALIFICATION"),
    ("R4", _mapped_qualification, "AUTO", "QUALIFICATION_MAPPED"),
    ("R16", lambda a: _permit(a, "AB") and a.gaozhu and a.since(GAOZHU_PLAN), "AUTO", "FOREIGN_B_GAOZHU"),
    (
        "R15",
        lambda a: _permit(a, "A") and a.of_the_pair and a.goal in PAIR and a.since(CLASS_A_PLAN),
        "AUTO",
        "FOREIGN_A",
    ),
    (
        "R16x",
        lambda a: _permit(a, "C") or (_permit(a, "B") and not a.gaozhu),
        "NOT_APPLICABLE",
        "PERMIT_OUT_OF_SCOPE",
    ),
    ("R17", _card_over, "NOT_RECOGNISED", "CARD_EXPIRED"),
    ("R17", _card, "AUTO", "TALENT_CARD"),
    ("R19", lambda a: a.kind == "SKILL_LEVEL" and a.says("found_in_query") is True, "AUTO", "SKILL_LEVEL"),
    ("R20", lambda a: a.says("found_in_query") is False, "VERIFY", "NO_ELECTRONIC_RECORD"),
    (
        "R1",
        lambda a: a.title and a.level in SENIOR and a.issuer == "PROVINCIAL_HRSS" and a.across and a.since(NOTICE),
        "AUTO",
        "SC_CQ_SENIOR",
    ),
    ("R2a", lambda a: _lower(a) and _reciprocal(a), "AUTO", "SC_CQ_LOCAL_RECIPROCAL"),
    ("R2b", _lower, "VERIFY", "SC_CQ_LOCAL_VERIFY"),
    (
        "R6",
        lambda a: a.title and a.issuer == "SELF_REVIEW_UNIT" and a.filed_at_approval and a.across and a.since(NOTICE),
        "VERIFY",
        "SELF_REVIEW_UNIT",
    ),
    ("R13", lambda a: a.title and a.across and not a.since(NOTICE), "CONFIRM", "BEFORE_AGREEMENT"),
    ("R11", lambda a: bool(a.source) and a.source not in PAIR and not a.abroad, "CONFIRM", "THIRD_PROVINCE"),
    (
        "R12",
        lambda a: a.abroad and a.kind in {"TITLE", "QUALIFICATION", "DEGREE", "SKILL_LEVEL"},
        "CONFIRM",
        "OVERSEAS",
    ),
    ("R99", lambda _: True, "CONFIRM", "NO_RULE"),
]


def judge(case: dict[str, Any]) -> Verdict:
    """The first rule of the table whose condition holds."""
    asked = Asked(case)
    rule, outcome, reason = next((rule, outcome, reason) for rule, holds, outcome, reason in TABLE if holds(asked))
    return Verdict(outcome, rule, reason)
