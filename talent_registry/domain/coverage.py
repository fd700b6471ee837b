"""What the registry holds at all: whose certificates, of which years; said wherever it holds none of a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from talent_registry.domain.messages import Message
from talent_registry.domain.periods import SHANGHAI
from talent_registry.reference.catalogue import catalogue


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is recorded of one province's issuers: first and last year of issue."""

    province: str
    first_year: int
    last_year: int


def coverage_text(coverage: Iterable[Coverage], as_of: datetime) -> Message:
    """What the registry holds, in words: whose certificates, of which years, as of when."""
    when = as_of.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    zh, en = [], []
    for part in coverage:
        division = catalogue().find_division(part.province)
        years = f"{part.first_year}—{part.last_year}"
        zh.append(f"{division.name_zh if division else part.province}（{years} 年）")
        en.append(f"{division.name_en if division else part.province} ({part.first_year}-{part.last_year})")
    return Message(
        zh=f"截至 {when}（北京时间），登记库收录以下省份发证机关签发的证书：{'、'.join(zh) or '暂无'}。"
        "未收录的证书，请向发证机关核实。",
        en=f"As of {when} (Beijing time) the registry holds certificates issued in: {', '.join(en) or 'none yet'}. "
        "For a certificate it does not hold, ask the issuer.",
    )
