"""The rooms of the house and what may stand in them."""

import re
import subprocess
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 300
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager"}
# The modules whose business the environment is, and the tests' own switches.
READS_ENVIRONMENT = {"talent_registry/settings.py"}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_imports_run_downward() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-1000:]


def test_no_folder_shadows_a_library() -> None:
    shadows = [*ROOT.glob("graphql/**/*.py"), *ROOT.glob("alembic/**/__init__.py"), *ROOT.glob("tests/**/__init__.py")]
    assert shadows == []
    assert not (ROOT / "talent_registry" / "graphql").exists()
    assert not (ROOT / "talent_registry" / "alembic").exists()
    assert not (ROOT / "alembic.ini").exists()


def test_no_room_is_named_for_nothing() -> None:
    assert [path for path in sources("talent_registry") if FORBIDDEN_NAMES & {path.stem, *path.parts}] == []


def test_no_file_outgrows_the_house_without_a_reason() -> None:
    """The reason is a comment before the first statement that begins with `# Long because`."""
    long = [path for path in sources("talent_registry", "tests", "alembic") if length(path) > LONGEST]
    unexplained = [path for path in long if not path.read_text(encoding="utf-8").startswith("# Long because")]
    assert {str(path.relative_to(ROOT)): length(path) for path in unexplained} == {}


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_module_says_what_lives_there() -> None:
    mute = []
    for path in sources("talent_registry"):
        with path.open("rb") as file:
            first = next(
                token
                for token in tokenize.tokenize(file.readline)
                if token.type not in {tokenize.ENCODING, tokenize.COMMENT, tokenize.NL}
            )
        if first.type != tokenize.STRING:
            mute.append(str(path.relative_to(ROOT)))
    assert mute == []


def test_only_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources("talent_registry")
        if "os.environ" in (text := path.read_text(encoding="utf-8")) or "getenv" in text
    }
    assert readers <= READS_ENVIRONMENT


def test_no_pattern_is_possessive() -> None:
    # Python before 3.11.5 forgets part of what a possessive group of alternatives matched.
    possessive = re.compile(r"""r["'].*(?:[*+?}]\+|\(\?>)""")
    found = [path.name for path in sources("talent_registry") if possessive.search(path.read_text(encoding="utf-8"))]
    assert found == []
