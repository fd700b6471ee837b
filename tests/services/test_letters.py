"""A letter proves itself, is refused after any change, and its QR code tells what became since."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from talent_registry.cli.program import app
from talent_registry.documents.letters import LARGEST, Letter, NoLetter, Section, attached_receipt, letter_pdf
from talent_registry.domain.credentials import Standing
from talent_registry.domain.errors import Limited, NotFound
from talent_registry.domain.messages import Message
from talent_registry.domain.verification import Typed
from talent_registry.services import letters, standing, verification
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.receipts import published_keys
from talent_registry.storage.ids import new_id
from tests.registries import World
from tests.titles import NAME, NUMBER, Titles, open_titles

WORDS = Message(zh="证书", en="Certificate")


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


async def given(titles: Titles, number: str = NUMBER) -> verification.Verification:
    asked = verification.Asked(Typed(number, NAME), "聘任审核")
    return await verification.verify(titles.world.registry, titles.hr, asked, titles.world.key(), "here")


def refusal(titles: Titles, content: bytes) -> str:
    with pytest.raises(NoLetter) as refused:
        letters.read_letter(titles.world.registry, content)
    return refused.value.reason


async def test_a_letter_proves_itself_and_is_refused_after_any_change(titles: Titles, tmp_path: Path) -> None:
    await titles.record()
    (receipt,) = (await given(titles)).done.receipts
    registry = titles.world.registry
    letter, again = [await letters.make_letter(registry, titles.hr, receipt.id) for _ in range(2)]
    claims = letters.read_letter(registry, letter)
    assert (claims["jti"], claims["certificate"]["number"]) == (str(receipt.id), NUMBER)
    assert attached_receipt(letter) == receipt.compact
    (tmp_path / "letter.pdf").write_bytes(letter)
    (tmp_path / "altered.pdf").write_bytes(letter.replace(b"/Type", b"/type", 1))
    (tmp_path / "jwks.json").write_text(json.dumps(published_keys(registry)))
    for name, code in (("letter.pdf", 0), ("altered.pdf", 1)):
        asked = ["receipt", "verify", str(tmp_path / name), "--jwks", str(tmp_path / "jwks.json")]
        assert CliRunner().invoke(app, asked).exit_code == code
    mark = letter.rfind(b"\n%talent")
    assert letter[:mark] == again[:mark]
    # Each byte of the head, the seal and the end; of the rest, enough of them.
    places = [*range(40), *range(40, mark, 97), *range(mark, len(letter))]
    for place in places:
        assert refusal(titles, letter[:place] + bytes([letter[place] ^ 1]) + letter[place + 1 :]) != "NO_RECEIPT"
    for wrong in (letter + b"\n", letter[:-1], b" " + letter, letter[:mark], letter + letter):
        refusal(titles, wrong)


async def test_hostile_files_are_refused(titles: Titles) -> None:
    for content, reason in (
        (b"", "NOT_SEALED"),
        (b"%PDF-1.7\n", "NOT_SEALED"),
        (b"%PDF-1.7\n%talent-registry-seal a.b.c\n", "ALTERED"),
        (b"%PDF-1.7\n%talent-registry-seal \xff\n", "ALTERED"),
        (b"%PDF-1.7\n" + b"<<" * 50_000 + b"\n%talent-registry-seal a.b.c\n", "ALTERED"),
        (b"%PDF-" + bytes(LARGEST), "SIZE"),
    ):
        assert refusal(titles, content) == reason


async def test_a_letter_is_for_its_asker_and_for_the_person(titles: Titles) -> None:
    (receipt,) = (await given(titles, "NO-SUCH-0001")).done.receipts
    registry = titles.world.registry
    assert letters.read_letter(registry, await letters.make_letter(registry, titles.hr, receipt.id))["verdict"]
    with pytest.raises(NotFound):
        await letters.make_letter(registry, Actor(ActorKind.HR, None, new_id()), receipt.id)
    live = await letters.live_status(registry, receipt.id, letters.check_of(registry, receipt.id))
    assert (live.standing, live.changed) == (None, False)


async def test_the_live_status_says_what_was_revoked_since(titles: Titles) -> None:
    credential = await titles.record()
    (receipt,) = (await given(titles)).done.receipts
    registry = titles.world.registry
    check = letters.check_of(registry, receipt.id)
    before = await letters.live_status(registry, receipt.id, check)
    assert (before.said["verdict"], before.standing, before.changed) == ("VALID", Standing.VALID, False)
    titles.world.clock.go_on(days=1)
    await standing.revoke(
        registry, titles.issuer, standing.StatusChange(credential, "业绩材料不实"), titles.world.key()
    )
    after = await letters.live_status(registry, receipt.id, check)
    assert (after.said["verdict"], after.standing, after.changed) == ("VALID", Standing.REVOKED, True)
    assert after.revoked_on == registry.today()


async def test_wrong_check_values_read_as_not_found_and_are_limited(titles: Titles) -> None:
    await titles.record()
    (receipt,) = (await given(titles)).done.receipts
    registry = titles.world.registry
    check = letters.check_of(registry, receipt.id)
    for wrong in range(letters.WRONG_CHECKS.limit):
        with pytest.raises(NotFound):
            await letters.live_status(registry, receipt.id, f"{wrong:020d}")
    with pytest.raises(Limited):
        await letters.live_status(registry, receipt.id, "0" * 20)
    # Whoever holds the letter is not kept out by that.
    assert (await letters.live_status(registry, receipt.id, check)).standing is Standing.VALID
    other = new_id()
    with pytest.raises(NotFound):
        await letters.live_status(registry, other, letters.check_of(registry, other))


def test_words_are_data_and_never_source() -> None:
    hostile = '#"512020" $x$ *b* \\ ] #panic() 䶮'
    letter = Letter(WORDS, WORDS, hostile, [Section(WORDS, [(WORDS, hostile)])], [WORDS])
    assert letter_pdf(letter) == letter_pdf(letter)
