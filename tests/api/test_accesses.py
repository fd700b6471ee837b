"""Who looked, through the API."""

from tests.api.conftest import Asking
from tests.people import a_town
from tests.registries import World

PURPOSE = "岗位聘任审核"


async def test_looks_are_listed_page_by_page_for_the_person_alone(world: World, ask: Asking) -> None:
    town = await a_town(world)
    for _ in range(3):
        await ask(town.home_hr, "anyone/researcher", publicNumber=town.public_number, purpose=PURPOSE)
    page = (await ask(town.me, "researcher/accesses", first=2))["accesses"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (2, True)
    rest = (await ask(town.me, "researcher/accesses", first=2, after=page["pageInfo"]["endCursor"]))["accesses"]
    assert (len(rest["edges"]), rest["pageInfo"]["hasNextPage"]) == (1, False)
    newest = (await ask(town.me, "researcher/accesses", first=1, orderBy="NEWEST_FIRST"))["accesses"]
    assert newest["edges"] == rest["edges"]
    unit = newest["edges"][0]["node"]["organisation"]["id"]
    for asked, count in (({"organisation": unit, "purpose": PURPOSE}, 3), ({"byPeople": True}, 0)):
        assert len((await ask(town.me, "researcher/accesses", filter=asked))["accesses"]["edges"]) == count
    nonsense = {"organisation": unit, "byPeople": True}
    assert (await ask.refused(town.me, "researcher/accesses", filter=nonsense))["code"] == "INVALID_INPUT"
    assert (await ask.refused(town.home_hr, "researcher/accesses"))["code"] == "NOT_FOUND"
