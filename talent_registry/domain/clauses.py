"""The conditions that clauses are made of: one small function each, over facts, parameters and the rulebook."""

from talent_registry.domain.agreements import AgreementVersion, Parameters
from talent_registry.domain.conditions import (
    CONDITIONS,
    Answer,
    condition,
    crosses_the_pair,
    filing_covers_approval,
    listed_as_reciprocal,
    reviewed_by_filed_bodies,
    series_changes,
    still_valid,
    title_of_the_pair,
)
from talent_registry.domain.divisions import covers, province_of
from talent_registry.domain.questions import Question
from talent_registry.reference.catalogue import catalogue

__all__ = ["CONDITIONS"]

ISSUER = ("credential.issuer_kind", "credential.issuer_division")
PROVINCES = ("issuing_province", "target_province")
REVIEW = ("credential.route", "credential.issuer_kind", "credential.approval_date", "credential.committee")

# ---------------------------------------------------------------- gates


@condition("holder.name_matches", "holder.document_matches")
def identity_mismatch(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """Name or document number of the credential is not the person's, and no documented change explains it."""
    return not (q.holder.name_matches and q.holder.document_matches)


@condition("credential.status", "credential.revoked_on", "holder.integrity_record")
def revoked_or_fraud(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """Order 40: fraud revokes the title and stands in the integrity record for three years."""
    revoked_on, record = q.credential.revoked_on, q.holder.integrity_record
    revoked = q.credential.status == "REVOKED" and (revoked_on is None or revoked_on <= q.on)
    return revoked or (record is not None and record.since <= q.on and still_valid(record.until, q.on))


@condition("credential.status", codes=("statuses",))
def record_status(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """The record carries one of the statuses; it stays so until the record says otherwise."""
    return q.credential.status in p.codes["statuses"]


@condition("credential.valid_to")
def expired(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """The last day of validity lies before the decision day; the days decide, not the status."""
    return not still_valid(q.credential.valid_to, q.on)


@condition(*REVIEW, codes=("routes", "issuer_kinds"), days=("approvals_from",), numbers=("longest_filing_years",))
def committee_not_filed(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Order 40: for approvals from its first day the committee must have been filed on the day of approval."""
    approved = q.credential.approval_date
    return (
        reviewed_by_filed_bodies(q, p)
        and (approved is None or approved >= p.days["approvals_from"])
        and not filing_covers_approval(q.credential, p.numbers["longest_filing_years"])
    )


@condition(*REVIEW, "credential.level", "credential.series", codes=("routes", "issuer_kinds"))
def beyond_authority(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Order 40: a committee reviews only the levels and series of its filing."""
    filing, level, series = q.credential.committee, q.credential.level, q.credential.series
    if filing is None or not reviewed_by_filed_bodies(q, p):
        return False
    rank = catalogue().level
    too_high = level is not None and filing.max_level is not None and rank(level).rank > rank(filing.max_level).rank
    return too_high or (series is not None and filing.series is not None and series not in filing.series)


@condition(
    "credential.delegated",
    "credential.delegation_letter",
    "credential.level",
    "credential.issuer_kind",
    codes=("senior_levels", "senior_letters", "lower_letters", "central_units", "central_letters"),
)
def delegation_invalid(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Draft review regulation of 2018: a delegated review needs a letter of an authority high enough for the level."""
    credential = q.credential
    allowed = p.codes["senior_letters" if credential.level in p.codes["senior_levels"] else "lower_letters"]
    if credential.issuer_kind in p.codes["central_units"]:
        allowed |= p.codes["central_letters"]
    return credential.delegated and credential.delegation_letter not in allowed


@condition("credential.issuer_kind", codes=("issuer_kinds",))
def issuer_kind(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """The issuer is of one of the kinds."""
    return q.credential.issuer_kind in p.codes["issuer_kinds"]


@condition("holder.retired", "holder.civil_servant", "holder.request", codes=("requests",))
def holder_not_eligible(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Order 40: who is retired may not apply; confirmation rules exclude civil servants too."""
    return (q.holder.retired or q.holder.civil_servant) and q.holder.request in p.codes["requests"]


# ---------------------------------------------------------------- scope and exceptions


@condition(*PROVINCES, "target.zone", "credential.issuer_kind", codes=("except_zones", "except_issuer_kinds"))
def same_province(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """No question between provinces, except in a zone of both and for titles of the armed forces."""
    return (
        q.issuing_province == q.target_province
        and q.target.zone not in p.codes["except_zones"]
        and q.credential.issuer_kind not in p.codes["except_issuer_kinds"]
    )


@condition("credential.targeted_area", "target.division")
def targeted_area_left(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """A title of targeted evaluation holds only within the area that it names."""
    area = q.credential.targeted_area
    return area is not None and not any(covers(code, q.target.division) for code in area)


@condition(
    "credential.issuer_kind", "credential.military_status", codes=("issuer_kinds", "to_verify"), variants=("officer",)
)
def military_title(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Regulation on civilian staff art. 35: their titles stay valid after leaving; all others are confirmed."""
    if q.credential.issuer_kind not in p.codes["issuer_kinds"]:
        return False
    return True if q.credential.military_status in p.codes["to_verify"] else "officer"


@condition("credential.series", "target.post_series", codes=("exam_series",))
def series_change_by_review(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Conversion practice: another series means a review at the same level after a year in the post."""
    return series_changes(q) and q.target.post_series not in p.codes["exam_series"]


@condition("credential.series", "target.post_series", "holder.exam_certificates", codes=("exam_series",))
def series_change_by_exam(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Conversion practice: into an exam series only with the national examination of that very series."""
    post = q.target.post_series
    return series_changes(q) and post in p.codes["exam_series"] and post not in q.holder.exam_certificates


# ---------------------------------------------------------------- any province, permits, cards, skills


@condition("credential.route", "overseas", codes=("routes",))
def national_exam(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Titles of the national unified examinations hold nationwide and are not confirmed again."""
    return not q.overseas and q.credential.route in p.codes["routes"]


@condition(
    "credential.qualification",
    "credential.unit_division",
    "credential.registered_to",
    codes=("qualifications",),
    variants=("lapsed",),
)
def pair_qualification(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Market-regulation pilot: the practising unit may be registered in either province, the registration must run."""
    unit, registered_to = q.credential.unit_division, q.credential.registered_to
    if q.credential.qualification not in p.codes["qualifications"] or unit is None or registered_to is None:
        return False
    if province_of(unit) not in v.parties:
        return False
    return True if still_valid(registered_to, q.on) else "lapsed"


@condition("credential.qualification", "credential.grade", "overseas")
def qualification_mapped(q: Question, _p: Parameters, v: AgreementVersion) -> Answer:
    """Notice of 2021 item 2: a national qualification counts as the title that the table gives for its grade."""
    return not q.overseas and any(
        q.credential.qualification in mapped.names and (q.credential.grade or "") == mapped.grade
        for mapped in v.qualifications
    )


@condition("credential.permit_class", "target.zone", codes=("classes", "zones"))
def permit_into_zone(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Pilot plan of October 2022: permits of these classes moving into the zone."""
    return q.credential.permit_class in p.codes["classes"] and q.target.zone in p.codes["zones"]


@condition("credential.permit_class", *PROVINCES, codes=("classes",))
def permit_within_pair(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Plan of December 2021: a permit of the pair, and the new employer inside the pair."""
    return (
        q.credential.permit_class in p.codes["classes"]
        and q.issuing_province in v.parties
        and q.target_province in v.parties
    )


@condition("credential.permit_class", "target.zone", codes=("classes", "zone_classes", "zones"))
def permit_out_of_scope(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """The same plans: these classes everywhere, and those of the zone outside it, follow the ordinary procedure."""
    permit = q.credential.permit_class
    return permit in p.codes["classes"] or (permit in p.codes["zone_classes"] and q.target.zone not in p.codes["zones"])


@condition(
    "credential.card",
    "credential.issued_on",
    "credential.valid_to",
    codes=("card_families",),
    variants=("lapsed",),
)
def talent_card(q: Question, p: Parameters, _v: AgreementVersion) -> Answer:
    """Framework agreement of April 2020: each province's talent card opens the services of the mapped class."""
    card, issued_on = q.credential.card or "", q.credential.issued_on
    if not card.startswith(tuple(p.codes["card_families"])) or (issued_on is not None and q.on < issued_on):
        return False
    return True if still_valid(q.credential.valid_to, q.on) else "lapsed"


@condition("credential.found_in_query")
def found_in_query(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """The national query system shows the certificate."""
    return q.credential.found_in_query is True


@condition("credential.found_in_query")
def not_found_in_query(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """Old paper and late reports are not in the query platform: not found never means not genuine."""
    return q.credential.found_in_query is False


# ---------------------------------------------------------------- the pair


@condition("credential.level", *ISSUER, *PROVINCES, codes=("levels", "issuer_kinds"))
def pair_title(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Notice of 2021 item 1: levels and issuers that the notice names."""
    return title_of_the_pair(q, p, v)


@condition("credential.level", *ISSUER, *PROVINCES, "target.division", codes=("levels", "issuer_kinds"))
def pair_title_listed(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Notice of 2021 item 3: left to the local title authorities, which list each other."""
    return title_of_the_pair(q, p, v) and listed_as_reciprocal(q, v)


@condition("credential.level", *ISSUER, *PROVINCES, "target.division", codes=("levels", "issuer_kinds"))
def pair_title_not_listed(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Notice of 2021 item 3: no listing between the two local authorities on the decision day."""
    return title_of_the_pair(q, p, v) and not listed_as_reciprocal(q, v)


@condition(*REVIEW, *PROVINCES, codes=("issuer_kinds",), numbers=("longest_filing_years",))
def self_review_unit(q: Question, p: Parameters, v: AgreementVersion) -> Answer:
    """Review power delegated to units; their committee was filed on the day of approval."""
    return (
        q.credential.issuer_kind in p.codes["issuer_kinds"]
        and crosses_the_pair(q, v)
        and filing_covers_approval(q.credential, p.numbers["longest_filing_years"])
    )


# ---------------------------------------------------------------- the national default


@condition(*PROVINCES)
def crossing(q: Question, _p: Parameters, v: AgreementVersion) -> Answer:
    """Order 40 default: issued by one party, for a post in the other."""
    return crosses_the_pair(q, v)


@condition("overseas", "issuing_province")
def third_province(q: Question, _p: Parameters, v: AgreementVersion) -> Answer:
    """Order 40 default: the pair's agreement does not reach the titles of others."""
    return q.issuing_province is not None and q.issuing_province not in v.parties


@condition("overseas", "credential.issuer_country")
def overseas(q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """Obtained abroad, in Hong Kong, Macao or Taiwan: holders may apply for review."""
    return q.overseas


@condition()
def always(_q: Question, _p: Parameters, _v: AgreementVersion) -> Answer:
    """The national default catches what no other clause decides."""
    return True
