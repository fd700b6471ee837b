"""Drafts of the agreement for the tests: the rules as shipped, with one thing changed."""

from importlib.resources import files

from talent_registry.reference.catalogue import catalogue

VERSION = """
[[versions]]
id = "{day}"
from = {day}
zh = "试算草案"
en = "Draft to be tried"
source = "a test"
status = "design"
"""
LISTING = """
[[reciprocity]]
issuer = "{issuer}"
target = "{target}"
from = {day}
source = "a test"
status = "design"
"""
SHIPPED = "sichuan-chongqing.toml"


def shipped_text() -> str:
    """The main file of the agreement as shipped."""
    return (files("talent_registry") / "agreements" / SHIPPED).read_text(encoding="utf-8")


def local_authorities() -> tuple[list[str], list[str]]:
    """Chengdu with its districts and counties, and those of Chongqing."""
    codes = [division.code for division in catalogue().list_divisions(2026)]
    chengdu = sorted({code for code in codes if code.startswith("5101")})
    chongqing = sorted({code for code in codes if code.startswith("50") and code != "500000" and code[4:] != "00"})
    return chengdu, chongqing


def wide_draft(day: str = "2026-12-01", first: str | None = None) -> dict[str, str]:
    """Every local authority of Chengdu listed with every one of Chongqing, in both directions."""
    chengdu, chongqing = local_authorities()
    pairs = [(issuer, target) for issuer in chengdu for target in chongqing]
    listings = [LISTING.format(issuer=a, target=b, day=first or day) for one in pairs for a, b in (one, one[::-1])]
    return {"draft.toml": VERSION.format(day=day) + "".join(listings)}


def edited_draft(*edits: tuple[str, str], day: str = "2026-12-01") -> dict[str, str]:
    """The shipped file with places replaced, and a version more that begins on a day."""
    text = shipped_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    before, first_clause, after = text.partition("\n[[clauses]]")
    return {"draft.toml": before + VERSION.format(day=day) + first_clause + after}
