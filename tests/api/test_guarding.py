"""The guard around Strawberry: order of checks, what outsiders see, and what no error gives away."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, NewType

import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from structlog.testing import capture_logs

from talent_registry.api.guarding import GuardedSchema, Guarding, execute_guarded
from talent_registry.domain import errors
from talent_registry.domain.messages import Message

CANARY = "990000199001010001"


@dataclass(slots=True)
class Asking:
    request_id: str = "request-1"
    is_outsider: bool = True


def read_day(value: object) -> str:
    raise ValueError(f"no day: {value}")


Day = NewType("Day", str)
DAY = strawberry.scalar(name="Day", serialize=str, parse_value=read_day)


@strawberry.input
class Entry:
    number: int
    day: Day | None = None


@strawberry.type
class Missing:
    code: str


@strawberry.type
class Found:
    number: str


class MissingHandler(strawberry.ExceptionHandler[errors.NotFound, Missing]):
    def handle(self, exception: errors.NotFound, *, field: Any, info: Any) -> Missing:  # noqa: ARG002 - Strawberry's
        return Missing(code=exception.code)


@strawberry.type
class Query:
    @strawberry.field
    async def echo(self, number: int = 0) -> int:
        return number

    @strawberry.field
    async def broken(self) -> int:
        raise RuntimeError(f"row {CANARY}")

    @strawberry.field
    async def denied(self) -> int | None:
        raise errors.NotPermitted(Message(zh="不允许。", en="Not yours."), reason="OTHER_PROVINCE")

    @strawberry.field
    async def busy(self) -> int | None:
        raise errors.Limited(Message(zh="请稍候。", en="Wait."), retry_after=9)

    @strawberry.field
    async def either(self) -> Annotated[Found | Missing, strawberry.union("Either")]:
        raise errors.NotFound(Message(zh="没有。", en="None."))

    @strawberry.field
    def inner(self) -> "Query":
        return Query()


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def act(self, text: str) -> str:
        return text

    @strawberry.mutation
    async def enter(self, entry: Entry | None = None, day: Day | None = None) -> int:
        return entry.number if entry else len(day or "")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def follow(self) -> Any:  # pragma: no cover
        yield 1


SCHEMA = GuardedSchema(
    Query,
    Mutation,
    extensions=[Guarding],
    exception_handlers=[MissingHandler()],
    config=StrawberryConfig(scalar_map={Day: DAY}),
)


async def ask(
    query: str,
    variables: dict[str, Any] | None = None,
    name: str | None = None,
    *,
    context: object = None,
) -> ExecutionResult:
    with capture_logs():
        return await execute_guarded(SCHEMA, query, variables, name, Asking() if context is None else context)


def only(result: ExecutionResult) -> tuple[str, str]:
    assert result.errors is not None
    (error,) = result.errors
    extensions = error.extensions or {}
    assert extensions["requestId"] == "request-1"
    assert error.original_error is None
    return str(extensions["code"]), error.message


async def test_an_operation_is_executed_and_its_cost_shown() -> None:
    result = await ask("query A($n:Int!){echo(number:$n) inner{echo}}", {"n": 4})
    assert result.errors is None
    assert result.data == {"echo": 4, "inner": {"echo": 0}}
    assert result.extensions == {"cost": {"estimated": 1, "budget": 10_000}}


async def test_an_expected_failure_is_a_member_of_the_union() -> None:
    result = await ask("{either{__typename ...on Missing{code}}}")
    assert result.data == {"either": {"__typename": "Missing", "code": "NOT_FOUND"}}


async def test_an_expected_failure_outside_a_union_keeps_its_code_and_words() -> None:
    result = await ask("{denied}")
    assert only(result) == ("NOT_PERMITTED", "不允许。 Not yours.")
    assert result.errors is not None
    assert (result.errors[0].extensions or {})["reason"] == "OTHER_PROVINCE"
    assert result.errors[0].path == ["denied"]
    busy = await ask("{busy}")
    assert busy.errors is not None
    assert (busy.errors[0].extensions or {})["retryAfter"] == 9


async def test_an_unexpected_failure_is_masked_and_logged_with_ids_only(caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs:
        result = await execute_guarded(SCHEMA, "{broken}", None, None, Asking())
    code, message = only(result)
    assert code == "INTERNAL"
    assert CANARY not in message
    assert logs == [
        {
            "event": "unexpected failure",
            "log_level": "error",
            "request_id": "request-1",
            "error": "RuntimeError",
            "path": ["broken"],
        }
    ]
    assert not caplog.records


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "SYNTAX"),
        ("", "OPERATION_UNKNOWN"),
        ("{" + "inner{" * 30 + "echo" + "}" * 31, "TOO_DEEP"),
        ("{...A} fragment A on Query{...A}", "FRAGMENT_CYCLE"),
        ("{nothing}", "VALIDATION"),
        ("query A{echo} query B{echo}", "OPERATION_UNKNOWN"),
        ("fragment A on Query{echo}", "OPERATION_UNKNOWN"),
        ("subscription{follow}", "OPERATION_UNSUPPORTED"),
        ("query($n:Int!){echo(number:$n)}", "VARIABLES"),
        ("{__schema{types{name}}}", "VALIDATION"),
    ],
)
async def test_what_is_not_executed_has_a_code(query: str, code: str) -> None:
    result = await ask(query)
    assert result.data is None
    assert {(each.extensions or {})["code"] for each in result.errors or ()} == {code}
    assert {(each.extensions or {})["requestId"] for each in result.errors or ()} == {"request-1"}


async def test_the_guard_holds_without_the_function_around_it() -> None:
    for query in ("{", "{...A} fragment A on Query{...A}", "{nothing}", "{broken}", "query A{echo} query B{echo}"):
        with capture_logs():
            result = await SCHEMA.execute(query, context_value=Asking())
        assert {(each.extensions or {})["requestId"] for each in result.errors or ()} == {"request-1"}


async def test_a_doubling_bomb_is_refused_before_it_runs() -> None:
    chain = "".join(f"fragment F{i} on Query{{inner{{...F{i + 1} ...F{i + 1}}}}}" for i in range(20))
    result = await ask("{...F0}" + chain + "fragment F20 on Query{echo}")
    assert only(result)[0] in {"TOO_MANY_SELECTIONS", "TOO_DEEP"}


async def test_an_operation_that_is_not_in_the_document_is_not_guessed() -> None:
    assert only(await ask("query A{echo}", name="B"))[0] == "OPERATION_UNKNOWN"
    assert (await ask("query A{echo} query B{e:echo}", name="B")).data == {"e": 0}


async def test_outsiders_get_neither_introspection_nor_suggestions() -> None:
    insider = Asking(is_outsider=False)
    assert "Did you mean" not in only(await ask("{ech}"))[1]
    assert "Did you mean 'echo'" in only(await ask("{ech}", context=insider))[1]
    query = "{__schema{queryType{name}}}"
    assert (await ask(query)).data is None
    assert (await ask(query, context=insider)).data == {"__schema": {"queryType": {"name": "Query"}}}
    assert (await ask("{__typename}")).data == {"__typename": "Query"}
    assert (await ask(query, context={"request_id": "x"})).data is None


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($n:Int){echo(number:$n)}", {"n": CANARY}),
        ("query($n:Int){echo(number:$n)}", {"n": {CANARY: 1}}),
        ("query($n:Int){echo(number:$n)}", {"n": int(CANARY)}),
        (f'{{echo(number:"{CANARY}")}}', None),
        (f"{{echo(number:{CANARY})}}", None),
        (f"{{echo(number:[{CANARY}])}}", None),
        (f"{{echo(number:N{CANARY})}}", None),
        (f'{{"{CANARY}"}}', None),
        (f'{{"""{CANARY}"""}}', None),
        (f"{{ {CANARY} }}", None),
        (f"{{ {CANARY}.5 }}", None),
        (f"{CANARY}", None),
        (f"{{echo(number:{{x:{CANARY}}})}}", None),
        (f'mutation{{act(text:{CANARY})}} #"', None),
        ("mutation($t:String!){act(text:$t)}", {"t": int(CANARY)}),
        ("mutation($t:String!){act(text:$t)}", {"t": ["x", CANARY]}),
        (f'mutation{{enter(day:"{CANARY}")}}', None),
        (f'mutation{{enter(entry:{{other:"{CANARY}"}})}}', None),
        (f'mutation{{enter(entry:{{number:1 day:{{x:"{CANARY}"}}}})}}', None),
        ("mutation($d:Day){enter(day:$d)}", {"d": CANARY}),
        ("mutation($e:Entry){enter(entry:$e)}", {"e": {CANARY: CANARY}}),
        ("mutation($e:Entry){enter(entry:$e)}", {"e": {"number": 1, "day": CANARY}}),
        (f'mutation($d:Day="{CANARY}"){{enter(day:$d)}}', None),
    ],
)
async def test_no_error_repeats_a_value(query: str, variables: dict[str, Any] | None) -> None:
    for outsider in (True, False):
        result = await ask(query, variables, context=Asking(is_outsider=outsider))
        assert result.errors
        for error in result.errors:
            assert CANARY not in str(error.formatted)
            assert (error.extensions or {})["code"] in {"SYNTAX", "VALIDATION", "VARIABLES"}
            assert len(error.message) > 10


async def test_a_variable_at_fault_is_named_with_its_place() -> None:
    code, message = only(await ask("mutation($e:Entry){enter(entry:$e)}", {"e": {"number": "x"}}))
    assert code == "VARIABLES"
    assert message.endswith("($e.number)")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["{", "}", "echo", "inner", "(", ")", ":", "number", "1", '"x"', "...A", "fragment A on Query"]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_whatever_is_asked_has_an_answer(query: str) -> None:
    result = asyncio.run(ask(query))
    codes = {(each.extensions or {}).get("code") for each in result.errors or ()}
    assert "INTERNAL" not in codes
    assert None not in codes
