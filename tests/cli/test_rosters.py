"""`talent-registry verify-roster`: a file in, a summary and the same file with its answers out."""

from pathlib import Path

from tests.cli.conftest import Run

SAMPLES = Path(__file__).parents[2] / "talent_registry" / "demo" / "samples"
ROSTER = Path(__file__).parents[1] / "data"


def test_a_roster_is_verified_summed_up_and_written_beside_its_rows(run: Run, tmp_path: Path) -> None:
    for roll, province in (("roll_sichuan.csv", "510000"), ("roll_chongqing.csv", "500000")):
        assert run("import", str(SAMPLES / roll), "--as", province).exit_code == 0
    answers: list[list[str]] = []
    for name in ("roster_verify_utf8.csv", "roster_verify_gb18030.csv"):
        out = tmp_path / f"{name}.result.csv"
        ran = run("verify-roster", str(ROSTER / name), "--as", "510000", "--out", str(out))
        assert ran.exit_code == 1, ran.output
        assert "DUPLICATE 1" in ran.output
        written = out.read_bytes().decode("utf-8-sig").splitlines()
        assert written[0].endswith("核验结果,原因,核验时间,记录号")
        assert len(written) == len((ROSTER / "roster_verify_utf8.csv").read_text(encoding="utf-8-sig").splitlines())
        answers.append([line.split(",")[-4] for line in written])
    assert answers[0] == answers[1]


def test_what_cannot_be_verified_is_explained_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    for content in (b"", "姓名,证书编号\n".encode(), b"a,b\n1,2\n"):
        file.write_bytes(content)
        refused = run("verify-roster", str(file), "--as", "510000")
        assert refused.exit_code == 2, refused.output
        assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.output)
    assert run("verify-roster", str(tmp_path / "missing.csv"), "--as", "510000").exit_code == 2
