import pytest

from tests.unit.migrate.checking import check, one, rewritten, rules

HEAD = "import cv2\nfrom fastrtc import Stream, WebRTC\n"
HERE = HEAD.replace("fastrtc", "gradio_webrtc")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Stream(f)", 'Stream(f, frame_format="bgr24")'),
        ('Stream(f, modality="video")', 'Stream(f, modality="video", frame_format="bgr24")'),
        (
            'WebRTC(\n    modality="audio-video",\n)',
            'WebRTC(\n    modality="audio-video",\n    frame_format="bgr24",\n)',
        ),
    ],
)
def test_a_video_stream_beside_opencv_keeps_its_bgr(before: str, after: str) -> None:
    assert rewritten(f"{HEAD}{before}\n") == f"{HERE}{after}\n"


@pytest.mark.parametrize(
    "program",
    ['Stream(f, modality="audio")', 'Stream(f, frame_format="rgb24")', "WebRTC(**options)"],
)
def test_other_streams_are_left_alone(program: str) -> None:
    assert check(f"{HERE}{program}\n").findings == ()


def test_without_opencv_it_is_only_told() -> None:
    program = "from fastrtc import Stream\nStream(f)\n"
    assert rules(program)[1:] == [(2, "frame-format", False)]
    assert 'frame_format="rgb24"' in one(program, "frame-format")


def test_opencv_in_a_module_that_is_imported_counts() -> None:
    program = "from detector import f\nfrom fastrtc import Stream\nStream(f)\n"
    assert rules(program, opencv_modules={"detector"})[1:] == [(3, "frame-format", True)]
    assert rules(program, opencv_modules={"other"})[1:] == [(3, "frame-format", False)]


def test_a_modality_that_is_not_in_the_text_is_left_to_the_person() -> None:
    assert rules(f"{HEAD}Stream(f, modality=kind)\n")[1:] == [(3, "frame-format", False)]
    assert rules(f"{HEAD}WebRTC()\n")[1:] == [(3, "frame-format", False)]


def test_an_app_that_ran_here_already_may_count_on_rgb() -> None:
    assert rules(f"{HERE}Stream(f)\n") == [(3, "frame-format", False)]
