"""The key set: private, made once, safe when two processes start at once."""

import copy
import json
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from talent_registry.signing import key_files, keys
from talent_registry.signing.keys import FILE_NAME, KeySet, KeyState, KeysUnusable, new_material

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_first_start_makes_a_private_folder_and_file(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "keys"
    KeySet.open(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == [FILE_NAME]


def test_the_second_start_opens_the_same_keys(tmp_path: Path) -> None:
    first, second = KeySet.open(tmp_path / "keys"), KeySet.open(tmp_path / "keys")
    assert repr(first) == repr(second)


def test_processes_that_start_at_once_end_with_the_same_keys(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from talent_registry.signing.keys import KeySet\n"
        "sys.stdin.readline(); print(KeySet.open(pathlib.Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert len(answers) == 1
    assert answers.pop().startswith("KeySet(")
    assert [each.name for each in (tmp_path / "keys").iterdir()] == [FILE_NAME]


def test_the_file_that_was_first_stays(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        key_files.write_once(tmp_path / FILE_NAME, content)
    assert (tmp_path / FILE_NAME).read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == [FILE_NAME]


def test_a_place_that_cannot_hold_keys_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeysUnusable, match="cannot be made in"):
        KeySet.open(tmp_path / "file" / "deep" / "keys")


@pytest.mark.parametrize(("name", "mode", "remedy"), [("", 0o750, "chmod 700"), (FILE_NAME, 0o640, "chmod 600")])
def test_what_others_may_read_is_refused_with_path_and_remedy(
    tmp_path: Path, name: str, mode: int, remedy: str
) -> None:
    KeySet.open(tmp_path / "keys")
    path = tmp_path / "keys" / name
    path.chmod(mode)
    with pytest.raises(KeysUnusable) as refused:
        KeySet.open(tmp_path / "keys")
    for words in (refused.value.message.zh, refused.value.message.en):
        assert f"{remedy} {path}" in words


def test_keys_of_another_user_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeySet.open(tmp_path / "keys")
    # Root may give the file away; anybody else becomes somebody else.
    if os.geteuid() == 0:
        os.chown(tmp_path / "keys" / FILE_NAME, 65534, 65534)
    else:
        stranger = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(KeysUnusable, match="belongs to another user"):
        KeySet.open(tmp_path / "keys")


def test_a_link_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    KeySet.open(tmp_path / "other")
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / FILE_NAME).symlink_to(tmp_path / "other" / FILE_NAME)
    with pytest.raises(KeysUnusable, match="may not be a link"):
        KeySet.open(tmp_path / "keys")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").touch()
    with pytest.raises(KeysUnusable, match="not a folder"):
        KeySet.open(tmp_path / "keys")


def test_a_mounted_folder_is_read_whatever_its_read_mode(tmp_path: Path) -> None:
    made = KeySet.open(tmp_path / "keys")
    mount = tmp_path / "mount"
    mount.mkdir(mode=0o755)
    (mount / "..data").write_bytes((tmp_path / "keys" / FILE_NAME).read_bytes())
    (mount / "..data").chmod(0o444)
    (mount / FILE_NAME).symlink_to("..data")
    assert repr(KeySet.mounted(mount)) == repr(made)
    (mount / "..data").chmod(0o666)
    with pytest.raises(KeysUnusable, match="chmod go-w"):
        KeySet.mounted(mount)


def test_nothing_is_made_in_a_mounted_folder(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="does not exist"):
        KeySet.mounted(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_repr_shows_no_key_and_a_key_set_is_not_pickled() -> None:
    material = new_material(NOW)
    keyset = KeySet.of_material(material)
    for kind in ("token", "sealing", "digest"):
        assert material[kind][0]["key"] not in repr(keyset)
    assert len(repr(keyset)) < 120
    for copying in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="not copied or pickled"):
            copying(keyset)


@pytest.mark.parametrize(
    "spoil",
    [
        "",
        "[]",
        "{}",
        '{"format": 2}',
        "two current keys",
        "no current key",
        "short key",
        "P-384",
        "the same id twice",
        "unknown state",
        "token is no list",
    ],
)
def test_a_spoilt_file_is_refused_without_its_content(tmp_path: Path, spoil: str) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    material = new_material(NOW)
    if spoil == "two current keys":
        material["sealing"].append(keys.new_symmetric_key(NOW))
    elif spoil == "no current key":
        material["token"][0]["state"] = "retired"
    elif spoil == "short key":
        material["digest"][0]["key"] = "c2hvcnQ="
    elif spoil == "P-384":
        private = ec.generate_private_key(ec.SECP384R1())
        material["token"][0]["key"] = keys._pem(private)
    elif spoil == "the same id twice":
        material["token"].append(material["token"][0] | {"state": "retired"})
    elif spoil == "unknown state":
        material["token"][0]["state"] = "asleep"
    elif spoil == "token is no list":
        material["token"] = 7
    text = spoil if spoil[:1] in {"", "[", "{"} else json.dumps(material)
    (tmp_path / "keys" / FILE_NAME).write_text(text, encoding="utf-8")
    (tmp_path / "keys" / FILE_NAME).chmod(0o600)
    with pytest.raises(KeysUnusable) as refused:
        KeySet.open(tmp_path / "keys")
    assert str(tmp_path / "keys" / FILE_NAME) in refused.value.message.zh
    assert refused.value.__cause__ is None
    assert "PRIVATE" not in str(refused.value)


def test_a_compromised_key_verifies_nothing_but_opens_what_it_sealed() -> None:
    material = new_material(NOW)
    material["token"].append(keys.new_token_key(NOW, KeyState.COMPROMISED))
    material["token"].append(keys.new_token_key(NOW, KeyState.NEXT))
    material["sealing"].append(keys.new_symmetric_key(NOW, KeyState.COMPROMISED))
    keyset = KeySet.of_material(material)
    assert len(keyset.token_verifiers) == 2
    assert material["token"][1]["id"] not in keyset.token_verifiers
    assert material["sealing"][1]["id"] in keyset.sealers
