"""What people read: one sentence in Chinese and the same in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in both languages; never holds personal data."""

    zh: str
    en: str
