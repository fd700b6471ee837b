"""How fields, states and outcomes of share codes are written on pages."""

from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.shares import MOST_WRONG_PINS, ShareField, ShareState
from talent_registry.reference.catalogue import catalogue

FIELDS: Final = {
    ShareField.NAME: Message(zh="姓名", en="Name"),
    ShareField.DOCUMENT: Message(zh="身份证件（号码遮蔽）", en="Identity document (number masked)"),
    ShareField.NUMBER: Message(zh="证书编号", en="Certificate number"),
    ShareField.TITLE: Message(zh="名称和系列", en="Title and series"),
    ShareField.LEVEL: Message(zh="层级", en="Level"),
    ShareField.ISSUER: Message(zh="发证机关", en="Issuer"),
    ShareField.APPROVAL: Message(zh="批准日期", en="Day of approval"),
    ShareField.VALIDITY: Message(zh="有效期", en="Validity"),
    ShareField.RECOGNITION: Message(zh="在所选地的认定结果", en="Recognition in the chosen place"),
}
# Chosen beforehand in the form: what an employer asks for, and nothing that tells who the person is.
USUAL: Final = (ShareField.TITLE, ShareField.LEVEL, ShareField.ISSUER, ShareField.VALIDITY)
STATES: Final = {
    ShareState.OPEN: Message(zh="有效", en="Open"),
    ShareState.EXPIRED: Message(zh="已到期", en="Expired"),
    ShareState.REVOKED: Message(zh="已停用", en="Revoked"),
    ShareState.CLOSED: Message(
        zh=f"已关闭（口令输错 {MOST_WRONG_PINS} 次）", en=f"Closed ({MOST_WRONG_PINS} wrong PINs)"
    ),
}


def document_name(code: str) -> Message:
    """The name of a kind of identity document."""
    kind = catalogue().document_kinds.get(code)
    return Message(zh=kind.name_zh, en=kind.name_en)
