"""What an app's author calls on the component, as opposed to the page and Gradio itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal

from gradio.blocks import Block
from gradio.components.base import Component
from gradio.events import Dependency

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.gradio_events.output_listener import listen_to_outputs
from gradio_webrtc.gradio_events.published_methods import PublishedMethods
from gradio_webrtc.gradio_events.requests import page_of_event
from gradio_webrtc.gradio_events.rerendering import check_inside_blocks
from gradio_webrtc.gradio_events.stream_event import check_arguments, make_host, wire
from gradio_webrtc.gradio_events.streaming_component import StreamingComponent
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from gradio_webrtc.handlers.saying.speaker import Sayable
from gradio_webrtc.handlers.saying.speech_handle import SpeechHandle, When
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.speech.synthesis.tts import TTSModel


class StreamMethods(PublishedMethods, StreamingComponent):
    """The methods of ``WebRTC``: its stream, its listeners, and what is done to its sessions."""

    time_limit: float | None
    _streamed: bool

    @property
    def handlers(self) -> dict[str, Any]:
        """The live handlers by `webrtc_id`, as `Stream.handlers`; empty before `stream()`."""
        sessions = [] if self._host is None else list(self._host.registry)
        live = ((session.webrtc_id, session.user_code()) for session in sessions)
        return {webrtc_id: handler for webrtc_id, handler in live if handler is not None}

    def _hosting(self) -> StreamHost:
        return self._streaming()

    def stream(
        self,
        fn: UserCode | None = None,
        inputs: Block | Sequence[Block] | set[Block] | None = None,
        outputs: Block | Sequence[Block] | set[Block] | None = None,
        js: str | None = None,
        concurrency_limit: int | Literal["default"] | None = "default",
        concurrency_id: str | None = None,
        time_limit: float | None = None,
        trigger: Callable[..., Any] | None = None,
        send_input_on: Literal["submit", "change"] = "change",
        executor: ExecutorChoice | None = None,
    ) -> Dependency:
        """Connect the stream to ``fn``.

        Parameters:
            fn: for audio a `StreamHandler` or `AsyncStreamHandler`; each connection gets its own
                copy. For video a function or generator, sync or async, called with each newest
                frame and the values of the further inputs. In mode `"receive"` a generator or
                function, sync or async, that is called once with the values of the inputs.
            inputs: the component itself, then the components whose values are further arguments;
                they are kept up to date while streaming. In mode `"receive"` without the
                component; a generator gets the values they have when it is triggered.
            outputs: the component itself. Others beside it get the values of `AdditionalOutputs`,
                one each, unless there is an `on_additional_outputs()` for these.
            js: JavaScript run in the page before the input values are sent.
            concurrency_limit: how many people may stream at once; `None` for no limit, 1 by
                default, no limit for a `shared` component. The next person waits in line and is
                admitted without reloading.
            concurrency_id: streams with the same id share their places, the lowest limit counting.
            time_limit: seconds after which a stream ends, counted from the moment it is connected.
            trigger: the event that starts a stream in mode `"receive"`, such as `button.click`;
                while it runs, it starts anew.
            send_input_on: whether values are sent when an input changes, or when it is submitted.
            executor: runs a function or generator that is not async on the workers of a
                `concurrent.futures.Executor`, such as other processes; or a function that makes it,
                or `ExecutorOptions`. `ReplyOnPause` takes its own.

        Returns:
            The Gradio dependency that carries the input values; in mode `"receive"` the trigger's.

        Raises:
            ConfigurationError: an argument cannot work; the text names this component and says what
                to pass.
        """
        check_inside_blocks("stream()")
        arguments = check_arguments(
            self,
            fn,
            inputs,
            outputs,
            js=js,
            concurrency_limit=concurrency_limit,
            concurrency_id=concurrency_id,
            time_limit=time_limit,
            trigger=trigger,
            send_input_on=send_input_on,
            executor=executor,
        )
        if self._streamed:
            raise ConfigurationError(
                f"{self.own_name()}: stream() was called before; one component has one stream."
            )
        self._host = make_host(arguments)
        self._host.listeners = self.listeners.readers
        self._streamed = True
        self.time_limit = self._host.settings.limits.time_limit
        # Gradio makes a new instance when an event updates a property, from these arguments, and
        # then calls the server functions of that instance: it must find the same sessions.
        self.constructor_args["shared_host"] = self._host
        dependency = wire(arguments, self._host)
        if arguments.others and not self.listeners.readers:
            self.on_additional_outputs(only_or_all, outputs=arguments.others)
            self.listeners.standing_in = True
        return dependency

    def on_additional_outputs(
        self,
        fn: Callable[..., Any],
        inputs: Block | Sequence[Block] | set[Block] | None = None,
        outputs: Block | Sequence[Block] | set[Block] | None = None,
        js: str | None = None,
        concurrency_limit: int | Literal["default"] | None = "default",
        concurrency_id: str | None = None,
        show_progress: Literal["full", "minimal", "hidden"] = "full",
        queue: bool = True,
        show_progress_on: Component | Sequence[Component] | None = None,
        key: int | str | tuple[int | str, ...] | None = None,
    ) -> Dependency:
        """Call ``fn`` for each `AdditionalOutputs` that user code emits, once and in order.

        Parameters:
            fn: called with the current values of `inputs`, then with the values of the
                `AdditionalOutputs`; returns the values of `outputs`. Sync or async; with
                `queue=True` also a generator.
            inputs: components whose values come first. One that is also among `outputs` has the
                value that the call before has given it.
            outputs: components that get what `fn` returns.
            js: JavaScript run in the page before the input values are sent.
            concurrency_limit: how many of these calls may run at once, of all people's; Gradio's
                default when not given, `None` for no limit.
            concurrency_id: listeners with the same id share their limit.
            show_progress: what Gradio shows on the outputs meanwhile; `"hidden"` is calm when
                outputs come often.
            queue: `False` calls `fn` outside of Gradio's queue, one request for each output.
            show_progress_on: where progress is shown, by default on `outputs`.
            key: identity of the listener across re-renders in `gr.render`.

        Returns:
            The Gradio dependency. Its `.then()` runs once for all outputs that waited together.

        Raises:
            ConfigurationError: an argument cannot work; the text says what to pass.
        """
        options: dict[str, Any] = {
            "js": js,
            "concurrency_limit": concurrency_limit,
            "concurrency_id": concurrency_id,
            "show_progress": show_progress,
            "show_progress_on": show_progress_on,
            "queue": queue,
            "key": key,
        }
        check_inside_blocks("on_additional_outputs()")
        self.listeners.end_standing_in()
        dependency = listen_to_outputs(self, fn, inputs, outputs, options)
        # As the host of the sessions: the next instance must know of the same listeners.
        self.constructor_args["shared_listeners"] = self.listeners
        return dependency

    def output_stream(
        self, webrtc_id: str, *, check_owner: bool = True, missing_ok: bool = True
    ) -> AsyncIterator[AdditionalOutputs]:
        """Yield one connection's additional outputs as they come, beside the page's listeners.

        Parameters:
            webrtc_id: the connection's id.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.
            missing_ok: whether it just ends, with a line in the log, when there is no such
                connection or nothing of it is left.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's, without
                `missing_ok`.
            ConnectionClosedError: it has ended, and nothing of it is left, without `missing_ok`.
        """
        page = _acting(check_owner)
        return self._streaming().output_stream(webrtc_id, page, missing_ok=missing_ok)

    async def fetch_latest_output(
        self, webrtc_id: str, *, check_owner: bool = True
    ) -> AdditionalOutputs:
        """Wait for the next additional output of one connection and return it.

        Parameters:
            webrtc_id: the connection's id.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's.
            ConnectionClosedError: it has ended, and nothing of it is left.
        """
        return await self._streaming().fetch_latest_output(webrtc_id, _acting(check_owner))

    def set_input(
        self, webrtc_id: str, *args: Any, check_owner: bool = True, missing_ok: bool = True
    ) -> None:
        """Give the handler of one connection the values of the further inputs. Any thread.

        Parameters:
            webrtc_id: the connection's id.
            args: the values. A first `None` that is one too many for the function stands for the
                frame, and is dropped.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.
            missing_ok: whether nothing happens, but for a line in the log, when there is no such
                connection: one that ends is still sent values by its page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's, without
                `missing_ok`.
            ConfigurationError: the stream's function cannot take this many values.
        """
        self._streaming().set_input(webrtc_id, args, _acting(check_owner), missing_ok=missing_ok)

    def say(
        self,
        webrtc_id: str | WebRTCData | None,
        what: Sayable,
        when: When = "next_silence",
        *,
        tts: TTSModel | None = None,
        check_owner: bool = True,
    ) -> SpeechHandle:
        """Have something said in one connection, whose handler is a `ReplyOnPause`. Any thread.

        Parameters:
            webrtc_id: the component's value, the id of the page's connection.
            what: a text, audio, something encoded, a generator, or a function that makes it.
            when: `"now"`, `"next_silence"` or `"unless_spoken"`, see `ReplyOnPause.say`.
            tts: the voice for a text.
            check_owner: in a Gradio event, whether it must be a connection of the event's page.

        Raises:
            UnknownConnectionError: no connection has this id, or it is another page's.
            SessionClosedError: it is not open yet, or no more.
            SpeechRefusedError: too much waits to be said in it already.
            ConfigurationError: the handler takes no turns, or an argument cannot work.
        """
        speaker = self._streaming().speaker(_id_in(webrtc_id), _acting(check_owner))
        return speaker._say(what, when, tts)

    def close_stream(
        self, webrtc_id: str | WebRTCData | None, msg: str = "", *, check_owner: bool = True
    ) -> None:
        """End a connection; one that has ended is left alone. Any thread.

        Also a listener: `stop.click(webrtc.close_stream, inputs=[webrtc])`.

        Parameters:
            webrtc_id: the component's value, the id of the page's connection.
            msg: words for the person.
            check_owner: in a Gradio event, whether it must be a connection of the event's page,
                as any page can call the app's events with any id. `False` is for pages that may
                end other people's connections, such as a moderator's. Outside of events there is
                nothing to check.
        """
        self._streaming().close_stream(_id_in(webrtc_id), msg, _acting(check_owner))


def only_or_all(*values: Any) -> Any:
    """Return a value alone, and several as Gradio takes them for several outputs."""
    return values[0] if len(values) == 1 else values


def _id_in(value: str | WebRTCData | None) -> str | None:
    """Return the id of a connection in what may be the component's value."""
    return value.webrtc_id if isinstance(value, WebRTCData) else value


def _acting(check_owner: bool) -> str | None:
    """Return the page that the calling code acts for, ``None`` when it may act on all sessions."""
    return page_of_event() if check_owner else None
