"""A sample placement with its rounds, signatures and events as rows of the tables."""

from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Table

from talent_registry.domain.generation_placements import SamplePlacement
from talent_registry.domain.placements import terms_as_json
from talent_registry.storage import tables
from talent_registry.storage.ids import new_id

Row = dict[str, Any]


def add_placement(rows: dict[Table, list[Row]], placed: SamplePlacement, by: Row) -> None:
    """Add the rows of one placement; `by` names the command."""
    record = placed.placement
    rows[tables.placement].append(
        {
            "id": record.id,
            "researcher_id": record.researcher_id,
            "home_unit_id": record.home_unit_id,
            "host_unit_id": record.host_unit_id,
            "kind": record.kind,
            "post": record.post,
            "post_series": record.post_series,
            "term_from": record.term.start,
            "term_until": record.term.until,
            "workload_percent": record.workload_percent,
            "state": record.state.value,
            "round": record.round,
            "open_round": record.open_round,
            "decision_id": record.decision_id,
            "credential_id": record.credential_id,
            "activated_on": record.activated_on,
            "ended_on": record.ended_on,
            "end_reason": None if record.end_reason is None else record.end_reason.value,
            "proposed_at": record.proposed_at,
            **by,
        }
    )
    of_placement = {"placement_id": record.id, **by}
    rows[tables.placement_round] += [
        {
            "round": one.number,
            "term_from": one.term.start,
            "term_until": one.term.until,
            "workload_percent": one.workload_percent,
            "terms": Jsonb(terms_as_json(one.terms)),
            "terms_digest": one.digest,
            "proposed_by": one.proposed_by.value,
            "proposed_at": one.proposed_at,
            "agreed_at": one.agreed_at,
            **of_placement,
        }
        for one in placed.rounds
    ]
    rows[tables.placement_signature] += [
        {
            "id": new_id(),
            "round": one.round,
            "party": one.party.value,
            "terms_digest": one.digest,
            "account_id": one.account_id,
            "signed_at": one.signed_at,
            **of_placement,
        }
        for one in placed.signatures
    ]
    rows[tables.placement_event] += [
        {
            "id": one.id,
            "at": one.at,
            "on_day": one.on_day,
            "event": one.event.value,
            "state": one.state.value,
            "party": one.by,
            "province": one.province,
            "reason": one.reason,
            **of_placement,
        }
        for one in placed.events
    ]
