"""The story from the first roll to the last entry of the ledger, chapter by chapter, as plain data."""

import csv
from collections.abc import AsyncIterator
from dataclasses import asdict
from io import StringIO

from talent_registry.demo import chapters, negotiating, placing
from talent_registry.demo.cast import (
    AS_OF_RIGHT,
    CHONGQING,
    REFUSED,
    SICHUAN,
    TO_CONFIRM,
    Cast,
    appoint_officers,
    deliver_rolls,
    open_authorities,
    sample_roll,
)
from talent_registry.demo.chapters import POST_IN_CHONGQING, POST_IN_SICHUAN, Facts
from talent_registry.demo.over_http import ask_over_http
from talent_registry.services import accesses, ledger
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings


async def tell(registry: Registry, settings: Settings) -> AsyncIterator[tuple[str, Facts]]:
    """Every chapter by its key, as it happens."""
    rows = {row["证书编号"]: row for province in (SICHUAN, CHONGQING) for row in _rows(province)}
    cast = await open_authorities(registry)
    yield "imported", await _import(cast)
    await appoint_officers(cast)

    verified, record = await chapters.verify(cast, rows[AS_OF_RIGHT])
    yield "verified", verified
    recognised = await chapters.decide(cast, record, POST_IN_CHONGQING)
    yield "recognised", recognised
    _, senior_of_a_city = await chapters.verify(cast, rows[TO_CONFIRM])
    yield "needs_confirmation", await chapters.decide(cast, senior_of_a_city, POST_IN_CHONGQING)
    _, lapsed = await chapters.verify(cast, rows[REFUSED])
    yield "refused", await chapters.decide(cast, lapsed, POST_IN_SICHUAN)

    person = await accesses.look_at(
        registry,
        cast.actor(f"authority_{SICHUAN}"),
        record.credential.researcher_id,
        frozenset(),
        "开立账户",
        history=False,
    )
    await cast.open_researcher(person.researcher.public_number, rows[AS_OF_RIGHT]["证件号码"])
    yield "profile", await chapters.show_profile(cast)

    await placing.open_record(cast)
    placed, placement_id = await placing.place(cast, record)
    told = {"verified": verified, "recognised": recognised, "placement": placed}
    over_http = await ask_over_http(cast, settings, rows[AS_OF_RIGHT], record, told)
    yield "placement", {**placed, "over_http": over_http}
    yield "overload_refused", await placing.overload(cast, record)
    yield "household_refused", await placing.move_household(cast, record)
    yield "returned_early", await placing.return_early(cast, placement_id)
    told_of, negotiated = await negotiating.tell_listener(cast, record)
    yield "counter_proposed", told_of
    yield "extended", await negotiating.extend(cast, negotiated)
    yield "entitlement", await negotiating.check_entitlement(cast, record.credential.researcher_id)
    refused_elsewhere = await placing.refuse_other_province(cast, record)
    ended = await placing.revoke(cast, record, registry.today())
    yield "ended_by_revocation", {**ended, "other_province": refused_elsewhere}
    yield "ledger", await _walk(registry)


async def _import(cast: Cast) -> Facts:
    outcomes = await deliver_rolls(cast)
    return {
        name: {
            **asdict(outcomes[province].counts),
            "problems": len(outcomes[province].problems),
            "digest": outcomes[province].digest,
            "ledger_sequence": outcomes[province].sequence,
        }
        for name, province in (("sichuan", SICHUAN), ("chongqing", CHONGQING))
    }


async def _walk(registry: Registry) -> Facts:
    report = await ledger.verify(registry, OPERATOR)
    return {
        "sound": report.sound,
        "entries": report.chain.entries,
        "head": report.chain.head.hex(),
        "commands_without_entry": report.commands_without_entry,
        "entries_without_command": report.entries_without_command,
    }


def _rows(province: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(sample_roll(province).decode("utf-8-sig"))))
