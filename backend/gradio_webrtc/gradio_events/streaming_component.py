"""What the Gradio events of a stream, and the page's requests, know of their component."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from gradio.block_function import BlockFunction
from gradio.components.base import Component
from gradio.events import Dependency

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.options import StreamOptions, Variant
from gradio_webrtc.server.stream_host import StreamHost


class OutputListeners:
    """The listeners of one component, which all instances of it share.

    Attributes:
        readers: by what the stream's mailboxes know the listeners, in order. These stay, while
            Gradio's numbers change when it renders one ``Blocks`` inside another.
        standing_in: whether the only one is that of ``stream(outputs=[webrtc, other])``.
    """

    def __init__(self) -> None:
        self.readers: list[Hashable] = []
        self.standing_in = False
        self._functions: list[BlockFunction] = []

    def add(self, function: BlockFunction, key: Hashable | None) -> Hashable:
        """Take one more listener; return the name of its reader.

        The same key, or the same place where there is none, is the same reader after a re-render.
        """
        reader = ("place", len(self.readers)) if key is None else ("key", key)
        self._functions.append(function)
        self.readers.append(reader)
        return reader

    def end_standing_in(self) -> None:
        """Forget the listener that shows outputs as they are: the app brings one of its own."""
        if self.standing_in:
            self.standing_in = False
            self.readers.clear()
            self._functions.clear()

    def ids(self) -> list[int]:
        """Return the numbers that Gradio knows the listeners by now."""
        return [function._id for function in self._functions]


class StreamingComponent(Component):
    """The state of a component that streams.

    Attributes:
        stream_options: what it was told of its stream.
        listeners: who takes the additional outputs of its pages.
        routes: the host of a ``Stream``'s other clients, if the component is on such a page.
        tick: an event of the page's: the server asks for the values of the other inputs.
        state_change: another: additional outputs wait on the server.
    """

    variant: Variant
    stream_options: StreamOptions
    listeners: OutputListeners
    routes: StreamHost | None = None
    # Gradio makes these methods out of EVENTS when the component's class is made.
    tick: Callable[..., Dependency]
    state_change: Callable[..., Dependency]
    _host: StreamHost | None

    def own_name(self) -> str:
        """Return the component's name, for messages."""
        return f"WebRTC(label={self.label!r})" if self.label else "WebRTC"

    def _streaming(self) -> StreamHost:
        if self._host is None:
            raise ConfigurationError(f"{self.label or 'WebRTC'}: call stream() first.")
        return self._host
