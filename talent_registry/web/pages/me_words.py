"""How the fields, standings, visibilities, relations and states of a person's own record are written on pages."""

from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.reveals import FULL_NUMBER
from talent_registry.services import watches
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.share_openings import BASIS as SHARED
from talent_registry.services.share_openings import REFUSED
from talent_registry.services.verification import BASIS

FIELDS: Final = {
    PersonField.NAME: Message(zh="姓名", en="Name"),
    PersonField.DOCUMENTS: Message(zh="身份证件", en="Identity documents"),
    PersonField.HOUSEHOLD: Message(zh="户籍所在地", en="Household registration"),
    PersonField.PERSONNEL_RELATION: Message(zh="人事关系", en="Personnel relation"),
    PersonField.CONTACT: Message(zh="联系方式", en="Contact"),
    PersonField.DISCIPLINE: Message(zh="学科", en="Discipline"),
    PersonField.KEYWORDS: Message(zh="关键词", en="Keywords"),
    PersonField.ORCID: Message(zh="开放研究者编号", en="ORCID iD"),
    PersonField.CREDENTIALS: Message(zh="证书", en="Credentials"),
    PersonField.DECISIONS: Message(zh="认定决定", en="Recognition decisions"),
    PersonField.PLACEMENTS: Message(zh="柔性流动", en="Placements"),
}
# What a consent opens, where it is more than its name says.
OPENED: Final = FIELDS | {
    PersonField.DOCUMENTS: Message(
        zh="身份证件（含完整号码；每次查看完整号码都会记录）",
        en="Identity documents (the full number too; each reading of it is recorded)",
    ),
}
VISIBILITIES: Final = {
    Visibility.PUBLIC: Message(zh="公开", en="Public"),
    Visibility.RECOGNISED_PARTIES: Message(zh="仅互认相关方可见", en="Recognised parties"),
    Visibility.PRIVATE: Message(zh="仅本人可见", en="You alone"),
}
_RELATIONS: Final = {
    Relation.ANYONE: Message(zh="公开信息", en="public"),
    Relation.SELF: Message(zh="本人", en="yourself"),
    Relation.HOME_UNIT: Message(zh="人事关系单位", en="your home unit"),
    Relation.HOST_UNIT: Message(zh="接收单位", en="a host unit"),
    Relation.ISSUER: Message(zh="发证机关", en="an issuer"),
    Relation.AUTHORITY: Message(zh="主管部门", en="an authority"),
    Relation.AUTHORITY_OF_ISSUER: Message(zh="发证机关的主管部门", en="the issuer's authority"),
    Relation.AUTHORITY_OF_PLACEMENT: Message(zh="柔性流动的主管部门", en="the placement's authority"),
    Relation.CONSENTED: Message(zh="本人授权", en="your consent"),
    Relation.RECEIVER: Message(zh="收件单位", en="a receiver"),
    Relation.OPERATOR: Message(zh="运行机构", en="the operator"),
    Relation.MATCHED: Message(zh="本人参加的匹配", en="matching you joined"),
    Relation.CLOCK: Message(zh="期限", en="the clock"),
}


_OF_COMMANDS: Final = {
    FULL_NUMBER: Message(zh="查看了完整证件号码", en="the full number of a document was read"),
    BASIS: Message(zh="证书核验", en="a certificate was verified"),
    SHARED: Message(zh="分享码", en="a share code of yours"),
    REFUSED: Message(zh="分享码（未能打开）", en="a share code of yours, which did not open"),
    watches.BASIS: Message(zh="证书变更订阅", en="a certificate is watched for changes"),
}


def basis(written: str) -> Message:
    """On what a look rested: relations, as the record joins them, or what was done with a certificate."""
    known = {relation.value: message for relation, message in _RELATIONS.items()} | _OF_COMMANDS
    found = [known.get(one) for one in written.split("+")]
    return Message(
        zh="、".join(one.zh for one in found if one) or "—", en=", ".join(one.en for one in found if one) or "—"
    )
