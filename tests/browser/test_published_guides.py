"""What the published component guide shows of pages, with the import changed and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydub import AudioSegment

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import AUDIBLE
from tests.support.encoded_files import encode_audio, encode_video, tone
from tests.support.published_programs import run

SERVER_TO_CLIENT = """
import gradio as gr
from gradio_webrtc import WebRTC
import cv2

def generation(num_steps):
    for _ in range(num_steps):
        segment = AudioSegment.from_file(audio_file)
        array = np.array(segment.get_array_of_samples()).reshape(1, -1)
        yield (segment.frame_rate, array)

def film():
    cap = cv2.VideoCapture(url)
    iterating = True
    while iterating:
        iterating, frame = cap.read()
        yield frame

def detection(image, conf_threshold=0.3):
    return np.full_like(image, round(conf_threshold * 255))

with gr.Blocks() as demo:
    audio = WebRTC(label="Stream", mode="receive", modality="audio")
    num_steps = gr.Slider(label="Number of Steps", minimum=1, maximum=10, step=1, value=5)
    button = gr.Button("Generate")
    audio.stream(
        fn=generation, inputs=[num_steps], outputs=[audio],
        trigger=button.click
    )
    output_video = WebRTC(label="Video Stream", mode="receive", modality="video")
    start = gr.Button("Start film", variant="primary")
    output_video.stream(
        fn=film, inputs=None, outputs=[output_video],
        trigger=start.click
    )
    image = WebRTC(label="Stream", mode="send-receive", modality="video")
    conf_threshold = gr.Slider(label="Confidence Threshold", minimum=0.0, maximum=1.0,
                               step=0.05, value=0.30)
    image.stream(
        fn=detection,
        inputs=[image, conf_threshold], outputs=[image], time_limit=10
    )
"""


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # pydub leaves it to others
def test_streams_that_a_button_starts_and_a_picture_with_a_slider(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    sound, film = tmp_path / "sound.wav", tmp_path / "film.mp4"
    sound.write_bytes(encode_audio(tone(0.5), "wav"))
    film.write_bytes(encode_video(10.0))
    names = run(SERVER_TO_CLIENT, AudioSegment=AudioSegment, audio_file=sound, url=str(film))
    page = visit(serve(names["demo"]))
    audio, video, camera = (page.component(number) for number in range(3))
    audio.record_next()
    page.page.get_by_role("button", name="Generate").click()
    audio.passes("connected", "idle")
    # Five times half a second of a tone.
    assert audio.recorded().loudness() > AUDIBLE
    page.page.get_by_role("button", name="Start film").click()
    page.until(lambda: video.frames() > 20, "the film")
    camera.start()
    grey = round(0.3 * 255)
    page.until(
        lambda: all(abs(part - grey) < 12 for part in (camera.colours() or ((0, 0, 0),))[0]),
        "pictures as light as the slider says",
    )


TRANSCRIBE = """
import gradio as gr
from gradio_webrtc import AdditionalOutputs, ReplyOnPause, WebRTC

got = []

def transcribe(audio: tuple[int, np.ndarray],
               transformers_convo: list[dict],
               gradio_convo: list[dict]):
    got.append(list(gradio_convo))
    response = f"Answer {len(gradio_convo) + 1}"
    transformers_convo.append({"role": "assistant", "content": response})
    gradio_convo.append({"role": "assistant", "content": response})
    yield AdditionalOutputs(transformers_convo, gradio_convo)

with gr.Blocks() as demo:
    gr.HTML("<h1>Talk</h1>")
    transformers_convo = gr.State(value=[])
    with gr.Row():
        with gr.Column():
            audio = WebRTC(
                label="Stream",
                mode="send",
                modality="audio",
            )
        with gr.Column():
            transcript = gr.Chatbot(label="transcript", type="messages")

    audio.stream(ReplyOnPause(transcribe),
                inputs=[audio, transformers_convo, transcript],
                outputs=[audio], time_limit=90)
    audio.on_additional_outputs(lambda s,a: (s,a),
                                outputs=[transformers_convo, transcript],
                                queue=False, show_progress="hidden")
"""


def test_a_conversation_that_is_shown_in_a_chat(serve: Serve, visit: Open, tmp_path: Path) -> None:
    names = run(TRANSCRIBE)
    flags = microphone(tmp_path / "question.wav", 1.0, "What is the capital of France?", 3.0)
    page = visit(serve(names["demo"]), flags=flags)
    page.component().start()
    page.until(lambda: page.page.get_by_text("Answer 2", exact=True).count() > 0, "two answers", 60)
    # What the chat shows comes back as Gradio 6 passes it, whatever was put in. On a busy machine
    # the next question may be asked before the first answer is shown.
    [message] = next(chat for chat in names["got"] if chat)
    assert message["role"] == "assistant"
    assert message["content"] == [{"type": "text", "text": "Answer 1"}]
