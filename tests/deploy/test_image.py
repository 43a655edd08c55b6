"""The image recipe: its steps are run, its command serves, and it is emptied before it stops."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.packaging.processes import environment, free_port, running
from tests.support import image_recipe
from tests.support.client import LoopbackClient, RefusedError
from tests.support.image_recipe import Image
from tests.support.listening import wait_for_port
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "deploy" / "app"
WHEEL = f"gradio_webrtc-{version('gradio_webrtc')}-py3-none-any.whl"
ENGINES = {"GRADIO_WEBRTC_TTS": "espeak", "GRADIO_WEBRTC_STT": "sphinx"}
"""Light ones; which there are is no matter of the recipe."""


pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, made of what is in the folder and of the wheel that the recipe asks for."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copytree(APP, folder / "context", ignore=shutil.ignore_patterns("*.whl", "__pycache__"))
    image_recipe.wheel(folder / "context", ROOT)
    return image_recipe.build(folder / "context", folder / "root")


@pytest.fixture
def served(image: Image, tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The image's command, run; its port and the process."""
    port, log = free_port(), tmp_path / "log"
    variables = image.environment(PORT=str(port), **ENGINES)
    with running(image.command, cwd=image.here, env=variables, log=log) as program:
        wait_for_port(program.process, port, log, seconds=90.0)
        yield port, program.process


def test_what_the_recipe_names_is_what_the_package_is() -> None:
    [needed] = (APP / "requirements.txt").read_text().split()
    name, extras = re.fullmatch(r"\./([^\[]+)\[([^\]]+)\]", needed).groups()  # type: ignore[union-attr]
    assert name == WHEEL
    project = (ROOT / "pyproject.toml").read_text()
    assert all(re.search(rf"(?m)^{extra} = \[", project) for extra in extras.split(","))


def test_the_image_has_the_app_and_the_package_and_nothing_else(image: Image) -> None:
    names = {each.name for each in image.here.iterdir()} - {"__pycache__"}
    assert names == {"app.py", "drain.py", "requirements.txt", WHEEL}
    where = image.shell("python -c 'import gradio_webrtc; print(gradio_webrtc.__file__)'")
    assert where.startswith(str(image.root)), "the package that was copied, not that of the tests"
    assert image.base.startswith("python:3.")
    assert image.user.split(":")[0] not in ("root", "0")
    assert image.ports == [
        f"{image.variables['PORT']}/tcp",
        f"{image.variables['GRADIO_WEBRTC_UDP_PORTS']}/udp",
    ]


def test_the_folder_is_a_space(image: Image) -> None:
    text = (APP / "README.md").read_text(encoding="utf-8")
    header = dict(line.split(": ", 1) for line in text.split("---\n")[1].splitlines())
    assert header["sdk"] == "docker"
    assert header["app_port"] == image.variables["PORT"]
    assert image.user.startswith("1000"), "the user that a Space runs it as"
    assert 0 < len(header["short_description"]) <= 60


async def test_it_serves_a_page_and_calls_and_lets_people_finish(
    image: Image, served: tuple[int, subprocess.Popen[bytes]]
) -> None:
    port, program = served
    await asyncio.to_thread(image.shell, image.health, PORT=str(port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        assert "<gradio-app" in (await http.get("/")).text
        assert "gradio_webrtc_sessions" in (await http.get("/webrtc/metrics")).text

        async def ask(body: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = (await http.post("/webrtc/offer", json=body)).json()
            return answer

        caller, late = (LoopbackClient(ask, send=[SineTrack()]) for _ in range(2))
        try:
            answer = await caller.offer(await caller.make_offer())
            await caller.take_answer(answer)
            await caller.connected()
            low, high = map(int, image.variables["GRADIO_WEBRTC_UDP_PORTS"].split("-"))
            ports = re.findall(r"a=candidate:\S+ \d udp \d+ \S+ (\d+) typ host", answer)
            assert ports
            assert all(low <= int(each) <= high for each in ports)
            await until(lambda: caller.last_loud > 0, 60)  # it greets

            drain = [str(image.root / "python/bin/python"), "drain.py", str(program.pid)]
            leaving = await asyncio.create_subprocess_exec(
                *drain, cwd=image.here, env=environment(PORT=str(port))
            )
            while (health := await http.get("/webrtc/health")).status_code != 503:
                assert leaving.returncode is None
                await asyncio.sleep(0.05)
            assert health.json()["sessions"]["open"] == 1
            assert (await http.get("/alive")).status_code == 200, "else it would be started anew"
            with pytest.raises(RefusedError) as caught:
                await late.offer(await late.make_offer())
            assert caught.value.meta["error"] == "server_draining"
            assert leaving.returncode is None, "it waits for whoever is here"
            assert not caller.closed
        finally:
            await late.close()
            await caller.close()
        assert await asyncio.wait_for(leaving.wait(), 60) == 0
    program.terminate()
    # uvicorn ends itself by the signal once it is done, which process 1 of a container survives.
    assert await asyncio.to_thread(program.wait, 30) in (0, -signal.SIGTERM)


def test_the_instructions_are_read_as_docker_reads_them() -> None:
    text = 'FROM a\n# no\nRUN one \\\n    two\n\ncmd ["x"]\n'
    assert image_recipe.instructions(text) == [
        ("FROM", "a"),
        ("RUN", "one      two"),
        ("CMD", json.dumps(["x"])),
    ]
