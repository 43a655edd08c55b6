"""What counts as a voice activity detector, and as a model that makes or is one."""

from __future__ import annotations

from gradio_webrtc.turns.detection.vad import (
    PauseDetectionModel,
    SpeechSegment,
    VoiceActivityDetector,
    VoiceActivityModel,
)


class Detector:
    sample_rate = 16_000
    window_samples = 512

    def probability(self, window: object) -> float:
        return 0.0

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


class Model:
    def detector(self) -> Detector:
        return Detector()


class Published:
    def vad(self, audio: object, options: object) -> tuple[float, list[SpeechSegment]]:
        return 0.1, [{"start": 0, "end": 1_600}]

    def warmup(self) -> None:
        """Nothing to load."""


def test_each_is_told_by_its_methods() -> None:
    kinds = (VoiceActivityDetector, VoiceActivityModel, PauseDetectionModel)
    made = (Detector(), Model(), Published())
    assert [[isinstance(one, kind) for kind in kinds] for one in made] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_a_detector_says_what_windows_it_wants() -> None:
    class Unsized:
        probability = Detector.probability
        reset = Detector.reset
        close = Detector.close

    assert not isinstance(Unsized(), VoiceActivityDetector)
