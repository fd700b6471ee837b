"""What became of a roll: what is remembered of it and how a row's fault is told."""

import json

from talent_registry.domain.messages import Message
from talent_registry.domain.roll_results import MOST_REMEMBERED, RollCounts, RollOutcome, finding, recalled, remembered
from talent_registry.storage.ids import new_id


def test_a_finding_names_the_cell_and_no_value() -> None:
    found = finding(17, "HOLDER_DIFFERS", {"certificate_number": "D"})
    assert (found.line, found.cell_ref, found.column_header) == (17, "D17", "证书编号")
    assert found.message.zh.startswith("单元格 D17（证书编号）：")
    assert found.message.en.startswith("Cell D17 (证书编号): ")
    assert found.fix.zh.endswith("。")


def test_a_finding_in_a_column_that_the_roll_lacks_names_the_row() -> None:
    found = finding(17, "STATUS_NOT_CHANGED", {}, Message(zh="已撤销。", en="Revoked."))
    assert found.cell_ref == ""
    assert found.message == Message(zh="第 17 行（状态）：已撤销。", en="Row 17 (状态): Revoked.")


def test_what_is_remembered_is_bounded_and_comes_back_from_json() -> None:
    problems = tuple(finding(line, "NAME_DIFFERS", {"name": "A"}) for line in range(2, 2 + MOST_REMEMBERED + 5))
    notes = (finding(3, "HOUSEHOLD_KEPT", {}),)
    counts = RollCounts(rows=300, refused=205, repeated=0, people_new=95)
    stored = json.loads(json.dumps(remembered("ab", counts, problems, 7, notes)))
    command_id = new_id()
    assert recalled(command_id, 4, stored) == RollOutcome(
        command_id=command_id,
        sequence=4,
        replayed=True,
        digest="ab",
        counts=counts,
        problems=problems[:MOST_REMEMBERED],
        problems_left_out=12,
        notes=notes,
        notes_left_out=0,
    )


def test_an_outcome_is_complete_where_no_row_was_refused() -> None:
    stored = remembered("ab", RollCounts(rows=1, refused=0, repeated=0), (), 0, ())
    assert recalled(new_id(), 1, stored).complete
