"""Facts that nobody may lawfully change for the sake of a better answer, each with the reason."""

from collections.abc import Mapping

from talent_registry.domain.messages import Message

_GRANTED = Message(
    zh="这是评审或发证时已定的事项，事后不得更改。如记录与证书不符，由发证机关更正记录；否则须取得新的证书。",
    en="This was settled when the credential was granted and is not changed afterwards. Where the record is not as the "
    "certificate, the issuer corrects the record; otherwise it takes a new credential.",
)
_ISSUER = Message(
    zh="由哪一机关在何地核发是既成事实，不得更改，也不从身份证号或姓名推断。",
    en="Who issued the credential and where is done and is not changed; it is never inferred from number or name.",
)
_PERSON = Message(
    zh="这是持有人的身份事实，不得为申请互认而更改。",
    en="This is the holder's standing; it does not change for the sake of recognition.",
)
UNCHANGEABLE: Mapping[str, Message] = {
    "credential.approval_date": Message(
        zh="评审通过之日是既成事实，不得更改。", en="The title was approved on that day; the day is not changed."
    ),
    "credential.card": _GRANTED,
    "credential.delegated": _GRANTED,
    "credential.issued_on": _GRANTED,
    "credential.issuer_country": _ISSUER,
    "credential.issuer_division": _ISSUER,
    "credential.issuer_kind": _ISSUER,
    "credential.level": _GRANTED,
    "credential.military_status": _PERSON,
    "credential.permit_class": _GRANTED,
    "credential.qualification": _GRANTED,
    "credential.grade": _GRANTED,
    "credential.revoked_on": Message(
        zh="撤销是终局的。对撤销本身不服的，可向发证机关申诉。",
        en="A revocation is final. Whoever contests it may appeal to the issuer.",
    ),
    "credential.route": _GRANTED,
    "credential.series": _GRANTED,
    "credential.targeted_area": _GRANTED,
    "holder.civil_servant": _PERSON,
    "holder.integrity_record": Message(
        zh="诚信记录期内不得认可；只能等待期满，或由作出记录的机关撤销。",
        en="While an integrity record stands nothing is recognised; it lapses, or whoever made it lifts it.",
    ),
    "holder.retired": _PERSON,
    "issuing_province": _ISSUER,
    "overseas": _ISSUER,
    "target_province": Message(
        zh="岗位所在省市正是申请所问的事项，不能为取得较好结论而更改。",
        en="The province of the post is what the question is about; it is not a fact to be mended.",
    ),
}
