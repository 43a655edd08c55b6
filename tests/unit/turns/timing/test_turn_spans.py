"""Turns as spans, read from the SDK's own exporter."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes, session_attributes

from gradio_webrtc import ConfigurationError, TurnSpans, TurnTimings

AT = 1_795_930_021.5
TURN = TurnTimings(
    "someone", AT, True, 2.25, 0.5, 0.625, 0.75, 0.875, 1.0, 4.0, marks={"searched": 0.6875}
)


def exported(turn: TurnTimings, agent_name: str | None = None) -> dict[str, ReadableSpan]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = TurnSpans(agent_name, tracer_provider=provider)
    # Whatever runs is no parent of it.
    with provider.get_tracer("app").start_as_current_span("request"):
        spans(turn)
    return {span.name: span for span in exporter.get_finished_spans() if span.name != "request"}


def seconds(span: ReadableSpan) -> tuple[float, float]:
    assert span.start_time is not None
    assert span.end_time is not None
    return span.start_time / 1e9 - AT, span.end_time / 1e9 - AT


def test_a_turn_is_a_trace_whose_children_are_its_stages() -> None:
    spans = exported(TURN, "ball")
    root = spans.pop("invoke_agent ball")
    assert root.parent is None
    assert seconds(root) == pytest.approx((0.0, 4.0), abs=1e-6)
    assert {name: seconds(span) for name, span in spans.items()} == {
        "end_of_turn": pytest.approx((0.0, 0.5), abs=1e-6),
        "transcribe": pytest.approx((0.5, 0.625), abs=1e-6),
        "generate": pytest.approx((0.625, 0.75), abs=1e-6),
        "synthesize": pytest.approx((0.75, 0.875), abs=1e-6),
        "play": pytest.approx((1.0, 4.0), abs=1e-6),
    }
    assert root.context is not None
    for span in spans.values():
        assert span.parent is not None
        assert span.parent.span_id == root.context.span_id
    (event,) = root.events
    assert (event.name, event.timestamp / 1e9 - AT) == ("searched", pytest.approx(0.6875))


def test_its_attributes_are_those_of_the_conventions_where_there_are_some() -> None:
    attributes = exported(TURN, "ball")["invoke_agent ball"].attributes
    assert attributes is not None
    known = gen_ai_attributes.GenAiOperationNameValues.INVOKE_AGENT.value
    assert attributes[gen_ai_attributes.GEN_AI_OPERATION_NAME] == known
    assert attributes[gen_ai_attributes.GEN_AI_AGENT_NAME] == "ball"
    assert attributes[gen_ai_attributes.GEN_AI_CONVERSATION_ID] == "someone"
    speech = gen_ai_attributes.GenAiOutputTypeValues.SPEECH.value
    assert attributes[gen_ai_attributes.GEN_AI_OUTPUT_TYPE] == speech
    assert attributes[session_attributes.SESSION_ID] == "someone"
    assert attributes["gradio_webrtc.turn.interrupted"] is False


def test_what_is_not_known_has_no_span() -> None:
    greeting = TurnTimings("someone", AT, False, 0.0, 0.0, first_audio_s=0.25, first_heard_s=0.5)
    assert list(exported(greeting)) == ["synthesize", "play", "invoke_agent"]
    silent = TurnTimings("someone", AT, True, 1.0, 0.5)
    spans = exported(silent)
    assert list(spans) == ["end_of_turn", "invoke_agent"]
    assert seconds(spans["invoke_agent"]) == pytest.approx((0.0, 0.5), abs=1e-6)


def test_no_stage_ends_before_it_begins() -> None:
    early = TurnTimings(
        "someone", AT, True, 1.0, 0.5, 0.25, 0.125, 0.5, 0.625, None, speculative=True
    )
    for span in exported(early).values():
        start, end = seconds(span)
        assert 0 <= start <= end


def test_nothing_of_it_is_loaded_unless_it_is_used() -> None:
    code = (
        "import sys, gradio_webrtc.turns.timing.turn_spans\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigurationError, match=r"gradio_webrtc\[telemetry\]"):
        TurnSpans()
