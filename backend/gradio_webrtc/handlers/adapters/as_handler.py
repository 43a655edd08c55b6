"""Any accepted callable, checked and made into the one shape a session drives."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.adapters.audio_video_handler import (
    AUDIO_VIDEO_HANDLERS,
    AudioVideoHandler,
)
from gradio_webrtc.handlers.adapters.generator import GeneratorHandler
from gradio_webrtc.handlers.adapters.handler_copy import check_handler
from gradio_webrtc.handlers.adapters.stream_handler import AudioHandler
from gradio_webrtc.handlers.adapters.video_function import VideoFunction
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler, StreamHandlerBase
from gradio_webrtc.handlers.protocol import Handler, MediaKind, Modality, Mode
from gradio_webrtc.handlers.video import DEFAULT_FPS, VideoStreamHandler, check_fps
from gradio_webrtc.media.video.frames import FrameFormat, check_frame_format


class HandlerFactory(Protocol):
    """Makes the handler of one connection."""

    def __call__(self, *, needs_args: bool = False, asks_args: bool = False) -> Handler:
        """Return a fresh handler.

        Args:
            needs_args: the stream has inputs besides the component, which user code cannot do
                without.
            asks_args: the client is asked for values, but user code has defaults for them.
        """
        ...


UserCode: TypeAlias = Callable[..., Any] | StreamHandlerBase | VideoStreamHandler
"""What ``stream`` takes; anything else is refused with words."""

Adapter = Callable[[UserCode, FrameFormat], HandlerFactory]


def as_handler(
    fn: UserCode, *, mode: Mode, modality: Modality, frame_format: FrameFormat = "rgb24"
) -> HandlerFactory:
    """Return a factory of handlers that run ``fn``, one for each connection.

    Args:
        fn: for audio an instance of ``StreamHandler`` or ``AsyncStreamHandler``; for video a
            function or generator function, sync or async, or a ``VideoStreamHandler`` around one;
            for both an ``AudioVideoStreamHandler`` or ``AsyncAudioVideoStreamHandler``. In
            mode ``"receive"`` also a generator function, or a function, of the inputs' values.
        mode: which way media flows.
        modality: which media.
        frame_format: what video functions get and return, unless they say otherwise themselves.

    Raises:
        ConfigurationError: ``fn`` is not what this mode and modality take.
    """
    check_frame_format(frame_format)
    return _ADAPTERS[mode, modality](fn, frame_format)


def modality_of(fn: UserCode) -> Modality:
    """Return the modality that ``fn`` is for, where nobody has said it."""
    if isinstance(fn, AUDIO_VIDEO_HANDLERS):
        return "audio-video"
    return "audio" if isinstance(fn, StreamHandlerBase) else "video"


def check_arity(fn: UserCode, further: int, *, mode: Mode = "send-receive") -> None:
    """Raise ``ConfigurationError`` if ``fn`` obviously cannot be called with the values it gets.

    Args:
        fn: what was passed to ``stream``. Stream handlers know themselves.
        further: how many inputs there are besides the component, one value for each.
        mode: ``fn`` gets a frame first, except in mode ``"receive"``.
    """
    if isinstance(fn, StreamHandlerBase):
        fn._check_inputs(further)
        return
    target = fn.callable if isinstance(fn, VideoStreamHandler) else fn
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        return  # built in: it does not tell
    count = further + (mode != "receive")
    try:
        signature.bind(*([None] * count))
    except TypeError as error:
        called = f"{_name(target)}{signature} is called with {count} value{'s' * (count != 1)}"
        if mode == "receive":
            raise ConfigurationError(
                f'{called}: in mode "receive" there is no frame, and each of `inputs` needs a '
                f"parameter. That does not fit: {error}."
            ) from None
        raise ConfigurationError(
            f"{called}: the frame and {further} from the other inputs. That does not fit: "
            f"{error}. The first of `inputs` is the WebRTC component, each further one needs a "
            "parameter of its own."
        ) from None


def needs_args(fn: UserCode, mode: Mode) -> bool:
    """Whether ``fn`` cannot be called without values of further inputs, as far as it tells."""
    try:
        check_arity(fn, 0, mode=mode)
    except ConfigurationError:
        return True
    return False


def takes_args(fn: UserCode, mode: Mode) -> bool:
    """Whether ``fn`` has parameters for the values of further inputs, also with defaults."""
    if isinstance(fn, StreamHandlerBase):
        return fn._takes_inputs
    target = fn.callable if isinstance(fn, VideoStreamHandler) else fn
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return False  # built in: it does not tell
    named = [
        each
        for each in parameters
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    several = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    return several or len(named) > (mode != "receive")


def format_of(fn: UserCode, frame_format: FrameFormat) -> FrameFormat:
    """Return what ``fn`` gets and gives: its own frame format if it has one, else the stream's."""
    own = fn.frame_format if isinstance(fn, VideoStreamHandler) else None
    return own or frame_format


