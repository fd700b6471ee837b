"""Reading from an agreement's files how corrections that people ask for and questions to issuers are seen to."""

from talent_registry.domain.agreement_procedures import read_term
from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.correction_procedures import CorrectionProcedure, QuestionTerms
from talent_registry.domain.messages import Message


def read_correction_procedure(table: TableReader) -> CorrectionProcedure:
    """One procedure for some facts; InvalidInput at a fault."""
    procedure = CorrectionProcedure(
        id=table.text("id"),
        facts=frozenset(table.some_of("facts", tuple(DisputedFact))),
        working_days=read_term(table, "working_days"),
        evidence_working_days=read_term(table, "evidence_working_days"),
        appeal_working_days=read_term(table, "appeal_working_days"),
        appeal_decision_working_days=read_term(table, "appeal_decision_working_days"),
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    return procedure


def read_question_terms(table: TableReader) -> QuestionTerms:
    """The term of questions to issuers; InvalidInput at a fault."""
    terms = QuestionTerms(
        id=table.text("id"),
        working_days=read_term(table, "working_days"),
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    return terms


def check_question_terms(version: AgreementVersion, file: str) -> None:
    """Raises InvalidInput where there are two terms for the same."""
    for one in version.question_terms[1:]:
        raise fault(
            file,
            f"question_terms[{one.id}]",
            Message(zh="不止一个期限", en="there is more than one term"),
            Message(zh="向发证机关核查只能有一个期限", en="Leave one term for questions to issuers"),
        )


def check_correction_procedures(version: AgreementVersion, file: str) -> None:
    """Raises InvalidInput where two procedures see to the same fact."""
    for number, one in enumerate(version.correction_procedures):
        for other in version.correction_procedures[:number]:
            if one.facts & other.facts or one.id == other.id:
                raise fault(
                    file,
                    f"correction_procedures[{one.id}]",
                    Message(zh=f"与 {other.id} 重复", en=f"it doubles {other.id}"),
                    Message(zh="同一项登记事实只能有一种更正程序", en="Leave one procedure for each fact"),
                )


def find_correction_procedure(version: AgreementVersion, fact: DisputedFact) -> CorrectionProcedure | None:
    """How a correction of this fact is seen to; None where the agreement has no procedure for it."""
    return next((one for one in version.correction_procedures if fact in one.facts), None)
