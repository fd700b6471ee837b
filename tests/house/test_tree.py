"""What must not stand in any file: addresses of registries, paths of somebody's machine, secrets; and what must."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from talent_registry.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
OURS = re.compile(
    r"pypi\.org|files\.pythonhosted\.org|--(extra-)?index-url|--find-links|/(root)/|/(home|Users|work)/[a-z]"
)
# Files that speak about such addresses and paths because they forbid or tidy them.
SPEAKS_OF_THEM = {"tests/house/test_tree.py", "requirements/lock.sh"}
LOCKS = ("run", "test", "dev")


def tracked() -> Iterator[tuple[str, str]]:
    """Every text file of the tree that git would keep, with its text."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a sample in another encoding, or a picture


def test_no_registry_and_no_machine_stands_in_the_tree() -> None:
    if not (ROOT / ".git").exists():
        pytest.fail("run the house's tests in a checkout: they ask git for the files")
    found = [
        f"{name}: {match.group()}"
        for name, text in tracked()
        if name not in SPEAKS_OF_THEM and (match := OURS.search(text))
    ]
    assert found == []


def test_no_private_key_stands_in_the_tree() -> None:
    begin = "-----BEGIN "
    assert [name for name, text in tracked() if re.search(begin + r"[A-Z ]*PRIVATE KEY", text)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|index-url|find-links|/", text)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_no_lock_of_any_kind_names_an_address() -> None:
    """npm writes where each package came from and who asks for money: neither is needed to install by name and sum."""
    locks = {name: text for name, text in tracked() if re.search(r"(^|[/.-])lock(\.[a-z]+)?$", name)}
    assert {"tests/signing/package-lock.json", "tests/bench/peers/package-lock.json"} <= locks.keys()
    found = [f"{name}: {at.group()}" for name, text in locks.items() if (at := re.search(r"\S*://\S*", text))]
    assert found == []


def test_one_environment_can_hold_any_lock() -> None:
    run, *others = (pins(name) for name in LOCKS)
    for other in others:
        assert {name: other.get(name) for name in run} == run


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))


def test_passlib_is_the_maintained_fork() -> None:
    """passlib and libpass install the same files; together they break."""
    assert "libpass" in pins("dev")
    assert "passlib" not in pins("dev")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_newcomer_reads_both_commands(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_every_setting_is_described_and_documented() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert [name for name in Settings.model_fields if f"{PREFIX}{name.upper()}" not in text] == []


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_no_link_stands_in_the_tree() -> None:
    """A link leads somewhere on somebody's machine."""
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line for line in listed.stdout.splitlines() if line.startswith("120000")] == []
