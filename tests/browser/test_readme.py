"""The first code of the README and of the quickstart, as a person meets it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import hear, microphone

ROOT = Path(__file__).resolve().parents[2]


def first_code(page: str) -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_app_that_the_readme_opens_with_answers_by_voice(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    code = first_code("README.md")
    assert code == first_code("docs/quickstart.md")
    names: dict[str, object] = {}
    exec(code.replace("demo.launch()", ""), names)
    flags = microphone(tmp_path / "voice.wav", "Hello my friend.", 30.0)
    page = visit(serve(names["demo"]), flags=flags)
    voice = page.component()
    voice.start()
    hear(voice)
    voice.stop()
