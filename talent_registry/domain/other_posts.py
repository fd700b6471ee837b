"""Posts for which the answer would be better: no fact is mended, the question is another."""

from collections.abc import Iterable

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.changes import MOST_CHOICES, RemedyKind, Step, Supplier, codes_named, series_named, step
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Question
from talent_registry.reference.catalogue import catalogue


def suggest_series(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    """A post of the title's own series."""
    post, own = q.target.post_series, q.credential.series
    if post is not None and post != own:
        none = Message(zh="不限系列", en="not tied to a series")
        asked = none if own is None else Message(zh=series_named(own).zh, en=f"of {series_named(own).en}")
        yield step(
            q,
            "target.post_series",
            own,
            Supplier.EMPLOYER,
            Message(
                zh=f"另一岗位：{asked.zh}的岗位。",
                en=f"Another post: one {asked.en}, as the title's own.",
            ),
            kind=RemedyKind.ANOTHER_POST,
        )


def suggest_zones(q: Question, v: AgreementVersion) -> Iterable[Step]:
    """A post in a zone of both provinces."""
    # Only where a clause about this kind of credential names the zone.
    kind = q.credential.kind
    for zone in codes_named([clause for clause in v.clauses if not clause.kinds or kind in clause.kinds], "zones"):
        if zone != q.target.zone:
            yield step(
                q,
                "target.zone",
                zone,
                Supplier.EMPLOYER,
                Message(zh=f"另一岗位：位于 {zone} 新区的岗位。", en=f"Another post: one in the zone {zone}."),
                kind=RemedyKind.ANOTHER_POST,
            )


def suggest_divisions(q: Question, v: AgreementVersion) -> Iterable[Step]:
    """A post in a division whose authority is listed with the issuer, or in the area of a targeted title."""
    listed = {
        entry.target for entry in v.reciprocity if entry.issuer == q.credential.issuer_division and entry.holds_on(q.on)
    }
    for code in sorted((listed | (q.credential.targeted_area or frozenset())) - {q.target.division})[:MOST_CHOICES]:
        known = catalogue().find_division(code)
        yield step(
            q,
            "target.division",
            code,
            Supplier.EMPLOYER,
            Message(
                zh=f"另一岗位：位于{known.name_zh if known else ''}（{code}）的岗位。",
                en=f"Another post: one in {known.name_en if known else 'division'} ({code}).",
            ),
            kind=RemedyKind.ANOTHER_POST,
            one_of_many=True,
        )
