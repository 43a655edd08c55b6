"""What a person submits, as handlers compare and show it."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from gradio_webrtc import WebRTCData


class Message(WebRTCData):
    mood: str = "calm"


def test_nothing_but_the_connection_has_to_be_known() -> None:
    data = WebRTCData("someone")
    assert (data.webrtc_id, data.textbox, data.audio, data.number) == ("someone", "", None, None)


def test_the_number_of_a_submit_is_neither_compared_nor_shown() -> None:
    assert WebRTCData("someone", "hi", number=1) == WebRTCData("someone", "hi", number=2)
    assert WebRTCData("someone", "hi") != WebRTCData("someone", "ho")
    assert "number" not in repr(WebRTCData("someone", "hi", number=1))


def test_it_is_a_pydantic_model() -> None:
    audio = (48_000, np.zeros((1, 3), np.int16))
    data = WebRTCData(webrtc_id="someone", textbox="hi", audio=audio)
    assert data.audio is not None
    assert data.audio[1] is audio[1], "sound is not copied"
    assert data.model_dump()["textbox"] == "hi"
    assert set(data.model_dump()) == {"webrtc_id", "textbox", "audio"}
    assert WebRTCData.model_validate({"webrtc_id": "a"}) == WebRTCData("a")
    data.audio = None  # as handlers do
    with pytest.raises(ValidationError):
        WebRTCData(3)  # type: ignore[arg-type]


def test_a_route_takes_it_as_its_body() -> None:
    app = FastAPI()

    @app.post("/input_hook")
    async def hook(data: Message) -> dict[str, str]:
        return {"text": data.textbox, "mood": data.mood}

    sent = {"webrtc_id": "a", "textbox": "hi", "mood": "merry"}
    assert TestClient(app).post("/input_hook", json=sent).json() == {"text": "hi", "mood": "merry"}
