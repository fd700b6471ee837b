"""A province's roll of credentials: what one row says, read strictly, with every fault of the row reported at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from talent_registry.domain.divisions import is_in_force, province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import CheckedDocument, check_document, normalise_certificate_number
from talent_registry.domain.names import normalise_name
from talent_registry.domain.roll_cells import Cells, Coded, Row
from talent_registry.domain.roll_problems import CellProblem, problem
from talent_registry.reference.code_lists import Catalogue
from talent_registry.reference.named_lists import lookup_key
from talent_registry.reference.roll_columns import roll_headers

# What a roll does not say and holds by default; whoever stores an entry marks these facts as defaulted.
DEFAULT_CERTIFICATE: Final = "ELECTRONIC"
DEFAULT_FOUND_IN_LOOKUP: Final = True
DEFAULT_DELEGATED: Final = False
DEFAULT_TARGETED_AREA: Final[tuple[str, ...]] = ()

# An authority of human resources sits in a division of its own level; other kinds of issuer may sit anywhere.
_DIVISION_LEVEL: Final = {"PROVINCIAL_HRSS": "province", "PREFECTURE_HRSS": "prefecture", "COUNTY_HRSS": "county"}
_ROWS_NAMED = 5
_FILING = ("committee_name", "filing_number", "filed_from", "filed_to")
_UNLIMITED = frozenset({"长期", "长期有效", "永久", "永久有效"})


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One row of a roll. Codes are the catalogue's; `title_name` is as printed, perhaps an old name of the title.

    The filing fields are all None or all given (`filing_max_level` may lack); more than three years are kept as stated.
    `valid_to` None = without end. `line` is where it stood and no part of what it says.
    """

    line: int = field(compare=False)
    name: str = field(repr=False)
    document: CheckedDocument = field(repr=False)
    certificate_number: str = field(repr=False)
    title_code: str
    title_name: str
    level: str
    specialty: str | None
    route: str
    issuer_division: str
    issuer_name: str
    issuer_kind: str
    committee_name: str | None
    filing_number: str | None
    filed_from: date | None
    filed_to: date | None
    filing_max_level: str | None
    approval_date: date
    issue_date: date | None
    valid_to: date | None
    status: str
    household_division: str | None = field(repr=False)
    home_unit_name: str | None = field(repr=False)


def parse_row(
    row: Row, *, province: str, today: date, allow_test_identities: bool, catalogue: Catalogue
) -> RollEntry | tuple[CellProblem, ...]:
    """Read one row of the roll that the authority of `province` (a division code) delivers, or say all its faults."""
    cells = Cells(row)
    days = _read_days(cells, today)
    codes = _read_codes(cells, catalogue)
    document = _read_document(cells, catalogue, allow_test_identities=allow_test_identities)
    name = cells.normalised("name", normalise_name, "NAME_INVALID")
    number = cells.normalised("certificate_number", normalise_certificate_number, "CERTIFICATE_NUMBER_INVALID")
    _check_title(cells, codes, catalogue)
    approval = days["approval_date"]
    _check_issuer(cells, codes, (approval or today, today), province, catalogue)
    _check_filing(cells)
    household = cells.text("household_division")
    if household and catalogue.find_division(lookup_key(household)) is None:
        cells.refuse("household_division", "UNKNOWN_DIVISION")
    if cells.problems or document is None or approval is None:
        return tuple(cells.problems)
    return RollEntry(
        line=row.line,
        name=name,
        document=document,
        certificate_number=number,
        title_code=codes["title_code"],
        title_name=cells.text("title_name"),
        level=catalogue.title(codes["title_code"]).level_code,
        specialty=cells.text("specialty") or None,
        route=codes["route"],
        issuer_division=codes["issuer_division"],
        issuer_name=cells.text("issuer_name"),
        issuer_kind=codes["issuer_kind"],
        committee_name=cells.text("committee_name") or None,
        filing_number=cells.text("filing_number") or None,
        filed_from=days["filed_from"],
        filed_to=days["filed_to"],
        filing_max_level=codes["filing_max_level"] or None,
        approval_date=approval,
        issue_date=days["issue_date"],
        valid_to=days["valid_to"],
        status=codes["status"],
        household_division=lookup_key(household) or None,
        home_unit_name=cells.text("home_unit_name") or None,
    )


