"""Worked cases of placements dealt at random, most of their days and figures close to where a rule turns."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

KINDS = (
    "PART_TIME", "SECONDMENT", "PROJECT_COOPERATION", "DUAL_APPOINTMENT", "VICE_PRESIDENT_TECH", "INDUSTRY_PROFESSOR",
    "START_UP_IN_POST", "LEAVE_TO_START_UP", "CONSULTANCY", "SHORT_TERM", "PAIRED_SUPPORT", "TECH_ENVOY",
    "TALENT_ENCLAVE", "POSTDOC_JOINT", "CADRE_EXCHANGE", "RIGID_TRANSFER",
)  # fmt: skip
OFTEN = ("PART_TIME", "VICE_PRESIDENT_TECH", "LEAVE_TO_START_UP")
PARTIES = ["RESEARCHER", "HOME_UNIT", "HOST_UNIT"]
STATES = ("ACTIVE", "AGREED", "SUSPENDED", "ENDED", "PROPOSED", "DECLINED", "WITHDRAWN", "DRAFT")
OUTCOMES = ("CONFIRMED", "CONFIRM", "VERIFY", "RE_REVIEW", "NOT_RECOGNISED", "NOT_APPLICABLE", "PENDING", None)


class PlacementDealer:
    """Deals cases; the same seed deals the same ones."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - cases, not secrets

    def cases(self, count: int) -> Iterator[dict[str, Any]]:
        """So many cases, each of an id of its own."""
        for number in range(count):
            yield self._case(f"D{number:05}")

    def _rarely(self, usual: Any, *others: Any) -> Any:
        return self.draw.choice(others) if self.draw.random() < 0.08 else usual

    def _case(self, case_id: str) -> dict[str, Any]:
        draw = self.draw
        kind = draw.choice(OFTEN if draw.random() < 0.6 else KINDS)
        request = draw.choices(("START", "EXTEND", "RETURN_EARLY", "CLAIM_BENEFIT"), (8, 8, 1, 3))[0]
        day = date(2018, 1, 1) + timedelta(days=draw.randrange(3000))
        first = self._rarely(day + timedelta(days=draw.randrange(60)), date(2020, 2, 29), date(2024, 2, 29))
        return {
            "case_id": case_id,
            "title": "dealt",
            "kind": kind,
            "request": request,
            "decision_date": day.isoformat(),
            "person": {
                "position": self._rarely("STAFF", "MIDDLE_LEADER", "LEADER", "HEAD"),
                "classified": self._rarely(False, True),
                "contract_years": self._rarely(5, 2, 3, 2.9),
            },
            "home_unit": {"division": draw.choice(("510107", "500107")), "kind": "UNIVERSITY"},
            "host_unit": self._host(),
            "term": {"from": first.isoformat(), "until": self._last(first).isoformat()},
            "workload_percent": draw.choice((20, 40, 50, 60, 100)),
            "paid_by_host": draw.random() < 0.7,
            "recognition": self._rarely("AUTO", *OUTCOMES),
            "documents": self._documents(day),
            "moves": {
                name: self._rarely(False, True) if draw.random() < 0.2 else False
                for name in ("household_registration", "personnel_relation", "file", "social_insurance")
            },
            "previous_terms": self._previous(kind, first) if request == "EXTEND" else [],
            "other_placements": self._others(first),
            "days_worked_in_year": draw.choice((None, 0, 62, 63, 64)),
            "minimum_days_in_year": draw.choice((None, 0, 63)),
        }

    def _host(self) -> dict[str, Any]:
        return {
            "division": self.draw.choice(("500106", "510700", "500112")),
            "kind": self._rarely("ENTERPRISE", "UNIVERSITY", "HOSPITAL"),
            "founded_or_owned_by_person_or_home": self._rarely(False, True),
            "years_registered": self._rarely(5, 0, 1, 0.99),
            "has_rd_spending": self._rarely(True, False),
            "profitable": self._rarely(False, True),
        }

    def _documents(self, day: date) -> dict[str, Any]:
        beside = [(day + timedelta(days=days)).isoformat() for days in (-1, 0, 1)]
        return {
            "home_consent": self._rarely((day - timedelta(days=40)).isoformat(), None, *beside),
            "internal_notice": self._rarely(True, False, None),
            "agreement_parties": self._rarely(PARTIES, PARTIES[:2], PARTIES[1:], PARTIES[::2], [], PARTIES[::-1]),
            "confidentiality_clause": self._rarely(True, False),
            "ip_clause": self._rarely(True, False, None),
            "work_injury_insurance": self._rarely(True, False),
        }

    def _last(self, first: date) -> date:
        if self.draw.random() < 0.5:
            return first + timedelta(days=self.draw.randrange(900))
        # Three years, and the days beside them.
        return first + timedelta(days=365 * 3 + self.draw.randrange(-2, 4))

    def _previous(self, kind: str, first: date) -> list[dict[str, Any]]:
        terms: list[dict[str, Any]] = []
        last = first - timedelta(days=1)
        for _ in range(self.draw.choices((1, 2, 0), (8, 2, 1))[0]):
            begun = last - timedelta(days=self.draw.randrange(1, 1000))
            other = self._rarely(kind, "PART_TIME", "LEAVE_TO_START_UP")
            terms.insert(0, {"from": begun.isoformat(), "until": last.isoformat(), "kind": other})
            last = begun - timedelta(days=1)
        return terms

    def _others(self, first: date) -> list[dict[str, Any]]:
        found = []
        for _ in range(self.draw.choices((0, 1, 2), (5, 3, 2))[0]):
            begun = first + timedelta(days=self.draw.choice((-200, -1, 0, 30, 1100)))
            last = self.draw.choice((first - timedelta(days=1), first, begun + timedelta(days=90)))
            found.append(
                {
                    "from": begun.isoformat(),
                    "until": max(begun, last).isoformat(),
                    "workload_percent": self.draw.choice((20, 40, 50, 60, 61)),
                    "state": self.draw.choices(STATES, (6, 4, 1, 1, 1, 1, 1, 1))[0],
                }
            )
        return found
