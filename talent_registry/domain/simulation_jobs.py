"""A simulation as a job: who asked for it, how far it is, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class SimulationState(StrEnum):
    """Where a simulation stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationJob:
    """A draft to be tried by the authority of a province; `on` None: the later of that day and the draft's first.

    `result` as `simulation_results.simulation_as_json` gives it; `failure`: `reason` and `message` in zh and en.
    """

    id: UUID
    province: str
    account_id: UUID | None
    organisation_id: UUID | None
    requested_at: datetime
    on: date | None
    files: Mapping[str, str] = field(repr=False)
    state: SimulationState = SimulationState.QUEUED
    progress_percent: int = 0
    attempts: int = 0
    finished_at: datetime | None = None
    result: Mapping[str, Any] | None = field(default=None, repr=False)
    failure: Mapping[str, Any] | None = None
