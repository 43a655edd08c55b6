import io
from pathlib import Path

import pytest

from gradio_webrtc.migrate.command_line import migrate
from tests.unit.migrate.checking import INSTALLED

APP = b"""\
import gradio as gr
from fastrtc import ReplyOnPause, Stream  # the stream

chat = gr.Chatbot(type="messages")
stream = Stream(ReplyOnPause(f), modality="audio", concurrency_limit=None)
"""


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = migrate([str(argument) for argument in arguments], INSTALLED, out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_bytes(APP)
    (tmp_path / "requirements.txt").write_text("fastrtc[vad]\n")
    return tmp_path


def test_without_write_it_shows_and_touches_nothing(app: Path) -> None:
    code, out, err = run(app)
    assert (code, err) == (1, "")
    assert f"{app}/app.py:2: change [import]" in out
    assert "+from gradio_webrtc import ReplyOnPause, Stream  # the stream" in out
    assert "3 changes to make, 1 note to read." in out
    assert (app / "app.py").read_bytes() == APP


def test_write_makes_what_is_sure_and_leaves_the_rest(app: Path) -> None:
    code, out, err = run(app, "--write")
    assert (code, err) == (1, "")  # a note is left
    assert "3 changes made" in out
    text = (app / "app.py").read_text()
    assert "from gradio_webrtc import ReplyOnPause, Stream  # the stream" in text
    assert "gr.Chatbot()" in text
    assert "concurrency_limit=None" in text
    assert (app / "requirements.txt").read_text().startswith("gradio_webrtc[vad]>=")

    code, out, _ = run(app, "--write")
    assert code == 1
    assert "0 changes made, 1 note to read." in out
    assert (app / "app.py").read_text() == text

    (app / "app.py").write_text(text.replace("=None)", "=None)  # migrate: ok"))
    assert run(app)[0] == 0


def test_an_app_with_nothing_to_do_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import gradio as gr\ngr.Textbox()\n")
    (tmp_path / "big.py").write_text("x = 1\n" * 10)
    assert run(tmp_path) == (0, "2 files looked at: 0 changes to make, 0 notes to read.\n", "")


def test_one_file_may_be_named(app: Path) -> None:
    code, out, _ = run(app / "app.py", "--write")
    assert code == 1
    assert "1 file looked at: 2 changes made" in out
    assert (app / "requirements.txt").read_text() == "fastrtc[vad]\n"


def test_opencv_beside_the_app_counts(tmp_path: Path) -> None:
    (tmp_path / "detector.py").write_text("import cv2\n")
    (tmp_path / "app.py").write_text(
        "from detector import f\nfrom fastrtc import Stream\nStream(f)\n"
    )
    assert run(tmp_path, "--write")[0] == 0
    assert 'Stream(f, frame_format="bgr24")' in (tmp_path / "app.py").read_text()


def test_what_cannot_be_read_is_told_and_the_rest_is_done(app: Path) -> None:
    (app / "broken.py").write_text("from fastrtc import (\n")
    (app / "bytes.py").write_bytes(b"fastrtc \xff\xfe\n")
    code, out, err = run(app, "--write")
    assert code == 2
    assert "broken.py: not read as Python: line 1" in err
    assert "bytes.py: not text" in err
    assert "2 problems" in out
    assert "from gradio_webrtc" in (app / "app.py").read_text()


def test_files_that_are_not_rewritten_are_told(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text('name = "fastrtc"\n')
    (tmp_path / "a.ipynb").write_text('{"source": "import fastrtc"}')
    (tmp_path / "b.ipynb").write_text("{}")
    code, out, _ = run(tmp_path, "--write")
    assert code == 1
    assert "uv.lock:1: note [lock]" in out
    assert "a.ipynb:1: note [notebook]" in out
    assert "b.ipynb" not in out


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, out, err = run(tmp_path / "nothing")
    assert (code, out) == (2, "")
    assert "no such file or folder" in err


def test_a_folder_that_cannot_be_written_is_told(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    code, _, err = run(app, "--write")
    assert code == 2
    assert "not written: No space left on device" in err
    assert (app / "app.py").read_bytes() == APP


def test_wrong_arguments_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("a", "b")
    assert ended.value.code == 2
    with pytest.raises(SystemExit):
        run("--help")
    assert "Exit codes" in capsys.readouterr().out
