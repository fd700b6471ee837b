"""The only place that decides who may do what: a permission, the relations that carry it, and the actor's relations."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.errors import NotFound, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.services.permission_kinds import Permission
from talent_registry.services.relation_kinds import Relation

__all__ = [
    "ANONYMOUS",
    "CARRIED_BY",
    "OPERATOR",
    "Actor",
    "ActorKind",
    "Permission",
    "Subject",
    "nothing_here",
    "sign_in_first",
]


class ActorKind(StrEnum):
    """What an account acts as; one account is one kind and never acts for both provinces."""

    ANONYMOUS = "ANONYMOUS"
    RESEARCHER = "RESEARCHER"
    HR = "HR"
    ISSUER = "ISSUER"
    AUTHORITY = "AUTHORITY"
    AGENCY = "AGENCY"
    OPERATOR = "OPERATOR"
    CLOCK = "CLOCK"


_OFFICES = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY, ActorKind.AGENCY})
_PARTIES = frozenset({Relation.SELF, Relation.HOME_UNIT, Relation.HOST_UNIT})
_AUTHORITIES = frozenset({Relation.AUTHORITY, Relation.AUTHORITY_OF_ISSUER, Relation.AUTHORITY_OF_PLACEMENT})
_R = Relation

# "Who may do what", row by row.
CARRIED_BY: dict[Permission, frozenset[Relation]] = {
    Permission.VERIFY_CREDENTIAL: frozenset({_R.ANYONE}),
    # A roster is received by the office that asks, an authority's by its province.
    Permission.VERIFY_ROSTER: frozenset({_R.RECEIVER, _R.AUTHORITY}),
    Permission.READ_PERSON: _PARTIES | _AUTHORITIES | {_R.ISSUER, _R.CONSENTED},
    Permission.READ_HISTORY: frozenset({_R.SELF, _R.AUTHORITY}),
    Permission.EDIT_PROFILE: frozenset({_R.SELF}),
    Permission.REGISTER_RESEARCHER: frozenset({_R.AUTHORITY, _R.HOME_UNIT, _R.OPERATOR}),
    Permission.CORRECT_NAME: frozenset({_R.AUTHORITY}),
    Permission.CORRECT_DOCUMENT: frozenset({_R.AUTHORITY}),
    Permission.CORRECT_HOUSEHOLD: frozenset({_R.AUTHORITY}),
    Permission.CORRECT_PERSONNEL_RELATION: frozenset({_R.AUTHORITY, _R.HOME_UNIT}),
    Permission.RECORD_CREDENTIAL: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.CHANGE_CREDENTIAL_STATUS: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.RECORD_INTEGRITY: frozenset({_R.AUTHORITY, _R.AUTHORITY_OF_ISSUER}),
    # Of an integrity record, AUTHORITY is that of the province which recorded it; to read it, the person's too.
    Permission.KEEP_INTEGRITY: frozenset({_R.AUTHORITY}),
    Permission.READ_INTEGRITY: frozenset({_R.SELF, _R.HOME_UNIT, _R.AUTHORITY}),
    Permission.READ_CREDENTIAL: _PARTIES | {_R.ISSUER, _R.AUTHORITY, _R.AUTHORITY_OF_PLACEMENT, _R.CONSENTED},
    Permission.IMPORT_ROLL: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.REGISTER_ORGANISATION: frozenset({_R.AUTHORITY, _R.OPERATOR}),
    Permission.FILE_COMMITTEE: frozenset({_R.AUTHORITY}),
    Permission.DECIDE_RECOGNITION: frozenset({_R.SELF, _R.CONSENTED, _R.AUTHORITY}),
    Permission.READ_DECISION: _PARTIES | {_R.AUTHORITY, _R.AUTHORITY_OF_PLACEMENT, _R.CONSENTED},
    Permission.READ_RECEIPT: frozenset({_R.SELF, _R.RECEIVER}),
    # Of a case, AUTHORITY is that of the body's province, of the post's to read it, of the other one to approve.
    Permission.READ_CASE: frozenset({_R.SELF, _R.ISSUER, _R.AUTHORITY, _R.CONSENTED}),
    Permission.PURSUE_CASE: frozenset({_R.SELF}),
    Permission.CONDUCT_CASE: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.PROPOSE_OVERRIDE: frozenset({_R.AUTHORITY}),
    Permission.APPROVE_OVERRIDE: frozenset({_R.AUTHORITY}),
    Permission.COMPARE_CASES: frozenset({_R.AUTHORITY}),
    Permission.READ_ALERT: frozenset({_R.AUTHORITY}),
    # Of a correction, ISSUER or HOME_UNIT is the source of the fact, AUTHORITY that of its province.
    Permission.OPEN_CORRECTION: frozenset({_R.SELF}),
    Permission.CONDUCT_CORRECTION: frozenset({_R.ISSUER, _R.HOME_UNIT, _R.AUTHORITY}),
    Permission.READ_CORRECTION: frozenset({_R.SELF, _R.ISSUER, _R.HOME_UNIT, _R.AUTHORITY}),
    Permission.RUN_CLOCKS: frozenset({_R.OPERATOR, _R.CLOCK}),
    Permission.PROPOSE_PLACEMENT: _PARTIES,
    # Of a draft, the one party that made it.
    Permission.DRAFT_PLACEMENT: _PARTIES,
    Permission.COUNTER_PLACEMENT: _PARTIES,
    Permission.SIGN_AS_RESEARCHER: frozenset({_R.SELF}),
    Permission.SIGN_AS_HOME_UNIT: frozenset({_R.HOME_UNIT}),
    Permission.SIGN_AS_HOST_UNIT: frozenset({_R.HOST_UNIT}),
    Permission.ACTIVATE_PLACEMENT: _PARTIES,
    Permission.SUSPEND_PLACEMENT: frozenset({_R.AUTHORITY}),
    Permission.EXTEND_PLACEMENT: _PARTIES,
    Permission.RETURN_EARLY: frozenset({_R.SELF}),
    Permission.RECALL: frozenset({_R.HOME_UNIT}),
    Permission.RELEASE: frozenset({_R.HOST_UNIT}),
    Permission.END_FOR_BREACH: frozenset({_R.AUTHORITY}),
    Permission.WITHDRAW_END: _PARTIES,
    Permission.READ_PLACEMENT: _PARTIES | {_R.AUTHORITY, _R.CONSENTED},
    Permission.GRANT_CONSENT: frozenset({_R.SELF}),
    # To issue one, to see it and to revoke it; whoever holds the code opens it.
    Permission.ISSUE_SHARE_CODE: frozenset({_R.SELF}),
    Permission.OPEN_SHARE_CODE: frozenset({_R.ANYONE}),
    Permission.OPEN_ACCOUNT: frozenset({_R.OPERATOR}),
    Permission.OPEN_AGENCY_CLIENT: frozenset({_R.AUTHORITY, _R.OPERATOR}),
    Permission.READ_LEDGER: frozenset({_R.AUTHORITY, _R.OPERATOR}),
    Permission.DRAFT_RELEASE: frozenset({_R.AUTHORITY}),
    Permission.APPROVE_RELEASE: frozenset({_R.AUTHORITY}),
    Permission.READ_DRAFT: frozenset({_R.AUTHORITY}),
    Permission.READ_RECALL: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.READ_NOTICE: frozenset({_R.SELF, _R.RECEIVER, _R.AUTHORITY}),
    Permission.ACKNOWLEDGE_NOTICE: frozenset({_R.SELF, _R.RECEIVER, _R.AUTHORITY}),
    Permission.READ_EVENT: frozenset({_R.SELF, _R.RECEIVER, _R.AUTHORITY}),
    Permission.MANAGE_WEBHOOK: frozenset({_R.RECEIVER}),
    Permission.WATCH_CREDENTIAL: frozenset({_R.RECEIVER}),
    # CONSENTED where the consent names the documents.
    Permission.REVEAL_DOCUMENT: frozenset({_R.AUTHORITY, _R.AUTHORITY_OF_ISSUER, _R.CONSENTED}),
    # Of a question, RECEIVER is the office that asked, ISSUER the one that is asked, AUTHORITY that of its province.
    Permission.ASK_ISSUER: frozenset({_R.RECEIVER}),
    Permission.ANSWER_ISSUER_QUESTION: frozenset({_R.ISSUER, _R.AUTHORITY}),
    Permission.READ_ISSUER_QUESTION: frozenset({_R.RECEIVER, _R.ISSUER, _R.AUTHORITY}),
    Permission.GENERATE_SAMPLE: frozenset({_R.OPERATOR}),
    Permission.SIMULATE: frozenset({_R.AUTHORITY, _R.OPERATOR}),
    Permission.READ_ENTITLEMENTS: frozenset({_R.SELF, _R.CONSENTED, _R.AUTHORITY}),
    Permission.CHECK_ENTITLEMENT: frozenset({_R.SELF, _R.CONSENTED}),
    # Of an opportunity, HOST_UNIT is the unit that needs; to propose it must have been answered.
    Permission.POST_OPPORTUNITY: frozenset({_R.HOST_UNIT}),
    Permission.READ_MATCHES: frozenset({_R.HOST_UNIT}),
    Permission.ANSWER_OPPORTUNITY: frozenset({_R.SELF}),
    Permission.PROPOSE_FROM_OPPORTUNITY: frozenset({_R.SELF, _R.HOST_UNIT}),
    # What is published is the same for everybody.
    Permission.READ_FLOWS: frozenset({_R.ANYONE}),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is about, as far as permission asks.

    `provinces` are those whose authority may act (of the household or home unit, of the target, of the one
    credential asked about); `issuer_provinces` those of whoever issued anything to the person,
    `placement_provinces` those of the person's placements that were agreed; `issuer_ids` the organisations that
    issued, `receiver_ids` those to which something is addressed; `consented` whether the person opened what is asked
    to the actor's organisation, and `consented_fields` the codes of the fields so opened.
    """

    researcher_id: UUID | None = None
    home_unit_id: UUID | None = None
    host_unit_ids: frozenset[UUID] = frozenset()
    issuer_ids: frozenset[UUID] = frozenset()
    provinces: frozenset[str] = frozenset()
    issuer_provinces: frozenset[str] = frozenset()
    placement_provinces: frozenset[str] = frozenset()
    consented: bool = False
    consented_fields: frozenset[str] = frozenset()
    receiver_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with its organisation and province, a person, or nobody known."""

    kind: ActorKind
    account_id: UUID | None = None
    organisation_id: UUID | None = None
    researcher_id: UUID | None = None
    province: str | None = None
    purposes: frozenset[str] = frozenset()

    def relations(self, subject: Subject) -> frozenset[Relation]:
        """Every relation of this actor to `subject`."""
        found = {Relation.ANYONE}
        unit = self.organisation_id
        if self.kind is ActorKind.RESEARCHER and self.researcher_id == subject.researcher_id is not None:
            found.add(Relation.SELF)
        if self.kind is ActorKind.HR and unit is not None:
            if unit == subject.home_unit_id:
                found.add(Relation.HOME_UNIT)
            if unit in subject.host_unit_ids:
                found.add(Relation.HOST_UNIT)
        if self.kind is ActorKind.ISSUER and unit in subject.issuer_ids:
            found.add(Relation.ISSUER)
        if self.kind in _OFFICES and unit in subject.receiver_ids:
            found.add(Relation.RECEIVER)
        if self.kind is ActorKind.AUTHORITY:
            found |= self._as_authority(subject)
        if self.kind in (ActorKind.OPERATOR, ActorKind.CLOCK):
            found.add(Relation(self.kind.value))
        if subject.consented and self.kind in (ActorKind.HR, ActorKind.AGENCY):
            found.add(Relation.CONSENTED)
        return frozenset(found)

    def _as_authority(self, subject: Subject) -> set[Relation]:
        by = {
            Relation.AUTHORITY: subject.provinces,
            Relation.AUTHORITY_OF_ISSUER: subject.issuer_provinces,
            Relation.AUTHORITY_OF_PLACEMENT: subject.placement_provinces,
        }
        return {relation for relation, provinces in by.items() if self.province in provinces}

    def may(self, permission: Permission, subject: Subject) -> bool:
        """Whether one of the actor's relations carries `permission`."""
        return bool(self.relations(subject) & CARRIED_BY[permission])

    def must(self, permission: Permission, subject: Subject | None = None, *, hidden: bool = True) -> None:
        """Refuse what the actor may not do: an unknown caller is asked to sign in; anyone else reads "not found".

        `hidden=False` where the act is about no existing record, so that there is nothing to hide.
        """
        if self.may(permission, subject or Subject()):
            return
        if self.kind is ActorKind.ANONYMOUS:
            raise sign_in_first()
        if hidden:
            raise nothing_here()
        raise NotPermitted(
            Message(
                zh="此操作不属于您的账户所代表的单位或省份。请由有权的单位办理。",
                en="This act does not belong to the office or province your account acts for. "
                "Ask the office that may do it.",
            ),
            reason="NOT_YOURS",
        )


ANONYMOUS = Actor(ActorKind.ANONYMOUS)
OPERATOR = Actor(ActorKind.OPERATOR)


def sign_in_first() -> NotPermitted:
    """The refusal of a caller who did not say who they are."""
    return NotPermitted(
        Message(zh="请先登录，再执行此操作。", en="Sign in first, then try again."), reason="SIGN_IN_FIRST"
    )


def nothing_here(path: tuple[str, ...] = ()) -> NotFound:
    """The one answer for "absent" and for "not yours": the words are the same, so nothing can be probed."""
    return NotFound(
        Message(
            zh="登记库中没有您可以查看或办理的此项记录。请核对编号；若记录应当存在，请联系登记该记录的单位。",
            en="The registry holds no such record that you may see or act on. Check the number; if the record should "
            "exist, ask the office that registered it.",
        ),
        path=path,
    )
