"""Words for documents beyond a limit: one sentence in both languages for each code."""

from typing import Final

from talent_registry.domain.messages import Message

_WORDS: Final = {
    "TOO_LONG": ("查询文本超过 {} 个字符", "The query has more than {} characters"),
    "TOO_MANY_TOKENS": ("查询超过 {} 个词元", "The query has more than {} tokens"),
    "TOO_DEEP": ("查询嵌套超过 {} 层", "The query is nested more than {} levels deep"),
    "TOO_MANY_FRAGMENTS": ("查询的片段超过 {} 个", "The query has more than {} fragments"),
    "TOO_MANY_OPERATIONS": ("文档超过 {} 个操作", "The document has more than {} operations"),
    "FRAGMENT_CYCLE": ("查询的片段互相引用成环", "The query's fragments contain one another"),
    "TOO_MANY_SELECTIONS": (
        "查询展开后超过 {} 个字段",
        "The query has more than {} fields when its fragments are spread",
    ),
    "TOO_MANY_REPEATS": ("查询在同一处重复同一字段过多", "The query repeats the same fields too often at one place"),
    "TOO_MANY_ALIASES": ("查询的别名超过 {} 个", "The query has more than {} aliases"),
    "TOO_MANY_ROOT_FIELDS": ("一个操作的根字段超过 {} 个", "An operation has more than {} root fields"),
    "TOO_MANY_DIRECTIVES": ("一处的指令超过 {} 个", "There are more than {} directives at one place"),
    "LIST_TOO_LONG": ("列表输入超过 {} 项", "A list in the input has more than {} items"),
    "TOO_MANY_VALUES": ("变量超过 {} 个值", "The variables hold more than {} values"),
    "PAGE_TOO_LARGE": ("每页不得超过 {} 条", "A page may have at most {} records"),
    "TOO_COSTLY": ("查询预计涉及超过 {} 条记录", "The query is estimated to touch more than {} records"),
    "NUL_CHARACTER": ("查询的文字中含有空字符", "A text in the query holds a NUL character"),
}


class LimitExceeded(Exception):
    """A document beyond a limit: `code` (such as TOO_DEEP) and `message` in both languages.

    `estimated`: the records it asks for; None where that was not reached.
    """

    def __init__(self, code: str, message: Message, estimated: int | None = None) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.estimated = estimated


def exceeded(code: str, limit: int, estimated: int | None = None) -> LimitExceeded:
    """The refusal for a code of this module, naming the limit; `estimated` as `LimitExceeded` has it."""
    zh, en = (words.format(limit) for words in _WORDS[code])
    return LimitExceeded(
        code, Message(zh=f"{zh}。请拆分或缩小查询。", en=f"{en}. Split it or ask for less."), estimated
    )
