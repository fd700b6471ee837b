"""The worked cases of placements, and what becomes of them where a day or a figure is one more."""

import copy
import json
from pathlib import Path
from typing import Any

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "placement_cases.json").read_text(encoding="utf-8")
)
WORKED = {case["case_id"]: case for case in CASES}
OTHER = WORKED["P17"]["other_placements"][0]
ALLOWED = ("ALLOWED", None)
LEAVE, VICE, PART = "LEAVE_TO_START_UP", "VICE_PRESIDENT_TECH", "PART_TIME"
FIRST_LEAVE = {"from": "2018-03-01", "until": "2021-02-28", "kind": LEAVE}
LATER = {"until": None, "workload_percent": 51, "state": "AGREED"}


def altered(case_id: str, **changes: Any) -> dict[str, Any]:
    """A worked case with other values; `documents__home_consent` stands for a key within an object."""
    case = copy.deepcopy(WORKED[case_id])
    del case["expected"]
    for name, value in changes.items():
        place, *key = name.split("__")
        if key:
            case[place][key[0]] = value
        else:
            case[place] = value
    return case


BOUNDARIES = [
    # The written consent may be of the decision day, not of the day after.
    (altered("P01", documents__home_consent="2024-03-01"), ALLOWED),
    (altered("P01", documents__home_consent="2024-03-02"), ("REJECTED", "PL1")),
    # Three years exactly: the 29 February of a leap year is a day like others.
    (altered("P05", term={"from": "2021-03-01", "until": "2024-03-01"}), ("REJECTED", "PL4a")),
    (altered("P05", term={"from": "2021-03-02", "until": "2024-03-01"}), ALLOWED),
    (altered("P05", term={"from": "2021-02-28", "until": "2024-02-27"}), ALLOWED),
    (altered("P05", term={"from": "2021-02-28", "until": "2024-02-28"}), ("REJECTED", "PL4a")),
    (altered("P05", term={"from": "2023-03-01", "until": "2026-02-28"}), ALLOWED),
    (altered("P05", term={"from": "2023-03-01", "until": "2026-03-01"}), ("REJECTED", "PL4a")),
    # Begun on 29 February, three years are full on 28 February.
    (altered("P05", term={"from": "2024-02-29", "until": "2027-02-28"}), ALLOWED),
    (altered("P05", term={"from": "2024-02-29", "until": "2027-03-01"}), ("REJECTED", "PL4a")),
    (altered("P05", term={"from": "2021-03-01", "until": None}), ("REJECTED", "PL4a")),
    # One period is measured, not the sum of all; and only of a leave.
    (altered("P07", term={"from": "2024-03-01", "until": "2027-03-01"}), ("REJECTED", "PL4a")),
    (altered("P01", term={"from": "2024-04-01", "until": "2034-04-01"}), ALLOWED),
    # A second earlier term of the leave is the extension that was used; a term of another kind is none.
    (altered("P07", previous_terms=[FIRST_LEAVE, *WORKED["P07"]["previous_terms"]]), ("REJECTED", "PL4b")),
    (altered("P07", previous_terms=[{**FIRST_LEAVE, "kind": PART}, *WORKED["P07"]["previous_terms"]]), ALLOWED),
    (altered("P07", previous_terms=[]), ALLOWED),
    (altered("P08", previous_terms=[FIRST_LEAVE, *WORKED["P08"]["previous_terms"]]), ("REJECTED", "PL4b")),
    (altered("P08", request="START"), ALLOWED),
    # Days worked: the minimum itself is enough.
    (altered("P12", days_worked_in_year=62), ("BENEFIT_NOT_MET", "PL5")),
    (altered("P12", days_worked_in_year=64), ALLOWED),
    (altered("P12", days_worked_in_year=None), ("BENEFIT_NOT_MET", "PL5")),
    (altered("P12", days_worked_in_year=0, minimum_days_in_year=None), ALLOWED),
    (altered("P12", recognition=None, moves=None, documents=None), ALLOWED),
    # Work-injury insurance is asked of a leave alone.
    (altered("P10", kind="SECONDMENT"), ALLOWED),
    # Leaders: paid, by an enterprise, LEADER as HEAD.
    (altered("P14", person__position="LEADER"), ("REJECTED", "PL7")),
    (altered("P14", person__position="MIDDLE_LEADER"), ALLOWED),
    (altered("P14", paid_by_host=False), ALLOWED),
    (altered("P14", host_unit__kind="UNIVERSITY"), ALLOWED),
    # A full post is not more than a full post, and a share alone can be too much.
    (altered("P17", workload_percent=40), ALLOWED),
    (altered("P17", workload_percent=41), ("REJECTED", "PL9")),
    (altered("P01", workload_percent=100), ALLOWED),
    (altered("P01", workload_percent=101), ("REJECTED", "PL9")),
    (altered("P18", other_placements=[{**WORKED["P18"]["other_placements"][0], "until": "2024-04-01"}]),
     ("REJECTED", "PL9")),
    (altered("P18", other_placements=[{**LATER, "from": "2025-03-31"}]),
     ("REJECTED", "PL9")),
    (altered("P18", other_placements=[{**LATER, "from": "2025-04-01"}]),
     ALLOWED),
    # A term without end is as full as its fullest day.
    (altered("P17", term={"from": "2024-04-01", "until": None},
             other_placements=[{**WORKED["P17"]["other_placements"][0], "from": "2024-05-01"}]), ("REJECTED", "PL9")),
    # What others take before and after the term is not asked.
    (altered("P01", other_placements=[
        {"from": "2024-01-01", "until": "2024-03-31", "workload_percent": 90, "state": "ACTIVE"},
        {"from": "2024-03-01", "until": "2024-04-01", "workload_percent": 60, "state": "ACTIVE"},
        {"from": "2025-03-31", "until": "2025-06-30", "workload_percent": 60, "state": "AGREED"},
        {"from": "2025-04-01", "until": "2025-06-30", "workload_percent": 90, "state": "AGREED"}]), ALLOWED),
    # Two others that never meet on one day do not add up.
    (altered("P17", other_placements=[
        {"from": "2024-04-01", "until": "2024-06-30", "workload_percent": 50, "state": "ACTIVE"},
        {"from": "2024-07-01", "until": "2024-09-30", "workload_percent": 50, "state": "AGREED"}]), ALLOWED),
    (altered("P17", other_placements=[
        {"from": "2024-04-01", "until": "2024-07-01", "workload_percent": 50, "state": "ACTIVE"},
        {"from": "2024-07-01", "until": "2024-09-30", "workload_percent": 50, "state": "AGREED"}]),
     ("REJECTED", "PL9")),
    # Company and contract: one year and three years are enough; asked of technology vice-presidents alone.
    (altered("P01", kind=VICE, host_unit__years_registered=1), ALLOWED),
    (altered("P01", kind=VICE, host_unit__years_registered=0), ("REJECTED", "PL12b")),
    (altered("P01", kind=VICE, host_unit__years_registered=0.99), ("REJECTED", "PL12b")),
    (altered("P01", kind=VICE, host_unit__has_rd_spending=False), ("REJECTED", "PL12c")),
    (altered("P01", kind=VICE, person__contract_years=3), ALLOWED),
    (altered("P01", kind=VICE, person__contract_years=2.5), ("REJECTED", "PL12d")),
    (altered("P01", person__contract_years=1, host_unit__has_rd_spending=False), ALLOWED),
    # Notice: asked at the start alone, of three kinds.
    (altered("P03", request="EXTEND"), ALLOWED),
    (altered("P03", kind="START_UP_IN_POST"), ("INCOMPLETE", "PL3")),
    (altered("P03", kind=VICE), ("INCOMPLETE", "PL3")),
    (altered("P03", kind="SECONDMENT"), ALLOWED),
    # Recognition as of right, or confirmed in a case.
    (altered("P22", recognition="CONFIRMED"), ALLOWED),
    (altered("P22", recognition="VERIFY"), ("INCOMPLETE", "PL13")),
    (altered("P22", recognition=None), ("INCOMPLETE", "PL13")),
    (altered("P01", host_unit__division="510700"), ("REJECTED", "PL14")),
    (altered("P01", documents__ip_clause=False), ("ALLOWED_WITH_DEFAULT", "PL11")),
    # The gravest wins whatever stands first, and among equals the first of the table.
    (altered("P22", documents__home_consent=None), ("REJECTED", "PL1")),
    (altered("P03", documents__ip_clause=None, recognition="CONFIRM"), ("INCOMPLETE", "PL3")),
    (altered("P14", person__classified=True, host_unit__division="510700"), ("REJECTED", "PL7")),
    (altered("P24", documents=None, moves=None), ("RECLASSIFY", "PL0")),
    # A return is always open, even from what was never a placement.
    (altered("P24", request="RETURN_EARLY", documents=None), ALLOWED),
    (altered("P01", documents__agreement_parties=["HOME_UNIT", "HOST_UNIT"]), ("REJECTED", "PL2")),
]  # fmt: skip
UNUSUAL = [
    altered("P17", workload_percent=None),
    altered("P17", workload_percent=None, other_placements=[OTHER, OTHER]),
    altered("P17", other_placements=[{**OTHER, "state": "EXTENDED", "kind": PART}]),
    altered("P07", previous_terms=[{**FIRST_LEAVE, "kind": None}, {**FIRST_LEAVE, "request": "EXTEND"}]),
    altered("P01", paid_by_host=None),
    altered("P01", kind=VICE, person__contract_years=None, host_unit__years_registered=None),
    altered("P02", documents__agreement_parties=None),
    altered("P01", person__position=None, paid_by_host=None),
]
