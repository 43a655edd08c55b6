"""The examples of the guide on telephones, as they are printed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.uvicorn_server import AppServer

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "telephone.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


def example(containing: str) -> str:
    [text] = [each for each in EXAMPLES if containing in each]
    lines = text.rstrip().split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="pocketsphinx has no wheels for it")
async def test_the_app_answers_and_the_caller_without_an_account_hears_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    names: dict[str, Any] = {"__name__": "app"}
    exec(compile(example("stream.mount(app)"), str(GUIDE), "exec"), names)
    async with AppServer(names["app"]) as server:
        caller = example('SimulatedCall("http').replace("http://localhost:8000", server.url)
        caller = caller.replace("asyncio.run(main())", "").replace("sleep(5)", "sleep(2.5)")
        exec(compile(caller, str(GUIDE), "exec"), names)
        await names["main"]()
    seconds = float(capsys.readouterr().out.split()[0])
    assert 3 < seconds < 8


def test_a_reply_remembers_by_its_additional_outputs() -> None:
    from gradio_webrtc import AdditionalOutputs, get_tts_model

    class Ears:
        def stt(self, audio: Any) -> str:
            return "hello"

    names: dict[str, Any] = {
        "AdditionalOutputs": AdditionalOutputs,
        "ears": Ears(),
        "voice": get_tts_model("espeak"),
        "ask_a_model": lambda history: f"answer {len(history)}",
    }
    exec(compile(example("ask_a_model(history)"), str(GUIDE), "exec"), names)
    [first] = [
        each for each in names["reply"]((8_000, None)) if isinstance(each, AdditionalOutputs)
    ]
    *_, second = names["reply"]((8_000, None), *first.args)
    assert [each["content"] for each in second.args[0]] == [
        "hello",
        "answer 1",
        "hello",
        "answer 3",
    ]


def test_a_menu_is_made_as_shown() -> None:
    from gradio_webrtc import ReplyOnPause

    names: dict[str, Any] = {"ReplyOnPause": ReplyOnPause}
    exec(compile(example("class Menu"), str(GUIDE), "exec"), names)
    assert isinstance(names["Menu"](lambda audio: None).copy(), names["Menu"])


def test_words_and_voices_are_taken_as_shown() -> None:
    from gradio_webrtc import TelephoneOptions

    [options] = [each for each in EXAMPLES if each.startswith("TelephoneOptions(")]
    made = eval(options, {"TelephoneOptions": TelephoneOptions})
    assert made.voice == "Polly.Amy"
