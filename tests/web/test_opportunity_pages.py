"""A researcher browses what host units need, sees what fits, answers, takes it back, and chooses to be found."""

from datetime import timedelta
from uuid import UUID, uuid4

from talent_registry.domain.opportunities import Need
from talent_registry.domain.periods import Period
from talent_registry.services import opportunities
from tests.postings import hr_of
from tests.web.test_me_pages import Person, ledger_length, person

__all__ = ["person"]


async def posted(person: Person) -> UUID:
    """A lecturing post in Chongqing that the teacher's title meets."""
    world = person.titles.world
    unit = await world.organisation("重庆样例研究院", "INSTITUTE", "500106")
    hr, today = await hr_of(world, unit, "500000"), person.served.registry.today()
    need = Need(
        kind="PART_TIME",
        post="讲座教授",
        post_series="01",
        series="01",
        level="SENIOR_DEPUTY",
        term=Period(today, today + timedelta(days=365)),
        workload_percent=40,
        text="每月讲学两次。",
        open_until=today + timedelta(days=30),
    )
    done = await opportunities.post(person.served.registry, hr, need, str(uuid4()))
    return UUID(done.result["opportunity_id"])


async def test_a_need_is_found_answered_and_the_answer_taken_back(person: Person) -> None:
    need = await posted(person)
    address, before = f"/me/opportunities/{need}", await ledger_length(person)
    listed = await person.get("/me/opportunities?series=01")
    assert f'href="{address}"' in listed.text
    assert "没有开放的需求" in (await person.get("/me/opportunities?series=02")).text
    fitting = await person.get("/me/opportunities?fit=1")
    assert fitting.text.count("符合：") == 4
    page = await person.get(address)
    for shown in ("重庆样例研究院", "每月讲学两次。", "40%", "户口、人事关系不变", "兼职"):
        assert shown in page.text
    assert await ledger_length(person) == before
    fields = {"act": "answer", "credential": str(person.credential), "until": "2099-01-01"}
    late = await person.send(address, fields, page)
    assert late.status_code == 400
    until = (person.served.registry.today() + timedelta(days=60)).isoformat()
    answered = await person.send(address, fields | {"until": until, "field": "NAME"}, page)
    assert (answered.status_code, answered.headers["location"]) == (303, address)
    page = await person.get(address)
    assert "撤回意向" in page.text
    assert "已表达意向" in (await person.get("/me/opportunities")).text
    answer = page.text.split('name="answer" value="', 1)[1][:36]
    assert (await person.send(address, {"act": "withdraw", "answer": answer}, page)).status_code == 303
    english = await person.served.http.get(address, headers={"Cookie": f"{person.cookie['Cookie']}; language=en"})
    assert "Express interest" in english.text
    assert (await person.get(f"/me/opportunities/{uuid4()}")).status_code == 404
    assert (await person.served.http.get("/me/opportunities")).status_code == 303


async def test_a_person_chooses_to_be_found_and_to_be_found_no_more(person: Person) -> None:
    form = await person.get("/me/consents")
    assert "不再被找到" not in form.text
    until = (person.served.registry.today() + timedelta(days=60)).isoformat()
    unreadable = await person.send("/me/matching", {"act": "grant", "until": "soon"}, form)
    assert unreadable.status_code == 400
    granted = await person.send("/me/matching", {"act": "grant", "until": until, "shown": "NAME"}, form)
    assert granted.headers["location"] == "/me/consents?done=matching"
    page = await person.get("/me/consents")
    assert "不再被找到" in page.text
    await person.send("/me/matching", {"act": "withdraw"}, page)
    assert "不再被找到" not in (await person.get("/me/consents")).text
