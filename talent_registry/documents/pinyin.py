"""Names in Latin letters: for reading, for sorting and for search."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations, islice, product
from typing import cast

from pypinyin import Style, lazy_pinyin, pinyin

from talent_registry.domain.names import SEPARATOR, has_han
from talent_registry.reference.catalogue import catalogue

MOST_SEARCH_KEYS = 16
_LONGEST_SURNAME = 4
_MOST_DEVIATIONS = 2
_CACHED_NAMES = 65_536
# A run of characters without a reading: pypinyin takes a list here, one item for each, but its types say text.
_EACH_AS_IT_IS = cast("Callable[[str], str]", list)

# What may be typed for a part of a name: in full, and its initials.
Key = tuple[str, str]


@lru_cache(maxsize=_CACHED_NAMES)
def romanise(name: str) -> str:
    """The name by GB/T 28039: 单雄信 gives "Shan Xiongxin", 旦增·卓嘎 "Danzeng·Zhuoga"; without Chinese, unchanged.

    Expects a name in normal form. A character without a known reading stays as it is.
    """
    if not has_han(name):
        return name
    if SEPARATOR in name:
        return SEPARATOR.join(_word(_syllables(part)) if has_han(part) else part for part in name.split(SEPARATOR))
    surname, given = _split(name)
    words = [_reading(surname), _word(_syllables(given)) if given else ""]
    return " ".join(word for word in words if word)


@lru_cache(maxsize=_CACHED_NAMES)
def sort_key(name: str) -> str:
    """The romanised name in lower case, in ASCII, without tones (ü as v): "shan xiongxin"."""
    romanised = romanise(name).replace(SEPARATOR, " ")
    # Only in pinyin does ü stand for v; Müller is sought as Muller.
    return _ascii(romanised.lower().replace("ü", "v") if has_han(name) else romanised)


@lru_cache(maxsize=_CACHED_NAMES)
def search_keys(name: str) -> tuple[str, ...]:
    """What may be typed to find the name: full pinyin without spaces and initials, in every likely reading.

    At most 16, most likely first; the first is the preferred full form, the second its initials.
    """
    if not has_han(name):
        words = ["".join(filter(str.isalnum, word)) for word in sort_key(name).replace("-", " ").split()]
        return _unique(("".join(words), "".join(word[:1] for word in words)))
    keys: list[str] = []
    for reading in islice(_variants(_choices(name)), MOST_SEARCH_KEYS):
        keys += ["".join(full for full, _ in reading), "".join(initials for _, initials in reading)]
    return _unique(keys)


def _unique(keys: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))[:MOST_SEARCH_KEYS]


def _split(name: str) -> tuple[str, str]:
    """Surname and given name: a listed surname of several characters if something follows it, else one character."""
    for length in range(min(_LONGEST_SURNAME, len(name) - 1), 1, -1):
        listed = catalogue().surnames.get(name[:length])
        if listed is not None and listed.compound:
            return name[:length], name[length:]
    return name[:1], name[1:]


def _reading(surname: str) -> str:
    listed = catalogue().surnames.get(surname)
    return listed.readings[0] if listed is not None else _word(_syllables(surname))


def _syllables(text: str) -> list[str]:
    return lazy_pinyin(text, style=Style.NORMAL, v_to_u=True, errors=_EACH_AS_IT_IS)


def _word(syllables: list[str]) -> str:
    """Syllables as one word; an apostrophe before a, o, e inside it (GB/T 16159): Xi'an."""
    marked = [f"'{s}" if place and s[0] in "aoe" else s for place, s in enumerate(syllables)]
    word = "".join(marked)
    return word[:1].upper() + word[1:]


def _choices(name: str) -> list[list[Key]]:
    """For each part of the name, its readings as they may be typed, the preferred first."""
    parts = name.split(SEPARATOR)
    surname = _split(name)[0] if len(parts) == 1 else ""
    listed = catalogue().surnames.get(surname)
    if listed is None:
        return [choice for part in parts for choice in _syllable_choices(part)]
    if listed.compound:
        initials = "".join(syllable[0] for syllable in _syllables(surname))
        first = [(typed, initials) for reading in listed.readings for typed in _spellings(reading)]
    else:
        readings = [reading.lower() for reading in listed.readings]
        first = _keys([*readings, *_heteronyms(surname)[0]])
    return [first, *_syllable_choices(name[len(surname) :])]


def _syllable_choices(text: str) -> list[list[Key]]:
    return [_keys([first, *others]) for first, others in zip(_syllables(text), _heteronyms(text), strict=True)]


def _heteronyms(text: str) -> list[list[str]]:
    return pinyin(text, style=Style.NORMAL, heteronym=True, v_to_u=True, errors=_EACH_AS_IT_IS)


def _keys(readings: list[str]) -> list[Key]:
    typed = [key for reading in readings for key in _spellings(reading)]
    return [(key, key[:1]) for key in dict.fromkeys(typed)]


# A few hundred syllables make all names.
@lru_cache(maxsize=4_096)
def _spellings(reading: str) -> tuple[str, ...]:
    """A reading as it may be typed: lü as lv, lyu and lu."""
    lowered = reading.lower()
    stems = dict.fromkeys(lowered.replace("ü", typed) for typed in ("v", "yu", "u"))
    return tuple(_ascii(stem).replace(" ", "") for stem in stems)


def _variants(choices: list[list[Key]]) -> Iterator[tuple[Key, ...]]:
    """Readings from the most likely on: all preferred, then one syllable differs, then two; never the whole product."""
    preferred = [options[0] for options in choices]
    for deviations in range(_MOST_DEVIATIONS + 1):
        for places in combinations(range(len(choices)), deviations):
            for others in product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, others, strict=True))
                yield tuple(changed.get(place, syllable) for place, syllable in enumerate(preferred))


def _ascii(text: str) -> str:
    """Lower-case ASCII: accents dropped, a character without a reading as ~ and its code point."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKD", text.lower()):
        if character.isascii():
            letters.append("" if character == "'" else character)
        elif not unicodedata.combining(character):
            letters.append(f"~{ord(character):x}")
    return " ".join("".join(letters).split())
