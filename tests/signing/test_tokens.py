# Long because every way of spoiling a token is listed in one place.
"""Access tokens: what is ours and fresh is read, and every known trick is refused."""

import base64
import gc
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jws
from jose.utils import base64url_encode

from talent_registry.signing import keys, tokens
from talent_registry.signing.keys import KeySet, KeyState, new_material
from talent_registry.signing.tokens import AccessToken, TokenRefused, issue, read

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
MATERIAL = new_material(NOW)
KEYSET = KeySet.of_material(MATERIAL)
PRIVATE = keys._private_key(MATERIAL["token"][0]["key"])
PUBLIC_PEM = keys._public_pem(PRIVATE)


def claims(**changed: Any) -> dict[str, Any]:
    issued = int(NOW.timestamp())
    sound = {
        "iss": tokens.ISSUER,
        "aud": tokens.AUDIENCE,
        "sub": "account",
        "scope": "registry",
        "iat": issued,
        "exp": issued + 600,
        "jti": "one",
    }
    return {name: value for name, value in (sound | changed).items() if value is not ...}


def header(**changed: Any) -> dict[str, Any]:
    sound = {"alg": "ES256", "typ": tokens.TYPE, "kid": KEYSET.token_id}
    return {name: value for name, value in (sound | changed).items() if value is not ...}


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64url_encode(raw).decode()


def signed(head: object, body: object) -> str:
    """A token truly signed by the current key, whatever it says."""
    text = f"{encoded(head)}.{encoded(body)}"
    return f"{text}.{encoded(KEYSET.token_signer.sign(text.encode()))}"


def refusal(token: str, *, keyset: KeySet = KEYSET, now: datetime = NOW) -> str:
    with pytest.raises(TokenRefused) as refused:
        read(keyset, token, now=now)
    return refused.value.reason


def test_a_token_is_read_as_it_was_issued() -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=900, scope=("credentials", "placements", "credentials"))
    found = read(KEYSET, token, now=NOW)
    assert found == AccessToken(
        subject="account",
        scope=("credentials", "placements"),
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
        token_id=found.token_id,
    )
    assert read(KEYSET, token, now=NOW) is found
    assert jws.get_unverified_header(token) == header()


def test_each_token_has_its_own_id() -> None:
    first, second = (issue(KEYSET, "account", now=NOW, seconds=60) for _ in range(2))
    assert read(KEYSET, first, now=NOW).token_id != read(KEYSET, second, now=NOW).token_id
    assert read(KEYSET, first, now=NOW).scope == ()


def test_a_token_ends_at_its_last_second_even_when_it_was_read_before() -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=60)
    last = NOW + timedelta(seconds=60) - timedelta(microseconds=1)
    assert read(KEYSET, token, now=last).subject == "account"
    assert refusal(token, now=NOW + timedelta(seconds=60)) == "EXPIRED"


def test_a_clock_may_be_behind_by_five_seconds_only() -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=60)
    assert read(KEYSET, token, now=NOW - timedelta(seconds=5)).subject == "account"
    assert refusal(token, now=NOW - timedelta(seconds=6)) == "EARLY"
    fresh = issue(KEYSET, "account", now=NOW, seconds=60)
    assert refusal(fresh, now=NOW - timedelta(seconds=6)) == "EARLY"


@pytest.mark.parametrize("seconds", [0, -1, 901])
def test_no_token_is_issued_for_a_life_out_of_bounds(seconds: int) -> None:
    with pytest.raises(ValueError, match="1 to 900"):
        issue(KEYSET, "account", now=NOW, seconds=seconds)


