"""The parts of the voice chat: the protocol, the sentences, and whose turn it was."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextvars import copy_context
from types import ModuleType

import numpy as np
import pytest

from gradio_webrtc import Reply
from tests.support import demos, model_server
from tests.support.model_server import ModelServer

ASKED = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def models() -> Iterator[ModelServer]:
    with model_server.running() as server:
        yield server


def endpoint(monkeypatch: pytest.MonkeyPatch, **variables: str) -> ModuleType:
    for name in ("BASE_URL", "API_KEY", "MODEL"):
        monkeypatch.delenv(f"OPENAI_{name}", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(f"OPENAI_{name}", value)
    demos.load("voice_chat")
    return sys.modules["chat_endpoint"]


async def given(*pieces: str) -> AsyncIterator[str]:
    for piece in pieces:
        yield piece


async def test_the_answer_comes_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, models: ModelServer
) -> None:
    chat = endpoint(monkeypatch, BASE_URL=models.url + "/", API_KEY="secret", MODEL="tiny")
    models.pieces = [["Good ", "day", "!"]]
    assert [piece async for piece in chat.complete(ASKED)] == ["", "Good ", "day", "!", ""]
    assert models.asked == [{"model": "tiny", "messages": ASKED, "stream": True}]
    assert models.keys == ["Bearer secret"]


async def test_each_way_to_fail_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, models: ModelServer
) -> None:
    chat = endpoint(monkeypatch, BASE_URL=models.url)
    models.status = 401
    with pytest.raises(chat.EndpointError, match=r"refused \(HTTP 401\): this key is not known"):
        [piece async for piece in chat.complete(ASKED)]
    chat = endpoint(monkeypatch, BASE_URL="http://127.0.0.1:9")
    with pytest.raises(chat.EndpointError, match=r"127\.0\.0\.1:9/chat.* cannot be reached"):
        [piece async for piece in chat.complete(ASKED)]
    chat = endpoint(monkeypatch)
    with pytest.raises(chat.EndpointError, match="OPENAI_BASE_URL"):
        [piece async for piece in chat.complete(ASKED)]
    for nonsense in ("<html>", "[1]", '{"choices": [1]}'):
        with pytest.raises(chat.EndpointError, match="something else than a stream"):
            chat.piece(nonsense)
    with pytest.raises(chat.EndpointError, match="too many"):
        chat.piece('{"error": "too many"}')


async def test_a_sentence_is_passed_on_when_it_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = endpoint(monkeypatch)
    passed: list[str] = []
    taken: list[int] = []

    async def words() -> AsyncIterator[str]:
        for piece in ("It is 3.5 ", "degrees. ", "Really", '?! He said "no." ', "And\nthen", " it"):
            yield piece
            taken.append(len(passed))

    async for sentence in chat.sentences(words()):
        passed.append(sentence)
    assert passed == ["It is 3.5 degrees.", "Really?!", 'He said "no."', "And", "then it"]
    assert taken == [0, 1, 1, 3, 4, 4]
    assert [each async for each in chat.sentences(given("你好。再见。"))] == ["你好。", "再见。"]
    assert [each async for each in chat.sentences(given(" ", "\n"))] == []


async def test_the_sides_take_turns_for_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint(monkeypatch)
    messages = [
        {"role": "user", "content": "I would like"},
        {"role": "user", "content": "a coffee"},
        {"role": "assistant", "content": "Here."},
    ]
    before = [dict(each) for each in messages]
    assert sys.modules["history"].alternating(messages) == [
        {"role": "user", "content": "I would like a coffee"},
        {"role": "assistant", "content": "Here."},
    ]
    assert messages == before


class Chat:
    """The handler of the demo, with ears and a model that do what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
        endpoint(monkeypatch, **variables)
        self.module = demos.load("voice_chat")
        self.asked: list[list[dict[str, str]]] = []
        self.heard = ""
        monkeypatch.setattr(self.module, "get_stt_model", lambda: self)
        monkeypatch.setattr(self.module, "complete", self.complete)
        self.handler = self.module.VoiceChat()

    def stt(self, audio: object) -> str:
        return self.heard

    async def complete(self, messages: list[dict[str, str]]) -> AsyncIterator[str]:
        self.asked.append(messages[1:])
        yield "Well. "
        yield "And so on."

    async def asks(self, heard: str, *, adopted: bool) -> None:
        """Say something, and go on before or after the answer is heard."""
        self.heard = heard
        reply = Reply(lambda: 0.0, speculative=True)
        context = reply._context(copy_context())

        async def as_far_as_its_first_sound() -> None:
            values = self.handler.reply((48_000, np.zeros((1, 480), np.int16)), "Be brief.")
            async for value in values:
                if isinstance(value, tuple):
                    break
            if adopted:
                reply._adopt()
            reply._end(interrupted=True)
            await values.aclose()

        await context.run(asyncio.ensure_future, as_far_as_its_first_sound())


async def test_a_reply_that_was_begun_in_a_pause_and_forgotten_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat = Chat(monkeypatch)
    await chat.asks("I would", adopted=False)
    await chat.asks("I would like tea.", adopted=True)
    await chat.asks("And", adopted=False)
    await chat.asks("And milk.", adopted=True)
    assert [[message["content"] for message in asked] for asked in chat.asked] == [
        ["I would"],
        ["I would like tea."],
        ["I would like tea. And"],
        ["I would like tea. And milk."],
    ]


async def test_where_a_request_may_cost_money_none_is_made_too_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Chat(monkeypatch, BASE_URL="http://localhost:9/v1").handler._speculation is not None
    assert Chat(monkeypatch, API_KEY="secret").handler._speculation is None
