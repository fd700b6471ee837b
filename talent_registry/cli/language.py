"""The language in which the command line speaks: Chinese, English, or both in short."""

from enum import StrEnum
from typing import TextIO

import typer

from talent_registry.domain.messages import Message


class Language(StrEnum):
    """What --lang takes."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


_chosen = Language.BOTH


def choose(text: str | None) -> None:
    """Speak the language that --lang or a locale such as zh_CN.UTF-8 names; both where it names neither."""
    global _chosen  # noqa: PLW0603 - one process speaks to one person
    prefix = (text or "")[:2].lower()
    _chosen = Language(prefix) if prefix in (Language.ZH, Language.EN) else Language.BOTH


def worded(message: Message) -> str:
    """The message in the language chosen."""
    if _chosen is Language.ZH:
        return message.zh
    if _chosen is Language.EN:
        return message.en
    between = "\n" if len(message.zh) + len(message.en) > 60 or "\n" in message.zh else " · "  # noqa: PLR2004 - half a line each
    return f"{message.zh}{between}{message.en}"


def say(zh: str, en: str, *, to: TextIO | None = None) -> None:
    """Print a sentence to standard output, or to another stream."""
    typer.echo(worded(Message(zh=zh, en=en)), file=to)


def warn(message: Message) -> None:
    """Print what went wrong to standard error."""
    typer.echo(worded(message), err=True)
