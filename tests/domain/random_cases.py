"""Random cases in the format of the worked ones: every kind and key, days about every boundary, gaps, traps."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.domain.independent_rules import MAPPED, last_day, rows

BOUNDARIES = ["2019-09-01", "2020-04-21", "2021-03-29", "2021-12-01", "2022-10-01"]
LEVELS = ["SENIOR_FULL", "SENIOR_DEPUTY", "INTERMEDIATE", "ASSISTANT", "ENTRY"]
ISSUERS = [
    "PROVINCIAL_HRSS", "PREFECTURE_HRSS", "COUNTY_HRSS", "SELF_REVIEW_UNIT", "CENTRAL_UNIT", "MILITARY", "EMPLOYER",
    "NATIONAL_EXAM", "PROVINCIAL",
]  # fmt: skip
SICHUAN = ["510000", "510100", "510107", "510113", "510181", "510504", "511623", "513300", "513301"]
CHONGQING = ["500000", "500106", "500107", "500108", "500112", "500156", "500157", "500229"]
ELSEWHERE = ["520000", "440000", "440100", "110000", "530100"]
KINDS = ["TITLE"] * 12 + ["QUALIFICATION"] * 3 + ["WORK_PERMIT"] * 3 + ["TALENT_CARD"] * 2 + ["SKILL_LEVEL", "DEGREE"]
LEVEL_OF_CODE = {row["title_code"]: row["level"] for row in rows("title_names.csv")}
CODES = sorted(LEVEL_OF_CODE)
QUALIFICATIONS = sorted(MAPPED)
CARDS = ["CQ_TALENT_A", "CQ_TALENT_B", "TIANFU_A", "TIANFU_B"]


class Dealer:
    """Deals cases from a seed: the same seed, the same cases."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - cases are to be repeatable, not secret

    def cases(self, count: int) -> Iterator[dict[str, Any]]:
        """So many cases, without an expected result."""
        for number in range(count):
            yield self.case(f"N{number:06}")

    def case(self, case_id: str) -> dict[str, Any]:
        day = self.day()
        source, issuer_division = self.place([45, 45, 10])
        target = self.target(source)
        credential = self.credential(day, issuer_division, target)
        case: dict[str, Any] = {
            "case_id": case_id,
            "title": "dealt at random",
            "credential": credential,
            "source_province": source,
            "target": target,
            "decision_date": day,
        }
        self.holder(case, day)
        self.country(case)
        if self.chance(5):
            (credential if self.chance(50) else case)["holder_id_prefix"] = self.one(["5102", "5123", "4401"])
        if self.chance(5):
            case["note"] = "informative"
        return case

    def country(self, case: dict[str, Any]) -> None:
        place = case["credential"] if self.chance(50) else case
        if self.chance(4):
            place["issuer_country"] = self.one(["US", "HK", "MO", "TW", "JP"])
            if self.chance(40):
                case["source_province"] = self.one([None, "810000", "710000"])
                case["credential"]["issuer_division"] = None
            if self.chance(30):
                # Of a credential from overseas a case need not state this.
                case["credential"].pop(self.one(["approval_date", "route", "issuer_kind", "level", "title_code"]), None)
        elif self.chance(4):
            place["issuer_country"] = self.one(["CN", None])

    def chance(self, percent: float) -> bool:
        return self.dice.random() * 100 < percent

    def one(self, choices: list[Any]) -> Any:
        return self.dice.choice(choices)

    def day(self) -> str:
        if self.chance(60):
            return self.near(self.one(BOUNDARIES))
        return (date(2018, 1, 1) + timedelta(days=self.dice.randrange(9 * 365))).isoformat()

    def near(self, day: str) -> str:
        """The day before, on or after."""
        return (date.fromisoformat(day) + timedelta(days=self.one([-1, 0, 1]))).isoformat()

    def moved(self, day: str, low: int, high: int) -> str:
        return (date.fromisoformat(day) + timedelta(days=self.dice.randint(low, high))).isoformat()

    def place(self, weights: list[int]) -> tuple[str, str]:
        """A province and a division of it."""
        divisions = self.dice.choices([SICHUAN, CHONGQING, ELSEWHERE], weights)[0]
        division = self.one(divisions)
        return division[:2] + "0000", division

    def target(self, source: str) -> dict[str, Any]:
        weights = {"510000": [14, 86, 0], "500000": [86, 14, 0]}.get(source, [50, 50, 0])
        target: dict[str, Any] = {"division": self.place(weights)[1]}
        if self.chance(2):
            target["division"] = self.one(ELSEWHERE)
        if self.chance(10):
            target["division"], target["zone"] = self.one(["511623", "500112"]), self.one(["GAOZHU"] * 9 + [None])
        if self.chance(90):
            target["employer_kind"] = self.one(["ENTERPRISE", "UNIVERSITY", "INSTITUTE", "HOSPITAL", None])
        if self.chance(90):
            target["post_series"] = None
        return target

    def status(self, paper: dict[str, Any], day: str) -> None:
        paper["status"] = self.dice.choices(
            ["VALID", "SUSPENDED", "REVOKED", "PUBLICITY", "EXPIRED"], [85, 3, 6, 3, 3]
        )[0]
        if paper["status"] == "REVOKED" and self.chance(80):
            paper["revoked_on"] = self.near(day)
        if paper["status"] == "PUBLICITY" and self.chance(80):
            paper["publicity_from"], paper["publicity_workdays"] = self.moved(day, -10, 0), 5

    def optional(self, paper: dict[str, Any], key: str, percent: float, value: Any) -> None:
        """The key with its value; or, now and then, null; or not at all."""
        if self.chance(percent):
            paper[key] = value
        elif self.chance(30):
            paper[key] = None

    def credential(self, day: str, issuer_division: str, target: dict[str, Any]) -> dict[str, Any]:
        kind = self.one(KINDS)
        paper: dict[str, Any] = {"kind": kind, "issuer_division": issuer_division}
        self.status(paper, day)
        getattr(self, kind.lower())(paper, day, target)
        return paper

    def title(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        code = self.one(CODES)
        paper["title_code"] = code
        paper["level"] = LEVEL_OF_CODE[code] if self.chance(90) else self.one(LEVELS)
        paper["issuer_kind"] = self.dice.choices(ISSUERS, [26, 16, 10, 14, 8, 6, 3, 14, 3])[0]
        exam = paper["issuer_kind"] == "NATIONAL_EXAM"
        paper["route"] = "NATIONAL_EXAM" if exam else self.dice.choices(["REVIEW", "CONFIRMATION"], [90, 10])[0]
        if paper["route"] == "CONFIRMATION":
            self.optional(paper, "origin_division", 80, self.one(ELSEWHERE + SICHUAN + CHONGQING))
        self.optional(paper, "found_in_query", 85, self.chance(90))
        self.optional(paper, "certificate", 80, self.one(["ELECTRONIC", "PAPER"]))
        approved = self.near("2019-09-01") if self.chance(20) else self.moved(day, -2500, 0)
        paper["approval_date"] = approved
        self.committee(paper, approved, code)
        if self.chance(12):
            paper["delegated"] = self.chance(85)
            self.optional(
                paper,
                "delegation_letter",
                75,
                {"authority_level": self.one(["COUNTY", "PREFECTURE", "PROVINCE", "CENTRAL_HR"])},
            )
        if paper["issuer_kind"] == "MILITARY":
            paper["military_status"] = self.one(["CIVILIAN_STAFF", "OFFICER"])
        if self.chance(8):
            near_by = target["division"][:4] + "00"
            paper["targeted_area"] = self.one(
                [[target["division"]], [near_by], ["513300", near_by], ["513300"], ["500229"], ["510000"]]
            )
        if self.chance(12):
            paper["valid_to"] = self.near(day)
        if self.chance(40):
            target["post_series"] = code[:2]
        elif self.chance(15):
            target["post_series"] = self.one(["01", "05", "17", "18", "19", "27", "20"])

    def committee(self, paper: dict[str, Any], approved: str, code: str) -> None:
        if self.chance(12):
            paper["committee"] = None
            return
        if self.chance(4):
            return
        begun = self.one(
            [self.moved(approved, -1000, 0), self.near(approved), "2020-02-29", "2021-01-01", "2018-01-01"]
        )
        filing = {"filed_from": begun}
        longest = last_day({"filed_from": begun})
        filing["filed_to"] = self.dice.choices(
            [longest, max(begun, self.near(approved)), self.moved(longest, 1, 400)], [70, 20, 10]
        )[0]
        if self.chance(15):
            # The approval about the end that counts, written or legal.
            paper["approval_date"] = self.near(last_day(filing))
        filing["max_level"] = self.dice.choices([LEVELS[0], self.one(LEVELS)], [70, 30])[0]
        series = [code[:2]] if self.chance(92) else [self.one(["05", "22", "01"])]
        paper["committee"] = {**filing, "series": [*series, "10"] if self.chance(20) else series}

    def qualification(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        name, grade = self.one(QUALIFICATIONS)
        if self.chance(10):
            name = self.one(["拍卖师", "导游资格"])
        if self.chance(30):
            name, grade = "注册计量师", self.one(["一级", "二级"])
        paper["qualification"] = name
        if grade and self.chance(90):
            paper["grade"] = grade
        elif self.chance(50):
            paper["grade"] = None
        paper["issuer_kind"] = self.one(["NATIONAL_EXAM", "PROVINCIAL"])
        paper["approval_date"] = self.moved(day, -2500, 0)
        if name == "注册计量师" or self.chance(20):
            self.optional(paper, "registered_to", 90, self.near(day))
            self.optional(paper, "unit_division", 90, self.one(SICHUAN + CHONGQING + ELSEWHERE[:2]))
        if self.chance(20):
            self.optional(paper, "found_in_query", 90, self.chance(60))
        target["post_series"] = self.one([None, "05", "17"])

    def work_permit(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        paper["permit_class"] = self.one(["A", "B", "C"])
        self.optional(paper, "valid_to", 90, self.moved(day, 0, 500))
        if self.chance(35):
            target["division"], target["zone"] = self.one(["511623", "500112"]), "GAOZHU"
        if self.chance(10):
            paper["found_in_query"] = self.chance(50)

    def talent_card(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        paper["card"], paper["card_class"] = self.one(CARDS), self.one(["I", "II", None])
        self.optional(paper, "issued_on", 90, self.near(day) if self.chance(20) else self.moved(day, -900, 0))
        self.optional(paper, "valid_to", 90, self.near(day) if self.chance(50) else self.moved(day, 0, 900))
        target["post_series"] = None
        if self.chance(10):
            paper["found_in_query"] = self.chance(50)

    def skill_level(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        paper["skill_level"] = self.one(["一级", "二级", "三级", "四级", "五级"])
        self.optional(paper, "found_in_query", 90, self.chance(70))
        if self.chance(25):
            paper["valid_to"] = self.near(day)
        target["post_series"] = None

    def degree(self, paper: dict[str, Any], day: str, target: dict[str, Any]) -> None:
        paper["approval_date"] = self.moved(day, -2500, 0)
        self.optional(paper, "found_in_query", 80, self.chance(70))
        if self.chance(20):
            paper["valid_to"] = self.near(day)
        target["post_series"] = None

    def holder(self, case: dict[str, Any], day: str) -> None:
        if self.chance(60):
            self.optional(case, "holder", 0, None)
            return
        holder: dict[str, Any] = {}
        if self.chance(50):
            holder["name_matches"] = self.chance(90)
            holder["document_matches"] = self.chance(90)
        if self.chance(40):
            holder["retired"], holder["civil_servant"] = self.chance(30), self.chance(30)
        if self.chance(15):
            holder["exam_certificates"] = self.one([["17"], ["19", "27"], []])
        if self.chance(15):
            holder["integrity_record"] = {"from": self.near(day)}
            if self.chance(70):
                holder["integrity_record"] = {"from": self.moved(day, -1095, -2), "until": self.near(day)}
            self.optional(holder["integrity_record"], "until", 0, None)
        case["holder"] = holder
        if self.chance(40):
            place = self.dice.choices([case, holder, case["credential"]], [60, 30, 10])[0]
            place["request"] = self.one(["CONFIRMATION", "CONFIRMATION", "NEW_TITLE", "PENSION"])
