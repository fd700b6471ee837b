"""Receipts are verified by the published keys alone, and any other byte is refused."""

import base64
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jose import jws as tokens

from talent_registry.signing import receipts
from talent_registry.signing.keys import FILE_NAME, KeySet, KeyState, KeysUnusable, new_material, new_token_key
from talent_registry.signing.tokens import TokenRefused, issue, read
from tests.conftest import JOSE

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
MATERIAL = new_material(NOW)
KEYSET = KeySet.of_material(MATERIAL)
CLAIMS: dict[str, Any] = {"jti": "1", "kind": "VERIFICATION", "verdict": "VALID", "message": {"zh": "有效", "en": "ok"}}
RECEIPT = receipts.sign(KEYSET, CLAIMS)
PUBLISHED = json.loads(json.dumps(receipts.published(KEYSET)))
JAVASCRIPT = Path(__file__).parent / "verify_with_jose.mjs"
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_receipt.py"


def refusal(receipt: str, keyset: KeySet = KEYSET) -> str:
    with pytest.raises(receipts.ReceiptRefused) as refused:
        receipts.verify(keyset.receipt_verifiers, receipt)
    return refused.value.reason


def with_header(**changes: str | None) -> str:
    """The receipt under another header."""
    header = {"alg": "ES256", "kid": KEYSET.receipt_id, "typ": receipts.TYPE, **changes}
    written = json.dumps({name: value for name, value in header.items() if value is not None}).encode()
    return base64.urlsafe_b64encode(written).rstrip(b"=").decode() + RECEIPT[RECEIPT.index(".") :]


def test_a_receipt_is_verified_by_the_published_keys_alone() -> None:
    assert receipts.verify(receipts.read_published(PUBLISHED), RECEIPT) == CLAIMS
    assert "d" not in PUBLISHED["keys"][0]
    assert {one["alg"] for one in PUBLISHED["keys"]} == {"ES256"}


def test_a_receipt_with_any_one_byte_changed_is_refused() -> None:
    for place, right in enumerate(RECEIPT):
        for wrong in {"A", "B", "_", ".", "=", "\n", chr((ord(right) ^ 1) & 127)} - {right}:
            refusal(RECEIPT[:place] + wrong + RECEIPT[place + 1 :])
    for longer in (RECEIPT + "A", RECEIPT + "=", " " + RECEIPT, RECEIPT[:-1]):
        refusal(longer)


def test_each_other_spelling_of_the_same_signature_is_refused() -> None:
    # 64 bytes leave four bits of the last character unused: sixteen spellings of one signature.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = []
    for last in alphabet:
        try:
            receipts.verify(KEYSET.receipt_verifiers, RECEIPT[:-1] + last)
        except receipts.ReceiptRefused:
            continue
        accepted.append(last)
    assert accepted == [RECEIPT[-1]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"alg": "none"}, "ALGORITHM"),
        ({"alg": "HS256"}, "ALGORITHM"),
        ({"alg": None}, "ALGORITHM"),
        ({"typ": "at+jwt"}, "TYPE"),
        ({"typ": receipts.LETTER_TYPE}, "TYPE"),
        ({"kid": "another"}, "KEY"),
        ({"jku": "https://evil.example/"}, "HEADER"),
        ({"kid": None}, "HEADER"),
    ],
)
def test_another_header_is_refused(changes: dict[str, str | None], reason: str) -> None:
    assert refusal(with_header(**changes)) == reason


def test_a_receipt_signed_with_the_published_key_as_a_secret_is_refused() -> None:
    secret = json.dumps(PUBLISHED["keys"][0])
    header = {"typ": receipts.TYPE, "kid": KEYSET.receipt_id}
    assert refusal(tokens.sign(CLAIMS, secret, headers=header, algorithm="HS256")) == "ALGORITHM"


def test_an_access_token_is_no_receipt_and_a_receipt_no_access_token() -> None:
    assert refusal(issue(KEYSET, "account", now=NOW, seconds=900)) == "TYPE"
    with pytest.raises(TokenRefused, match="TYPE"):
        read(KEYSET, RECEIPT, now=NOW)
    assert KEYSET.receipt_id not in KEYSET.token_verifiers


def test_hostile_texts_are_refused_and_never_fail() -> None:
    for text in ("", "a.b", "a.b.c", "e30.e30.e30", "é.b.c", "A" * 40_000, f"{'W' * 9_999}.e30.AA"):
        assert refusal(text) in {"MALFORMED", "ALGORITHM", "CLAIMS"}


