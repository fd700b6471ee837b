"""What an agreement must be as a whole: contiguous versions, unique clauses, everything both ways."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from talent_registry.domain.agreement_corrections import check_correction_procedures, check_question_terms
from talent_registry.domain.agreement_entitlements import check_entitlements
from talent_registry.domain.agreement_placements import check_placements
from talent_registry.domain.agreement_procedures import check_procedures
from talent_registry.domain.agreement_tables import fault
from talent_registry.domain.agreements import Agreement, AgreementVersion, ReciprocalListing
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

PARTY_COUNT = 2
ONE_DAY = timedelta(days=1)


def check_agreement(agreement: Agreement, places: Mapping[str, str]) -> None:
    """Raises InvalidInput at the first fault of versions or last rulebook; `places` says where each list stands."""
    if len(agreement.parties) != PARTY_COUNT:
        raise fault(
            places.get("parties", ""),
            "parties",
            Message(zh="协议须有两方", en="an agreement has two parties"),
            Message(zh="请写明两个不同的省级代码", en="Name two different provinces"),
        )
    _check_versions(agreement.versions, places.get("versions", ""))
    rulebook = agreement.versions[-1]
    for key, ids in (
        ("versions", [version.id for version in agreement.versions]),
        ("clauses", [clause.id for clause in rulebook.clauses]),
        ("placement_kinds", [kind.code for kind in rulebook.placement_kinds]),
        ("placement_rules", [rule.id for rule in rulebook.placement_rules]),
        ("minimum_days", [scheme.id for scheme in rulebook.minimum_days]),
        ("entitlements", [one.code for one in rulebook.entitlements]),
        ("placement_periods", [period.id for period in rulebook.placement_periods]),
    ):
        _check_unique(places.get(key, ""), key, ids)
    _check_precedence(rulebook, places.get("clauses", ""))
    _check_days(agreement, places.get("clauses", ""))
    _check_reciprocity(rulebook, places.get("reciprocity", ""))
    _check_overlaps(rulebook, places.get("reciprocity", ""))
    _check_equivalences(rulebook, places.get("equivalences", ""))
    _check_qualifications(rulebook, places.get("qualifications", ""))
    check_placements(rulebook, places)
    check_entitlements(rulebook, places.get("entitlements", ""))
    check_procedures(rulebook, places.get("procedures", ""))
    check_correction_procedures(rulebook, places.get("correction_procedures", ""))
    check_question_terms(rulebook, places.get("question_terms", ""))


def _check_versions(versions: tuple[AgreementVersion, ...], file: str) -> None:
    if not versions or versions[0].since is not None or versions[-1].until is not None:
        raise fault(
            file,
            "versions",
            Message(zh="并非每一天都有有效版本", en="not every day has a version in force"),
            Message(
                zh="首个版本不写 from，最后一个不写 until",
                en="Leave out `from` in the first version and `until` in the last",
            ),
        )
    for earlier, later in pairwise(versions):
        check_succession(earlier, later, file)


def check_succession(earlier: AgreementVersion, later: AgreementVersion, file: str) -> None:
    """Raises InvalidInput where the later version does not begin on the day after the earlier one's last."""
    key, until, since = f"versions[{later.id}].from", earlier.until, later.since
    if until is None or since is None or since <= until or (earlier.since is not None and until < earlier.since):
        raise fault(
            file,
            key,
            Message(zh=f"与版本 {earlier.id} 重叠", en=f"the version overlaps {earlier.id}"),
            Message(
                zh="前一版本的 until 应为本版本 from 的前一日",
                en="Let the earlier version's `until` be the day before this version's `from`",
            ),
        )
    if since != until + ONE_DAY:
        first, last = until + ONE_DAY, since - ONE_DAY
        raise fault(
            file,
            key,
            Message(zh=f"{first} 至 {last} 没有有效版本", en=f"no version is in force from {first} to {last}"),
            Message(zh=f"请写 from = {first}", en=f"Write from = {first}, or extend the earlier version to {last}"),
        )


def _check_unique(file: str, key: str, ids: Iterable[str]) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            raise fault(
                file,
                f"{key}[{name}]",
                Message(zh="编号重复", en="this id occurs twice"),
                Message(zh="请给其中一条新的编号或删去", en="Give one of them another id or remove it"),
            )


def _check_precedence(rulebook: AgreementVersion, file: str) -> None:
    for earlier, later in pairwise(rulebook.clauses):
        if earlier.precedence == later.precedence:
            raise fault(
                file,
                f"clauses[{later.id}].precedence",
                Message(zh=f"与 {earlier.id} 的次序相同", en=f"{earlier.id} has the same place in the order"),
                Message(zh="请改用不同的数字", en="Use another number: the first satisfied clause must be certain"),
            )
    last = rulebook.clauses[-1] if rulebook.clauses else None
    if last is None or last.condition != "always" or last.kinds or last.applies_from or last.applies_until:
        raise fault(
            file,
            "clauses",
            Message(zh="缺少兜底条款", en="no last clause catches what the others leave open"),
            Message(
                zh='请在最后写一条 condition = "always"、不限类别和日期的条款',
                en='End with a clause of condition = "always", for every kind and day',
            ),
        )


