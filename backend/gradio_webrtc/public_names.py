"""Every name that ``from gradio_webrtc import NAME`` gives. Loads Gradio and all the rest."""

from gradio_webrtc.component import WebRTC
from gradio_webrtc.concurrency.waiting import wait_for_item
from gradio_webrtc.credentials.own_servers import get_coturn_credentials, stun
from gradio_webrtc.credentials.turn_providers import (
    get_cloudflare_turn_credentials,
    get_cloudflare_turn_credentials_async,
    get_hf_turn_credentials,
    get_hf_turn_credentials_async,
    get_turn_credentials,
    get_turn_credentials_async,
    get_twilio_turn_credentials,
)
from gradio_webrtc.errors import (
    ConfigurationError,
    ConnectionClosedError,
    GradioWebRTCError,
    MediaFormatError,
    ReplacedNameError,
    SessionClosedError,
    SignalingError,
    SpeechEngineError,
    SpeechRefusedError,
    TelephoneError,
    TurnCredentialsError,
    UnknownConnectionError,
    WebRTCError,
)
from gradio_webrtc.gradio_events.operation_routes import serve_health, serve_metrics
from gradio_webrtc.handlers.audio_video import AsyncAudioVideoStreamHandler, AudioVideoStreamHandler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.emitted import (
    AdditionalOutputs,
    AudioEmitType,
    CloseStream,
    VideoEmitType,
)
from gradio_webrtc.handlers.executors.executor_errors import (
    BrokenExecutorError,
    ExecutorError,
    NotPicklableError,
)
from gradio_webrtc.handlers.executors.isolated_process_pool import IsolatedProcessPool
from gradio_webrtc.handlers.executors.options import ExecutorOptions
from gradio_webrtc.handlers.executors.ray_executor import RayExecutor
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, SpeechResult
from gradio_webrtc.handlers.video import VideoStreamHandler
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.media.audio.conversion import (
    aggregate_bytes_to_16bit,
    async_aggregate_bytes_to_16bit,
    audio_to_bytes,
    audio_to_file,
    audio_to_float32,
    audio_to_int16,
)
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.server.operation.session_log import SessionLogFilter
from gradio_webrtc.session.context import (
    Context,
    Warning,
    get_current_context,
    show_info,
    show_warning,
)
from gradio_webrtc.speech.keywords.sphinx_spotter import SphinxKeywords
from gradio_webrtc.speech.keywords.spotter import KeywordModel, KeywordSpotter, Spotted
from gradio_webrtc.speech.keywords.stt_spotter import STTKeywords
from gradio_webrtc.speech.recognition.chunks import stt, stt_for_chunks
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import get_stt_model, get_tts_model
from gradio_webrtc.speech.synthesis.cartesia import CartesiaTTSOptions
from gradio_webrtc.speech.synthesis.espeak import EspeakTTSOptions
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTSOptions
from gradio_webrtc.speech.synthesis.piper import PiperTTSOptions
from gradio_webrtc.speech.synthesis.tts import TTSModel, TTSOptions
from gradio_webrtc.stream import Stream
from gradio_webrtc.transports.telephone.options import TelephoneOptions
from gradio_webrtc.transports.telephone.outbound_calls import place_call
from gradio_webrtc.transports.telephone.phone_call import PhoneCall
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded
from gradio_webrtc.turns.detection.vad import (
    ModelOptions,
    PauseDetectionModel,
    VoiceActivityDetector,
    VoiceActivityModel,
)
from gradio_webrtc.turns.end_of_turn.combined_turn_detector import CombinedTurnDetector
from gradio_webrtc.turns.end_of_turn.ending_words import EndingWords, ending_words
from gradio_webrtc.turns.end_of_turn.onnx_turn_detector import OnnxTurnDetector
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.end_of_turn.words_turn_detector import WordsTurnDetector
from gradio_webrtc.turns.interruption.interruption_words import (
    InterruptionWords,
    interruption_words,
)
from gradio_webrtc.turns.options import AlgoOptions, InterruptionOptions, SileroVadOptions
from gradio_webrtc.turns.replies.current_reply import Reply, current_reply
from gradio_webrtc.turns.reply_on_pause import ReplyOnPause
from gradio_webrtc.turns.saying.idle_prompt import IdlePrompt
from gradio_webrtc.turns.speculation.options import SpeculationOptions
from gradio_webrtc.turns.stop_words.reply_on_stop_words import ReplyOnStopWords
from gradio_webrtc.turns.timing.turn_spans import TurnSpans
from gradio_webrtc.turns.timing.turn_timings import TurnTimings
from gradio_webrtc.turns.transcription.options import PartialTranscripts
from gradio_webrtc.turns.transcription.transcript import Transcript
from gradio_webrtc.ui.ui_args import UIArgs

