"""The npm package of the client: built, packed, and used by a program that checks its types."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.packaging.processes import ProgramError, environment, run

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients" / "typescript"
FRONTEND = ROOT / "frontend"
NAME = "gradio-webrtc-client"
NODE = Path(sys.executable).with_name("node")
NPM = NODE.with_name("npm")
GUIDE = ROOT / "docs" / "guides" / "clients.md"

PROGRAM = """
import { connect, StreamError, type Call, type ConnectOptions } from "gradio-webrtc-client";

export async function start(options: ConnectOptions): Promise<Call> {
  const call = await connect("/stream", {
    ...options,
    mode: "send-receive",
    onEnd: ({ error }) => console.log(error?.remedy),
  });
  await call.sendInput({ higher: 2 });
  return call;
}

export const remedy = (error: unknown) => (error instanceof StreamError ? error.remedy : "");
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has installed the packed package, and nothing else of this repository."""
    folder = tmp_path_factory.mktemp("program")
    programs = environment(PATH=f"{NODE.parent}{os.pathsep}{os.environ['PATH']}")
    run([NPM, "pack", "--pack-destination", folder], cwd=PACKAGE, env=programs)
    (packed,) = folder.glob("*.tgz")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    run([NPM, "install", "--offline", "--no-audit", "--no-fund", packed], cwd=folder, env=programs)
    return folder


def check(program: Path, text: str) -> None:
    """Check the types of a program, as Node finds modules and as bundlers do."""
    (program / "program.ts").write_text(text, "utf-8")
    compiler = FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"
    for module, resolution in (("nodenext", "nodenext"), ("esnext", "bundler")):
        options = ["--noEmit", "--strict", "--target", "es2022"]
        options += ["--lib", "es2022,dom,dom.iterable"]
        options += ["--module", module, "--moduleResolution", resolution]
        run([NODE, compiler, *options, "program.ts"], cwd=program)


def test_a_program_that_uses_it_is_checked_and_a_wrong_option_found(program: Path) -> None:
    check(program, PROGRAM)
    with pytest.raises(ProgramError, match="sendreceive"):
        check(program, PROGRAM.replace('"send-receive"', '"sendreceive"'))


def test_the_examples_of_the_guide_are_correct(program: Path) -> None:
    text = GUIDE.read_text("utf-8")
    examples = re.findall(r"```ts\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        check(program, example)


def test_it_carries_the_module_its_types_the_licence_and_nothing_else(program: Path) -> None:
    installed = program / "node_modules" / NAME
    assert {path.name for path in installed.iterdir()} == {
        *("package.json", "README.md", "LICENSE", "dist"),
    }
    assert (installed / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert {path.name for path in (installed / "dist").iterdir()} == {"index.js", "types"}


def test_it_is_one_module_without_dependencies(program: Path) -> None:
    built = program / "node_modules" / NAME / "dist" / "index.js"
    text = built.read_text("utf-8")
    assert re.search(r"^import |\bfrom ?\"|require\(", text, re.MULTILINE) is None
    asking = "const found = await import('gradio-webrtc-client'); console.log(Object.keys(found))"
    printed = run([NODE, "--input-type=module", "-e", asking], cwd=program)
    assert "connect" in printed
    assert "StreamError" in printed
    refused = "await found.connect('/').catch(({ remedy }) => remedy)"
    connecting = asking.replace("Object.keys(found)", refused)
    assert "client in Python" in run([NODE, "--input-type=module", "-e", connecting], cwd=program)


def test_its_version_is_that_of_the_server() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    version = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    assert f'\nversion = "{version}"\n' in project
