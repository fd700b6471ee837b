"""Trying a draft on the whole registry through the API: a job with progress, its result and its CSV."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, LocalisedText, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.simulation_results import SimulationResult
from talent_registry.documents.simulations import simulation_as_csv
from talent_registry.domain import errors
from talent_registry.domain import simulation_jobs as domain
from talent_registry.domain.messages import Message
from talent_registry.services import simulation_jobs

described(
    domain.SimulationState,
    "Where a simulation stands.",
    {
        "QUEUED": "It waits for a worker.",
        "RUNNING": "A worker is at it; one that was interrupted begins anew.",
        "DONE": "The result is there.",
        "FAILED": "There is no result; the failure says why.",
    },
)


@strawberry.type(description="Why a simulation has no result.")
class SimulationFailure:
    reason: str = strawberry.field(description="The reason, as a code.")
    message: LocalisedText = strawberry.field(description="The reason in a sentence, with what to do.")


@strawberry.type(description="A draft tried on the whole registry; nothing is changed by it.")
class Simulation:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    state: domain.SimulationState = strawberry.field(description="Where it stands.")
    progress_percent: int = strawberry.field(description="How far it is, in percent.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    failure: SimulationFailure | None = strawberry.field(description="Why it failed, if it did.")
    job: strawberry.Private[domain.SimulationJob]

    @classmethod
    def of(cls, job: domain.SimulationJob) -> "Simulation":
        """The simulation as GraphQL gives it."""
        failure = job.failure
        return cls(
            id=to_node_id("Simulation", job.id),
            state=job.state,
            progress_percent=job.progress_percent,
            requested_at=job.requested_at,
            finished_at=job.finished_at,
            failure=None
            if failure is None
            else SimulationFailure(reason=failure["reason"], message=LocalisedText(**failure["message"])),
            job=job,
        )

    @strawberry.field(description="What it found; null until it is done.")
    def result(self) -> SimulationResult | None:
        return None if self.job.result is None else SimulationResult.of(self.job.result)

    @strawberry.field(description="Every change as CSV (UTF-8 with a mark for spreadsheets); null until it is done.")
    def csv(self) -> str | None:
        return None if self.job.result is None else simulation_as_csv(self.job.result)


@strawberry.input(description="A file of a draft.")
class DraftFileInput:
    name: str = strawberry.field(description="Its name, for messages about it; `.toml`, or `.json` for cases.")
    content: str = strawberry.field(description="Its text: the agreement edited, or only the sections that change.")


@strawberry.input(description="A draft to try.")
class StartSimulationInput:
    files: list[DraftFileInput] = strawberry.field(
        description="The draft's files, as far as a request may be large; larger drafts are tried on the command line."
    )
    on: date | None = strawberry.field(
        default=None, description="The decision day; by default the later of the day it runs and the draft's first day."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The simulation was taken up.")
class StartSimulationSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    simulation: Simulation = strawberry.field(description="The simulation; ask for it again until it has ended.")


StartSimulationResult = Annotated[
    StartSimulationSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("StartSimulationResult", description="The simulation, or why it was not taken up."),
]


@strawberry.type
class SimulationQuery:
    @strawberry.field(description="A simulation of the caller's own province (provincial authority).")
    async def simulation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> Simulation:
        context = info.context
        job_id = from_node_id(id, "Simulation", "id")
        return Simulation.of(await simulation_jobs.get_job(context.registry, context.actor, job_id))


@strawberry.type
class SimulationMutation:
    @strawberry.mutation(
        description="Try a draft of the agreement on every recorded credential, without changing anything "
        "(provincial authority). A draft with a fault is refused at once."
    )
    async def start_simulation(
        self, info: Info, input: Annotated[StartSimulationInput, strawberry.argument(description="The draft.")]
    ) -> StartSimulationResult:
        context = info.context
        asked = simulation_jobs.AskedSimulation(_files(input.files), input.on)
        done = await simulation_jobs.start(context.registry, context.actor, asked, input.idempotency_key)
        job = await simulation_jobs.get_job(context.registry, context.actor, UUID(done.result["simulation_id"]))
        return StartSimulationSuccess(command=CommandReceipt.of(done), simulation=Simulation.of(job))


def _files(given: list[DraftFileInput]) -> dict[str, str]:
    files = {one.name: one.content for one in given}
    if len(files) == len(given):
        return files
    raise errors.InvalidInput(
        Message(zh="草案的文件名有重复。请改名。", en="Two files of the draft have the same name. Rename one."),
        reason="SAME_NAME",
        path=("input", "files"),
    )
