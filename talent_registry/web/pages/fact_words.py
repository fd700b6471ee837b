"""How the facts that a decision rests on are written on pages: each name and each value in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue
from talent_registry.web.pages import words

_OF_CREDENTIAL: Final = "credential."
NAMES: Final = {
    "kind": Message(zh="资质类型", en="Kind of credential"),
    "status": Message(zh="登记状态", en="Status of the record"),
    "revoked_on": Message(zh="撤销日", en="Revoked on"),
    "title_code": Message(zh="职称", en="Title"),
    "title_name": Message(zh="职称名称", en="Name of the title"),
    "series": Message(zh="职称系列", en="Title series"),
    "specialty": Message(zh="专业", en="Specialty"),
    "level": Message(zh="层级", en="Level"),
    "issuer_kind": Message(zh="发证机关类型", en="Kind of issuer"),
    "issuer_division": Message(zh="发证机关所在", en="Issuer in"),
    "issuer_country": Message(zh="发证国家或地区", en="Country of issue"),
    "issuing_province": Message(zh="发证省（市）", en="Province of issue"),
    "route": Message(zh="取得方式", en="How it was obtained"),
    "approval_date": Message(zh="批准日期", en="Approved on"),
    "origin_division": Message(zh="原取得地", en="First obtained in"),
    "certificate": Message(zh="证书形式", en="Form of the certificate"),
    "found_in_query": Message(zh="联网可查", en="Found in the issuer's query"),
    "issued_on": Message(zh="颁发日期", en="Issued on"),
    "valid_to": Message(zh="有效期至", en="Valid until"),
    "filing_number": Message(zh="评委会备案号", en="Filing number of the committee"),
    "committee": Message(zh="评委会备案", en="Filing of the committee"),
    "delegated": Message(zh="委托评审", en="Delegated review"),
    "delegation_letter": Message(zh="委托函出具机关", en="Letter of delegation by"),
    "targeted_area": Message(zh="定向使用范围", en="Valid in these places alone"),
    "military_status": Message(zh="军队身份", en="Military status"),
    "qualification": Message(zh="职业资格名称", en="Vocational qualification"),
    "grade": Message(zh="等级", en="Grade"),
    "registered_to": Message(zh="注册有效期至", en="Registered until"),
    "unit_division": Message(zh="注册单位所在", en="Registered unit in"),
    "permit_class": Message(zh="工作许可类别", en="Class of the work permit"),
    "card": Message(zh="人才卡", en="Talent card"),
    "card_class": Message(zh="人才卡类别", en="Class of the talent card"),
    "skill_level": Message(zh="技能等级", en="Skill level"),
    "holder.exam_certificates": Message(
        zh="本人所持国家考试证书的系列", en="Series of the holder's national examinations"
    ),
    "holder.integrity_record": Message(zh="本人诚信记录", en="Integrity record of the holder"),
    "outcome": Message(zh="登记库原来的结论", en="What the registry had decided"),
    "rule": Message(zh="依据条款", en="Clause"),
    "reason_code": Message(zh="理由代码", en="Code of the reason"),
    "target_province": Message(zh="岗位所在省（市）", en="Post in"),
    "employer_kind": Message(zh="用人单位类型", en="Kind of employer"),
    "post_series": Message(zh="岗位系列", en="Title series of the post"),
    "zone": Message(zh="所在功能区", en="Zone"),
}
_YES: Final = Message(zh="是", en="Yes")
_NO: Final = Message(zh="否", en="No")
_FORMS: Final = {
    "ELECTRONIC": Message(zh="电子证书", en="Electronic"),
    "PAPER": Message(zh="纸质证书", en="On paper"),
    "BOTH": Message(zh="电子和纸质证书", en="Electronic and on paper"),
}
_PLACES: Final = frozenset(
    {"issuer_division", "issuing_province", "origin_division", "targeted_area", "target_province", "unit_division"}
)
_SERIES: Final = frozenset({"series", "post_series", "holder.exam_certificates"})


def fact_name(name: str) -> Message:
    """What the fact of this name is called; the name itself where there is no word for it."""
    short = name.removeprefix(_OF_CREDENTIAL)
    return NAMES.get(short, Message(zh=name, en=name))


def fact_value(name: str, value: Any) -> Message:  # noqa: ANN401 - a fact is any JSON value
    """What the fact says: names for codes, whatever has none as it is written."""
    short = name.removeprefix(_OF_CREDENTIAL)
    if isinstance(value, bool):
        return _YES if value else _NO
    if value is None or value in ("", []):
        return Message(zh="—", en="—")
    if isinstance(value, list):
        said = [fact_value(name, one) for one in value]
        return Message(zh="、".join(one.zh for one in said), en=", ".join(one.en for one in said))
    if isinstance(value, Mapping):
        parts = [(_PARTS.get(one) or fact_name(one), fact_value(one, held)) for one, held in value.items()]
        return Message(
            zh="；".join(f"{part.zh} {held.zh}" for part, held in parts),
            en="; ".join(f"{part.en} {held.en}" for part, held in parts),
        )
    return _named(short, str(value)) or Message(zh=str(value), en=str(value))


# The parts of a fact that is made of several.
_PARTS: Final = {
    "filed_from": Message(zh="自", en="from"),
    "filed_to": Message(zh="至", en="to"),
    "from": Message(zh="自", en="from"),
    "until": Message(zh="至", en="until"),
    "max_level": Message(zh="最高层级", en="highest level"),
    "series": Message(zh="系列", en="title series"),
}


def _named(name: str, code: str) -> Message | None:
    """The name of a code of one of the lists; None where the fact is none of them, or the list has no such code."""
    if name in _PLACES:
        return words.place_name(code)
    if name in _SERIES:
        return dict(words.series_names()).get(code)
    if name == "outcome":
        return words.OUTCOMES[Outcome(code)][0] if code in set(Outcome) else None
    if name == "certificate":
        return _FORMS.get(code)
    found = _LISTS[name]() if name in _LISTS else {}
    entry: Any = found.get(code) if code in found else None
    return None if entry is None else Message(zh=entry.name_zh, en=entry.name_en)


_LISTS: Final[Mapping[str, Callable[[], Any]]] = {
    "kind": lambda: catalogue().credential_kinds,
    "status": lambda: catalogue().record_statuses,
    "title_code": lambda: catalogue().titles,
    "level": lambda: catalogue().levels,
    "max_level": lambda: catalogue().levels,
    "issuer_kind": lambda: catalogue().issuer_kinds,
    "route": lambda: catalogue().review_routes,
    "employer_kind": lambda: catalogue().organisation_kinds,
}
