"""What was pasted into the one box is told by its form alone."""

import pytest

from talent_registry.domain.pasted import PastedKind, recognise
from talent_registry.domain.shares import code_of, written
from tests.titles import document

CODE = code_of(bytes(range(32)))
LETTER = "018f3c1e-7c8a-7b7b-8d7e-0123456789ab"
CHECK = "0123456789abcdef0123"
RECEIPT = "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl-_"


@pytest.mark.parametrize(
    ("text", "kind", "value", "check"),
    [
        (written(CODE), PastedKind.SHARE_CODE, written(CODE), ""),
        (f" {CODE.lower()}\n", PastedKind.SHARE_CODE, CODE.lower(), ""),
        # Mistyped it was still meant as one.
        (CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), PastedKind.SHARE_CODE, None, ""),
        (f"https://registry.example/s#{CODE}", PastedKind.SHARE_CODE, CODE, ""),
        (f"registry.example/s/{written(CODE)}", PastedKind.SHARE_CODE, written(CODE), ""),
        (RECEIPT, PastedKind.RECEIPT, RECEIPT, ""),
        (RECEIPT[:20] + "\n" + RECEIPT[20:], PastedKind.RECEIPT, RECEIPT, ""),
        (f"https://registry.example/l/{LETTER}#{CHECK}", PastedKind.LETTER, LETTER, CHECK),
        (f"https://registry.example/l/{LETTER}", PastedKind.LETTER, LETTER, ""),
        (LETTER.upper(), PastedKind.LETTER, LETTER, ""),
        (document(1), PastedKind.DOCUMENT, document(1), ""),
        (f"{document(1)[:6]} {document(1)[6:14]} {document(1)[14:]}", PastedKind.DOCUMENT, document(1), ""),
        # As long as one, but its check character or its day is not one's.
        (document(1)[:-1] + ("0" if document(1)[-1] != "0" else "1"), PastedKind.CERTIFICATE, None, ""),
        ("511320200012345678", PastedKind.CERTIFICATE, None, ""),
        ("512020000001", PastedKind.CERTIFICATE, "512020000001", ""),
        ("川人社专（2020）第１号", PastedKind.CERTIFICATE, "川人社专（2020）第１号", ""),
        ("eyJ.is.not", PastedKind.CERTIFICATE, "eyJ.is.not", ""),
        ("", PastedKind.CERTIFICATE, "", ""),
    ],
)
def test_a_pasted_text_is_taken_for_what_its_form_says(
    text: str, kind: PastedKind, value: str | None, check: str
) -> None:
    found = recognise(text)
    assert found.kind is kind
    assert found.check == check
    assert value is None or found.value == value


def test_what_was_pasted_is_shown_by_no_repr() -> None:
    assert CODE not in repr(recognise(CODE))
