"""Names in Latin letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.documents.pinyin import MOST_SEARCH_KEYS, romanise, search_keys, sort_key
from talent_registry.reference.catalogue import catalogue


@pytest.mark.parametrize(
    ("name", "romanised"),
    [
        ("单雄信", "Shan Xiongxin"),
        ("曾国藩", "Zeng Guofan"),
        ("仇英", "Qiu Ying"),
        ("区适子", "Ou Shizi"),
        ("查良镛", "Zha Liangyong"),
        ("尉迟恭", "Yuchi Gong"),
        ("万俟卨", "Moqi Xie"),
        ("令狐冲", "Linghu Chong"),
        ("欧阳洋", "Ouyang Yang"),
        ("贺兰渝", "He Lanyu"),
        ("万子思", "Wan Zisi"),
        ("吕布", "Lü Bu"),
        ("张西安", "Zhang Xi'an"),
        ("赵䶮", "Zhao Yan"),
        ("旦增·卓嘎", "Danzeng·Zhuoga"),
        ("欧阳", "Ou Yang"),
        ("单", "Shan"),
        ("John Smith", "John Smith"),
        ("王\U000323af", "Wang \U000323af"),
        ("阿·A", "A·A"),
    ],
)
def test_a_name_is_romanised_with_the_reading_of_its_surname(name: str, romanised: str) -> None:
    assert romanise(name) == romanised


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单雄信", "shan xiongxin"),
        ("吕布", "lv bu"),
        ("旦增·卓嘎", "danzeng zhuoga"),
        ("张西安", "zhang xian"),
        ("Müller, Jürgen", "muller, jurgen"),
        ("王\U000323af", "wang ~323af"),
    ],
)
def test_the_sort_key_is_lower_case_ascii(name: str, key: str) -> None:
    assert sort_key(name) == key


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("单雄信", ["shanxiongxin", "sxx", "danxiongxin"]),
        ("曾国藩", ["zengguofan", "zgf", "cengguofan"]),
        ("吕布", ["lvbu", "lyubu", "lubu", "lb"]),
        ("闾丘某", ["lvqiumou", "lqm", "luqiumou"]),
        ("欧阳洋", ["ouyangyang", "oyy"]),
        ("旦增·卓嘎", ["danzengzhuoga", "dzzg"]),
        ("王华", ["wanghua", "wh"]),
        ("Jean-Luc O'Neil Jr.", ["jeanluconeiljr", "jloj"]),
    ],
)
def test_a_name_is_found_by_full_pinyin_and_initials_in_every_reading(name: str, wanted: list[str]) -> None:
    keys = search_keys(name)
    assert keys[0] == wanted[0]
    assert set(wanted) <= set(keys)


def test_a_name_of_many_readings_has_a_bounded_number_of_keys() -> None:
    assert len(search_keys("单" + "仇" * 99)) == MOST_SEARCH_KEYS


def test_every_listed_surname_is_read_as_listed() -> None:
    for surname in catalogue().surnames.values():
        assert romanise(f"{surname.surname}某") == f"{surname.readings[0]} Mou"


@given(st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), min_size=1, max_size=6))
def test_keys_are_ascii_for_every_chinese_name(name: str) -> None:
    assert sort_key(name).isascii()
    assert all(key.isascii() and " " not in key for key in search_keys(name))
