"""Rolls made for tests: rows of invented people, written as a province would deliver them."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.roll_results import RollOutcome
from talent_registry.services.permissions import Actor
from talent_registry.services.rolls import import_roll
from talent_registry.storage import credentials
from tests.registries import World, authority

SAMPLES = Path(__file__).parents[1] / "talent_registry" / "demo" / "samples"
SICHUAN = (SAMPLES / "roll_sichuan.csv").read_bytes()
CHONGQING = (SAMPLES / "roll_chongqing.csv").read_bytes()
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
Row = dict[str, str]


def resident(index: int) -> str:
    """The index-th sample identity number."""
    body = f"990000{1960 + index // 336 % 40}{index % 12 + 1:02}{index // 12 % 28 + 1:02}{index // 13_440:03}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def name(index: int) -> str:
    """An invented name."""
    return _SURNAMES[index % 10] + _GIVEN[index // 10 % 20] + _GIVEN[index // 200 % 20]


def row(index: int, **changes: str) -> Row:
    """A row of Sichuan's roll about the index-th person, with these cells (by Chinese header) changed."""
    return {
        "姓名": name(index),
        "证件类型": "居民身份证",
        "证件号码": resident(index),
        "证书编号": f"51{index:010}",
        "职称代码": "0501",
        "职称名称": "正高级工程师",
        "职称层级": "正高级",
        "专业": "信息安全",
        "评审方式": "评审",
        "发证机关区划": "510000",
        "发证机关": "四川省人力资源和社会保障厅",
        "发证机关类型": "省级人社",
        "评委会": "四川省人力资源和社会保障厅工程技术人员评审委员会",
        "评委会备案号": "510000-05-2010-4710",
        "评委会备案起": "2010-01-01",
        "评委会备案止": "2012-12-31",
        "评委会最高层级": "正高级",
        "通过时间": "2010-08-21",
        "发证时间": "2010-09-20",
        "有效期至": "",
        "状态": "有效",
        "户籍地区划": "510503",
        "人事关系单位": "西南科技大学",
    } | changes


def roll(rows: Iterable[Row], encoding: str = "utf-8-sig") -> bytes:
    """The rows as a file."""
    listed = list(rows)
    file = io.StringIO()
    writer = csv.DictWriter(file, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return file.getvalue().encode(encoding)


async def deliver(world: World, *rows: Row, actor: Actor | None = None) -> RollOutcome:
    """A roll of these rows imported as Sichuan's authority unless another actor is named."""
    return await import_roll(world.registry, actor or authority("510000"), roll(rows))


async def recorded(world: World, number: str) -> CredentialRecord:
    """The one credential of this number."""
    async with world.registry.reading(authority("510000")) as connection:
        (record,) = await credentials.list_by_number(connection, number)
    return record
