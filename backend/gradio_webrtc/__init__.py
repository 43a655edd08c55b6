"""Real-time audio and video between a browser and Python functions, as a Gradio component."""

from gradio_webrtc.component import WebRTC
from gradio_webrtc.errors import (
    ConfigurationError,
    ConnectionClosedError,
    GradioWebRTCError,
    MediaFormatError,
    NotYetSupportedError,
    SessionClosedError,
    SignalingError,
    SpeechEngineError,
    UnknownConnectionError,
    WebRTCError,
)
from gradio_webrtc.handlers.audio_video import AsyncAudioVideoStreamHandler, AudioVideoStreamHandler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.handlers.video import VideoStreamHandler
from gradio_webrtc.handlers.waiting import wait_for_item
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio_files import (
    aggregate_bytes_to_16bit,
    async_aggregate_bytes_to_16bit,
    audio_to_bytes,
    audio_to_file,
    audio_to_float32,
    audio_to_int16,
)
from gradio_webrtc.media.timed import TimedAudio, TimedPicture
from gradio_webrtc.session.context import Context, get_current_context, show_info, show_warning
from gradio_webrtc.session.recording import Recording
from gradio_webrtc.speech.espeak import EspeakTTSOptions
from gradio_webrtc.speech.kokoro import KokoroTTSOptions
from gradio_webrtc.speech.registry import get_stt_model, get_tts_model
from gradio_webrtc.speech.sphinx_spotter import SphinxKeywords
from gradio_webrtc.speech.spotter import KeywordModel, KeywordSpotter, Spotted
from gradio_webrtc.speech.stt import STTModel
from gradio_webrtc.speech.stt_spotter import STTKeywords
from gradio_webrtc.speech.tts import TTSModel, TTSOptions
from gradio_webrtc.stream import Stream
from gradio_webrtc.turns.events import SpeechStarted, TurnEnded
from gradio_webrtc.turns.listening import Listener
from gradio_webrtc.turns.onnx_turn_detector import OnnxTurnDetector
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions, SileroVadOptions
from gradio_webrtc.turns.reply import Reply, current_reply
from gradio_webrtc.turns.reply_on_pause import ReplyOnPause
from gradio_webrtc.turns.silero import get_silero_model
from gradio_webrtc.turns.stopwords import ReplyOnStopWords
from gradio_webrtc.turns.turn_detector import TurnDetector
from gradio_webrtc.turns.vad import PauseDetectionModel, VoiceActivityDetector, VoiceActivityModel

__all__ = [
    "AdditionalOutputs",
    "AlgoOptions",
    "AsyncAudioVideoStreamHandler",
    "AsyncStreamHandler",
    "AudioVideoStreamHandler",
    "CloseStream",
    "ConfigurationError",
    "ConnectionClosedError",
    "Context",
    "EspeakTTSOptions",
    "GradioWebRTCError",
    "InterruptionOptions",
    "KeywordModel",
    "KeywordSpotter",
    "KokoroTTSOptions",
    "Listener",
    "MediaFormatError",
    "NotYetSupportedError",
    "OnnxTurnDetector",
    "PauseDetectionModel",
    "Recording",
    "Reply",
    "ReplyOnPause",
    "ReplyOnStopWords",
    "STTKeywords",
    "STTModel",
    "SessionClosedError",
    "SignalingError",
    "SileroVadOptions",
    "SpeechEngineError",
    "SpeechStarted",
    "SphinxKeywords",
    "Spotted",
    "Stream",
    "StreamHandler",
    "TTSModel",
    "TTSOptions",
    "TimedAudio",
    "TimedPicture",
    "TurnDetector",
    "TurnEnded",
    "UnknownConnectionError",
    "VideoStreamHandler",
    "VoiceActivityDetector",
    "VoiceActivityModel",
    "WebRTC",
    "WebRTCData",
    "WebRTCError",
    "aggregate_bytes_to_16bit",
    "async_aggregate_bytes_to_16bit",
    "audio_to_bytes",
    "audio_to_file",
    "audio_to_float32",
    "audio_to_int16",
    "current_reply",
    "get_current_context",
    "get_silero_model",
    "get_stt_model",
    "get_tts_model",
    "show_info",
    "show_warning",
    "wait_for_item",
]
