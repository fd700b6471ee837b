"""From the TOML files of an agreement to its versions: read, checked, digested."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from talent_registry.domain.agreement_checks import check_agreement
from talent_registry.domain.agreement_codes import list_known_codes
from talent_registry.domain.agreement_corrections import read_correction_procedure, read_question_terms
from talent_registry.domain.agreement_documents import Document, merge_files
from talent_registry.domain.agreement_entitlements import read_entitlement
from talent_registry.domain.agreement_lists import read_equivalence, read_qualification, read_reciprocity
from talent_registry.domain.agreement_parts import check_parts, check_rigid
from talent_registry.domain.agreement_periods import read_placement_period
from talent_registry.domain.agreement_placements import read_minimum_days, read_placement_kind, read_placement_rule
from talent_registry.domain.agreement_procedures import read_procedure
from talent_registry.domain.agreement_tables import TableReader
from talent_registry.domain.agreements import (
    Agreement,
    AgreementVersion,
    Clause,
    Outcome,
    Parameters,
    Party,
    Ruling,
)
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.conditions import Condition
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue

OUTCOMES = tuple(Outcome)
SHIPPED = "sichuan-chongqing"


@cache
def shipped_agreement() -> Agreement:
    """The agreement of Sichuan and Chongqing that comes with the program, read once."""
    folder = files("talent_registry") / "agreements"
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.startswith(SHIPPED) and file.name.endswith(".toml")
    }
    return load_agreement(texts)


def load_agreement(texts: Mapping[str, str]) -> Agreement:
    """The agreement written in the files (name to text).

    Raises InvalidInput (AGREEMENT_FAULT) with `path` (file, key) at the first fault. Lists may be spread over several
    files; each top-level key stands in one of them.
    """
    document = merge_files(texts)
    head_file = document.places.get("agreement", ", ".join(sorted(texts)))
    head = TableReader(head_file, "agreement", document.content.get("agreement", {}))
    agreement_id, title = head.text("id"), head.message()
    head.done()
    parties = dict(_read_party(table) for table in document.list_tables("parties"))
    check_parts(document)
    versions = read_versions(document, agreement_id, frozenset(parties))
    agreement = Agreement(id=agreement_id, title=title, parties=parties, versions=versions)
    check_agreement(agreement, document.places)
    check_rigid(versions[-1], document.places)
    return agreement


def _read_party(table: TableReader) -> tuple[str, Party]:
    code, name = table.text("code"), table.message()
    if catalogue().find_division(code) is None:
        raise table.fault(
            "code",
            Message(zh=f"没有行政区划代码 {code}", en=f"there is no division {code}"),
            Message(zh="请用省级行政区划代码", en="Use the division code of a province"),
        )
    authority = table.message("authority_")
    table.done()
    return code, Party(name, authority)


def read_versions(document: Document, agreement_id: str, parties: frozenset[str]) -> tuple[AgreementVersion, ...]:
    """The versions of a document, all of its one rulebook; InvalidInput (AGREEMENT_FAULT) at the first fault."""
    clauses = tuple(sorted((_read_clause(t) for t in document.list_tables("clauses")), key=lambda c: c.precedence))
    reciprocity = read_reciprocity(document.list_tables("reciprocity"))
    equivalences = tuple(read_equivalence(table, parties) for table in document.list_tables("equivalences"))
    qualifications = tuple(read_qualification(table) for table in document.list_tables("qualifications"))
    kinds = tuple(read_placement_kind(table) for table in document.list_tables("placement_kinds"))
    rules = tuple(
        read_placement_rule(table, {k.code for k in kinds}) for table in document.list_tables("placement_rules")
    )
    minimum_days = tuple(
        read_minimum_days(table, {k.code for k in kinds}) for table in document.list_tables("minimum_days")
    )
    entitlements = tuple(
        read_entitlement(table, {k.code for k in kinds}) for table in document.list_tables("entitlements")
    )
    procedures = tuple(read_procedure(table) for table in document.list_tables("procedures"))
    periods = tuple(read_placement_period(table) for table in document.list_tables("placement_periods"))
    questions = tuple(read_question_terms(table) for table in document.list_tables("question_terms"))
    corrections = tuple(read_correction_procedure(table) for table in document.list_tables("correction_procedures"))
    versions = []
    for table in document.list_tables("versions"):
        version = AgreementVersion(
            id=f"{agreement_id}/{table.text('id')}",
            title=table.message(),
            since=table.find_day("from"),
            until=table.find_day("until"),
            source=table.text("source"),
            status=table.status(),
            parties=parties,
            clauses=clauses,
            reciprocity=reciprocity,
            equivalences=equivalences,
            qualifications=qualifications,
            placement_kinds=kinds,
            placement_rules=rules,
            digest="",
            retroactive=_read_retroactive(table),
            procedures=procedures,
            minimum_days=minimum_days,
            entitlements=entitlements,
            placement_periods=periods,
            correction_procedures=corrections,
            question_terms=questions,
        )
        # Digested once all of it is known to be what a version may say.
        table.done()
        content = _content_of(document, table)
        versions.append(replace(version, digest=_digest(content), content=content))
    return tuple(versions)


def _content_of(document: Document, version: TableReader) -> dict[str, object]:
    """What the digest covers: everything but the other versions and this one's last day."""
    content = {key: value for key, value in document.content.items() if key != "versions"}
    content["version"] = {key: value for key, value in version.table.items() if key != "until"}
    return content


