"""Worked cases: a question written down with the answer that is expected."""

from dataclasses import dataclass
from functools import cache

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.case_facts import DIVISION, SERIES, FactReader
from talent_registry.domain.divisions import province_of
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import (
    HOME_COUNTRY,
    CommitteeFiling,
    CredentialFacts,
    HolderFacts,
    IntegrityRecord,
    Question,
    Target,
)
from talent_registry.domain.recognition import Decision
from talent_registry.reference.catalogue import catalogue

# What a case must state of a credential of the kind; one from overseas need not.
REQUIRED = {
    "TITLE": ("title_code", "level", "issuer_kind", "approval_date", "route"),
    "QUALIFICATION": ("qualification",),
    "WORK_PERMIT": ("permit_class",),
    "TALENT_CARD": ("card",),
}
CERTIFICATES = ("ELECTRONIC", "PAPER")
MILITARY_STATUSES = ("CIVILIAN_STAFF", "OFFICER")
PERMIT_CLASSES = ("A", "B", "C")
LETTER_LEVELS = ("COUNTY", "PREFECTURE", "PROVINCE", "CENTRAL_HR")
# The first digits of an identity number say nothing of the issuing province; cases carry them to show just that.
IGNORED = "holder_id_prefix"


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer that a case expects; None: not stated."""

    outcome: str | None
    rule: str | None
    reason_code: str | None

    def agrees(self, decision: Decision) -> bool:
        """Whether all that is stated is what was decided."""
        return all(
            stated in {None, decided}
            for stated, decided in (
                (self.outcome, decision.outcome),
                (self.rule, decision.rule),
                (self.reason_code, decision.reason_code),
            )
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case; `expected` None: only the question is written down."""

    case_id: str
    question: Question
    expected: Expected | None


def parse_case(value: object, path: tuple[str, ...] = ()) -> Case:
    """The case written in a JSON value; `path` is where it stands, for instance ("[3]",).

    InvalidInput (MALFORMED_CASE) with the path of the key for unknown keys, wrong types, bad days and unknown codes.
    """
    case = FactReader(value, path)
    for key in ("case_id", "credential", "target", "decision_date"):
        case.require(key)
    for key in ("title", "note"):
        case.find_text(key)
    case.find_scalar(IGNORED)
    question = _read_question(case)
    expected = case.find_object("expected")
    read = Case(case.find_text("case_id") or "", question, None if expected is None else _read_expected(expected))
    case.done()
    return read


@cache
def _list_codes(name: str) -> frozenset[str]:
    """The codes of a list of the catalogue."""
    return frozenset(entry.code for entry in getattr(catalogue(), name))


def _read_question(case: FactReader) -> Question:
    country = case.find_country("issuer_country")
    written = FactReader(case.facts["credential"], (*case.path, "credential"))
    # The holder may be written beside the credential or in it, as may the holder's request and the country.
    holder = case.find_object("holder") or written.find_object("holder")
    request = case.find_text("request") or written.find_text("request")
    credential = _read_credential(written, country)
    target = _read_target(FactReader(case.facts["target"], (*case.path, "target")))
    case.unread -= {"credential", "target"}
    if credential.issuer_country == HOME_COUNTRY:
        case.require("source_province")
    question = Question(
        credential=credential,
        target=target,
        source_province=case.find_division("source_province"),
        on=case.get_day("decision_date"),
        holder=HolderFacts(request=request) if holder is None else _read_holder(holder, request),
    )
    if not question.overseas:
        for key in REQUIRED.get(credential.kind, ()):
            written.require(key)
    return question