def test_no_token_is_issued_for_a_naive_instant_or_nobody_or_too_long_a_scope() -> None:
    with pytest.raises(ValueError, match="aware"):
        issue(KEYSET, "account", now=NOW.replace(tzinfo=None), seconds=60)
    with pytest.raises(ValueError, match="subject"):
        issue(KEYSET, "", now=NOW, seconds=60)
    with pytest.raises(ValueError, match="512"):
        issue(KEYSET, "account", now=NOW, seconds=60, scope=("x" * 513,))


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (header(alg="none"), "ALGORITHM"),
        (header(alg="None"), "ALGORITHM"),
        (header(alg="HS256"), "ALGORITHM"),
        (header(alg="RS256"), "ALGORITHM"),
        (header(alg="ES384"), "ALGORITHM"),
        (header(alg=["ES256"]), "ALGORITHM"),
        (header(alg=...), "ALGORITHM"),
        (header(typ="JWT"), "TYPE"),
        (header(typ=...), "TYPE"),
        (header(typ="AT+JWT"), "TYPE"),
        (header(kid=...), "HEADER"),
        (header(kid="another"), "KEY"),
        (header(kid=7), "KEY"),
        (header(kid=["a"]), "KEY"),
        (header(crit=["exp"]), "HEADER"),
        (header(jku="https://attacker.example/keys"), "HEADER"),
        (header(x5u="https://attacker.example/chain"), "HEADER"),
        (header(jwk={"kty": "EC"}), "HEADER"),
        (header(b64=False), "HEADER"),
        ([1], "MALFORMED"),
        (b'{"alg":"ES256","alg":"ES256"}', "MALFORMED"),
        (b"\xff", "MALFORMED"),
        (b"[" * 700, "MALFORMED"),
    ],
)
def test_a_header_of_another_kind_is_refused(head: object, reason: str) -> None:
    assert refusal(signed(head, claims())) == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (claims(iss=...), "ISSUER"),
        (claims(iss="another"), "ISSUER"),
        (claims(aud=...), "AUDIENCE"),
        (claims(aud="another"), "AUDIENCE"),
        (claims(aud=[tokens.AUDIENCE, "another"]), "AUDIENCE"),
        (claims(sub=...), "CLAIMS"),
        (claims(sub=""), "CLAIMS"),
        (claims(sub=7), "CLAIMS"),
        (claims(sub="x" * 513), "CLAIMS"),
        (claims(jti=...), "CLAIMS"),
        (claims(jti=""), "CLAIMS"),
        (claims(scope=["registry"]), "CLAIMS"),
        (claims(exp=...), "TIMES"),
        (claims(iat=...), "TIMES"),
        (claims(exp=str(int(NOW.timestamp()) + 60)), "TIMES"),
        (claims(exp=NOW.timestamp() + 60.5), "TIMES"),
        (claims(iat=True), "TIMES"),
        (claims(exp=int(NOW.timestamp()) + 901), "TIMES"),
        (claims(exp=10**30, iat=10**30 - 1), "TIMES"),
        (claims(iat=-1, exp=1), "TIMES"),
        (claims(nbf=0), "TIMES"),
        (claims(exp=int(NOW.timestamp())), "TIMES"),
        (claims(iat=int(NOW.timestamp()) - 700, exp=int(NOW.timestamp())), "EXPIRED"),
        (claims(iat=int(NOW.timestamp()) + 60), "EARLY"),
        (json.dumps(claims()).encode()[:-1] + b',"sub":"other"}', "MALFORMED"),
        (json.dumps(claims()).encode()[:-1] + b',"x":NaN}', "MALFORMED"),
        (b"[]", "MALFORMED"),
    ],
)
def test_claims_of_another_kind_are_refused(body: object, reason: str) -> None:
    assert refusal(signed(header(), body)) == reason


def test_claims_we_do_not_know_are_left_alone() -> None:
    assert read(KEYSET, signed(header(), claims(client_id="agency")), now=NOW).subject == "account"


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    public = PRIVATE.public_key()
    encoding, form = serialization.Encoding, serialization.PublicFormat.SubjectPublicKeyInfo
    der = public.public_bytes(encoding.DER, form)
    for secret in (der, base64.b64encode(der)):
        token = jws.sign(claims(), secret, headers={"typ": tokens.TYPE, "kid": KEYSET.token_id}, algorithm="HS256")
        assert refusal(token) == "ALGORITHM"


def test_an_unsigned_token_is_refused() -> None:
    text = f"{encoded(header(alg='none'))}.{encoded(claims())}"
    assert refusal(f"{text}.") == "MALFORMED"
    assert refusal(f"{text}.AAAA") == "ALGORITHM"
    assert refusal(f"{encoded(header())}.{encoded(claims())}.AAAA") == "SIGNATURE"


