"""Sealed numbers open in their own place only, and are found by a keyed digest."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent_registry.signing import keys
from talent_registry.signing.keys import KeySet, new_material
from talent_registry.signing.sealing import SealBroken, Sealed, digest, list_digests, seal, unseal

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MATERIAL = new_material(NOW)
KEYSET = KeySet.of_material(MATERIAL)
NUMBER = "990000199001010001"


def reason(sealed: Sealed, context: bytes, keyset: KeySet = KEYSET) -> str:
    with pytest.raises(SealBroken) as broken:
        unseal(keyset, sealed, context)
    assert NUMBER not in repr(broken.value)
    return broken.value.reason


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.binary(max_size=40))
def test_what_is_sealed_opens_with_its_context(text: str, context: bytes) -> None:
    assert unseal(KEYSET, seal(KEYSET, text, context), context) == text


def test_the_same_number_is_never_sealed_alike_and_not_shown() -> None:
    first, second = seal(KEYSET, NUMBER, b"record"), seal(KEYSET, NUMBER, b"record")
    assert first.ciphertext != second.ciphertext
    assert NUMBER.encode() not in first.ciphertext
    assert repr(first) == f"Sealed(key_id={KEYSET.sealing_id!r})"


def test_a_sealed_number_moved_to_another_record_does_not_open() -> None:
    assert reason(seal(KEYSET, NUMBER, b"record"), b"other") == "ALTERED"


def test_an_altered_text_does_not_open() -> None:
    sealed = seal(KEYSET, NUMBER, b"record")
    for place in range(len(sealed.ciphertext)):
        changed = bytearray(sealed.ciphertext)
        changed[place] ^= 1
        assert reason(Sealed(sealed.key_id, bytes(changed)), b"record") == "ALTERED"
    assert reason(Sealed(sealed.key_id, sealed.ciphertext[:27]), b"record") == "MALFORMED"
    assert reason(Sealed("unknown", sealed.ciphertext), b"record") == "UNKNOWN_KEY"


def test_a_retired_key_opens_and_the_current_one_seals() -> None:
    sealed, found = seal(KEYSET, NUMBER, b"record"), digest(KEYSET, "RESIDENT_ID", NUMBER)
    rotated = json.loads(json.dumps(MATERIAL))
    for kind in ("sealing", "digest"):
        rotated[kind][0]["state"] = "retired"
        rotated[kind].append(keys.new_symmetric_key(NOW))
    later = KeySet.of_material(rotated)
    assert unseal(later, sealed, b"record") == NUMBER
    assert seal(later, NUMBER, b"record").key_id == rotated["sealing"][1]["id"]
    assert list_digests(later, "RESIDENT_ID", NUMBER) == [digest(later, "RESIDENT_ID", NUMBER), found]
    assert digest(later, "RESIDENT_ID", NUMBER) != found


def test_a_digest_depends_on_key_kind_and_number() -> None:
    found = digest(KEYSET, "RESIDENT_ID", NUMBER)
    assert found == digest(KEYSET, "RESIDENT_ID", NUMBER)
    assert len(found) == 32
    others = {
        digest(KEYSET, "PASSPORT", NUMBER),
        digest(KEYSET, "RESIDENT_ID", NUMBER[:-1]),
        digest(KEYSET, "RESIDENT_ID9", NUMBER[1:]),
        digest(KeySet.of_material(new_material(NOW)), "RESIDENT_ID", NUMBER),
    }
    assert len(others | {found}) == 5
