"""An officer reads a document's number in full from the page of a credential, and the person reads that it was."""

import re

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.pages import PageRequest
from talent_registry.services import accesses
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
