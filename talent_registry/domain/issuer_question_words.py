"""What the inbox says of questions to issuers; nothing of a person."""

from typing import Final

QUESTION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "question.asked": (
        "有单位请贵单位核查一份证书，请于 {due} 前答复。请查看编号和姓名，对照存档后选择一项答复。",
        "An office asks you to check a certificate by {due}. Compare it with your records and choose an answer.",
    ),
    "question.answered": (
        "请发证机关核查的证书已有答复。请查看答复；已补录的，可重新核验。",
        "The issuer has answered about a certificate. Read the answer; verify it again where it was recorded since.",
    ),
    "question.withdrawn": (
        "一项核查请求已由提出单位撤回。无需办理。",
        "A question about a certificate was withdrawn by the office that asked. Nothing to do.",
    ),
}
