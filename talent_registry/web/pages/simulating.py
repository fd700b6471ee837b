"""The pages of a simulation: its progress, who would change and how, and the past decisions that would change."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from markupsafe import Markup
from starlette.responses import Response, StreamingResponse

from talent_registry.documents.drawings import Heading
from talent_registry.documents.simulation_charts import outcome_bars
from talent_registry.documents.simulations import decided_as_csv, simulation_as_csv
from talent_registry.domain.messages import Message
from talent_registry.domain.simulation_jobs import SimulationJob, SimulationState
from talent_registry.domain.simulations import Change
from talent_registry.services import decided_before, simulation_jobs
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages import rules, words
from talent_registry.web.pages.drafts import must_draft
from talent_registry.web.pages.my_record import next_address, page_asked
from talent_registry.web.pages.visits import Visit

_ROWS: Final = 50
_LONGEST_NUMBER: Final = 7
_CSV: Final = "text/csv; charset=utf-8"
_WORKING: Final = frozenset({SimulationState.QUEUED, SimulationState.RUNNING})


async def show_simulation(visit: Visit) -> Response:
    """GET /rules/simulations/{id}: progress, then the result; `?rows=2` is the second page of its changes."""
    must_draft(visit)
    job = await simulation_jobs.get_job(visit.registry, visit.actor, visit.record_id)
    facts: dict[str, Any] = {"found": None}
    if job.result is not None:
        facts = _result(job.result, _number(visit.asked("rows"))) | {"chart": _chart(visit, job.result)}
    return visit.page("rules_simulation.html", job=job, running=job.state in _WORKING, **facts, **rules.facts(visit))


async def show_decisions(visit: Visit) -> Response:
    """GET /rules/simulations/{id}/decisions: the past decisions of one's province that the draft would change."""
    must_draft(visit)
    job = await simulation_jobs.get_job(visit.registry, visit.actor, visit.record_id)
    found = await decided_before.list_decided_otherwise(
        visit.registry, visit.actor, job.files, page_asked(visit).after, job.on
    )
    return visit.page(
        "rules_decisions.html",
        job=job,
        found=found,
        most=decided_before.READ_AT_ONCE,
        more=next_address(visit, found.page),
        series=dict(words.series_names()),
        **rules.facts(visit),
    )


async def take_csv(visit: Visit) -> Response:
    """GET /rules/simulations/{id}/{name}: every change (`changes.csv`), or every past decision (`decisions.csv`)."""
    must_draft(visit)
    job = await simulation_jobs.get_job(visit.registry, visit.actor, visit.record_id)
    name = visit.request.path_params["name"]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if name == "decisions.csv":
        return StreamingResponse(_decisions(visit, job), media_type=_CSV, headers=headers)
    if name != "changes.csv" or job.result is None:
        raise nothing_here()
    return Response(simulation_as_csv(job.result), media_type=_CSV, headers=headers)


async def _decisions(visit: Visit, job: SimulationJob) -> AsyncIterator[str]:
    yield decided_as_csv((), head=True)
    async for some in decided_before.each_decided_otherwise(visit.registry, visit.actor, job.files, job.on):
        yield decided_as_csv(some)


def _result(found: Mapping[str, Any], number: int) -> dict[str, Any]:
    changes: Sequence[Mapping[str, Any]] = found["changes"]
    divisions = {group["number"]: group["divisions"] for group in found["groups"]}
    first = (number - 1) * _ROWS
    return {
        "found": found,
        "on": date.fromisoformat(found["on"]),
        "outcomes": _counted(changes, lambda one: (one["before"]["outcome"], one["after"]["outcome"])),
        "kinds": _counted(changes, lambda one: (one["series"] or one["kind"], one["level"])),
        "name_of": _series_or_kind,
        "rows": changes[first : first + _ROWS],
        "towards": lambda one: [one["division"]] if one["division"] else divisions[one["group"]],
        "number_of_rows": len(changes),
        "following": number + 1 if len(changes) > first + _ROWS else None,
        "before_it": number - 1 if number > 1 else None,
    }


def _chart(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """The outcomes of the answers that change, as bars; the table of the same figures stands beside them."""
    say = visit.language.say
    heading = Heading(
        "outcomes",
        say("会改变的答案：原结论与新结论", "The answers that would change, by outcome before and after"),
        say(
            "每个结论两条：原有多少、将有多少；数字见下表。",
            "Two bars for each outcome: how many now, and then; the table gives the figures.",
        ),
    )
    names = {outcome.value: visit.language.message(word) for outcome, (word, _) in words.OUTCOMES.items()}
    series = (say("现在", "Now"), say("之后", "Then"))
    # Made by us, every text in it escaped as it was drawn.
    return Markup(outcome_bars(heading, found, series, names))  # noqa: S704 - see the line before


def _counted(changes: Sequence[Mapping[str, Any]], key: Any) -> list[tuple[Any, dict[Change, int]]]:  # noqa: ANN401
    """How many answers change, better, worse or by another clause, for each value of the key; the most first."""
    counts: dict[Any, Counter[Change]] = {}
    for one in changes:
        counts.setdefault(key(one), Counter())[Change(one["change"])] += one["count"]
    ordered = sorted(counts.items(), key=lambda one: (-one[1].total(), str(one[0])))
    return [(value, {change: counted[change] for change in Change}) for value, counted in ordered]


def _series_or_kind(code: str) -> Message:
    return dict(words.series_names()).get(code) or words.kind_name(code)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER else 1
