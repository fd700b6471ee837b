"""An officer reads a document's number in full from the page of a credential, and the person reads that it was."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents
from talent_registry.web.pages import me_words
from tests.web.conftest import Served
from tests.web.test_placement_pages import opened, visitor


async def test_the_number_is_shown_once_with_its_purpose_and_the_person_sees_the_look(served: Served) -> None:
    posts, host = await opened(served)
    officer = await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.sichuan)
    page = await officer.read(f"/credentials/{posts.person.credential}")
    assert posts.titles.document_number not in page.text
    (address,) = set(re.findall(r'action="(/people/[^"]+/numbers)"', page.text))
    shown = await officer.send(address, page, purpose="核对证件", legal_basis="STATUTORY_DUTY")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert posts.titles.document_number in shown.text
    for basis in ("STATUTORY_DUTY", "CONSENT", "CURIOSITY"):
        refused = await host.send(address, await host.read("/verify"), purpose="核对证件", legal_basis=basis)
        assert (refused.status_code, posts.titles.document_number in refused.text) == (404, False)
    assert (await officer.read(address)).status_code == 405
    seen = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    assert "完整证件号码" in me_words.basis(seen.items[-1].basis).zh


async def test_a_unit_reads_the_number_by_consent_alone_and_not_a_moment_longer(served: Served) -> None:
    posts, host = await opened(served)
    placement = await posts.propose()
    number, path = posts.titles.document_number, f"/placements/{placement}"
    assert "查看完整证件号码" not in (await host.read(path)).text
    form = await host.read(f"/people/numbers?number={posts.person.public_number}")
    typed = {"number": posts.person.public_number, "purpose": "办理聘用手续"}
    before = await host.send("/people/numbers", form, **typed)
    unknown = await host.send("/people/numbers", form, **{**typed, "number": "TR-0000-0000-0000-9990"})
    assert (before.status_code, number in before.text) == (404, False)
    assert unknown.status_code in (400, 404)
    new = consents.NewConsent(posts.host, "办理聘用手续", (PersonField.DOCUMENTS,), posts.today + timedelta(days=30))
    given = await consents.grant(posts.registry, posts.person.me, new, str(uuid4()))
    page = await host.read(path)
    assert "本人已授权贵单位查看" in page.text
    (address,) = set(re.findall(r'action="(/people/[^"]+/numbers)"', page.text))
    for shown in (
        await host.send(address, page, purpose="办理聘用手续", legal_basis="CONSENT"),
        await host.send("/people/numbers", form, **typed),
    ):
        assert (shown.status_code, number in shown.text) == (200, True)
    seen = (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest(), newest_first=True)).items
    full = [one for one in seen if "FULL_NUMBER" in one.basis]
    assert [(one.organisation_id, one.purpose, one.basis) for one in full] == [
        (posts.host, "办理聘用手续", "CONSENTED+FULL_NUMBER")
    ] * 2
    english = await host.read("/people/numbers", "en")
    assert "Read document numbers by consent" in english.text
    await consents.withdraw(posts.registry, posts.person.me, UUID(given.result["consent_id"]), str(uuid4()))
    assert "查看完整证件号码" not in (await host.read(path)).text
    for refused in (
        await host.send(address, page, purpose="办理聘用手续", legal_basis="CONSENT"),
        await host.send("/people/numbers", await host.read("/people/numbers"), **typed),
    ):
        assert (refused.status_code, number in refused.text) == (404, False)
    officer = await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.sichuan)
    assert (await officer.read("/people/numbers")).status_code == 404
    assert (await served.http.get("/people/numbers")).status_code == 303
