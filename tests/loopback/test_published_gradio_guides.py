"""Gradio's own guides about streaming, as programs of their own: on Gradio 6 after ``migrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import handle_file

from gradio_webrtc import audio_to_file
from tests.support.encoded_files import encode_audio, encode_video, tone
from tests.support.gradio_serving import GradioServed
from tests.support.published_programs import migrated, run
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.voice_client import loud_seconds


@pytest.fixture(autouse=True)
def no_analytics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")


@pytest.fixture
def recorded() -> Any:
    return handle_file(audio_to_file((48_000, np.zeros((1, 48_000), np.int16))))


async def test_streaming_outputs_one_after_the_other() -> None:
    names = run(
        """
        import gradio as gr

        def fake_diffusion(steps):
            rng = np.random.default_rng()
            for i in range(steps):
                image = rng.random(size=(60, 60, 3))
                yield image
            image = np.ones((100, 100, 3), np.uint8)
            image[:] = [255, 124, 0]
            yield image

        demo = gr.Interface(fake_diffusion,
                            inputs=gr.Slider(1, 10, 3, step=1),
                            outputs="image")
        """
    )
    async with GradioServed(names["demo"]) as server:
        [path] = await server.calls(("fake_diffusion", [2]))
    assert path.endswith(".webp")


async def test_the_generators_of_streaming_media_feed_a_stream(tmp_path: Path) -> None:
    sound, film = tmp_path / "sound.wav", tmp_path / "film.mp4"
    sound.write_bytes(encode_audio(tone(1.0), "wav"))
    film.write_bytes(encode_video(1.0))
    names = run(
        """
        from time import sleep
        from fastrtc import AdditionalOutputs, Stream

        def keep_repeating_sound():
            for _ in range(2):
                sleep(0.1)
                yield sound

        def keep_repeating_film():
            for _ in range(2):
                sleep(0.1)
                yield film

        def read_response():
            for part in ("as I see it", "yes"):
                yield data, AdditionalOutputs(part)

        repeated = Stream(keep_repeating_sound, mode="receive", modality="audio")
        shown = Stream(keep_repeating_film, mode="receive", modality="video")
        ball = Stream(read_response, mode="receive", modality="audio")
        """,
        sound=str(sound),
        film=str(film),
        data=sound.read_bytes(),
    )
    async with Served(names["repeated"]) as server:
        client = await server.connected(receive=["audio"])
        await until(lambda: loud_seconds(client) > 1.8)
    async with Served(names["shown"]) as server:
        client = await server.connected(receive=["video"])
        await until(lambda: len(client.pictures) > 10)
    async with Served(names["ball"]) as server:
        client = await server.connected(receive=["audio"])
        said = [output.args async for output in server.stream.output_stream(client.webrtc_id)]
        assert said == [("as I see it",), ("yes",)]
        assert loud_seconds(client) > 1.5


async def test_the_magic_8_ball(recorded: Any) -> None:
    names = run(
        """
        import gradio as gr

        def generate_response(audio):
            gr.Info("Transcribing Audio", duration=5)
            return f"heard {audio[-4:]}", None, None

        def read_response(answer):
            yield answer, None

        with gr.Blocks() as block:
            gr.HTML("<h1>Magic 8 Ball</h1>")
            with gr.Group():
                with gr.Row():
                    audio_out = gr.Audio(label="Spoken Answer", streaming=True, autoplay=True)
                    answer = gr.Textbox(label="Answer")
                    state = gr.State()
                with gr.Row():
                    audio_in = gr.Audio(label="Speak your question", sources="microphone",
                                        type="filepath")

            audio_in.stop_recording(generate_response, audio_in, [state, answer, audio_out])\\
                .then(fn=read_response, inputs=state, outputs=[answer, audio_out])
        """,
    )
    async with GradioServed(names["block"]) as server:
        first, (shown, _) = await server.calls(
            ("generate_response", [recorded]), ("read_response", [])
        )
    assert first == (None, None)
    assert shown == "heard .mp3"


CONVERSATION = """
import gradio as gr
from dataclasses import dataclass, field

@dataclass
class AppState:
    stream: np.ndarray | None = None
    sampling_rate: int = 0
    stopped: bool = False
    conversation: list = field(default_factory=list)

def process_audio(audio: tuple, state: AppState):
    state.sampling_rate, state.stream = audio
    return gr.Audio(recording=False), state

def response(state: AppState):
    state.conversation.append({"role": "user",
                               "content": {"path": path, "mime_type": "audio/wav"}})
    yield None, AppState(conversation=state.conversation)

def start_recording_user(state: AppState):
    if not state.stopped:
        return gr.Audio(recording=True)

def shown(state: AppState):
    return state.conversation

with gr.Blocks() as demo:
    with gr.Row():
        with gr.Column():
            input_audio = gr.Audio(
                label="Input Audio", sources="microphone", type="numpy"
            )
        with gr.Column():
            chatbot = gr.Chatbot(label="Conversation", type="messages")
            output_audio = gr.Audio(label="Output Audio", streaming=True, autoplay=True)
    state = gr.State(value=AppState())

    stream = input_audio.stream(
        process_audio,
        [input_audio, state],
        [input_audio, state],
        stream_every=0.5,
        time_limit=30,
    )
    respond = input_audio.stop_recording(
        response,
        [state],
        [output_audio, state]
    )
    respond.then(shown, [state], [chatbot])
    restart = output_audio.stop(
        start_recording_user,
        [state],
        [input_audio]
    )
    cancel = gr.Button("Stop Conversation", variant="stop")
    cancel.click(lambda: (AppState(stopped=True), gr.Audio(recording=False)), None,
                 [state, input_audio], cancels=[respond, restart])
"""


async def test_the_conversation_needs_the_command_for_its_chat(recorded: Any) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'type'"):
        exec(CONVERSATION, {"np": np, "path": recorded["path"]})
    assert 'gr.Chatbot(label="Conversation")' in migrated(CONVERSATION)
    names = run(CONVERSATION, path=recorded["path"])
    async with GradioServed(names["demo"]) as server:
        _, chat = await server.calls(("response", []), ("shown", []))
    assert [message["role"] for message in chat] == ["user"]
