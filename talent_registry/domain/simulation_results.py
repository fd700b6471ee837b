"""What a simulation found, as it is stored and handed out: plain JSON, without anything that names a person."""

from typing import Any

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.decisions import findings_as_json, message_as_json
from talent_registry.domain.recognition import Decision
from talent_registry.domain.simulations import (
    ChangedCount,
    LostSupport,
    Ruled,
    Sample,
    Simulation,
    TargetGroup,
    TargetTotals,
)


def simulation_as_json(found: Simulation) -> dict[str, Any]:
    """The result as one object; days and instants in ISO form, ids as text."""
    return {
        "on": found.on.isoformat(),
        "known_at": found.known_at.isoformat(),
        "in_force": _version(found.in_force),
        "draft": _version(found.draft),
        "credentials": found.credentials,
        "groups": [_group(one) for one in found.groups],
        "targets": [_totals(one) for one in found.totals],
        "placements_losing_support": found.placements_losing_support,
        "lost_support": [_lost(one) for one in found.lost_support],
        "changes": [_change(one) for one in found.changes],
        "samples": [_sample(one) for one in found.samples],
    }


def _version(version: AgreementVersion) -> dict[str, Any]:
    return {"version": version.id, "digest": version.digest, "title": message_as_json(version.title)}


def _group(group: TargetGroup) -> dict[str, Any]:
    return {"number": group.number, "province": group.province, "divisions": list(group.divisions)}


def _totals(totals: TargetTotals) -> dict[str, Any]:
    return {
        "divisions": list(totals.divisions),
        "asked": totals.asked,
        "gains": totals.gains,
        "losses": totals.losses,
        "changed_basis": totals.changed_basis,
    }


def _ruled(ruled: Ruled) -> dict[str, Any]:
    return {"rule": ruled.rule, "variant": ruled.variant, "outcome": ruled.outcome.value}


def _change(one: ChangedCount) -> dict[str, Any]:
    return {
        "change": one.change.value,
        "group": one.group,
        # Only where the answer is that of one division: titles of targeted evaluation.
        "division": one.divisions[0] if one.targeted else None,
        "before": _ruled(one.before),
        "after": _ruled(one.after),
        "kind": one.kind,
        "series": one.series,
        "level": one.level,
        "issued_in": one.prefecture,
        "count": one.count,
        "example": str(one.example),
    }


def _lost(lost: LostSupport) -> dict[str, Any]:
    return {
        "before": _ruled(lost.before),
        "after": _ruled(lost.after),
        "count": lost.count,
        "placements": [str(one) for one in lost.examples],
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "change": sample.change.value,
        "credential": str(sample.credential_id),
        "division": sample.division,
        "before": _decision(sample.before),
        "after": _decision(sample.after),
    }


def _decision(made: Decision) -> dict[str, Any]:
    return {
        "outcome": made.outcome.value,
        "rule": made.rule,
        "reason_code": made.reason_code,
        "message": message_as_json(made.message),
        "findings": findings_as_json(made.findings),
    }
