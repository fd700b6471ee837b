"""查询记录: who looked at a person's record, narrowed down in a form and taken home as a file."""

from uuid import uuid4

import pytest

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, accounts
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.web.pages import look_words, my_looks
from tests.web.conftest import PASSWORD
from tests.web.test_me_pages import Person, ledger_length, person
from tests.web.test_pages import hidden, post, sign_in

__all__ = ["person"]
PURPOSE = "岗位聘任审核"
GROUNDS = "我与该单位没有任何关系。"


def me_of(person: Person) -> Actor:
    return Actor(ActorKind.RESEARCHER, None, None, person.titles.person)


async def look(person: Person, purpose: str, *fields: PersonField) -> None:
    registry, titles = person.served.registry, person.titles
    await accesses.look_at(registry, titles.hr, titles.person, frozenset(fields), purpose, history=False)


async def test_the_looks_are_narrowed_down_in_a_form_and_the_file_holds_the_same(person: Person) -> None:
    await look(person, PURPOSE, PersonField.NAME)
    await look(person, "with: correctionCase", PersonField.HOUSEHOLD)
    before = await ledger_length(person)
    page = (await person.get("/me/looks")).text
    assert page.index("办理更正申请</td>") < page.index(f"{PURPOSE}</td>")
    assert "with: " not in page
    unit = page.split("四川样例大学</option>")[0].rsplit('value="', 1)[1].partition('"')[0]
    for asked, shown in (
        (f"who={unit}", {PURPOSE, "办理更正申请"}),
        (f"purpose={PURPOSE}", {PURPOSE}),
        ("purpose=办理更正申请", {"办理更正申请"}),
        ("shown=NAME", {PURPOSE}),
        ("shown=NOTHING", set()),
        ("who=people", set()),
        ("who=00000000-0000-0000-0000-000000000001", set()),
        ("since=2000-01-01&until=2000-01-02", set()),
    ):
        narrowed = (await person.get(f"/me/looks?{asked}")).text
        taken = (await person.get(f"/me/looks.csv?{asked}")).content.decode("utf-8-sig")
        for words in (PURPOSE, "办理更正申请"):
            assert (f"<td>{words}</td>" in narrowed) == (words in shown), asked
            assert (words in taken) == (words in shown), asked
        assert ("没有符合条件的查询记录" in narrowed) == (not shown)
    assert await ledger_length(person) == before


async def test_a_file_that_does_not_hold_every_look_says_so(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(my_looks, "_MOST_AT_ONCE", 1)
    for _ in range(2):
        await look(person, PURPOSE, PersonField.NAME)
    whole = (await person.get("/me/looks.csv")).content.decode("utf-8-sig").splitlines()
    assert (len(whole), "未列出" in whole[-1]) == (3, False)
    monkeypatch.setattr(my_looks, "_MOST_EXPORTED", 1)
    cut = (await person.get("/me/looks.csv")).content.decode("utf-8-sig").splitlines()
    assert (len(cut), "更早的查询未列出" in cut[-1]) == (3, True)


async def test_a_filter_that_makes_no_sense_says_so_and_stays_in_the_form(person: Person) -> None:
    await look(person, PURPOSE, PersonField.NAME)
    for path in ("/me/looks?since=yesterday", "/me/looks?since=2028-02-02&until=2028-02-01", "/me/looks.csv?until=x"):
        refused = await person.get(path)
        assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)
    assert 'value="2028-02-02"' in (await person.get("/me/looks?since=2028-02-02&until=2028-02-01")).text


async def test_a_look_is_reported_on_its_page_and_found_without_ground_by_the_authority(person: Person) -> None:
    await look(person, PURPOSE, PersonField.NAME)
    (one,) = (await accesses.list_accesses(person.served.registry, me_of(person), PageRequest())).items
    address = f"/me/wrong?fact=LOOK&look={one.id}"
    assert f'href="{address.replace("&", "&amp;")}"' in (await person.get("/me/looks")).text
    for nothing in ("/me/wrong?fact=LOOK", f"/me/wrong?fact=LOOK&look={uuid4()}", "/me/wrong?fact=LOOK&look=x"):
        assert (await person.get(nothing)).status_code == 404
    form = await person.get(address)
    for shown in ("投诉这次查询", "四川样例大学", PURPOSE, "姓名"):
        assert shown in form.text
    assert "should_read" not in form.text
    empty = await person.send("/me/wrong", {"fact": "LOOK", "look": str(one.id), "text": " "}, form)
    assert (empty.status_code, "投诉这次查询" in empty.text) == (400, True)
    sent = await person.send("/me/wrong", {"fact": "LOOK", "look": str(one.id), "text": GROUNDS}, form)
    assert sent.status_code == 303
    own = await person.get(sent.headers["location"])
    for shown in ("查询投诉", "办理机关", "四川省主管部门", GROUNDS, "撤回投诉"):
        assert shown in own.text
    asked = accounts.NewAccount("authority", PASSWORD, AccountKind.AUTHORITY, person.titles.sichuan)
    await accounts.open_account(person.served.registry, OPERATOR, asked, str(uuid4()))
    office = {"Cookie": (await sign_in(person.served, "authority")).headers["set-cookie"].partition(";")[0]}
    path = sent.headers["location"].removeprefix("/me")
    assert 'href="/corrections"' in (await person.served.http.get("/cases", headers=office)).text
    assert f'href="{path}"' in (await person.served.http.get("/corrections", headers=office)).text
    case = await person.served.http.get(path, headers=office)
    assert person.titles.public_number in case.text
    assert "更正登记" not in case.text
    fields = {"form_token": hidden(case, "form_token"), "form_key": hidden(case, "form_key"), "act": "uphold"}
    found = await post(person.served, path, {**fields, "text": "未能说明依据。"}, **office)
    assert found.status_code == 303
    for page in (await person.get(sent.headers["location"]), await person.served.http.get(path, headers=office)):
        assert "该次查询没有依据" in page.text
    english = {"Cookie": f"{person.cookie['Cookie']}; language=en"}
    told = (await person.served.http.get(sent.headers["location"], headers=english)).text
    for shown in ("A reported look", "The look had no ground", "Seen to by"):
        assert shown in told


async def test_pages_of_looks_keep_what_was_asked_for(person: Person) -> None:
    for _ in range(51):
        await look(person, PURPOSE, PersonField.NAME)
    await look(person, "另一用途", PersonField.NAME)
    first = (await person.get(f"/me/looks?purpose={PURPOSE}")).text
    assert first.count('<td class="when">') == 50
    following = first.partition("下一页")[0].rsplit('href="', 1)[1].partition('"')[0].replace("&amp;", "&")
    rest = (await person.get(following)).text
    assert (rest.count('<td class="when">'), "<td>另一用途</td>" in rest) == (1, False)


def test_what_the_registry_states_as_a_purpose_is_told_in_both_languages() -> None:
    assert look_words.purpose("with: placement").en == "Working on a placement"
    assert look_words.purpose("with: webhooks").zh == "办理其他事项时一并查看（webhooks）"
    assert look_words.purpose("verifyCredential").zh == "核验证书"
    assert look_words.purpose("聘任").en == "聘任"
