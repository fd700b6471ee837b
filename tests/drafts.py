"""Drafts of a release: small files that name one new version and, mostly, two more local authorities."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

STANDING = (("510100", "500107", date(2021, 3, 29)),)
SHIPPED = {
    file.name: file.read_text(encoding="utf-8")
    for file in (files("talent_registry") / "agreements").iterdir()
    if file.name.endswith(".toml")
}
MAIN = "sichuan-chongqing.toml"


def a_version(since: date, *, name: str | None = None, sentence: tuple[str, str] | None = None) -> str:
    """One `[[versions]]`; `sentence` says in both languages that it reaches back."""
    lines = [
        "[[versions]]",
        f'id = "{name or since.isoformat()}"',
        f"from = {since}",
        'zh = "扩大地方互认名单"',
        'en = "More local authorities list each other"',
        'source = "a test"',
        'status = "design"',
    ]
    if sentence is not None:
        lines += [f'retroactive_zh = "{sentence[0]}"', f'retroactive_en = "{sentence[1]}"']
    return "\n".join(lines) + "\n"


def listings(*pairs: tuple[str, str, date]) -> str:
    """Pairs of local authorities that list each other from a day on, written in both directions."""
    return "".join(
        f'[[reciprocity]]\nissuer = "{issuer}"\ntarget = "{target}"\nfrom = {since}\nsource = "x"\nstatus = "design"\n'
        for one, other, since in pairs
        for issuer, target in ((one, other), (other, one))
    )


def changed_case(case_id: str, why: tuple[str, str] = ("名单扩大", "the list grew")) -> str:
    """A settled case that a draft says it changes."""
    return f'[[changed_cases]]\ncase_id = "{case_id}"\nzh = "{why[0]}"\nen = "{why[1]}"\n'


def widened(
    since: date,
    *,
    name: str | None = None,
    sentence: tuple[str, str] | None = None,
    listed: tuple[str, str] = ("510000", "500106"),
    from_day: date | None = None,
) -> dict[str, str]:
    """A draft by which two more authorities list each other, from its first day unless told otherwise."""
    version = a_version(since, name=name, sentence=sentence)
    return {"draft.toml": version + listings(*STANDING, (*listed, from_day or since))}


def whole(since: date, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """A draft that is the whole shipped agreement with one version more and some texts changed."""
    text = SHIPPED[MAIN].replace("[[clauses]]", a_version(since) + "\n[[clauses]]", 1)
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new, 1)
    return {**SHIPPED, MAIN: text}


def a_case(case_id: str, on: date, **expected: str) -> dict[str, Any]:
    """An intermediate title of Sichuan's provincial authority, for a post in Yuzhong."""
    return {
        "case_id": case_id,
        "credential": {
            "kind": "TITLE",
            "title_code": "0103",
            "level": "INTERMEDIATE",
            "issuer_kind": "PROVINCIAL_HRSS",
            "issuer_division": "510000",
            "approval_date": "2018-06-01",
            "route": "REVIEW",
            "found_in_query": True,
            "status": "VALID",
        },
        "source_province": "510000",
        "target": {"division": "500106", "post_series": "01"},
        "decision_date": on.isoformat(),
        "expected": expected,
    }


def cases_file(*cases: Any) -> dict[str, str]:
    """The draft's own cases."""
    return {"draft.cases.json": json.dumps(cases, ensure_ascii=False)}