def _read_credential(read: FactReader, country: str | None) -> CredentialFacts:
    country = read.find_country("issuer_country") or country or HOME_COUNTRY
    read.require("kind")
    read.require("status")
    kind = read.find_code("kind", _list_codes("credential_kinds")) or ""
    read.find_scalar(IGNORED)
    credential = CredentialFacts(
        kind=kind,
        status=read.find_code("status", _list_codes("record_statuses")) or "",
        title_code=read.find_code("title_code", catalogue().titles),
        level=read.find_code("level", _list_codes("levels")),
        issuer_kind=read.find_code("issuer_kind", _list_codes("issuer_kinds")),
        issuer_division=read.find_division("issuer_division"),
        issuer_country=country,
        approval_date=read.find_day("approval_date"),
        route=read.find_code("route", _list_codes("review_routes")),
        origin_division=read.find_division("origin_division"),
        certificate=read.find_code("certificate", CERTIFICATES),
        found_in_query=read.find_flag("found_in_query"),
        revoked_on=read.find_day("revoked_on"),
        publicity_from=read.find_day("publicity_from"),
        publicity_workdays=read.find_number("publicity_workdays"),
        issued_on=read.find_day("issued_on"),
        valid_to=read.find_day("valid_to"),
        committee=_read_committee(read.find_object("committee")),
        delegated=read.flag("delegated", default=False),
        delegation_letter=_read_letter(read.find_object("delegation_letter")),
        targeted_area=read.find_codes("targeted_area", DIVISION),
        military_status=read.find_code("military_status", MILITARY_STATUSES),
        qualification=read.find_text("qualification"),
        grade=read.find_text("grade"),
        registered_to=read.find_day("registered_to"),
        unit_division=read.find_division("unit_division"),
        permit_class=read.find_code("permit_class", PERMIT_CLASSES),
        card=read.find_text("card"),
        card_class=read.find_text("card_class"),
        skill_level=read.find_scalar("skill_level"),
    )
    read.done()
    return credential


def _read_committee(read: FactReader | None) -> CommitteeFiling | None:
    if read is None:
        return None
    filing = CommitteeFiling(
        filed_from=read.get_day("filed_from"),
        filed_to=read.find_day("filed_to"),
        max_level=read.find_code("max_level", _list_codes("levels")),
        series=read.find_codes("series", SERIES),
    )
    read.done()
    return filing


def _read_letter(read: FactReader | None) -> str | None:
    if read is None:
        return None
    # Null says that there is no letter, as it does of the letter as a whole.
    if "authority_level" not in read.facts:
        read.require("authority_level")
    level = read.find_code("authority_level", LETTER_LEVELS)
    read.done()
    return level


def _read_target(read: FactReader) -> Target:
    read.require("division")
    division, post_series = read.find_division("division") or "", read.find_code("post_series", catalogue().series)
    if _ought_to_be_listed(division) and catalogue().find_division(division) is None:
        raise read.fault("division", Message(zh="没有这个行政区划代码", en="there is no division of this code"))
    target = Target(
        division=division,
        employer_kind=read.find_text("employer_kind"),
        post_series=post_series,
        zone=read.find_text("zone"),
    )
    read.done()
    return target


def _ought_to_be_listed(division: str) -> bool:
    """The lists hold every division of the provinces that they hold, and nothing of the others."""
    return catalogue().find_division(province_of(division)) is not None


def _read_holder(read: FactReader, request: str | None) -> HolderFacts:
    read.find_scalar(IGNORED)
    record = read.find_object("integrity_record")
    holder = HolderFacts(
        name_matches=read.flag("name_matches", default=True),
        document_matches=read.flag("document_matches", default=True),
        retired=read.flag("retired", default=False),
        civil_servant=read.flag("civil_servant", default=False),
        request=read.find_text("request") or request,
        integrity_record=None if record is None else _read_integrity_record(record),
        exam_certificates=read.find_codes("exam_certificates", SERIES) or frozenset(),
    )
    read.done()
    return holder


def _read_integrity_record(read: FactReader) -> IntegrityRecord:
    record = IntegrityRecord(since=read.get_day("from"), until=read.find_day("until"))
    read.done()
    return record


def _read_expected(read: FactReader) -> Expected:
    expected = Expected(
        outcome=read.find_code("outcome", tuple(Outcome)),
        rule=read.find_text("rule"),
        reason_code=read.find_text("reason_code"),
    )
    read.done()
    return expected