def check_repeats(
    entries: Iterable[RollEntry], letters: Mapping[str, str]
) -> tuple[tuple[RollEntry, ...], tuple[CellProblem, ...]]:
    """What may be kept of one file, and what repeats: a certificate number of one issuer stands for one content.

    Rows that contradict each other are all refused (CERTIFICATE_TWICE); identical ones are kept once (DUPLICATE_ROW).
    `letters` gives the spreadsheet's column letter of a key.
    """
    groups: defaultdict[tuple[str, str, str], list[RollEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.issuer_division, lookup_key(entry.issuer_name), entry.certificate_number].append(entry)
    kept: list[RollEntry] = []
    problems: list[CellProblem] = []
    for group in groups.values():
        first, *others = group
        alike = all(other == first for other in others)
        if alike:
            kept.append(first)
        reason = "DUPLICATE_ROW" if alike else "CERTIFICATE_TWICE"
        problems += [_repeat(entry, group, letters, reason) for entry in (others if alike else group)]
    return tuple(kept), tuple(problems)


def _repeat(entry: RollEntry, group: list[RollEntry], letters: Mapping[str, str], reason: str) -> CellProblem:
    others = [str(other.line) for other in group if other.line != entry.line]
    shown = ", ".join(others[:_ROWS_NAMED]) + (", …" if len(others) > _ROWS_NAMED else "")
    key = "certificate_number"
    ref = f"{letters[key]}{entry.line}" if key in letters else ""
    return problem(entry.line, (key, roll_headers()[key]), ref, reason, rows=shown)


def _read_days(cells: Cells, today: date) -> dict[str, date | None]:
    """The days of the row, each None if empty or refused, with their order checked."""
    validity = cells.text("valid_to")
    days = {key: cells.day(key, cells.text(key)) for key in ("filed_from", "filed_to", "issue_date")}
    days["approval_date"] = approval = cells.day("approval_date", cells.filled("approval_date"))
    days["valid_to"] = None if validity in _UNLIMITED else cells.day("valid_to", validity)
    if approval is not None:
        if approval > today:
            cells.refuse("approval_date", "APPROVAL_IN_FUTURE")
        if (days["issue_date"] or approval) < approval:
            cells.refuse("issue_date", "ISSUED_BEFORE_APPROVAL")
        if (days["valid_to"] or approval) < approval:
            cells.refuse("valid_to", "VALIDITY_ENDS_BEFORE_APPROVAL")
    start, end = days["filed_from"], days["filed_to"]
    if start is not None and end is not None and end < start:
        cells.refuse("filed_to", "FILING_ENDS_BEFORE_START")
    return days


def _read_codes(cells: Cells, catalogue: Catalogue) -> dict[str, str]:
    """The coded columns by key, each the catalogue's code or "" if refused; divisions and titles are given as codes."""
    named: tuple[tuple[str, Callable[[str], Coded | None], str], ...] = (
        ("title_code", lambda text: catalogue.titles.get(lookup_key(text)), "UNKNOWN_TITLE_CODE"),
        ("level", catalogue.find_level, "UNKNOWN_LEVEL"),
        ("route", catalogue.find_route, "UNKNOWN_ROUTE"),
        ("issuer_kind", catalogue.find_issuer_kind, "UNKNOWN_ISSUER_KIND"),
        ("status", catalogue.find_record_status, "UNKNOWN_STATUS"),
        ("issuer_division", lambda text: catalogue.find_division(lookup_key(text)), "UNKNOWN_DIVISION"),
    )
    codes = {key: cells.code(key, cells.filled(key), find, reason) for key, find, reason in named}
    highest = cells.text("filing_max_level")
    codes["filing_max_level"] = cells.code("filing_max_level", highest, catalogue.find_level, "UNKNOWN_LEVEL")
    return codes


def _read_document(cells: Cells, catalogue: Catalogue, *, allow_test_identities: bool) -> CheckedDocument | None:
    """The document with its number checked by its kind; None if either was refused."""
    kind = cells.code(
        "document_kind", cells.filled("document_kind"), catalogue.find_document_kind, "UNKNOWN_DOCUMENT_KIND"
    )
    number = cells.filled("document_number")
    if not (kind and number):
        return None
    try:
        return check_document(kind, number, allow_test_identities=allow_test_identities)
    except InvalidInput as error:
        cells.refuse_as("document_number", error, "DOCUMENT_NUMBER_INVALID")
        return None


def _check_title(cells: Cells, codes: Mapping[str, str], catalogue: Catalogue) -> None:
    """The printed name, today's or an old one, and the stated level must be those of the title code."""
    name, code, level = cells.filled("title_name"), codes["title_code"], codes["level"]
    if not code:
        return
    title = catalogue.title(code)
    if name and title not in catalogue.list_titles(name):
        cells.refuse("title_name", "TITLE_NAME_MISMATCH")
    # 初级 covers both lower levels, so with 员级 titles it is no contradiction.
    loose = title.level_code == "ENTRY" and lookup_key(cells.text("level")).startswith("初级")
    if level and level != title.level_code and not loose:
        cells.refuse("level", "LEVEL_MISMATCH")


def _check_issuer(
    cells: Cells, codes: Mapping[str, str], days: tuple[date, date], province: str, catalogue: Catalogue
) -> None:
    """The issuer sits in the delivering authority's province, in a division of its level.

    Rolls give the division of the day of approval or today's (`days`): what sat in 渝北区 sits in 两江新区 since 2025.
    """
    cells.filled("issuer_name")
    code = codes["issuer_division"]
    if not code:
        return
    if province_of(code) != province:
        cells.refuse("issuer_division", "ISSUER_OUTSIDE_PROVINCE")
    elif not any(is_in_force(code, day) for day in days):
        cells.refuse("issuer_division", "DIVISION_NOT_IN_FORCE")
    level = _DIVISION_LEVEL.get(codes["issuer_kind"])
    if level is not None and catalogue.division(code).level != level:
        cells.refuse("issuer_kind", "ISSUER_KIND_MISMATCH")


def _check_filing(cells: Cells) -> None:
    """A filing is stated whole or not at all; what it lacks is reported at the first empty cell."""
    if any(cells.has(key) for key in (*_FILING, "filing_max_level")):
        empty = next((key for key in _FILING if not cells.has(key)), None)
        if empty is not None:
            cells.refuse(empty, "FILING_INCOMPLETE")
