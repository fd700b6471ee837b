"""The rows of the code lists as plain records; each says in `status` how far it can be trusted."""

from dataclasses import dataclass
from datetime import date


class CatalogueError(Exception):
    """A code list of the package contradicts itself; names the file and the row, so that it can be mended."""


class UnknownCode(LookupError):
    """No entry of the named list has the code."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{name} has no entry {code!r}")
        self.name = name
        self.code = code


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division (GB/T 2260) as it stood from one year to another.

    Years are inclusive; `valid_from_year` None = since before the list, `valid_until_year` None = in force.
    One code has several records where it was renamed or moved. `level`: province, prefecture, county, collective.
    """

    code: str
    name_zh: str
    name_en: str
    pinyin: str
    level: str
    parent_code: str | None
    valid_from_year: int | None
    valid_until_year: int | None
    status: str

    def holds_in(self, year: int) -> bool:
        """Whether the record holds on some day of the year (the list knows years, not days)."""
        return (self.valid_from_year or 0) <= year <= (self.valid_until_year or 9999)


@dataclass(frozen=True, slots=True)
class TitleSeries:
    """One of the 27 series of professional titles; `route` says in words how its titles are obtained."""

    code: str
    name_zh: str
    name_en: str
    route: str
    status: str


@dataclass(frozen=True, slots=True)
class TitleName:
    """One title: four-digit `code` (first two digits = series), its track within the series and its level code.

    `code_status` trusts the code, `status` the name.
    """

    code: str
    series_code: str
    track: str
    name_zh: str
    name_en: str
    level_code: str
    gbt8561_code: str | None
    code_status: str
    status: str


@dataclass(frozen=True, slots=True)
class TitleAlias:
    """An old or colloquial name: either of a title (`canonical_zh` in `series_code`) or of a level (`level_code`)."""

    alias_zh: str
    canonical_zh: str | None
    series_code: str | None
    level_code: str | None
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code of an open set with its names; `aliases_zh` are further names that rolls use."""

    code: str
    name_zh: str
    name_en: str
    aliases_zh: tuple[str, ...]
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class Level(NamedCode):
    """A level of titles; `rank` 1 (entry) to 5 (full senior)."""

    rank: int


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of identity document; `pattern` None = opaque text, `has_check_character` = MOD 11-2 over 18 places."""

    code: str
    name_zh: str
    name_en: str
    aliases_zh: tuple[str, ...]
    pattern: str | None
    has_check_character: bool
    jyt1001_code: str | None
    status: str


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One line of a national code list: titles (GB/T 8561), education levels (GB/T 4658), degrees (GB/T 6864).

    `note` is the kind, the completion (graduated, completed, incomplete, group) or the remark as listed.
    """

    code: str
    name_zh: str
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class Institution:
    """An organisation known by name; `organisation_kind` is a code of the organisation kinds.

    `ror_status`: active, withdrawn, or empty where the ROR id was not read in a ROR record.
    """

    name_zh: str
    name_en: str
    kind: str
    organisation_kind: str
    division_code: str
    moe_school_code: str | None
    ror_id: str | None
    ror_status: str
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class School:
    """A higher-education institution in the list of the Ministry of Education."""

    code: str
    name_zh: str
    province_code: str
    five_digit_code: str
    status: str


@dataclass(frozen=True, slots=True)
class QualificationMapping:
    """The title and level to which a vocational qualification corresponds by one published list; provinces differ."""

    qualification_zh: str
    grade: str
    title_zh: str
    level_code: str
    status: str


@dataclass(frozen=True, slots=True)
class WorkingDayException:
    """A day on which the official notice overrides the week: HOLIDAY or MAKE_UP_WORKDAY."""

    day: date
    kind: str
    occasion: str
    status: str


@dataclass(frozen=True, slots=True)
class Surname:
    """A surname whose reading a dictionary gets wrong or that has two characters; first reading preferred."""

    surname: str
    readings: tuple[str, ...]
    compound: bool
    status: str
