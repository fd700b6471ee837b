"""What the queue asks a worker to look at; what there is to be done, the records say."""

from enum import StrEnum


class Task(StrEnum):
    """What a job asks to be looked at."""

    # One webhook, by its id; and one that did not receive, once its pause is over.
    DELIVER = "deliver"
    DELIVER_AGAIN = "deliver_again"
    # A simulation that was asked for.
    SIMULATE = "simulate"
    # Rosters that wait, one after the other.
    VERIFY_ROSTERS = "verify_rosters"
    # What the passing of days brings about.
    END_TERMS = "end_terms"
    REMIND = "remind"
    RUN_CLOCKS = "run_clocks"
    CLOSE_SILENT = "close_silent"
    PUBLISH_FLOWS = "publish_flows"
    END_SANDBOX_KEYS = "end_sandbox_keys"
    CLEAR_ROSTERS = "clear_rosters"
    # What no job asks for any more, as after a crash.
    SEEK_DELIVERIES = "seek_deliveries"
    SEEK_SIMULATIONS = "seek_simulations"


# Looked at every half minute, whatever else was asked.
ROUND = (
    Task.END_TERMS,
    Task.REMIND,
    Task.RUN_CLOCKS,
    Task.CLOSE_SILENT,
    Task.PUBLISH_FLOWS,
    Task.END_SANDBOX_KEYS,
    Task.CLEAR_ROSTERS,
    Task.VERIFY_ROSTERS,
    Task.SEEK_DELIVERIES,
    Task.SEEK_SIMULATIONS,
)
