"""The chapters of the story: each lets people and offices act, and says what happened as plain data."""

from typing import Any
from uuid import UUID

from talent_registry.demo.cast import CHONGQING, SICHUAN, Cast
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import Fact, PersonField
from talent_registry.domain.verification import Typed
from talent_registry.services import accesses, recognition, verification
from talent_registry.services.registry import new_key

# A post at a university in Shapingba (Chongqing), and one in Wuhou (Chengdu).
POST_IN_CHONGQING, POST_IN_SICHUAN = "500106", "510107"
Facts = dict[str, Any]
PURPOSE = "引进人才核验"


def refusal(failure: RegistryError) -> Facts:
    """A refusal as data."""
    return {
        "code": failure.code.value,
        "reason": failure.reason,
        "message": {"zh": failure.message.zh, "en": failure.message.en},
    }


async def verify(cast: Cast, row: dict[str, str]) -> tuple[Facts, CredentialRecord]:
    """An HR office of Chongqing verifies a certificate of Sichuan by number and name."""
    asked = verification.Asked(Typed(row["证书编号"], row["姓名"], row["证件号码"], None, None), PURPOSE)
    answer = await verification.verify(cast.registry, cast.actor("host"), asked, new_key(), origin="demo")
    if answer.record is None:
        raise RuntimeError(f"the sample certificate was not verified: {answer.verdict}")
    version = answer.record.version
    return {
        "number": row["证书编号"],
        "verdict": answer.verdict.value,
        "as_of": answer.as_of.isoformat(),
        "title": version.title_name,
        "level": version.level,
        "message": {"zh": answer.message.zh, "en": answer.message.en},
        "ledger_sequence": answer.done.sequence,
    }, answer.record


async def decide(cast: Cast, record: CredentialRecord, division: str) -> Facts:
    """The authority of the target province asks whether a credential is recognised for a post there."""
    authority = f"authority_{CHONGQING if division.startswith('50') else SICHUAN}"
    target = Target(division=division, employer_kind="UNIVERSITY", post_series=record.version.series)
    asked = recognition.AskedRecognition(record.credential.id, target, purpose=PURPOSE)
    done = await recognition.decide_recognition(cast.registry, cast.actor(authority), asked, new_key())
    kept = await recognition.get_decision(
        cast.registry, cast.actor(authority), UUID(done.result["decision_id"]), PURPOSE
    )
    made = kept.decision
    clause = agreement_version_in_force(cast.registry.agreement, kept.decided_for).get_clause(made.rule)
    return {
        "number": record.credential.number,
        "target": division,
        "outcome": made.outcome.value,
        "rule": made.rule,
        "reason_code": made.reason_code,
        "agreement_version": made.version_id,
        "agreement_digest": made.digest,
        "source": clause.source,
        "trust": clause.status,
        "message": {"zh": made.message.zh, "en": made.message.en},
        "findings": [{"clause": one.rule, "result": one.result.value} for one in made.findings],
    }


async def show_profile(cast: Cast) -> Facts:
    """The researcher reads the own record: each fact with its source, and who has just looked."""
    me = cast.actor("researcher")
    seen = await accesses.look_at_self(cast.registry, me, frozenset(PersonField), history=False)
    looks = await accesses.list_accesses(cast.registry, me, PageRequest())
    names = {unit: name for name, unit in cast.units.items()}
    if seen.name is None or seen.household is None or seen.relation is None:
        raise RuntimeError("the sample person has a name, a household and a personnel relation")
    facts: dict[str, Fact] = {"name": seen.name, "household": seen.household, "personnel_relation": seen.relation}
    return {
        "public_number": seen.researcher.public_number,
        "name": seen.name.name_zh,
        "documents": [document.number_masked for document in seen.current_documents],
        "household": seen.household.division,
        "home_unit": names.get(seen.relation.home_unit_id),
        "sources": {
            field: {
                "source": names.get(fact.provenance.source_id) if fact.provenance.source_id else "本人 / the person",
                "since": fact.provenance.valid_from.isoformat(),
            }
            for field, fact in facts.items()
        },
        "looks": [
            {
                "by": names.get(look.organisation_id) if look.organisation_id else None,
                "purpose": look.purpose,
                "basis": look.basis,
                "fields": [field.value for field in look.fields],
                "at": look.at.isoformat(),
            }
            for look in looks.items
        ],
    }
