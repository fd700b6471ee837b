"""A second reading of the rules of placements, written from their text alone; it shares nothing with the program.

It reads a worked case as it is written, days as ISO texts counted one by one, and knows the table by heart: id, kinds,
requests, result and reason stand below as they are written in the rules.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

Case = dict[str, Any]
GRAVEST_FIRST = ("RECLASSIFY", "REJECTED", "INCOMPLETE", "BENEFIT_NOT_MET", "ALLOWED_WITH_DEFAULT", "ALLOWED")
BEGIN = ("START", "EXTEND")
LEAVE = ("LEAVE_TO_START_UP",)
VICE_PRESIDENT = ("VICE_PRESIDENT_TECH",)
NOTICED = ("PART_TIME", "START_UP_IN_POST", "VICE_PRESIDENT_TECH")
EVERY = ()


class Judged(NamedTuple):
    """What a case is expected to end with, and the rules that were asked."""

    result: str
    rule: str | None
    reason_code: str | None
    asked: tuple[str, ...]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _days(period: dict[str, Any]) -> list[date]:
    first, last = _day(period["from"]), _day(period["until"])
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _longer_than_three_years(case: Case) -> bool:
    """The day after the last may not lie beyond the same day three years on; 29 February has 1 March for it."""
    first, after = _day(case["term"]["from"]), _day(case["term"]["until"]) + timedelta(days=1)
    leap = (first.month, first.day) == (2, 29)
    anniversary = date(first.year + 3, 3, 1) if leap else date(first.year + 3, first.month, first.day)
    return after > anniversary


def _overloaded(case: Case) -> bool:
    shares: dict[date, int] = {day: case["workload_percent"] for day in _days(case["term"])}  # noqa: C420 - typed
    for other in case["other_placements"]:
        if other["state"] in ("AGREED", "ACTIVE"):
            for day in _days(other):
                if day in shares:
                    shares[day] += other["workload_percent"]
    return any(share > 100 for share in shares.values())


def _consent(case: Case) -> str | None:
    return case["documents"]["home_consent"]  # type: ignore[no-any-return]


def _host(case: Case) -> dict[str, Any]:
    return case["host_unit"]  # type: ignore[no-any-return]


def _leave_terms(case: Case) -> int:
    return len([term for term in case["previous_terms"] if term["kind"] == "LEAVE_TO_START_UP"])


Row = tuple[str, tuple[str, ...], tuple[str, ...], str, str | None, Callable[[Case], bool]]
TABLE: tuple[Row, ...] = (
    ("PL0", EVERY, BEGIN, "RECLASSIFY", "NOT_FLEXIBLE",
     lambda c: True in c["moves"].values() or c["kind"] == "RIGID_TRANSFER"),
    ("PL1", EVERY, BEGIN, "REJECTED", "NO_HOME_CONSENT",
     lambda c: not _consent(c) or str(_consent(c)) > c["decision_date"]),
    ("PL2", EVERY, BEGIN, "REJECTED", "NO_THREE_PARTY_AGREEMENT",
     lambda c: len({"RESEARCHER", "HOME_UNIT", "HOST_UNIT"} & set(c["documents"]["agreement_parties"])) < 3),
    ("PL3", NOTICED, ("START",), "INCOMPLETE", "NO_PUBLIC_NOTICE", lambda c: not c["documents"]["internal_notice"]),
    ("PL4a", LEAVE, BEGIN, "REJECTED", "TERM_OVER_3_YEARS", _longer_than_three_years),
    ("PL4b", LEAVE, ("EXTEND",), "REJECTED", "EXTENSION_USED", lambda c: _leave_terms(c) > 1),
    ("PL4c", LEAVE, ("EXTEND",), "REJECTED", "EXTENSION_NOT_ALLOWED", lambda c: _host(c)["profitable"]),
    ("PL5", EVERY, ("CLAIM_BENEFIT",), "BENEFIT_NOT_MET", "DAYS_BELOW_THRESHOLD",
     lambda c: (c["days_worked_in_year"] or 0) < (c["minimum_days_in_year"] or 0)),
    ("PL6", LEAVE, BEGIN, "INCOMPLETE", "NO_WORK_INJURY_INSURANCE",
     lambda c: not c["documents"]["work_injury_insurance"]),
    ("PL7", EVERY, BEGIN, "REJECTED", "LEADER_RESTRICTED",
     lambda c: c["person"]["position"] in ("HEAD", "LEADER") and _host(c)["kind"] == "ENTERPRISE"
     and c["paid_by_host"]),
    ("PL8", EVERY, BEGIN, "REJECTED", "CLASSIFIED_WORK", lambda c: c["person"]["classified"]),
    ("PL9", EVERY, BEGIN, "REJECTED", "WORKLOAD_OVER_100", _overloaded),
    ("PL10", EVERY, ("RETURN_EARLY",), "ALLOWED", None, lambda _: True),
    ("PL11", EVERY, BEGIN, "ALLOWED_WITH_DEFAULT", "IP_DEFAULT_JOINT_OWNERSHIP",
     lambda c: not c["documents"]["ip_clause"]),
    ("PL12a", VICE_PRESIDENT, BEGIN, "REJECTED", "COMPANY_OWNED",
     lambda c: _host(c)["founded_or_owned_by_person_or_home"]),
    ("PL12b", VICE_PRESIDENT, BEGIN, "REJECTED", "COMPANY_TOO_YOUNG", lambda c: _host(c)["years_registered"] < 1),
    ("PL12c", VICE_PRESIDENT, BEGIN, "REJECTED", "NO_RD_SPENDING", lambda c: not _host(c)["has_rd_spending"]),
    ("PL12d", VICE_PRESIDENT, BEGIN, "REJECTED", "CONTRACT_TOO_SHORT", lambda c: c["person"]["contract_years"] < 3),
    ("PL13", EVERY, BEGIN, "INCOMPLETE", "NO_RECOGNITION", lambda c: c["recognition"] not in ("AUTO", "CONFIRMED")),
    ("PL14", EVERY, BEGIN, "REJECTED", "SAME_PROVINCE",
     lambda c: c["home_unit"]["division"][:2] == _host(c)["division"][:2]),
)  # fmt: skip


def judge_placement(case: Case) -> Judged:
    """The gravest result of the rules that the request asks; the first of the table among equals."""
    asked = [row for row in TABLE if case["request"] in row[2] and (not row[1] or case["kind"] in row[1])]
    names = tuple(row[0] for row in asked)
    against = [row for row in asked if row[3] != "ALLOWED" and row[5](case)]
    for result in GRAVEST_FIRST:
        for row in against:
            if row[3] == result:
                return Judged(result, row[0], row[4], names)
    return Judged("ALLOWED", None, None, names)
