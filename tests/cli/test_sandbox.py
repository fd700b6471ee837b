"""`talent-registry sandbox found`: the documented people, once; nothing where this is no sandbox."""

from talent_registry.domain.sandbox import documented
from tests.cli.conftest import Run


def test_a_sandbox_is_founded_and_founded_again(run: Run) -> None:
    first = run("--lang", "zh", "sandbox", "found", TALENT_REGISTRY_SANDBOX="true")
    again = run("--lang", "en", "sandbox", "found", TALENT_REGISTRY_SANDBOX="true")
    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert "The sandbox is ready." in again.output
    for one in documented():
        assert f"{one.number}  {one.name}  {one.fate.verdict}" in first.output
    refused = run("--lang", "en", "sandbox", "found")
    assert refused.exit_code == 3
    assert "TALENT_REGISTRY_SANDBOX=true" in refused.output
