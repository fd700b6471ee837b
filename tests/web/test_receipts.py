"""The published keys, and a letter by the address of its receipt."""

from jose.utils import base64url_decode

from talent_registry.domain.verification import Typed
from talent_registry.services import identities, letters, verification
from tests.web.conftest import Served


async def test_the_keys_of_receipts_are_published_and_may_be_kept_for_an_hour(served: Served) -> None:
    answer = await served.http.get("/.well-known/jwks.json")
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    (key,) = answer.json()["keys"]
    assert key["kid"] == served.registry.keys.receipt_id
    assert "d" not in key
    assert len(base64url_decode(key["x"].encode())) == 32
    again = await served.http.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_letter_is_downloaded_by_whoever_the_receipt_was_given_to(served: Served) -> None:
    await served.officer()
    token = (await served.sign_in())["accessToken"]
    registry = served.registry
    actor = await identities.actor_of_token(registry, token)
    asked = verification.Asked(Typed("NO-SUCH-0001", "李雷"), "核查")
    (receipt,) = (await verification.verify(registry, actor, asked, None, "here")).done.receipts
    address, mine = f"/letters/{receipt.id}.pdf", {"Authorization": f"Bearer {token}"}
    letter = await served.http.get(address, headers=mine)
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.headers["cache-control"] == "no-store"
    assert letters.read_letter(registry, letter.content)["verdict"] == "NOT_FOUND"
    assert (await served.http.get(address)).status_code == 401
    assert (await served.http.get(address, headers={"Authorization": "Bearer x"})).status_code == 401
    for absent in ("/letters/0.pdf", f"/letters/{receipt.id.hex[::-1]}.pdf"):
        refused = await served.http.get(absent, headers=mine)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "NOT_FOUND")