def _audio(fn: UserCode, frame_format: FrameFormat) -> HandlerFactory:
    _refuse_class(fn)
    if isinstance(fn, AUDIO_VIDEO_HANDLERS):
        raise ConfigurationError(
            f'{type(fn).__name__} handles audio and video: use it with modality="audio-video".'
        )
    if not isinstance(fn, StreamHandler | AsyncStreamHandler):
        raise ConfigurationError(
            'With modality="audio", stream() takes a StreamHandler or AsyncStreamHandler, not '
            f"{_name(fn)}. Wrap a function in ReplyOnPause, or subclass StreamHandler."
        )
    check_handler(fn)

    def make(*, needs_args: bool = False, asks_args: bool = False) -> Handler:
        # The published way: these handlers ask for their inputs themselves, by wait_for_args().
        return AudioHandler(fn, needs_args=needs_args, asks_args=asks_args)

    return make


def _video(fn: UserCode, frame_format: FrameFormat, *, shown: bool = True) -> HandlerFactory:
    if isinstance(fn, StreamHandlerBase):
        both = isinstance(fn, AUDIO_VIDEO_HANDLERS)
        raise ConfigurationError(
            f"{type(fn).__name__} handles {'audio and video' if both else 'audio'}: use it with "
            f'modality="{"audio-video" if both else "audio"}". With modality="video", stream() '
            "takes a function or generator function of a frame."
        )
    if isinstance(fn, type) or not (callable(fn) or isinstance(fn, VideoStreamHandler)):
        raise ConfigurationError(
            'With modality="video", stream() takes a function or generator function of a frame, '
            f"or a VideoStreamHandler around one, not {_name(fn)}."
        )
    handler = fn if isinstance(fn, VideoStreamHandler) else VideoStreamHandler(fn)

    def make(*, needs_args: bool = False, asks_args: bool = False) -> Handler:
        return VideoFunction(
            handler, frame_format, needs_args=needs_args, asks_args=asks_args, shown=shown
        )

    return make


def _audio_video(fn: UserCode, frame_format: FrameFormat, *, shown: bool = True) -> HandlerFactory:
    _refuse_class(fn)
    if isinstance(fn, StreamHandlerBase) and not isinstance(fn, AUDIO_VIDEO_HANDLERS):
        raise ConfigurationError(
            f'{type(fn).__name__} handles audio: use it with modality="audio", or make it an '
            "AudioVideoStreamHandler with video_receive() and video_emit()."
        )
    if not isinstance(fn, AUDIO_VIDEO_HANDLERS):
        raise ConfigurationError(
            'With modality="audio-video", stream() takes an AudioVideoStreamHandler or '
            f"AsyncAudioVideoStreamHandler, not {_name(fn)}. Subclass one of them."
        )
    check_handler(fn)
    check_fps(fn.fps)

    def make(*, needs_args: bool = False, asks_args: bool = False) -> Handler:
        return AudioVideoHandler(fn, frame_format, shown=shown)

    return make


def _refuse_class(fn: UserCode) -> None:
    if isinstance(fn, type) and issubclass(fn, StreamHandlerBase):
        raise ConfigurationError(
            f"stream() takes an instance of {fn.__name__}, not the class: pass {fn.__name__}()."
        )


def _received(*kinds: MediaKind, handlers: Adapter) -> Adapter:
    """Return the adapter of mode "receive" for ``kinds``.

    Args:
        kinds: what a generator yields.
        handlers: what serves stream handlers, which may be used as well.
    """
    modality = "-".join(kinds)

    def adapt(fn: UserCode, frame_format: FrameFormat) -> HandlerFactory:
        if isinstance(fn, StreamHandlerBase):
            return handlers(fn, frame_format)
        _refuse_class(fn)
        target, fps = fn, DEFAULT_FPS
        if isinstance(fn, VideoStreamHandler) and "video" in kinds:
            target, fps = fn.callable, fn.fps
        if isinstance(target, (type, VideoStreamHandler)) or not callable(target):
            raise ConfigurationError(
                f'With mode="receive" and modality="{modality}", stream() takes a generator '
                f"function, or a function, of the inputs' values, not {_called(fn)}."
            )
        function: Callable[..., Any] = target

        def make(*, needs_args: bool = False, asks_args: bool = False) -> Handler:
            return GeneratorHandler(
                function,
                emits=kinds,
                fps=fps,
                frame_format=format_of(fn, frame_format),
                needs_args=needs_args,
                asks_args=asks_args,
            )

        return make

    return adapt


def _called(fn: UserCode) -> str:
    if inspect.isgenerator(fn) or inspect.isasyncgen(fn):
        return f"the generator {fn.__name__}(...) itself: pass {fn.__name__} without calling it"
    return _name(fn)


def _name(value: UserCode) -> str:
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    name = getattr(value, "__qualname__", None)
    return name if isinstance(name, str) else repr(value)


_ADAPTERS: dict[tuple[Mode, Modality], Adapter] = {
    ("send-receive", "audio"): _audio,
    ("send", "audio"): _audio,
    ("send-receive", "video"): _video,
    ("send", "video"): functools.partial(_video, shown=False),
    ("send-receive", "audio-video"): _audio_video,
    ("send", "audio-video"): functools.partial(_audio_video, shown=False),
    ("receive", "audio"): _received("audio", handlers=_audio),
    ("receive", "video"): _received("video", handlers=_video),
    ("receive", "audio-video"): _received("audio", "video", handlers=_audio_video),
}
"""What serves which kind of stream. A new kind is an adapter class and an entry here."""
