"""What a person says of themselves and to whom, the list of looks to take home, and the facts as a page to print."""

from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses
from tests.web.test_me_pages import Person, ledger_length, person

__all__ = ["person"]
SAID = {
    "email": "jade@example.cn",
    "phone": "+86 13800138000",
    "discipline": "教育学",
    "keywords": "课程论、教学论；课程论",
    "orcid": "0000-0002-1825-0097",
    "shown_CONTACT": "PRIVATE",
    "shown_DISCIPLINE": "PUBLIC",
    "shown_KEYWORDS": "RECOGNISED_PARTIES",
    "shown_ORCID": "PUBLIC",
}


async def test_a_profile_is_said_item_by_item_and_shows_what_each_viewer_sees(person: Person) -> None:
    form = await person.get("/me/profile")
    assert "未填写，无人看到" in form.text
    wrong = await person.send("/me/profile", SAID | {"orcid": "0000-0002-1825-0098"}, form)
    assert wrong.status_code == 400
    assert 'aria-invalid="true"' in wrong.text
    assert 'value="jade@example.cn"' in wrong.text
    saved = await person.send("/me/profile", SAID, form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/me/profile?done=saved")
    before = await ledger_length(person)
    page = await person.get("/me/profile")
    assert 'value="课程论；教学论"' in page.text
    # Discipline and ORCID to anyone, keywords to the parties alone, contact to nobody.
    assert page.text.count("看不到") == 3
    assert page.text.count("未填写") == 0
    english = await person.served.http.get("/me/profile", headers={"Cookie": f"{person.cookie['Cookie']}; language=en"})
    assert english.text.count("Does not see it") == 3
    registry, hr = person.served.registry, person.titles.hr
    fields = frozenset({PersonField.CONTACT, PersonField.KEYWORDS})
    seen = await accesses.look_at(registry, hr, person.titles.person, fields, "聘任审核", history=False)
    assert set(seen.profile) == {PersonField.KEYWORDS}
    assert await ledger_length(person) == before
    await person.send("/me/profile", {}, page)
    assert "未填写，无人看到" in (await person.get("/me/profile")).text
    assert (await person.served.http.get("/me/profile")).status_code == 303


async def test_the_looks_are_taken_home_and_nothing_in_them_is_a_formula(person: Person) -> None:
    purpose = '=HYPERLINK("http://example.org")'
    for _ in range(101):
        await accesses.look_at(
            person.served.registry,
            person.titles.hr,
            person.titles.person,
            frozenset({PersonField.NAME}),
            purpose,
            history=False,
        )
    taken = await person.get("/me/looks.csv")
    assert taken.headers["content-disposition"] == 'attachment; filename="looks.csv"'
    lines = taken.content.decode("utf-8-sig").strip().split("\r\n")
    assert (lines[0], len(lines)) == ("时间,查询人,查看内容,用途,依据", 102)
    assert "四川样例大学,姓名,\"'=HYPERLINK" in lines[101]
    assert "/me/looks.csv" in (await person.get("/me/looks")).text
    assert (await person.served.http.get("/me/looks.csv")).status_code == 303


async def test_the_verified_facts_are_printed_in_both_languages_apart_from_what_the_person_says(person: Person) -> None:
    form = await person.get("/me/profile")
    await person.send("/me/profile", SAID, form)
    page = await person.get("/me/cv")
    for shown in (
        "副教授",
        "Associate Professor",
        "四川样例大学",
        "512020000001",
        "未经核实",
        "not verified",
        "0000-0002",
    ):
        assert shown.lower() in page.text.lower()
    assert person.titles.document_number not in page.text
    assert "有争议" not in page.text
    wrong = f"/me/wrong?fact=LEVEL&credential={person.credential}"
    fields = {"fact": "LEVEL", "credential": str(person.credential), "text": "与证书不符。"}
    await person.send("/me/wrong", fields, await person.get(wrong))
    assert "有争议" in (await person.get("/me/cv")).text
