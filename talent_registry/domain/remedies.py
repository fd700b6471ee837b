"""How the facts that clauses read may be mended: who supplies what.

Told fact by fact, not clause by clause: a new version of the agreement that reads the same facts finds its remedies
here, and deciding again shows which of them serve.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.changes import MOST_CHOICES, Step, Suggestion, Supplier, codes_named, series_named, step
from talent_registry.domain.divisions import province_of
from talent_registry.domain.messages import Message
from talent_registry.domain.other_posts import suggest_divisions, suggest_series, suggest_zones
from talent_registry.domain.questions import CommitteeFiling, CredentialFacts, Question
from talent_registry.reference.catalogue import catalogue

# From the most particular to the highest authority: what is tried first asks least of the holder.
LETTERS = {
    "CENTRAL_HR": Message(zh="中央单位人事部门", en="the central unit's personnel department"),
    "COUNTY": Message(zh="县级以上人社部门", en="an HRSS authority of county level or above"),
    "PREFECTURE": Message(zh="市级以上人社部门", en="an HRSS authority of prefecture level or above"),
    "PROVINCE": Message(zh="省级人社部门", en="a provincial HRSS authority"),
}

_MILITARY = {
    "CIVILIAN_STAFF": Message(zh="文职人员", en="a member of the civilian staff"),
    "OFFICER": Message(zh="军官", en="an officer"),
}

# ---------------------------------------------------------------- the holder


def _name(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if not q.holder.name_matches:
        yield step(
            q,
            "holder.name_matches",
            True,
            Supplier.HOLDER,
            Message(
                zh="请提交姓名变更证明，或由发证机关更正证书记录上的姓名。",
                en="Show proof of the change of name, or have the issuer correct the name on the record.",
            ),
            Message(zh="姓名变更证明或发证机关的更正", en="proof of the change of name, or the issuer's correction"),
        )


def _document(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if not q.holder.document_matches:
        yield step(
            q,
            "holder.document_matches",
            True,
            Supplier.HOLDER,
            Message(
                zh="请提交证件号码变更证明，或由发证机关更正证书记录上的号码。",
                en="Show proof of the change of document number, or have the issuer correct the number on the record.",
            ),
            Message(
                zh="证件变更证明或发证机关的更正", en="proof of the change of document, or the issuer's correction"
            ),
        )


def _request(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if q.holder.request is not None:
        yield step(
            q,
            "holder.request",
            None,
            Supplier.HOLDER,
            Message(
                zh="请撤回确认或申报新职称的申请，仅就已有证书申请互认。",
                en="Withdraw the request for confirmation or for a new title, and ask for recognition of the "
                "credential already held.",
            ),
            Message(zh="撤回申请的声明", en="a note that the request is withdrawn"),
        )


def _examination(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    series = q.target.post_series
    if series is not None and series not in q.holder.exam_certificates:
        named = series_named(series)
        yield step(
            q,
            "holder.exam_certificates",
            q.holder.exam_certificates | {series},
            Supplier.HOLDER,
            Message(
                zh=f"请通过{named.zh}的全国统一考试，并登记其证书。",
                en=f"Pass the national examination of {named.en} and have its certificate recorded.",
            ),
            Message(zh=f"{named.zh}的全国统一考试证书", en=f"the examination certificate of {named.en}"),
        )


# ---------------------------------------------------------------- the record


_STATUS_MENDED = {
    "SUSPENDED": Message(
        zh="请联系发证机关，恢复该证书的记录。", en="Ask the issuer to reinstate the record of the credential."
    ),
    "PUBLICITY": Message(
        zh="待公示结束并核发证书后，由发证机关更新记录。",
        en="Once the public notice has ended and the certificate is issued, the issuer records it.",
    ),
}


def _status(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    message = _STATUS_MENDED.get(q.credential.status)
    if message is not None:
        document = Message(zh="发证机关对记录状态的更新", en="the issuer's entry of the new status")
        yield step(q, "credential.status", "VALID", Supplier.ISSUER, message, document)


def _validity(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if q.credential.valid_to is not None and q.credential.valid_to < q.on:
        yield step(
            q,
            "credential.valid_to",
            q.on,
            Supplier.ISSUER,
            Message(
                zh=f"请办理延期或换发，有效期至少到 {q.on}。",
                en=f"Have the credential renewed, valid at least until {q.on}.",
            ),
            Message(zh="延期或换发的证书", en="the renewed certificate or card"),
        )


def _query(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if q.credential.found_in_query is not True:
        yield step(
            q,
            "credential.found_in_query",
            True,
            Supplier.ISSUER,
            Message(
                zh="请发证机关将该证书上报全国查询系统。",
                en="Ask the issuer to report the certificate to the national query system.",
            ),
            Message(zh="全国查询系统中的记录", en="the record in the national query system"),
        )


# ---------------------------------------------------------------- the review


def _filing(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    title, old = q.credential, q.credential.committee
    if title.approval_date is None:
        return
    series = None if title.series is None else frozenset({title.series})
    # First the same filing with a wider scope, then one of the day of approval.
    filings = [] if old is None else [replace(old, max_level=_raised(old, title), series=_widened(old, series))]
    filings.append(CommitteeFiling(title.approval_date, title.approval_date, title.level, series))
    for filing in filings:
        if filing != old:
            yield step(
                q,
                "credential.committee",
                filing,
                Supplier.ISSUER,
                Message(
                    zh=f"请发证机关提供在评审通过之日（{title.approval_date}）有效、评审权限包括该职称层级和系列的备案文件。",
                    en=f"Ask the issuer for a filing of the committee that was in force on the day of approval "
                    f"({title.approval_date}) and reaches level and series of the title.",
                ),
                Message(zh="评审委员会核准备案文件", en="the filing of the review committee"),
            )


def _raised(filing: CommitteeFiling, title: CredentialFacts) -> str | None:
    if filing.max_level is None or title.level is None:
        return filing.max_level
    return max(filing.max_level, title.level, key=lambda code: catalogue().level(code).rank)


def _widened(filing: CommitteeFiling, series: frozenset[str] | None) -> frozenset[str] | None:
    return filing.series if filing.series is None or series is None else filing.series | series


def _letter(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    if not q.credential.delegated:
        return
    for level, author in LETTERS.items():
        if level != q.credential.delegation_letter:
            yield step(
                q,
                "credential.delegation_letter",
                level,
                Supplier.ISSUER,
                Message(
                    zh=f"请补交由{author.zh}出具的委托评审函。",
                    en=f"Supply the delegation letter, written by {author.en}.",
                ),
                Message(zh="委托评审函", en="the delegation letter"),
            )


def _military(q: Question, v: AgreementVersion) -> Iterable[Step]:
    if q.credential.military_status is None:
        for status in codes_named(v.clauses, "to_verify"):
            named = _MILITARY.get(status, Message(zh=f"“{status}”", en=f'of the status "{status}"'))
            yield step(
                q,
                "credential.military_status",
                status,
                Supplier.ISSUER,
                Message(
                    zh=f"如持有人取得职称时的身份为{named.zh}，请由原单位出具证明。",
                    en=f"If the holder was {named.en} when the title was granted, let the unit certify it.",
                ),
                Message(zh="原单位出具的身份证明", en="the unit's certificate of the holder's status"),
            )


# ---------------------------------------------------------------- qualifications


def _registration(q: Question, _v: AgreementVersion) -> Iterable[Step]:
    last = q.credential.registered_to
    if last is None or last < q.on:
        yield step(
            q,
            "credential.registered_to",
            q.on,
            Supplier.AUTHORITY,
            Message(
                zh=f"请办理执业注册或延续注册，有效期至少到 {q.on}。",
                en=f"Register to practise, or have the registration renewed, valid at least until {q.on}.",
            ),
            Message(zh="执业注册证明", en="the certificate of registration"),
        )


def _practising_unit(q: Question, v: AgreementVersion) -> Iterable[Step]:
    unit = q.credential.unit_division
    if (unit is None or province_of(unit) not in v.parties) and q.target_province in v.parties:
        yield step(
            q,
            "credential.unit_division",
            q.target.division,
            Supplier.EMPLOYER,
            Message(
                zh="请将执业单位注册在两省市之一，例如岗位所在单位。",
                en="Register the practising unit in one of the two provinces, for instance the unit of the post.",
            ),
            Message(zh="执业单位的注册证明", en="the registration of the practising unit"),
        )


def _grade(q: Question, v: AgreementVersion) -> Iterable[Step]:
    if q.credential.grade is not None:
        return
    grades = {mapped.grade for mapped in v.qualifications if q.credential.qualification in mapped.names}
    for grade in sorted(grades - {""})[:MOST_CHOICES]:
        yield step(
            q,
            "credential.grade",
            grade,
            Supplier.ISSUER,
            Message(
                zh=f"记录未写明等级；如证书写明为“{grade}”，请发证机关补充。",
                en=f'The record states no grade; if the certificate says "{grade}", let the issuer add it.',
            ),
            Message(zh="写明等级的证书", en="the certificate that states the grade"),
            one_of_many=True,
        )


# By fact, what may be suggested for it.
SUGGESTIONS: Mapping[str, Suggestion] = {
    "holder.name_matches": _name,
    "holder.document_matches": _document,
    "holder.request": _request,
    "holder.exam_certificates": _examination,
    "credential.status": _status,
    "credential.valid_to": _validity,
    "credential.found_in_query": _query,
    "credential.committee": _filing,
    "credential.delegation_letter": _letter,
    "credential.military_status": _military,
    "credential.registered_to": _registration,
    "credential.unit_division": _practising_unit,
    "credential.grade": _grade,
    "target.post_series": suggest_series,
    "target.zone": suggest_zones,
    "target.division": suggest_divisions,
}


def list_steps(question: Question, version: AgreementVersion) -> dict[str, tuple[Step, ...]]:
    """Every step that could lawfully be taken from the question, by the fact that it changes."""
    return {fact: tuple(suggest(question, version)) for fact, suggest in SUGGESTIONS.items()}
