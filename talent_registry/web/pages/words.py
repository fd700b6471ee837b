"""How codes of the registry are written on pages, in both languages, with how each status looks beside its word."""

from collections.abc import Mapping
from typing import Final

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.credentials import Standing
from talent_registry.domain.messages import Message
from talent_registry.domain.recognition import FindingResult
from talent_registry.domain.rosters import DUPLICATE
from talent_registry.domain.verification import Verdict
from talent_registry.reference.catalogue import catalogue

VERDICTS: Final = {
    Verdict.VALID: (Message(zh="有效", en="Valid"), "good"),
    Verdict.PENDING: (Message(zh="公示中或尚未生效", en="Not in force yet"), "wait"),
    Verdict.SUSPENDED: (Message(zh="暂停", en="Suspended"), "bad"),
    Verdict.REVOKED: (Message(zh="已撤销", en="Revoked"), "bad"),
    Verdict.EXPIRED: (Message(zh="已过期", en="Expired"), "wait"),
    Verdict.MISMATCH: (Message(zh="信息不符", en="Does not agree"), "wait"),
    Verdict.NOT_FOUND: (Message(zh="未找到", en="Not found"), "calm"),
    Verdict.INVALID_INPUT: (Message(zh="无法识别", en="Cannot be read"), "calm"),
}
STANDINGS: Final = {
    Standing.VALID: (Message(zh="有效", en="Valid"), "good"),
    Standing.PENDING: (Message(zh="公示中", en="In public notice"), "wait"),
    Standing.NOT_YET_ISSUED: (Message(zh="尚未颁发", en="Not yet issued"), "wait"),
    Standing.SUSPENDED: (Message(zh="暂停", en="Suspended"), "bad"),
    Standing.REVOKED: (Message(zh="已撤销", en="Revoked"), "bad"),
    Standing.EXPIRED: (Message(zh="已过期", en="Expired"), "wait"),
}
OUTCOMES: Final = {
    Outcome.AUTO: (Message(zh="直接认可", en="Recognised as of right"), "good"),
    Outcome.VERIFY: (Message(zh="核实后认可", en="Recognised once the issuer confirms the record"), "wait"),
    Outcome.CONFIRM: (Message(zh="需经确认", en="Needs the host authority's confirmation"), "wait"),
    Outcome.RE_REVIEW: (Message(zh="需重新评审", en="Needs a new review"), "wait"),
    Outcome.NOT_RECOGNISED: (Message(zh="不予认可", en="Not recognised"), "bad"),
    Outcome.NOT_APPLICABLE: (Message(zh="不适用", en="Does not apply"), "calm"),
    Outcome.PENDING: (Message(zh="待定", en="Pending"), "wait"),
}
RESULTS: Final = {
    FindingResult.SATISFIED: Message(zh="符合，由本条决定", en="Met: this clause decides"),
    FindingResult.NOT_SATISFIED: Message(zh="不符合", en="Not met"),
    FindingResult.NOT_REACHED: Message(zh="未审查", en="Not reached"),
}


def kind_name(code: str) -> Message:
    """The name of a kind of credential."""
    return _named(catalogue().credential_kinds.get(code))


def level_name(code: str | None) -> Message:
    """The name of a level, a dash where there is none."""
    return Message(zh="—", en="—") if code is None else _named(catalogue().levels.get(code))


def division_name(code: str) -> Message:
    """The name of a division, its code where the catalogue has none."""
    found = catalogue().find_division(code)
    return Message(zh=code, en=code) if found is None else Message(zh=found.name_zh, en=found.name_en)


def place_name(code: str) -> Message:
    """A division with those it lies in, as addresses write them; collective entries of the code list are left out."""
    found = [catalogue().find_division(one) for one in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))]
    # 市辖区 and 县 stand in the list for "the districts of" and are no place of their own.
    named = [one for one in found if one is not None and not one.name_en.startswith("(")]
    if not named:
        return Message(zh=code, en=code)
    return Message(zh="".join(one.name_zh for one in named), en=", ".join(one.name_en for one in reversed(named)))


def series_names() -> list[tuple[str, Message]]:
    """Every title series, by code."""
    return [(code, Message(zh=one.name_zh, en=one.name_en)) for code, one in sorted(catalogue().series.items())]


def _named(entry: object) -> Message:
    return Message(zh=getattr(entry, "name_zh", ""), en=getattr(entry, "name_en", ""))


def counted(counts: Mapping[str, int]) -> list[tuple[Message, int]]:
    """How many rows of a roster got each verdict, in words."""
    named = {verdict.value: label for verdict, (label, _) in VERDICTS.items()} | {DUPLICATE: _DUPLICATE}
    return [(named.get(code, Message(zh=code, en=code)), count) for code, count in sorted(counts.items())]


_DUPLICATE: Final = Message(zh="重复", en="Duplicate")
