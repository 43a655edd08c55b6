import pytest

from tests.unit.migrate.checking import check, rewritten, rules

HEAD = "from gradio_webrtc import Stream, VideoStreamHandler, WebRTC\n"


@pytest.mark.parametrize(
    ("program", "rule"),
    [
        ('Stream(f, modality="audio", concurrency_limit=None)', "concurrency-limit"),
        ('Stream(f, modality="audio", concurrency_limit=5 if x else None)', "concurrency-limit"),
        (
            'w = WebRTC(modality="audio"); w.stream(f, concurrency_limit=None)',
            "concurrency-limit",
        ),
        ("VideoStreamHandler(f)", "skip-frames"),
        ("VideoStreamHandler(f, fps=10)", "skip-frames"),
        ("stream.fastphone(host='0.0.0.0')", "telephone"),
    ],
)
def test_an_option_with_another_meaning_is_told_and_kept(program: str, rule: str) -> None:
    assert rules(f"{HEAD}{program}\n") == [(2, rule, False)]


@pytest.mark.parametrize(
    "program",
    [
        'Stream(f, modality="audio", concurrency_limit=5)',
        'Stream(f, modality="audio")',
        "other.stream(f, concurrency_limit=None)",
        "VideoStreamHandler(f, skip_frames=True)",
        "VideoStreamHandler(f, 30, True)",
        'Stream(f, modality="audio", concurrency_limit=None)  # migrate: ok',
    ],
)
def test_what_is_right_or_reviewed_is_left_alone(program: str) -> None:
    assert check(f"{HEAD}{program}\n").findings == ()


def test_an_output_that_was_never_used_becomes_the_component() -> None:
    page = f"{HEAD}w = WebRTC(modality='audio')\nw.stream(f, inputs=[w, chat], outputs=[{{}}])\n"
    assert rewritten(page.format("chat")) == page.format("w")
    assert rules(page.format("w")) == rules(page.format("a, b")) == []
