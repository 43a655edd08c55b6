import ast
import json
from pathlib import Path
from textwrap import dedent

import pytest

import gradio_webrtc
from tests.unit.migrate.checking import check, one, rewritten, rules

PUBLISHED = Path(__file__).parents[3] / "contract" / "published_names.json"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from fastrtc import Stream\n", "from gradio_webrtc import Stream\n"),
        (
            "from fastrtc import (  # ears\n    ReplyOnPause as R,\n)\n",
            "from gradio_webrtc import (  # ears\n    ReplyOnPause as R,\n)\n",
        ),
        ("from   fastrtc  import Stream\n", "from   gradio_webrtc  import Stream\n"),
        ("from \\\n  fastrtc import Stream\n", "from \\\n  gradio_webrtc import Stream\n"),
        ("from fastrtc import *\n", "from gradio_webrtc import *\n"),
        (
            "from fastrtc.utils import audio_to_bytes\n",
            "from gradio_webrtc import audio_to_bytes\n",
        ),
        (
            "from fastrtc.utils import audio_to_bytes, create_message\n",
            "from gradio_webrtc.utils import audio_to_bytes, create_message\n",
        ),
        ("import fastrtc as rtc\n", "import gradio_webrtc as rtc\n"),
        (
            "import fastrtc\nx = fastrtc.Stream(fastrtc.ReplyOnPause(f))\n",
            "import gradio_webrtc\nx = gradio_webrtc.Stream(gradio_webrtc.ReplyOnPause(f))\n",
        ),
        (
            "import fastrtc\ndef f(fastrtc): fastrtc.x\n",
            "import gradio_webrtc as fastrtc\ndef f(fastrtc): fastrtc.x\n",
        ),
        ("import os, fastrtc as r, sys\n", "import os, gradio_webrtc as r, sys\n"),
        (
            "try:\n    from fastrtc import Stream\nexcept ImportError:\n    Stream = None\n",
            "try:\n    from gradio_webrtc import Stream\nexcept ImportError:\n    Stream = None\n",
        ),
        (
            'import logging\nlogging.getLogger("fastrtc").setLevel(10)\n',
            'import logging\nlogging.getLogger("gradio_webrtc").setLevel(10)\n',
        ),
    ],
)
def test_imports_are_rewritten_where_they_stand(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "program",
    [
        "from gradio_webrtc import Stream, WebRTC\n",
        "from gradio_webrtc.webrtc import StreamHandler\n",
        "from .fastrtc import Stream\n",
        "from fastrtc_tools import x\nimport fastrtc_tools\n",
        "import gradio_webrtc\ngradio_webrtc.Stream\ngradio_webrtc.Stream.mount\n",
        "print('fastrtc')\ntags = ['fastrtc', 'fastrtc.utils']\n",
    ],
)
def test_other_imports_are_left_alone(program: str) -> None:
    assert check(program).findings == ()


def test_a_name_that_is_not_here_is_told_at_its_own_line() -> None:
    program = "from fastrtc.utils import (\n    audio_to_bytes,\n    player_worker_decode,\n)\n"
    assert rules(program) == [(1, "import", True), (3, "import", False)]
    assert "player_worker_decode of fastrtc does not" in check(program).findings[1].text
    assert rules("import fastrtc\nfastrtc.no_such_name\n")[1] == (2, "import", False)


def test_a_module_named_by_a_text_is_told() -> None:
    program = 'import importlib\nimportlib.import_module("fastrtc.utils")\n'
    assert rules(program) == [(2, "import", False)]


def test_uses_inside_of_texts_move_along_or_get_an_alias() -> None:
    # Before Python 3.12 the tree does not say where in the text they are.
    after = rewritten('import fastrtc\nx = f"{fastrtc.Stream}"\n')
    assert after in (
        'import gradio_webrtc\nx = f"{gradio_webrtc.Stream}"\n',
        'import gradio_webrtc as fastrtc\nx = f"{fastrtc.Stream}"\n',
    )


def test_what_is_imported_afterwards_is_there() -> None:
    after = rewritten(
        dedent(
            """
            from fastrtc import AlgoOptions, SileroVadOptions, Stream, WebRTC
            from fastrtc.reply_on_pause import ReplyOnPause
            from fastrtc.utils import AdditionalOutputs, audio_to_float32
            """
        )
    )
    for node in ast.parse(after).body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module == "gradio_webrtc"
        assert all(hasattr(gradio_webrtc, alias.name) for alias in node.names)


def test_every_published_name_is_found_or_says_what_replaced_it() -> None:
    published = json.loads(PUBLISHED.read_text())
    for package in ("fastrtc 0.0.34", "gradio_webrtc 0.0.31"):
        for inside, names in published[package].items():
            module = ".".join(filter(None, [package.split()[0], inside]))
            for name in names:
                found = check(f"from {module} import {name}\n").findings
                told = [finding.text for finding in found if not finding.sure]
                assert all("does not exist in gradio_webrtc: " in text for text in told), name


def test_the_finding_says_both_names() -> None:
    assert one("from fastrtc import Stream\n", "import") == (
        "from fastrtc becomes from gradio_webrtc."
    )


def test_packages_that_came_along_are_told() -> None:
    program = "import librosa\nfrom fastrtc import Stream\n"
    assert rules(program)[0] == (1, "requirement", False)
    assert rules(program.replace("fastrtc", "gradio_webrtc")) == []
