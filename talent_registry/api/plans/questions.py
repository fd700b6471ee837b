"""The questions that can be planned: for each, what its arguments mean to the read that answers it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from talent_registry.api.connections import page_request
from talent_registry.api.credentials import CredentialFilter, sought_by
from talent_registry.api.nodes import from_node_id
from talent_registry.api.recognition import decisions_sought
from talent_registry.api.recognition_parts import RecognitionDecisionFilter
from talent_registry.api.researchers import ResearcherFilter, people_sought
from talent_registry.domain.shapes import NotPlanned, Shape
from talent_registry.services import reads
from talent_registry.services.read_rows import Reading

Arguments = Mapping[str, Any]
Answer = Callable[[Reading, Arguments, Shape], Awaitable[str]]


async def _credential(reading: Reading, given: Arguments, _: Shape) -> str:
    return await reads.read_credential(reading, from_node_id(given["id"], "Credential", "id"))


async def _credentials(reading: Reading, given: Arguments, asked: Shape) -> str:
    request = page_request(given["first"], given.get("after"))
    sought = sought_by(given.get("filter") or CredentialFilter())
    return await reads.list_credentials(reading, request, sought, asked)


async def _decision(reading: Reading, given: Arguments, _: Shape) -> str:
    return await reads.read_decision(reading, from_node_id(given["id"], "RecognitionDecision", "id"))


async def _decisions(reading: Reading, given: Arguments, asked: Shape) -> str:
    request = page_request(given["first"], given.get("after"))
    sought = decisions_sought(given.get("filter") or RecognitionDecisionFilter())
    return await reads.list_decisions(reading, request, sought, asked)


async def _researcher(reading: Reading, given: Arguments, _: Shape) -> str:
    number, node_id = given.get("public_number"), given.get("id")
    if (number is None) == (node_id is None):
        raise NotPlanned
    return await reads.read_person(reading, number if number is not None else from_node_id(node_id or "", "Researcher"))


async def _me(reading: Reading, _given: Arguments, _: Shape) -> str:
    return await reads.read_self(reading)


async def _researchers(reading: Reading, given: Arguments, asked: Shape) -> str:
    request = page_request(given["first"], given.get("after"))
    sought = people_sought(given.get("filter") or ResearcherFilter())
    return await reads.list_people(reading, request, sought, asked)


# By the name of the question: how it is answered, and whether with a list.
QUESTIONS: Final[dict[str, tuple[Answer, bool]]] = {
    "credential": (_credential, False),
    "credentials": (_credentials, True),
    "recognitionDecision": (_decision, False),
    "recognitionDecisions": (_decisions, True),
    "researcher": (_researcher, False),
    "me": (_me, False),
    "researchers": (_researchers, True),
}
