"""What a condition is, the list of those that an agreement may name, and what several of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from talent_registry.domain.agreements import AgreementVersion, Parameters
from talent_registry.domain.divisions import covers
from talent_registry.domain.periods import last_day_of_years
from talent_registry.domain.questions import CredentialFacts, Question

# False: not satisfied. True: satisfied. A text: satisfied, and the variant of that name rules.
Answer = bool | str
Test = Callable[[Question, Parameters, AgreementVersion], Answer]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test with the facts it reads, the parameters a clause must give it, and the variants it may answer."""

    test: Test
    reads: tuple[str, ...]
    codes: tuple[str, ...]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    variants: tuple[str, ...]


CONDITIONS: dict[str, Condition] = {}


def condition(
    *reads: str,
    codes: tuple[str, ...] = (),
    days: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
    variants: tuple[str, ...] = (),
) -> Callable[[Test], Test]:
    """Enters a function among the conditions that an agreement may name."""

    def enter(test: Test) -> Test:
        CONDITIONS[test.__name__] = Condition(test, reads, codes, days, numbers, variants)
        return test

    return enter


def crosses_the_pair(q: Question, v: AgreementVersion) -> bool:
    """Issued by one party, for a post in the other."""
    return (
        q.issuing_province in v.parties and q.target_province in v.parties and q.issuing_province != q.target_province
    )


def filing_covers_approval(credential: CredentialFacts, longest_years: int) -> bool:
    """Order 40: a filing holds at most three years; days beyond that are not covered, whatever was written."""
    filing, approved = credential.committee, credential.approval_date
    if filing is None or approved is None:
        return False
    latest = last_day_of_years(filing.filed_from, longest_years)
    return filing.filed_from <= approved <= min(filing.filed_to or latest, latest)


def reviewed_by_filed_bodies(q: Question, p: Parameters) -> bool:
    """A title by review from a body whose committee must be filed."""
    return q.credential.route in p.codes["routes"] and q.credential.issuer_kind in p.codes["issuer_kinds"]


def series_changes(q: Question) -> bool:
    """The post is tied to another series than the title's; a title from overseas may have none that could differ."""
    return None not in {q.target.post_series, q.credential.series} and q.target.post_series != q.credential.series


def listed_as_reciprocal(q: Question, v: AgreementVersion) -> bool:
    """The issuer itself is listed for the target or for the prefecture that the target lies in, on the decision day."""
    return any(
        listing.issuer == q.credential.issuer_division
        and listing.holds_on(q.on)
        and covers(listing.target, q.target.division)
        for listing in v.reciprocity
    )


def title_of_the_pair(q: Question, p: Parameters, v: AgreementVersion) -> bool:
    """A title of the given levels by the given kinds of issuer, from one party to the other."""
    return (
        q.credential.level in p.codes["levels"]
        and q.credential.issuer_kind in p.codes["issuer_kinds"]
        and crosses_the_pair(q, v)
    )


def still_valid(last: date | None, on: date) -> bool:
    """Days of validity are inclusive; without a last day there is no end."""
    return last is None or on <= last