def test_a_der_signature_is_refused() -> None:
    text = f"{encoded(header())}.{encoded(claims())}"
    der = PRIVATE.sign(text.encode(), ec.ECDSA(SHA256()))
    assert refusal(f"{text}.{encoded(der)}") == "SIGNATURE"


def test_a_token_of_another_deployment_is_refused() -> None:
    other = KeySet.of_material(new_material(NOW))
    assert refusal(issue(other, "account", now=NOW, seconds=60)) == "KEY"
    text = f"{encoded(header())}.{encoded(claims())}"
    assert refusal(f"{text}.{encoded(other.token_signer.sign(text.encode()))}") == "SIGNATURE"


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _, signature = issue(KEYSET, "account", now=NOW, seconds=60).split(".")
    assert refusal(f"{head}.{encoded(claims(sub='other'))}.{signature}") == "SIGNATURE"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token + "=",
        lambda token: token + ".",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.replace(".", ".\n", 1),
        lambda token: token.rsplit(".", 1)[0],
        lambda token: token + ".AAAA",
        lambda _: "",
        lambda _: "x" * 3000,
        lambda token: token[:-1] + "é",
        lambda token: token[:-1] + "\ud800",
        lambda token: token + "AAAAA",
        # The 86th character of 64 bytes carries four idle bits.
        lambda token: token[:-1] + chr(ord(token[-1]) + 1),
    ],
)
def test_a_token_has_one_spelling(spoil: Callable[[str], str]) -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=60)
    assert read(KEYSET, token, now=NOW).subject == "account"
    assert refusal(spoil(token)) in {"MALFORMED", "SIGNATURE"}


def test_a_retired_key_still_verifies_and_the_next_one_already_does() -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=60)
    rotated = json.loads(json.dumps(MATERIAL))
    rotated["token"][0]["state"] = "retired"
    rotated["token"].append(keys.new_token_key(NOW))
    later = KeySet.of_material(rotated)
    assert read(later, token, now=NOW).subject == "account"
    fresh = issue(later, "account", now=NOW, seconds=60)
    assert refusal(fresh) == "KEY"
    prepared = json.loads(json.dumps(MATERIAL))
    prepared["token"].append(rotated["token"][1] | {"state": KeyState.NEXT.value})
    assert read(KeySet.of_material(prepared), fresh, now=NOW).subject == "account"


def test_a_token_of_a_compromised_key_is_refused_although_it_was_read_before() -> None:
    token = issue(KEYSET, "account", now=NOW, seconds=60)
    assert read(KEYSET, token, now=NOW).subject == "account"
    rotated = json.loads(json.dumps(MATERIAL))
    rotated["token"][0]["state"] = "compromised"
    rotated["token"].append(keys.new_token_key(NOW))
    assert refusal(token, keyset=KeySet.of_material(rotated)) == "KEY"


def test_the_memory_of_read_tokens_is_bounded_and_ends_with_the_key_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_CACHED_TOKENS", 3)
    keyset = KeySet.of_material(new_material(NOW))
    for _ in range(5):
        read(keyset, issue(keyset, "account", now=NOW, seconds=60), now=NOW)
    assert len(tokens._verified[keyset]) == 3
    before = len(tokens._verified)
    del keyset
    gc.collect()
    assert len(tokens._verified) < before


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,90}", fullmatch=True)))
def test_whatever_is_sent_is_refused_and_never_fails_otherwise(token: str) -> None:
    assert refusal(token)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "crit"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)),
    ),
    st.dictionaries(
        st.sampled_from(["iss", "aud", "sub", "iat", "exp", "jti", "scope"]),
        st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2)),
        min_size=1,
    ),
)
def test_signed_nonsense_is_refused_and_never_fails_otherwise(head: dict[str, Any], body: dict[str, Any]) -> None:
    for token in (signed(header(), claims(**body)), signed(header(**head), claims(**body))):
        with suppress(TokenRefused):
            assert isinstance(read(KEYSET, token, now=NOW), AccessToken)