def test_a_retired_key_stays_published_and_a_compromised_one_verifies_nothing() -> None:
    (old,) = MATERIAL["receipt"]
    later = [new_token_key(NOW), new_token_key(NOW, KeyState.NEXT)]

    def keyset(state: KeyState) -> KeySet:
        return KeySet.of_material({**MATERIAL, "receipt": [*later, {**old, "state": state.value}]})

    retired, compromised = keyset(KeyState.RETIRED), keyset(KeyState.COMPROMISED)
    assert receipts.verify(retired.receipt_verifiers, RECEIPT) == CLAIMS
    assert [one["kid"] for one in receipts.published(retired)["keys"]] == [later[0]["id"], later[1]["id"], old["id"]]
    assert refusal(RECEIPT, compromised) == "KEY"
    assert old["id"] not in [one["kid"] for one in receipts.published(compromised)["keys"]]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"keys": {}},
        {"keys": [1]},
        {"keys": [{"kty": "EC"}]},
        {"keys": [{"kid": "1", "kty": "EC", "crv": "P-256", "x": "!", "y": "A"}]},
    ],
)
def test_what_is_no_key_set_is_said_to_be_none(document: object) -> None:
    with pytest.raises(ValueError, match="key"):
        receipts.read_published(document)


def test_a_key_set_with_a_secret_verifies_nothing() -> None:
    private = {**KEYSET.receipt_signer.as_dict(private=True), "kid": "1"}
    assert receipts.read_published({"keys": [private, {"kty": "oct", "k": "AAAA", "kid": "2"}]}) == {}


def test_a_key_file_of_an_older_version_is_given_receipt_keys_once(tmp_path: Path) -> None:
    before = KeySet.open(tmp_path / "keys")
    path = tmp_path / "keys" / FILE_NAME
    material = json.loads(path.read_text())
    del material["receipt"]
    path.write_text(json.dumps(material))
    first, second = KeySet.open(tmp_path / "keys"), KeySet.open(tmp_path / "keys")
    assert repr(first) == repr(before)
    assert first.receipt_id == second.receipt_id != before.receipt_id
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [FILE_NAME]
    path.write_text(json.dumps(material))
    with pytest.raises(KeysUnusable, match="receipt"):
        KeySet.mounted(tmp_path / "keys")


def test_the_script_in_the_documents_verifies_a_receipt_and_refuses_a_changed_one(tmp_path: Path) -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 30
    (tmp_path / "jwks.json").write_text(json.dumps(PUBLISHED))
    last = "A" if RECEIPT[-1] != "A" else "B"
    for text, code in ((RECEIPT, 0), (RECEIPT[:-1] + last, 1), (RECEIPT.replace(".", "", 1), 1)):
        (tmp_path / "receipt.jws").write_text(text)
        asked = [sys.executable, str(SCRIPT), str(tmp_path / "receipt.jws"), str(tmp_path / "jwks.json")]
        ran = subprocess.run(asked, capture_output=True, check=False)
        assert ran.returncode == code
        assert (json.loads(ran.stdout) == CLAIMS) if code == 0 else (b"REFUSED" in ran.stderr)


def test_a_receipt_with_any_one_bit_of_its_parts_changed_is_refused() -> None:
    parts = [bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in RECEIPT.split(".")]

    def written() -> str:
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    assert written() == RECEIPT
    for part in parts:
        for place in range(len(part) * 8):
            part[place >> 3] ^= 1 << (place & 7)
            refusal(written())
            part[place >> 3] ^= 1 << (place & 7)


@pytest.mark.needs_system("node")
@pytest.mark.needs_system("jose")
def test_a_receipt_is_verified_by_a_library_of_another_language_and_refused_however_changed(tmp_path: Path) -> None:
    (tmp_path / "receipt.jws").write_text(RECEIPT)
    (tmp_path / "jwks.json").write_text(json.dumps(PUBLISHED))
    # Node looks for libraries beside the script.
    (tmp_path / "node_modules").symlink_to(JOSE)
    script = shutil.copy(JAVASCRIPT, tmp_path)
    told = subprocess.run(
        ["node", script, tmp_path / "receipt.jws", tmp_path / "jwks.json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = re.fullmatch(r"VERIFICATION VALID: genuine; 0 of its (\d+) changes accepted", told.stdout.strip())
    assert (told.returncode, told.stderr) == (0, "")
    assert said
    assert int(said[1]) > 8 * len(RECEIPT) / 2