__all__ = [
    "AdditionalOutputs",
    "AlgoOptions",
    "AsyncAudioVideoStreamHandler",
    "AsyncStreamHandler",
    "AudioEmitType",
    "AudioVideoStreamHandler",
    "BrokenExecutorError",
    "CartesiaTTSOptions",
    "CloseStream",
    "CombinedTurnDetector",
    "ConfigurationError",
    "ConnectionClosedError",
    "Context",
    "EndingWords",
    "EspeakTTSOptions",
    "ExecutorError",
    "ExecutorOptions",
    "GradioWebRTCError",
    "IdlePrompt",
    "InterruptionOptions",
    "InterruptionWords",
    "IsolatedProcessPool",
    "KeywordModel",
    "KeywordSpotter",
    "KokoroTTSOptions",
    "Listener",
    "MediaFormatError",
    "ModelOptions",
    "MoonshineSTT",
    "NotPicklableError",
    "OnnxTurnDetector",
    "PartialTranscripts",
    "PauseDetectionModel",
    "PhoneCall",
    "PiperTTSOptions",
    "RayExecutor",
    "Recording",
    "ReplacedNameError",
    "Reply",
    "ReplyOnPause",
    "ReplyOnStopWords",
    "STTKeywords",
    "STTModel",
    "SessionClosedError",
    "SessionLogFilter",
    "SignalingError",
    "SileroVadOptions",
    "SpeculationOptions",
    "SpeechEngineError",
    "SpeechHandle",
    "SpeechRefusedError",
    "SpeechResult",
    "SpeechStarted",
    "SphinxKeywords",
    "Spotted",
    "Stream",
    "StreamHandler",
    "TTSModel",
    "TTSOptions",
    "TelephoneError",
    "TelephoneOptions",
    "TimedAudio",
    "TimedPicture",
    "Transcript",
    "TurnCredentialsError",
    "TurnDetector",
    "TurnEnded",
    "TurnSpans",
    "TurnTimings",
    "UIArgs",
    "UnknownConnectionError",
    "VideoEmitType",
    "VideoStreamHandler",
    "VoiceActivityDetector",
    "VoiceActivityModel",
    "Warning",
    "WebRTC",
    "WebRTCData",
    "WebRTCError",
    "WordsTurnDetector",
    "aggregate_bytes_to_16bit",
    "async_aggregate_bytes_to_16bit",
    "audio_to_bytes",
    "audio_to_file",
    "audio_to_float32",
    "audio_to_int16",
    "current_reply",
    "ending_words",
    "get_cloudflare_turn_credentials",
    "get_cloudflare_turn_credentials_async",
    "get_coturn_credentials",
    "get_current_context",
    "get_hf_turn_credentials",
    "get_hf_turn_credentials_async",
    "get_silero_model",
    "get_stt_model",
    "get_tts_model",
    "get_turn_credentials",
    "get_turn_credentials_async",
    "get_twilio_turn_credentials",
    "interruption_words",
    "place_call",
    "serve_health",
    "serve_metrics",
    "show_info",
    "show_warning",
    "stt",
    "stt_for_chunks",
    "stun",
    "wait_for_item",
]
