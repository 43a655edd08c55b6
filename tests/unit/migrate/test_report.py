from pathlib import Path

from gradio_webrtc.migrate.check_python import checked
from gradio_webrtc.migrate.findings import Edit, Finding
from gradio_webrtc.migrate.report import Totals, diff, summary, told

CHECKED = checked(
    "a = 1\nb = 2\n",
    [Finding(2, "import", "word " * 40), Finding(1, "import", "why", (Edit(0, 1, "c"),))],
)


def test_each_finding_has_its_place_kind_and_reason() -> None:
    lines = list(told(Path("app.py"), CHECKED))
    assert lines[0] == "app.py:1: change [import] why"
    assert lines[1].startswith("app.py:2: note [import] word")
    assert all(line.startswith("    ") and len(line) <= 100 for line in lines[2:])


def test_the_diff_is_what_will_be_written() -> None:
    lines = list(diff(Path("app.py"), CHECKED))
    assert lines[:2] == ["--- app.py", "+++ app.py"]
    assert lines[3:] == ["-a = 1", "+c = 1", " b = 2"]


def test_the_summary_counts_and_says_what_to_do() -> None:
    totals = Totals()
    totals.count(CHECKED)
    before = "\n".join(summary(totals, written=False))
    assert "1 file looked at: 1 change to make, 1 note to read." in before
    assert "--write" in before
    assert "# migrate: ok" in before
    after = list(summary(Totals(files=2, changes=3), written=True))
    assert after == ["2 files looked at: 3 changes made, 0 notes to read."]
    assert "1 problem" in next(summary(Totals(problems=1), written=False))
