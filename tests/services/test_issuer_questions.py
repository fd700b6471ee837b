"""An office asks the issuer of a certificate; the issuer answers by a code, and both are told at once."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotFound, NotInForce, NotPermitted
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.domain.issuer_questions import IssuerAnswer, QuestionState, WhyNoAnswer
from talent_registry.domain.pages import PageRequest
from talent_registry.services import inbox
from talent_registry.services import issuer_questions as questions
from talent_registry.services.issuer_questions import NewAnswer, NewQuestion
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Done, caller_of
from tests.postings import Postings, open_postings
from tests.registries import World

NUMBER, NAME, PURPOSE = "512020000777", "李四", "聘任审核"


@dataclass
class Asking:
    """A unit of Chongqing that asks the bureau of Sichuan."""

    posts: Postings

    @property
    def unit(self) -> Actor:
        return self.posts.other_host_hr

    @property
    def bureau(self) -> Actor:
        return self.posts.titles.officer

    async def ask(self, actor: Actor | None = None, number: str = NUMBER, to: UUID | None = None) -> UUID:
        asked = NewQuestion(to or self.posts.titles.sichuan, number, NAME, PURPOSE)
        done = await questions.ask(self.posts.registry, actor or self.unit, asked, self.posts.world.key())
        return UUID(done.result["question_id"])

    async def answer(self, question: UUID, answer: IssuerAnswer, actor: Actor | None = None) -> Done:
        given = NewAnswer(question, answer)
        return await questions.answer(self.posts.registry, actor or self.bureau, given, self.posts.world.key())

    async def told(self, actor: Actor) -> list[tuple[str, dict[str, object]]]:
        asked = InboxFilter(kind=InboxKind.QUESTION)
        page = await inbox.page_inbox(self.posts.registry, actor, PageRequest(), asked)
        return [(one.item.event.type, dict(one.item.event.data)) for one in page.items]


@pytest.fixture
async def asking(world: World) -> Asking:
    return Asking(await open_postings(world))


async def test_the_issuer_is_told_sees_what_it_is_asked_and_its_answer_goes_back(asking: Asking) -> None:
    registry = asking.posts.registry
    question = await asking.ask()
    assert await asking.told(asking.bureau) == [("question.asked", {"due": "2026-12-15"})]
    for actor in (asking.unit, asking.bureau, asking.posts.titles.issuer):
        seen = await questions.get_question(registry, actor, question)
        assert (seen.number, seen.name, seen.question.state) == (NUMBER, NAME, QuestionState.OPEN)
        page = await questions.list_questions(registry, actor, PageRequest(), pending=True)
        assert [one.question.id for one in page.items] == [question]
    # Neither the other province, though the unit is there, nor another unit, nor the person learns of it.
    for stranger in (asking.posts.titles.other_officer, asking.posts.home_hr, asking.posts.person.me):
        with pytest.raises(NotFound):
            await questions.get_question(registry, stranger, question)
        assert not (await questions.list_questions(registry, stranger, PageRequest())).items
        assert await asking.told(stranger) == []
    await asking.answer(question, IssuerAnswer.NUMBER_OF_ANOTHER, asking.posts.titles.issuer)
    assert await asking.told(asking.unit) == [
        ("question.answered", {"answer": "NUMBER_OF_ANOTHER"}),
        ("question.asked", {"due": "2026-12-15"}),
    ]
    page = await questions.list_questions(registry, asking.unit, PageRequest(), pending=False)
    assert [one.question.answer for one in page.items] == [IssuerAnswer.NUMBER_OF_ANOTHER]
    with pytest.raises(Conflict) as failure:
        await asking.answer(question, IssuerAnswer.NOT_ISSUED_BY_US)
    assert failure.value.reason == "ENDED_BEFORE"


async def test_nobody_answers_but_who_is_asked_and_nobody_withdraws_but_who_asks(asking: Asking) -> None:
    registry, key = asking.posts.registry, asking.posts.world.key
    question = await asking.ask()
    for stranger in (asking.unit, asking.posts.titles.other_officer, asking.posts.person.me):
        with pytest.raises(NotFound):
            await asking.answer(question, IssuerAnswer.NOT_ISSUED_BY_US, stranger)
    for stranger in (asking.bureau, asking.posts.home_hr):
        with pytest.raises(NotFound):
            await questions.withdraw(registry, stranger, question, key())
    with pytest.raises(InvalidInput):
        await asking.answer(question, IssuerAnswer.CANNOT_SAY)
    await questions.withdraw(registry, asking.unit, question, key())
    assert (await asking.told(asking.bureau))[0] == ("question.withdrawn", {})
    second = await asking.ask()
    given = NewAnswer(second, IssuerAnswer.CANNOT_SAY, WhyNoAnswer.RECORDS_LOST)
    await questions.answer(registry, asking.bureau, given, key())
    assert (await asking.told(asking.unit))[0][1] == {"answer": "CANNOT_SAY", "why": "RECORDS_LOST"}


async def test_an_office_has_one_open_question_about_a_number_and_asks_only_who_issues(asking: Asking) -> None:
    posts = asking.posts
    await asking.ask()
    with pytest.raises(Conflict) as failure:
        await asking.ask(number=f" {NUMBER} ")
    assert failure.value.reason == "ASKED_ALREADY"
    await asking.ask(posts.home_hr)
    with pytest.raises(NotFound):
        await asking.ask(to=posts.host, number="512020000778")
    with pytest.raises(InvalidInput) as itself:
        await asking.ask(asking.bureau)
    assert itself.value.reason == "ASKS_ITSELF"
    with pytest.raises(InvalidInput) as unreadable:
        await asking.ask(number=" ")
    assert unreadable.value.path == ("input", "certificateNumber")
    for nobody in (ANONYMOUS, posts.person.me):
        with pytest.raises(NotPermitted):
            await asking.ask(nobody)
    listed = await questions.list_addressees(posts.registry, ANONYMOUS, PageRequest(), "510000")
    assert [one.id for one in listed.items] == [posts.titles.sichuan]
    everywhere = await questions.list_addressees(posts.registry, ANONYMOUS, PageRequest())
    assert {one.id for one in everywhere.items} == {posts.titles.sichuan, posts.titles.chongqing}


async def test_an_office_asks_only_so_often_and_a_repeat_uses_nothing_up(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "ASKED_A_DAY", replace(questions.ASKED_A_DAY, limit=1))
    registry, asked = asking.posts.registry, NewQuestion(asking.posts.titles.sichuan, NUMBER, NAME, PURPOSE)
    first = await questions.ask(registry, asking.unit, asked, "the same")
    again = await questions.ask(registry, asking.unit, asked, "the same")
    assert (again.replayed, again.result) == (True, first.result)
    with pytest.raises(Limited):
        await asking.ask(number="512020000778")


async def test_without_a_term_in_the_agreement_nobody_is_asked(asking: Asking) -> None:
    agreement = asking.posts.registry.agreement
    versions = tuple(
        replace(one, question_terms=(), digest=f"without terms {one.digest}") for one in agreement.versions
    )
    registry = replace(asking.posts.registry, agreement=replace(agreement, versions=versions))
    with pytest.raises(NotInForce):
        asked = NewQuestion(asking.posts.titles.sichuan, NUMBER, NAME, PURPOSE)
        await questions.ask(registry, asking.unit, asked, "k")


async def test_number_and_name_stand_nowhere_in_clear_and_sql_answers_for_nobody(asking: Asking) -> None:
    registry = asking.posts.registry
    await asking.ask()
    async with registry.reading(asking.unit) as connection:
        rows = (await connection.execute(text("SELECT * FROM issuer_question"))).all()
    assert rows
    assert not any(word in str(row) for row in rows for word in (NUMBER, NAME))
    own = caller_of(asking.unit)
    end = "ended_at = now(), ended_by_command_id = command_id"
    for statement in (
        f"UPDATE issuer_question SET {end}, answer = 'NOT_ISSUED_BY_US'",
        "UPDATE issuer_question SET purpose = 'other'",
        "DELETE FROM issuer_question",
    ):
        with pytest.raises(DBAPIError):
            async with registry.database.writing(own, registry.today(), "") as connection:
                await connection.execute(text(statement))
