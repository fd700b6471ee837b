"""Names of sample people: surnames by their frequency, compound and rare ones, names with U+00B7, rare characters."""

from typing import Final

from talent_registry.domain.generation_draws import Draws, Weighted
from talent_registry.domain.names import SEPARATOR
from talent_registry.reference.catalogue import catalogue

# Bearers per thousand, rounded, of the most frequent surnames; the rest share what is left.
_FREQUENT: Final = (
    "王72李71张68刘54陈45杨31黄22赵20吴20周19徐15孙14马13朱13胡12郭12何12林11高10罗10郑9梁8谢7宋7唐7许6韩6邓6冯6曹6彭6曾6肖6田6董6"
    "潘5袁5蔡5蒋5余5于5杜5叶5程5魏5苏5吕4丁4任4卢4姚4沈4钟4姜4崔4谭4陆4范4汪4廖4石4金4韦3贾3夏3付3方3邹3熊3白3孟3秦3邱3侯3江3尹3薛3闫3"
    "段3雷3龙3黎3史3陶2贺2毛2郝2顾2龚2邵2万2覃2武2钱2戴2严2莫2孔2向2常2汤2"
)
_LEFT_OVER: Final = 55.0
_COMPOUND_OF_LEFT_OVER: Final = 0.06

_MEN: Final = tuple(
    "伟强磊军勇涛明超杰鹏辉斌波刚健飞峰林平建文华志国庆海龙宇浩然俊凯博睿轩航晨阳旭东亮毅恒坤鑫瑞翔松柏川渝江山河岳嘉诚信义德仁宏达远"
    "振兴昌荣富贵清源立民卫学思敏行之卓越"
)
_WOMEN: Final = tuple(
    "芳娜敏静丽艳娟霞秀英玲桂兰燕红梅莉萍琳雪慧婷颖倩洁璐瑶佳怡欣雨涵梦琪思彤诗语晓雯蕾蓉薇菲菊素珍淑华玉凤春秋月云香莲巧宁悦安然若兮"
    "采薇紫萱岚岑依依"
)
# Characters outside the old code pages: GB 18030-2022 asks for them in names.
_RARE: Final = tuple("䶮㛃㬎㵑𠅤𣲗𧿹𨱇𫍯𫖯𫘜𬀩𬘭𬜬𬭎𬱖𬳶𬸪")
_TWO_CHARACTERS: Final = 0.84
_RARE_CHARACTER: Final = 0.004
_TIBETAN: Final = (
    *("扎西", "多吉", "卓玛", "次仁", "旦增", "卓嘎", "尼玛", "格桑", "央金", "拉姆"),
    *("洛桑", "白玛", "丹增", "平措", "达瓦", "德吉", "顿珠", "曲珍", "边巴", "索朗"),
)
_YI_FAMILIES: Final = ("吉克", "阿尔", "沙马", "的日", "海来", "马海", "阿侯", "曲比", "吉木", "罗洪", "阿苦", "木乃")
_YI_GIVEN: Final = ("阿依", "伍呷", "拉龙", "古铁", "尔古", "子阿", "尔体", "木呷", "阿洛", "日火", "莫色", "里呷")
_TIBETAN_AMONG_SEPARATED: Final = 0.6

_FOREIGN: Final = (
    "James Smith",
    "Maria Garcia",
    "Thomas Müller",
    "Anna Kowalska",
    "Pierre Dubois",
    "Elena Petrova",
    "John O'Connor",
    "Fatima Al-Sayed",
    "Hiroshi Tanaka",
    "Priya Sharma",
    "Lucas Silva",
    "Ingrid Hansen",
    "David Cohen",
    "Sofia Rossi",
    "Ahmed Hassan",
    "Kim Min-jun",
)


def _surnames() -> Weighted[str]:
    frequent = {part[0]: float(part[1:]) for part in _parts(_FREQUENT)}
    others = [one for one in catalogue().surnames.values() if one.surname not in frequent]
    compound = [one.surname for one in others if one.compound]
    single = [one.surname for one in others if not one.compound]
    weights = dict(frequent)
    weights |= dict.fromkeys(compound, _LEFT_OVER * _COMPOUND_OF_LEFT_OVER / len(compound))
    return Weighted(weights | dict.fromkeys(single, _LEFT_OVER * (1 - _COMPOUND_OF_LEFT_OVER) / len(single)))


def _parts(text: str) -> list[str]:
    """王72李71 as 王72, 李71."""
    starts = [place for place, character in enumerate(text) if not character.isascii()]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


class Names:
    """Where names are drawn from."""

    def __init__(self) -> None:
        self._surnames = _surnames()

    def chinese(self, draws: Draws, *, woman: bool) -> str:
        """A surname with one or two characters."""
        given = _WOMEN if woman else _MEN
        first = draws.one(_RARE) if draws.happens(_RARE_CHARACTER) else draws.one(given)
        second = draws.one(given) if draws.happens(_TWO_CHARACTERS) else ""
        return draws.weighted(self._surnames) + first + second


def separated(draws: Draws) -> str:
    """A Tibetan or Yi name, its parts separated by U+00B7."""
    if draws.happens(_TIBETAN_AMONG_SEPARATED):
        return draws.one(_TIBETAN) + SEPARATOR + draws.one(_TIBETAN)
    return draws.one(_YI_FAMILIES) + SEPARATOR + draws.one(_YI_GIVEN)


def foreign(draws: Draws) -> str:
    """A name in Latin letters, of somebody with a work permit."""
    return draws.one(_FOREIGN)
