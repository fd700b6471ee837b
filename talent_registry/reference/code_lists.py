"""All code lists as one object with look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from talent_registry.reference.named_lists import NamedList, lookup_key
from talent_registry.reference.records import (
    CodeEntry,
    Division,
    DocumentKind,
    Institution,
    Level,
    NamedCode,
    QualificationMapping,
    School,
    Surname,
    TitleAlias,
    TitleName,
    TitleSeries,
    UnknownCode,
    WorkingDayException,
)

R = TypeVar("R")


def _get(name: str, index: Mapping[str, R], code: str) -> R:
    if code not in index:
        raise UnknownCode(name, code)
    return index[code]


@dataclass(frozen=True)
class Catalogue:
    """All code lists. Methods without `find_` or `list_` raise UnknownCode for a code that is not listed."""

    divisions: Mapping[str, tuple[Division, ...]]
    series: Mapping[str, TitleSeries]
    titles: Mapping[str, TitleName]
    titles_by_name: Mapping[str, tuple[TitleName, ...]]
    title_aliases: Mapping[str, TitleAlias]
    levels: NamedList[Level]
    document_kinds: NamedList[DocumentKind]
    credential_kinds: NamedList[NamedCode]
    issuer_kinds: NamedList[NamedCode]
    review_routes: NamedList[NamedCode]
    record_statuses: NamedList[NamedCode]
    organisation_kinds: NamedList[NamedCode]
    gbt8561: Mapping[str, CodeEntry]
    education_levels: Mapping[str, CodeEntry]
    degrees: Mapping[str, CodeEntry]
    institutions: Mapping[str, Institution]
    schools: Mapping[str, School]
    qualifications: tuple[QualificationMapping, ...]
    working_day_exceptions: Mapping[date, WorkingDayException]
    surnames: Mapping[str, Surname]

    def division(self, code: str, year: int | None = None) -> Division:
        """The division of the code (see find_division)."""
        found = self.find_division(code, year)
        if found is None:
            raise UnknownCode("divisions", code if year is None else f"{code} in {year}")
        return found

    def find_division(self, code: str, year: int | None = None) -> Division | None:
        """The latest record of the code or, with a year, the latest that holds in that year."""
        records = self.divisions.get(code, ())
        return next((r for r in reversed(records) if year is None or r.holds_in(year)), None)

    def list_divisions(self, year: int) -> list[Division]:
        """The divisions that hold in the year, ordered by code."""
        return [r for code in sorted(self.divisions) if (r := self.find_division(code, year)) is not None]

    def title_series(self, code: str) -> TitleSeries:
        """The series of a two-digit code."""
        return _get("title series", self.series, code)

    def title(self, code: str) -> TitleName:
        """The title of a four-digit code."""
        return _get("titles", self.titles, code)

    def list_titles(self, text: str) -> list[TitleName]:
        """Every title that the text may mean: its code, its name (讲师 stands in four series) or an old name.

        An old name leads to today's title, whose level may surprise: 小学高级教师 is intermediate.
        """
        if (key := lookup_key(text)) in self.titles:
            return [self.titles[key]]
        alias = self.title_aliases.get(key)
        if key in self.titles_by_name or alias is None or alias.canonical_zh is None:
            return list(self.titles_by_name.get(key, ()))
        named = self.titles_by_name[lookup_key(alias.canonical_zh)]
        return [title for title in named if title.series_code == alias.series_code]

    def find_title(self, text: str, series_code: str | None = None) -> TitleName | None:
        """The one title that the text means, else None; with a series, only titles of it are considered."""
        titles = [t for t in self.list_titles(text) if series_code in (None, t.series_code)]
        return titles[0] if len(titles) == 1 else None

    def level(self, code: str) -> Level:
        """The level of a code such as SENIOR_DEPUTY."""
        return self.levels.get(code)

    def find_level(self, text: str) -> Level | None:
        """The level by code, name or alias (正高级, 正高)."""
        return self.levels.find(text)

    def title_level_rank(self, code: str) -> int:
        """The rank of a title's level, 1 (entry) to 5 (full senior)."""
        return self.levels.get(self.title(code).level_code).rank

    def find_issuer_kind(self, text: str) -> NamedCode | None:
        """The kind of issuer by code, name or alias (省级人社)."""
        return self.issuer_kinds.find(text)

    def find_route(self, text: str) -> NamedCode | None:
        """The route to a title by code, name or alias (评审)."""
        return self.review_routes.find(text)

    def find_record_status(self, text: str) -> NamedCode | None:
        """The record status by code, name or alias (有效)."""
        return self.record_statuses.find(text)

    def find_document_kind(self, text: str) -> DocumentKind | None:
        """The kind of identity document by code, name or alias (居民身份证)."""
        return self.document_kinds.find(text)

    def find_credential_kind(self, text: str) -> NamedCode | None:
        """The kind of credential by code, name or alias (职称)."""
        return self.credential_kinds.find(text)

    def find_organisation_kind(self, text: str) -> NamedCode | None:
        """The kind of organisation by code, name or alias (高校)."""
        return self.organisation_kinds.find(text)

    def find_institution(self, name_zh: str) -> Institution | None:
        """The listed organisation of exactly this Chinese name; its province is never read from the name."""
        return self.institutions.get(lookup_key(name_zh))

    def notice_years(self) -> frozenset[int]:
        """The years for which an official notice of holidays is listed."""
        return frozenset(day.year for day in self.working_day_exceptions)
