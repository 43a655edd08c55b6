"""A robot of yourself: the voice rings like a machine's and the picture glows in outlines."""

from __future__ import annotations

from queue import Queue

import gradio as gr
import numpy as np

from gradio_webrtc import AudioVideoStreamHandler, WebRTC


class Robot(AudioVideoStreamHandler):
    """Changes sound and picture of one person; every connection has a copy of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds: Queue[tuple[int, np.ndarray]] = Queue(maxsize=50)
        self.pictures: Queue[np.ndarray] = Queue(maxsize=1)
        self.phase = 0.0

    def settings(self) -> tuple[bool, float, bool, float]:
        """Read the page's inputs as they are now; the first of latest_args is the component."""
        self.wait_for_args_sync()
        return tuple(self.latest_args[1:])

    def receive(self, frame: tuple[int, np.ndarray]) -> None:
        """Take 20 ms of sound: (sample_rate, int16 array of shape (1, samples))."""
        rate, samples = frame
        robot_voice, pitch, _, _ = self.settings()
        if robot_voice:
            # Ring modulation: the voice times a tone. The tone goes on where the last chunk ended.
            phases = self.phase + 2 * np.pi * pitch / rate * np.arange(samples.shape[1] + 1)
            self.phase = float(phases[-1] % (2 * np.pi))
            samples = (samples * np.sin(phases[:-1])).astype(np.int16)
        self.sounds.put((rate, samples))

    def emit(self) -> tuple[int, np.ndarray]:
        """Give the next sound to play."""
        return self.sounds.get()

    def video_receive(self, frame: np.ndarray) -> None:
        """Take the newest RGB picture, of shape (height, width, 3)."""
        _, _, outlines, glow = self.settings()
        if outlines:
            grey = frame.astype(np.float32).mean(axis=2)
            across, down = np.gradient(grey, axis=1), np.gradient(grey, axis=0)
            strength = np.minimum(np.hypot(across, down) * glow, 255)
            hue = np.arctan2(down, across)[..., None] + np.array([0, 2.1, 4.2], np.float32)
            frame = (strength[..., None] * (0.6 + 0.4 * np.cos(hue))).astype(np.uint8)
        self.pictures.put(frame)

    def video_emit(self) -> np.ndarray:
        """Give the next picture to show."""
        return self.pictures.get()

    def copy(self) -> Robot:
        """Make the handler of one connection."""
        return Robot()


with gr.Blocks(title="Robot") as demo:
    gr.Markdown(
        "# Robot\nWear headphones, press the button and talk: see and hear your robot self."
    )
    with gr.Row():
        with gr.Column(scale=3):
            stream = WebRTC(
                label="You",
                mode="send-receive",
                modality="audio-video",
                track_constraints={"video": {"width": 640, "height": 360}, "audio": True},
            )
        with gr.Column(scale=1):
            robot_voice = gr.Checkbox(True, label="Robot voice")
            pitch = gr.Slider(20, 400, value=60, step=5, label="Tone (Hz)")
            outlines = gr.Checkbox(True, label="Outlines")
            glow = gr.Slider(1, 20, value=8, step=1, label="Glow")
    stream.stream(
        Robot(),
        inputs=[stream, robot_voice, pitch, outlines, glow],
        outputs=[stream],
        concurrency_limit=4,
    )

if __name__ == "__main__":
    demo.launch()
