"""A host unit posts a need on a page, sees who answered, proposes to them, edits and closes it."""

import re
from datetime import timedelta
from uuid import UUID

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import opportunity_answers
from tests.web.conftest import Served
from tests.web.test_placement_pages import opened, visitor


async def test_a_need_is_posted_answered_proposed_from_edited_and_closed(served: Served) -> None:
    posts, host = await opened(served)
    days = {"term_from": posts.today, "term_until": posts.today + timedelta(days=300)}
    typed = {
        "kind": "PART_TIME",
        "post": "讲座教授",
        "post_series": "01",
        "series": "01",
        "level": "SENIOR_DEPUTY",
        "workload_percent": "30",
        "text": "每月讲学一次。",
        "open_until": str(posts.today + timedelta(days=60)),
    } | {name: str(value) for name, value in days.items()}
    page = await host.read("/unit/opportunities")
    refused = await host.send("/unit/opportunities", page, **(typed | {"open_until": "下月"}))
    assert refused.status_code == 400
    assert "每月讲学一次。" in refused.text
    posted = await host.send("/unit/opportunities", page, **typed)
    assert posted.status_code == 303
    path = posted.headers["location"]
    assert "目前没有有效的答复" in (await host.read(path)).text
    need = UUID(path.rpartition("/")[2])
    asked = opportunity_answers.NewAnswer(need, posts.person.credential, posts.today + timedelta(days=30))
    await opportunity_answers.answer(posts.registry, posts.person.me, asked, posts.world.key())
    answered = await host.read(path)
    assert posts.person.public_number in answered.text
    assert "现行版本" in answered.text
    edited = await host.send(path, answered, act="EDIT", **(typed | {"workload_percent": "25"}))
    assert edited.status_code == 303
    again = await host.read(path)
    assert "答复后已修改" in again.text
    same = await host.send(path, again, act="EDIT", **(typed | {"workload_percent": "25"}))
    assert same.status_code == 409
    english = await host.read(path, "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) <= {"中文", "讲座教授", "每月讲学一次", "旦增", "卓嘎"}
    proposed = await host.send(path, again, act="PROPOSE", person=posts.person.id)
    assert proposed.status_code == 303
    assert "25%" in (await host.read(proposed.headers["location"])).text
    stranger = await visitor(served, AccountKind.HR, unit=posts.other_host)
    assert (await stranger.read(path)).status_code == 404
    assert (await stranger.send(path, await stranger.read("/verify"), act="CLOSE")).status_code == 404
    assert (await host.send(path, again, act="CLOSE")).status_code == 303
    assert "已关闭" in (await host.read(path)).text
    assert "已关闭" in (await host.read("/unit/opportunities")).text


async def test_only_an_employers_office_has_needs(served: Served) -> None:
    posts, _ = await opened(served)
    officer = await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.chongqing)
    assert (await officer.read("/unit/opportunities")).status_code == 404
    assert (await served.http.get("/unit/opportunities")).status_code == 303
