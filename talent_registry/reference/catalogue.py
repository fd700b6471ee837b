"""The one catalogue of the package: read on first use, checked for contradictions, then shared."""

from collections.abc import Callable, Container, Iterable
from functools import cache
from typing import TypeVar

from talent_registry.reference import loading
from talent_registry.reference.code_lists import Catalogue
from talent_registry.reference.named_lists import NamedList, lookup_key
from talent_registry.reference.records import CatalogueError, CodeEntry, NamedCode

__all__ = ["Catalogue", "build_catalogue", "catalogue", "check_catalogue"]

R = TypeVar("R")


@cache
def catalogue() -> Catalogue:
    """The catalogue of the package; read on first use, then shared."""
    built = build_catalogue()
    check_catalogue(built)
    return built


def build_catalogue() -> Catalogue:
    """Reads every list of the package; CatalogueError where one cannot be read or repeats a key."""
    read = loading.read_list
    titles = read("title_names", loading.build_title)
    return Catalogue(
        divisions=index_groups(
            sorted(read("divisions", loading.build_division), key=lambda d: d.valid_from_year or 0),
            lambda d: d.code,
        ),
        series=index_unique("title_series", read("title_series", loading.build_series), lambda s: s.code),
        titles=index_unique("title_names", titles, lambda t: t.code),
        titles_by_name=index_groups(titles, lambda t: lookup_key(t.name_zh)),
        title_aliases=index_unique(
            "title_aliases", read("title_aliases", loading.build_alias), lambda a: lookup_key(a.alias_zh)
        ),
        levels=NamedList("levels", read("levels", loading.build_level)),
        document_kinds=NamedList("identity_documents", read("identity_documents", loading.build_document_kind)),
        credential_kinds=_named("credential_kinds"),
        issuer_kinds=_named("issuer_kinds"),
        review_routes=_named("review_routes"),
        record_statuses=_named("record_statuses"),
        organisation_kinds=_named("organisation_kinds"),
        gbt8561=_codes("gbt8561_title_codes"),
        education_levels=_codes("gbt4658_education"),
        degrees=_codes("gbt6864_degree"),
        institutions=index_unique(
            "institutions", read("institutions", loading.build_institution), lambda i: lookup_key(i.name_zh)
        ),
        schools=index_unique("moe_schools", read("moe_schools", loading.build_school), lambda s: s.code),
        qualifications=read("qualification_to_title", loading.build_qualification),
        working_day_exceptions={e.day: e for e in read("working_day_exceptions", loading.build_exception)},
        surnames=index_unique("surname_readings", read("surname_readings", loading.build_surname), lambda s: s.surname),
    )


def _named(name: str) -> NamedList[NamedCode]:
    return NamedList(name, loading.read_list(name, loading.build_named_code))


def _codes(name: str) -> dict[str, CodeEntry]:
    return index_unique(name, loading.read_list(name, loading.build_code_entry), lambda c: c.code)


def check_catalogue(lists: Catalogue) -> None:
    """Raises CatalogueError where a row of one list names an entry that another list does not have."""
    records = [record for group in lists.divisions.values() for record in group]
    titles = lists.titles.values()
    _must_know("divisions: parent", (r.parent_code for r in records if r.parent_code), lists.divisions)
    _must_know("title_names: series", (t.series_code for t in titles), lists.series)
    _must_know("title_names: level", (t.level_code for t in titles), lists.levels)
    _must_know("title_names: GB/T 8561", (t.gbt8561_code for t in titles if t.gbt8561_code), lists.gbt8561)
    aliases = lists.title_aliases.values()
    _must_know("title_aliases: level", (a.level_code for a in aliases if a.level_code), lists.levels)
    for alias in aliases:
        if alias.canonical_zh and not any(
            title.series_code == alias.series_code
            for title in lists.titles_by_name.get(lookup_key(alias.canonical_zh), ())
        ):
            raise CatalogueError(f"title_aliases: {alias.alias_zh} leads to no title of its series")
    mapped = lists.qualifications
    _must_know("qualification_to_title: level", (q.level_code for q in mapped), lists.levels)
    _must_know("qualification_to_title: title", (lookup_key(q.title_zh) for q in mapped), lists.titles_by_name)
    places = lists.institutions.values()
    _must_know("institutions: division", (p.division_code for p in places), lists.divisions)
    _must_know("institutions: kind", (p.organisation_kind for p in places), lists.organisation_kinds)


def _must_know(where: str, codes: Iterable[str], known: Container[str]) -> None:
    unknown = sorted({code for code in codes if code not in known})
    if unknown:
        raise CatalogueError(f"{where} {', '.join(unknown)} is not listed")


def index_unique(name: str, records: Iterable[R], key: Callable[[R], str]) -> dict[str, R]:
    """Records by key; CatalogueError where a key occurs twice."""
    index: dict[str, R] = {}
    for record in records:
        if key(record) in index:
            raise CatalogueError(f"{name}: {key(record)} occurs twice")
        index[key(record)] = record
    return index


def index_groups(records: Iterable[R], key: Callable[[R], str]) -> dict[str, tuple[R, ...]]:
    """Records grouped by key, in their order."""
    groups: dict[str, tuple[R, ...]] = {}
    for record in records:
        groups[key(record)] = (*groups.get(key(record), ()), record)
    return groups
