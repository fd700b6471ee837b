"""Reading the procedures of an agreement: who sees to what a decision leaves open, in which terms."""

from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import AgreementVersion, Outcome, Procedure, ResponsibleBody
from talent_registry.domain.messages import Message

# What these leave open must always have somebody to see to it.
OPENING = (Outcome.CONFIRM, Outcome.VERIFY, Outcome.RE_REVIEW)
LONGEST_TERM = 250


def read_procedure(table: TableReader) -> Procedure:
    """One procedure; InvalidInput at a fault."""
    outcome = Outcome(table.one_of("outcome", (*OPENING, Outcome.NOT_RECOGNISED)))
    procedure = Procedure(
        id=table.text("id"),
        outcome=outcome,
        rules=table.texts("rules", default=()),
        body=ResponsibleBody(table.one_of("body", tuple(ResponsibleBody))),
        working_days=read_term(table, "working_days"),
        evidence_working_days=read_term(table, "evidence_working_days"),
        appeal_working_days=read_term(table, "appeal_working_days"),
        appeal_decision_working_days=read_term(table, "appeal_decision_working_days"),
        tacit=table.flag("tacit"),
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    _check_override(table, procedure)
    if procedure.body is ResponsibleBody.ISSUER and outcome is not Outcome.VERIFY:
        raise table.fault(
            "body",
            Message(zh="发证单位只核实记录", en="an issuer verifies its record and decides nothing else"),
            Message(zh="请改为 TARGET_AUTHORITY", en="Write TARGET_AUTHORITY"),
        )
    return procedure


def check_procedures(version: AgreementVersion, file: str) -> None:
    """Raises InvalidInput unless each outcome and clause has one procedure, or there are none at all."""
    procedures = version.procedures
    for number, one in enumerate(procedures):
        _check_rules(one, version, file)
        for other in procedures[:number]:
            if one.id == other.id or (one.outcome is other.outcome and _meet(one, other)):
                raise fault(
                    file,
                    f"procedures[{one.id}]",
                    Message(zh=f"与 {other.id} 重复", en=f"it doubles {other.id}"),
                    Message(
                        zh="同一结论的同一条款只能有一种程序", en="Leave one procedure for each clause of an outcome"
                    ),
                )
    for outcome in OPENING if procedures else ():
        if not any(one.outcome is outcome and not one.rules for one in procedures):
            raise fault(
                file,
                "procedures",
                Message(zh=f"{outcome} 没有通用程序", en=f"{outcome} has no procedure for every clause"),
                Message(zh="请补上一项不写 rules 的程序", en="Add one without `rules`"),
            )


def _check_rules(procedure: Procedure, version: AgreementVersion, file: str) -> None:
    giving = {
        clause.id
        for clause in version.clauses
        if procedure.outcome in {clause.ruling.outcome, *(variant.outcome for variant in clause.variants.values())}
    }
    for rule in sorted(procedure.rules - giving):
        listed = ", ".join(sorted(giving))
        raise fault(
            file,
            f"procedures[{procedure.id}].rules",
            Message(zh=f"条款“{rule}”不会得出该结论", en=f'clause "{rule}" never gives this outcome'),
            Message(zh=f"请改用：{listed}", en=f"Use some of: {listed}"),
        )


def read_term(table: TableReader, key: str) -> int:
    """A term in working days, 1 to 250; InvalidInput otherwise."""
    days = table.number(key)
    if not 1 <= days <= LONGEST_TERM:
        raise table.fault(
            key,
            Message(zh="期限不合理", en="the term cannot be meant"),
            Message(zh=f"请写 1 至 {LONGEST_TERM} 个工作日", en=f"Write 1 to {LONGEST_TERM} working days"),
        )
    return days


def _check_override(table: TableReader, procedure: Procedure) -> None:
    if procedure.outcome is not Outcome.NOT_RECOGNISED or (procedure.rules and not procedure.tacit):
        return
    raise table.fault(
        "rules" if not procedure.rules else "tacit",
        Message(
            zh="人工更正须逐条列明可更正的条款，且不因逾期而成立",
            en="an override names the clauses it may override, and silence does not make one",
        ),
        Message(zh="请写明 rules，并写 tacit = false", en="Name them in `rules` and write tacit = false"),
    )


def _meet(one: Procedure, other: Procedure) -> bool:
    return bool(one.rules & other.rules) or (not one.rules and not other.rules)