def _digest(content: Mapping[str, object]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _read_retroactive(table: TableReader) -> Message | None:
    return table.message("retroactive_") if table.has("retroactive_zh") or table.has("retroactive_en") else None


def _read_clause(table: TableReader) -> Clause:
    condition = CONDITIONS[table.one_of("condition", CONDITIONS)]
    mutual = table.flag("mutual")
    clause = Clause(
        id=table.text("id"),
        family=table.text("family"),
        name=table.text("name"),
        precedence=table.number("precedence"),
        kinds=table.some_of("kinds", [kind.code for kind in catalogue().credential_kinds], default=()),
        when=table.text("when"),
        condition=table.text("condition"),
        parameters=_read_parameters(table.find_table("parameters"), condition),
        ruling=_read_ruling(table),
        variants=_read_variants(table.find_table("variants"), condition),
        applies_from=table.find_day("applies_from"),
        applies_until=table.find_day("applies_until"),
        source=table.text("source"),
        status=table.status(),
        mutual=mutual,
        one_way_reason=_read_one_way_reason(table, mutual=mutual),
    )
    table.done()
    return clause


def _read_one_way_reason(table: TableReader, *, mutual: bool) -> Message | None:
    if mutual:
        return None
    if not (table.has("one_way_zh") and table.has("one_way_en")):
        raise table.fault(
            "mutual",
            Message(zh="该条只对一方有效，却没有说明理由", en="the clause holds one way only and does not say why"),
            Message(
                zh="请写明 one_way_zh 和 one_way_en，或改为 mutual = true",
                en="Give the reason in one_way_zh and one_way_en, or write mutual = true",
            ),
        )
    return table.message("one_way_")


def _read_ruling(table: TableReader) -> Ruling:
    return Ruling(Outcome(table.one_of("outcome", OUTCOMES)), table.text("reason_code"), table.message())


def _read_variants(table: TableReader, condition: Condition) -> dict[str, Ruling]:
    variants = {}
    for name in condition.variants:
        if not table.has(name):
            raise table.fault(
                name,
                Message(zh="该条件需要这一情形的结论", en="the condition needs a ruling for this case"),
                Message(zh="请补上 outcome、reason_code、zh、en", en="Add it with outcome, reason_code, zh and en"),
            )
        ruling = table.find_table(name)
        variants[name] = _read_ruling(ruling)
        ruling.done()
    table.done()
    return variants


def _read_parameters(table: TableReader, condition: Condition) -> Parameters:
    parameters = Parameters(
        codes={name: _read_codes(table, name) for name in condition.codes},
        days={name: table.day(name) for name in condition.days},
        numbers={name: table.number(name) for name in condition.numbers},
    )
    table.done()
    return parameters


def _read_codes(table: TableReader, name: str) -> frozenset[str]:
    known = list_known_codes(name)
    return table.texts(name) if known is None else table.some_of(name, known)