def _check_days(agreement: Agreement, file: str) -> None:
    """A clause may begin or end only where a version does: within a version the law does not change."""
    first_days = {version.since for version in agreement.versions}
    for clause in agreement.versions[-1].clauses:
        if clause.applies_from and clause.applies_until and clause.applies_until < clause.applies_from:
            raise _ends_before_it_begins(file, f"clauses[{clause.id}].applies_until")
        ends: list[tuple[str, date | None]] = [
            ("applies_from", clause.applies_from),
            ("applies_until", clause.applies_until + ONE_DAY if clause.applies_until else None),
        ]
        for key, day in ends:
            if day not in first_days | {None}:
                raise fault(
                    file,
                    f"clauses[{clause.id}].{key}",
                    Message(zh="没有版本在这一天更替", en="no version begins on this boundary"),
                    Message(
                        zh=f"请增加自 {day} 起的版本，或更正日期",
                        en=f"Add a version from {day}, or correct the day",
                    ),
                )


def _check_reciprocity(rulebook: AgreementVersion, file: str) -> None:
    directions = {_direction(listing) for listing in rulebook.reciprocity}
    for listing in rulebook.reciprocity:
        if {province_of(listing.issuer), province_of(listing.target)} != rulebook.parties:
            raise fault(
                file,
                f"reciprocity[{listing.issuer}→{listing.target}]",
                Message(zh="须为两方各一个机关", en="one authority of each party must be named"),
                Message(zh="请核对代码", en="Check the codes"),
            )
    for listing in rulebook.reciprocity:
        if (listing.target, listing.issuer, listing.since, listing.until) not in directions:
            raise fault(
                file,
                f"reciprocity[{listing.issuer}→{listing.target}]",
                Message(zh="缺少相反方向的同期条目", en="the other direction for the same days is missing"),
                Message(
                    zh=f'请补上 issuer = "{listing.target}"、target = "{listing.issuer}" 且日期相同的条目',
                    en=f'Add issuer = "{listing.target}", target = "{listing.issuer}" with the same days',
                ),
            )


def _check_overlaps(rulebook: AgreementVersion, file: str) -> None:
    """Each entry ends after it begins, and two authorities list each other once for any day."""
    known: dict[tuple[str, str], list[ReciprocalListing]] = {}
    for listing in rulebook.reciprocity:
        key = f"reciprocity[{listing.issuer}→{listing.target}]"
        if listing.until is not None and listing.until < listing.since:
            raise _ends_before_it_begins(file, f"{key}.until")
        same = known.setdefault((listing.issuer, listing.target), [])
        for earlier in same:
            if earlier.holds_on(listing.since) or listing.holds_on(earlier.since):
                raise fault(
                    file,
                    key,
                    Message(
                        zh=f"与自 {earlier.since} 起的条目重叠", en=f"this overlaps the entry from {earlier.since}"
                    ),
                    Message(
                        zh="请删去其中一条，或改正日期使其前后相接",
                        en="Remove one of them, or let one end before the other begins",
                    ),
                )
        same.append(listing)


def _ends_before_it_begins(file: str, key: str) -> InvalidInput:
    return fault(
        file,
        key,
        Message(zh="止日早于起日", en="this ends before it begins"),
        Message(zh="请核对两个日期", en="Check both days"),
    )


def _check_qualifications(rulebook: AgreementVersion, file: str) -> None:
    """A qualification of a grade counts as one title."""
    seen: set[tuple[str, str]] = set()
    for number, mapped in enumerate(rulebook.qualifications, 1):
        for name in sorted(mapped.names):
            if (name, mapped.grade) in seen:
                raise fault(
                    file,
                    f"qualifications[{number}].names",
                    Message(
                        zh=f"“{name}”{mapped.grade}已在前面对应了职称",
                        en=f'"{name}" {mapped.grade} is mapped to a title above',
                    ),
                    Message(zh="请只保留一条", en="Keep one of the entries"),
                )
            seen.add((name, mapped.grade))


def _direction(listing: ReciprocalListing) -> tuple[str, str, date, date | None]:
    return listing.issuer, listing.target, listing.since, listing.until


def _check_equivalences(rulebook: AgreementVersion, file: str) -> None:
    entries = [(e.of, e.province, e.code, e.other_province, e.other_code) for e in rulebook.equivalences]
    _check_unique(file, "equivalences", [" ".join(entry) for entry in entries])
    known = set(entries)
    for of, province, code, other_province, other_code in sorted(known):
        if (of, other_province, other_code, province, code) not in known:
            raise fault(
                file,
                f"equivalences[{of} {province} {code}]",
                Message(zh="等同关系不对称", en="the equivalence is not symmetric"),
                Message(
                    zh=f"请补上由 {other_province} {other_code} 到 {province} {code} 的条目",
                    en=f"Add the entry from {other_province} {other_code} to {province} {code}",
                ),
            )
