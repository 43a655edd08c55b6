"""The voice chat as a person uses it, with a server beside it that speaks the same protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import TurnListener, hear, listen, microphone
from tests.browser.pages import PATIENCE, Visit
from tests.support import demos, model_server
from tests.support.model_server import GATE, ModelServer

QUESTION = "What shall we do tomorrow?"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Somebody asks once and then listens."""
    return microphone(tmp_path_factory.mktemp("voice") / "asking.wav", QUESTION, 30.0)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with model_server.running() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        monkeypatch.setenv("OPENAI_MODEL", "tiny")
        yield server


def said(page: Visit, side: str) -> list[str]:
    return page.page.locator(f".{side}.message").all_inner_texts()


def shown(page: Visit, side: str, words: str) -> None:
    page.until(
        lambda: any(words in text for text in said(page, side)),
        lambda: f"{words!r} of the {side}; there is {said(page, side)}",
        2 * PATIENCE,
    )


def test_a_sentence_is_shown_and_spoken_while_the_next_is_being_written(
    serve: Serve, visit: Open, asking: tuple[str, ...], endpoint: ModelServer
) -> None:
    endpoint.pieces = [["Let us ", "walk up the hill. Then", GATE, " we swim in the lake."]]
    page = visit(serve(demos.load("voice_chat").demo), flags=asking)
    page.page.get_by_label("Instructions").fill("Be merry.")
    chat = page.component()
    chat.start()
    hear(chat)
    shown(page, "bot", "Let us walk up the hill.")
    assert "lake" not in said(page, "bot")[0]
    page.until(lambda: not listen(chat, 1), "the end of the first sentence")
    endpoint.gate.set()
    hear(chat)
    shown(page, "bot", "Let us walk up the hill. Then we swim in the lake.")
    chat.stop()
    [asked] = endpoint.asked
    assert asked["model"] == "tiny"
    assert asked["messages"][0] == {"role": "system", "content": "Be merry."}
    assert asked["messages"][1]["content"] == said(page, "user")[0].strip()
    assert endpoint.keys == ["Bearer secret"]


def test_the_model_is_told_only_what_was_heard_before_the_interruption(
    serve: Serve,
    visit: Open,
    endpoint: ModelServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = microphone(
        tmp_path / "voice.wav", QUESTION, 5.0,
        "No, no, we did all of this yesterday already.", 30.0,
    )  # fmt: skip
    first = "We walk up the hill and look at the sea. " + "And then we walk on and on. " * 8
    endpoint.pieces = [[first, GATE, "Never heard."], ["I see."]]
    module = demos.load("voice_chat")
    monkeypatch.setattr(module, "get_stt_model", lambda: TurnListener("what next"))
    page = visit(serve(module.demo), flags=flags)
    chat = page.component()
    chat.start()
    shown(page, "bot", "We walk up the hill")
    shown(page, "bot", "I see.")
    before, after = endpoint.asked
    assert len(before["messages"]) == 2
    roles = [message["role"] for message in after["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    kept = after["messages"][2]["content"]
    assert kept.startswith("We walk")
    assert first.startswith(kept)
    assert len(kept) < len(first) / 2
    assert said(page, "bot")[0].strip() == kept
    # The request that nobody needs any more was given up.
    endpoint.gate.set()
    assert endpoint.hung_up.wait(30)
    chat.stop()


def test_what_is_wrong_with_the_endpoint_is_said(
    serve: Serve, visit: Open, asking: tuple[str, ...], endpoint: ModelServer
) -> None:
    endpoint.status = 401
    page = visit(serve(demos.load("voice_chat").demo), flags=asking)
    assert page.page.get_by_text("No language model is configured").count() == 0
    chat = page.component()
    chat.start()
    hear(chat)
    shown(page, "bot", "The language model refused (HTTP 401): this key is not known")
    chat.stop()


def test_with_nothing_configured_the_page_says_what_to_do(
    serve: Serve, visit: Open, asking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    page = visit(serve(demos.load("voice_chat").demo), flags=asking)
    notice = page.page.locator("#how-to")
    notice.wait_for()
    assert "OPENAI_API_KEY" in notice.inner_text()
    chat = page.component()
    chat.start()
    shown(page, "bot", "No language model is configured")
    chat.stop()
