from talent_registry.services.rolls import import_roll
from tests.registries import authority
from pathlib import Path
from sqlalchemy import text
from talent_registry.storage.verification import _COVERAGE
from talent_registry.storage.session import duty
from talent_registry.services.permissions import ANONYMOUS
async def test_x(world):
    for name, p in (("roll_sichuan.csv","510000"),("roll_chongqing.csv","500000")):
        await import_roll(world.registry, authority(p), (Path("talent_registry/demo/samples")/name).read_bytes())
    async with world.registry.reading(ANONYMOUS) as c, duty(c,"verify"):
        await c.execute(text("SET LOCAL enable_seqscan=off"))
        for q in (_COVERAGE.text, "SELECT * FROM credential WHERE number='512010000000'"):
            for r in await c.execute(text("EXPLAIN ANALYZE "+q)): print(r[0])
