"""A release of the agreement: a draft read against what stands, and the agreement as it would stand with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from talent_registry.domain.agreement_checks import check_agreement, check_succession
from talent_registry.domain.agreement_documents import SECTIONS, Document, merge_files
from talent_registry.domain.agreement_loading import read_versions
from talent_registry.domain.agreement_parts import (
    DROPPED,
    DroppedEntry,
    check_dropped,
    check_parts,
    check_rigid,
    read_dropped,
)
from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import Agreement, AgreementVersion
from talent_registry.domain.cases import Case
from talent_registry.domain.conformance_cases import is_file_of_cases, read_cases
from talent_registry.domain.messages import Message

ONE_DAY = timedelta(days=1)
LONGEST_NAME = 100
CHANGED = "changed_cases"
CASES = "cases"
# What belongs to one release alone and is not handed on to the next.
OWN = frozenset({"version", "versions", CHANGED, DROPPED, CASES})
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A settled case whose answer the release changes, and why."""

    case_id: str
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A new version of the agreement with its conformance cases, drafted on the version of `base_digest`."""

    version: AgreementVersion
    cases: tuple[Case, ...]
    changed_cases: tuple[ChangedCase, ...]
    base_digest: str
    dropped: tuple[DroppedEntry, ...] = ()

    @property
    def since(self) -> date:
        """The first day on which the release decides."""
        if self.version.since is None:
            raise AssertionError("reading a release guarantees its first day")
        return self.version.since

    @property
    def retroactive(self) -> Message | None:
        """The sentence by which the release says that it reaches back."""
        return self.version.retroactive


def read_release(
    agreement: Agreement, texts: Mapping[str, str], *, trial: bool = False, approved: bool = False
) -> Release:
    """The release written in the files (name to text): TOML for the rules, JSON lists (`*.json`) for its cases.

    A draft is a whole agreement document with one version more at its end, or only the sections that change. Raises
    InvalidInput (AGREEMENT_FAULT) with `path` (file, key) at the first fault. With `trial` a draft need not add a
    version: it is then read in place of the last one. `approved` by both, it is law as it was approved: that it has
    every part was asked of it as a draft, by the program of that day.
    """
    for file, text in texts.items():
        _check_file(file, text)
    cases, written = read_cases({file: text for file, text in texts.items() if is_file_of_cases(file)})
    draft = merge_files(
        {file: text for file, text in texts.items() if not is_file_of_cases(file)}, (*SECTIONS, CHANGED, DROPPED)
    )
    base = agreement.versions[-1]
    _check_unchanged_head(base, draft)
    table = _find_new_version(agreement, draft, trial=trial)
    changed = tuple(_read_changed_case(one) for one in draft.list_tables(CHANGED))
    places = {**dict.fromkeys(base.content, base.id), **draft.places}
    inherited = {key: value for key, value in base.content.items() if key not in OWN}
    content = {**inherited, **draft.content, "versions": [dict(table.table)], **({CASES: written} if written else {})}
    merged = Document(content, {**places, "versions": table.file})
    if not approved:
        check_parts(merged)
    (version,) = read_versions(merged, agreement.id, base.parties)
    release = Release(
        version=version,
        cases=cases,
        changed_cases=changed,
        base_digest=base.digest,
        dropped=read_dropped(draft.list_tables(DROPPED)),
    )
    if not approved:
        check_rigid(version, merged.places)
        check_dropped(base, version, release.dropped, merged.places)
    check_agreement(with_release(agreement, release), merged.places)
    return release


def with_release(agreement: Agreement, release: Release) -> Agreement:
    """The agreement as it stands with the release: the version before it ends on the day before.

    A release read as a trial in place of the last version takes its place.
    """
    versions = agreement.versions
    earlier = versions[:-1] if versions[-1].id == release.version.id else versions
    if earlier and release.version.since is not None:
        earlier = (*earlier[:-1], replace(earlier[-1], until=release.version.since - ONE_DAY))
    return replace(agreement, versions=(*earlier, release.version))


def _check_file(file: str, text: str) -> None:
    """A name that can be shown and says what the file holds; a text that can be written in UTF-8."""
    if not (file.isprintable() and len(file) <= LONGEST_NAME and file.lower().endswith((".toml", ".json"))):
        raise fault(
            file[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode(),
            "name",
            Message(zh="文件名不能使用", en="this name cannot be used"),
            Message(
                zh="规则请用 .toml，示例请用 .json，不超过 100 字",
                en="Use *.toml for rules, *.json for cases",
            ),
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise fault(
            file,
            "UTF-8",
            Message(zh="含有残缺字符", en="this contains half a character"),
            Message(zh="请以 UTF-8 重新保存", en="Save it as UTF-8 again"),
        ) from error


def _check_unchanged_head(base: AgreementVersion, draft: Document) -> None:
    """A release changes the rules, not who agreed on them."""
    for key in ("agreement", "parties"):
        if key in draft.content and draft.content[key] != base.content.get(key):
            raise fault(
                draft.places[key],
                key,
                Message(zh="与现行协议不同", en="this differs from the agreement that stands"),
                Message(
                    zh="版本只能修改规则，不能修改协议名称和双方；请照抄现行文本或删去本节",
                    en="A version changes rules, not the agreement's name or parties: copy it as it stands, or leave "
                    "it out",
                ),
            )


def _find_new_version(agreement: Agreement, draft: Document, *, trial: bool) -> TableReader:
    """The table of the one new version; every other version that is listed must be as it stands."""
    tables = draft.list_tables("versions")
    known = {version.id: version for version in agreement.versions}
    names = [f"{agreement.id}/{table.text('id')}" for table in tables]
    fresh = [table for table, name in zip(tables, names, strict=True) if name not in known]
    if not fresh and trial:
        return _find_edited_version(agreement, tables, known)
    if len(fresh) != 1 or fresh[0] is not tables[-1]:
        raise _not_one_new_version(agreement, draft, fresh)
    _check_listed(agreement, tables[:-1], known)
    _check_new(agreement, tables)
    return fresh[0]


def _find_edited_version(
    agreement: Agreement, tables: Sequence[TableReader], known: Mapping[str, AgreementVersion]
) -> TableReader:
    last = agreement.versions[-1]
    if not tables or f"{agreement.id}/{tables[-1].text('id')}" != last.id:
        _check_listed(agreement, tables, known)
        return TableReader(last.id, "versions", last.content["version"])
    _check_listed(agreement, tables[:-1], known)
    return tables[-1]


def _not_one_new_version(agreement: Agreement, draft: Document, fresh: Sequence[TableReader]) -> Exception:
    file = draft.places.get("versions", ", ".join(sorted(set(draft.places.values()))))
    if not fresh:
        what = Message(zh="草案没有新增版本", en="the draft adds no version")
    elif len(fresh) > 1:
        ids = ", ".join(table.text("id") for table in fresh)
        what = Message(zh=f"草案新增了多个版本（{ids}）", en=f"the draft adds several versions ({ids})")
    else:
        what = Message(zh="新增的版本不在最后", en="the new version does not stand last")
    last = agreement.versions[-1].id.removeprefix(f"{agreement.id}/")
    return fault(
        file,
        "versions",
        what,
        Message(
            zh=f"请在 {last} 之后写一个 [[versions]]，使用自己的 id、from、zh、en、source 和 status",
            en=f"After {last} write one [[versions]] with an id of its own, from, zh, en, source and status",
        ),
    )


def _check_listed(agreement: Agreement, tables: Sequence[TableReader], known: Mapping[str, AgreementVersion]) -> None:
    """Earlier versions may be left out, but not changed; the last one's end is the new version's business."""
    last = agreement.versions[-1]
    for table in tables:
        version = known[f"{agreement.id}/{table.text('id')}"]
        stated = {key: value for key, value in table.table.items() if key != "until"}
        until = table.find_day("until")
        if stated != version.content["version"] or (version is not last and until != version.until):
            raise table.fault(
                "id",
                Message(
                    zh=f"该版本已定（{_days(version, '自', '至')}），此处写法不同",
                    en=f"it stands {_days(version, 'from', 'until')} and is written differently here",
                ),
                Message(
                    zh="请照抄现行文本（不得改动 from、until 等），或删去这一版本，只写新增的版本",
                    en="Copy it as it stands (from, until and the rest), or leave it out and write only the new one",
                ),
            )


def _days(version: AgreementVersion, first: str, last: str) -> str:
    parts = [f"{first} {version.since}"] if version.since else []
    return " ".join([*parts, f"{last} {version.until}"] if version.until else parts)


def _check_new(agreement: Agreement, tables: Sequence[TableReader]) -> None:
    """The new version has a name and a first day after that of the last one, and leaves no gap."""
    table, last = tables[-1], agreement.versions[-1]
    if not NAME.fullmatch(table.text("id")):
        raise table.fault(
            "id",
            Message(zh="编号写法不对", en="this cannot be an id"),
            Message(zh="请用字母、数字、点、横线，如 2027-01-01", en="Use letters, digits, dots, hyphens: 2027-01-01"),
        )
    since = table.day("from")
    if last.since is not None and since <= last.since:
        raise table.fault(
            "from",
            Message(
                zh=f"与版本 {last.id}（自 {last.since} 起）重叠",
                en=f"the version overlaps {last.id}, which begins on {last.since}",
            ),
            Message(
                zh=f"新版本最早可自 {last.since + ONE_DAY} 起",
                en=f"Let the new version begin on {last.since + ONE_DAY} or later",
            ),
        )
    for earlier in tables[:-1]:
        until = earlier.find_day("until")
        if f"{agreement.id}/{earlier.text('id')}" == last.id and until is not None:
            newer = replace(last, id=f"{agreement.id}/{table.text('id')}", since=since, until=None)
            check_succession(replace(last, until=until), newer, table.file)


def _read_changed_case(table: TableReader) -> ChangedCase:
    changed = ChangedCase(table.text("case_id"), table.message())
    table.done()
    return changed
