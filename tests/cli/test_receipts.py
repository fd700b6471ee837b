"""`talent-registry receipt verify` says whether a receipt is genuine, without a database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from talent_registry.signing import receipts
from talent_registry.signing.keys import KeySet, new_material
from tests.cli.conftest import Run

KEYSET = KeySet.of_material(new_material(datetime(2026, 11, 24, tzinfo=UTC)))
CLAIMS = {"kind": "DECISION", "outcome": "AUTO", "as_of": "2026-11-24", "iss": "https://registry.example"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The file of a receipt, and of the published keys."""
    (tmp_path / "receipt.jws").write_text(receipts.sign(KEYSET, CLAIMS))
    (tmp_path / "jwks.json").write_text(json.dumps(receipts.published(KEYSET)))
    return tmp_path / "receipt.jws", tmp_path / "jwks.json"


def test_a_genuine_receipt_is_told_in_both_languages(run: Run, files: tuple[Path, Path]) -> None:
    receipt, keys = files
    for ending in ("", "\n", "\r\n"):
        receipt.write_text(receipt.read_text().strip() + ending)
        told = run("receipt", "verify", str(receipt), "--jwks", str(keys))
        assert told.exit_code == 0
        assert "回执真实：DECISION AUTO" in told.output
        assert "The receipt is genuine: DECISION AUTO" in told.output
        assert '"iss": "https://registry.example"' in told.output


def test_a_changed_receipt_is_refused(run: Run, files: tuple[Path, Path]) -> None:
    receipt, keys = files
    right = receipt.read_text()
    for wrong, said in ((right[:-9] + "AAAAAAAAA", "altered"), (right[1:], "altered"), ("", "no receipt")):
        receipt.write_text(wrong)
        told = run("receipt", "verify", str(receipt), "--jwks", str(keys))
        assert told.exit_code == 1
        assert "不予认可" in told.output
        assert said in told.output


def test_other_keys_refuse_it_and_files_that_cannot_be_read_are_named(run: Run, files: tuple[Path, Path]) -> None:
    receipt, keys = files
    keys.write_text('{"keys": []}')
    assert run("receipt", "verify", str(receipt), "--jwks", str(keys)).exit_code == 1
    keys.write_text("[]")
    for told in (
        run("receipt", "verify", str(receipt), "--jwks", str(keys)),
        run("receipt", "verify", str(receipt), "--jwks", str(keys) + ".none"),
        run("receipt", "verify", str(receipt) + ".none", "--jwks", str(keys)),
        run("receipt", "verify", str(receipt), "--jwks", "https://127.0.0.1:1/jwks.json"),
        run("receipt", "verify", str(receipt), TALENT_REGISTRY_KEYS=str(receipt.parent / "none")),
    ):
        assert told.exit_code == 2
        assert "无法" in told.output or "没有" in told.output


def test_the_keys_of_this_machine_are_used_where_none_are_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "own-keys"
    (tmp_path / "receipt.jws").write_text(receipts.sign(KeySet.open(folder), CLAIMS))
    assert run("receipt", "verify", str(tmp_path / "receipt.jws"), TALENT_REGISTRY_KEYS=str(folder)).exit_code == 0
