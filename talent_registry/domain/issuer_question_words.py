"""What the inbox says of questions to issuers, to both who ask and who are asked; nothing of a person."""

from typing import Final

QUESTION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "question.asked": (
        "一份证书已请发证机关核查，应于 {due} 前答复。被请求的单位请对照存档后答复；提出的单位届时会收到通知。",
        "An issuer is asked to check a certificate by {due}. It compares its records and answers; who asked is told.",
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
