"""The Magic 8 Ball as a person uses it: ask aloud, see and hear the answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import huggingface_hub.constants
import numpy as np
import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import hear, microphone
from tests.browser.pages import Visit
from tests.support import demos, model_server
from tests.support.model_server import ModelServer

QUESTION = "Should I go to the party?"
SAYING = "Clouds gather for those who bring no coat"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Somebody asks and then waits for the answer."""
    return microphone(tmp_path_factory.mktemp("voice") / "question.wav", QUESTION, 20.0)


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with model_server.running() as server:
        # The tests forbid the hub's client to fetch anything; this server is in the same process.
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        monkeypatch.setenv("MAGIC_8_BALL_WHISPER", f"{server.url}/transcribe")
        monkeypatch.setenv("MAGIC_8_BALL_MODEL", server.url)
        yield server


def looks(page: Visit) -> str:
    return page.page.locator("[data-ball]").get_attribute("data-ball") or ""


def answers(page: Visit) -> None:
    """Wait until the answer is heard, and then shown."""
    hear(page.component())
    page.until(lambda: looks(page) == "answer", lambda: f"an answer; it is {looks(page)}")


def words(page: Visit, part: str) -> str:
    return page.page.locator(f".ball-{part}").inner_text()


def test_asked_aloud_it_answers_aloud_with_one_of_its_twenty_answers(
    serve: Serve, visit: Open, asking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    module = demos.load("magic_8_ball")
    understand, heard = module.oracle.understand, []

    def noted(audio: tuple[int, np.ndarray]) -> str:
        heard.append(understand(audio))
        return heard[-1]

    monkeypatch.setattr(module.oracle, "understand", noted)
    page = visit(serve(module.demo), flags=asking)
    assert looks(page) == "eight"
    page.page.evaluate(
        """() => {
          window.seen = new Set();
          const look = () => seen.add(document.querySelector("[data-ball]").dataset.ball);
          new MutationObserver(look).observe(document, {
            childList: true, subtree: true, attributes: true,
          });
        }"""
    )
    ball = page.component()
    ball.start()
    answers(page)
    assert words(page, "words") in sys.modules["oracle"].ANSWERS
    assert page.page.evaluate("[...seen]").count("thinking") == 1
    # The embedded recognition is rough: what it made of the question is what is shown. It may have
    # been asked before, in a pause that was not the end.
    shown = words(page, "question")
    assert shown in [f"“{each}”" for each in heard if each]
    ball.stop()


def test_hosted_models_listen_and_answer(
    serve: Serve, visit: Open, asking: tuple[str, ...], hosted: ModelServer
) -> None:
    hosted.pieces = [[f'"{SAYING}"']]
    page = visit(serve(demos.load("magic_8_ball").demo), flags=asking)
    ball = page.component()
    ball.start()
    answers(page)
    assert words(page, "words") == SAYING
    assert words(page, "question") == "“shall we dance”"
    assert hosted.asked[0]["messages"][-1] == {"role": "user", "content": "shall we dance"}
    assert hosted.keys == ["Bearer hf_secret"] * 2
    assert len(hosted.sounds[0]) > 1000
    ball.stop()


def test_when_the_hosted_service_fails_the_ball_says_so_and_answers_by_itself(
    serve: Serve, visit: Open, asking: tuple[str, ...], hosted: ModelServer
) -> None:
    hosted.status = 402
    hosted.refusal = "your credits are used up"
    page = visit(serve(demos.load("magic_8_ball").demo), flags=asking)
    ball = page.component()
    ball.start()
    toast = page.page.get_by_text("The language model at Hugging Face does not answer")
    toast.wait_for()
    assert "402" in toast.inner_text()
    answers(page)
    assert words(page, "words") in sys.modules["oracle"].ANSWERS
    ball.stop()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_ball_fits_the_page(
    serve: Serve, visit: Open, asking: tuple[str, ...], width: int
) -> None:
    page = visit(
        serve(demos.load("magic_8_ball").demo),
        flags=asking,
        viewport={"width": width, "height": 800},
    )
    box = page.page.locator(".ball").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["width"] >= 180
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
