import sys
from types import ModuleType

import pytest
from packaging.specifiers import SpecifierSet

import gradio_webrtc
from gradio_webrtc.migrate.installed import InstalledPackages

INSTALLED = InstalledPackages()


def test_it_knows_what_is_there() -> None:
    assert INSTALLED.has("gradio_webrtc.Stream")
    assert INSTALLED.has("gradio.utils.get_space")
    assert INSTALLED.has("gradio_webrtc.media.audio.opus")
    assert not INSTALLED.has("gradio_webrtc.nothing")
    assert not INSTALLED.has("gradio.nothing.at_all")
    assert not INSTALLED.has("os.path")


def test_it_knows_what_callables_take() -> None:
    chatbot = INSTALLED.parameters("gradio.Chatbot")
    assert chatbot is not None
    assert "value" in chatbot
    assert "type" not in chatbot
    assert INSTALLED.parameters("gradio.Blocks") is None  # takes any
    assert INSTALLED.parameters("gradio.nothing") is None
    assert INSTALLED.parameters("gradio.__version__") is None


def test_needed_versions_leave_those_that_are_installed() -> None:
    needs = INSTALLED.needs()
    assert needs["gradio"] == ">=6.9,<7"
    assert "playwright" not in needs  # what only an extra asks for
    for package in ("gradio", "gradio_webrtc", "aiortc", "av"):
        assert INSTALLED.version(package) in SpecifierSet(needs[package])
    assert INSTALLED.version("no-such-package") == ""


def test_a_refused_name_says_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("gradio_webrtc.published")

    def refuse(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError("use Stream instead")

    vars(module)["__getattr__"] = refuse
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(gradio_webrtc, "published", module, raising=False)
    installed = InstalledPackages()
    assert not installed.has("gradio_webrtc.published.Track")
    assert installed.remedy("gradio_webrtc.published.Track") == "use Stream instead"
    assert installed.remedy("gradio_webrtc.nothing.at_all") == ""
    assert installed.remedy("gradio_webrtc.Stream") == ""


def test_nothing_of_gradio_is_imported_to_look_at_it() -> None:
    # Its modules may ask the network when they are imported, as the theme builder does.
    before = {name for name in sys.modules if name.startswith("gradio.")}
    assert INSTALLED.has("gradio.themes.builder_app.demo")
    assert INSTALLED.parameters("gradio.themes.builder_app.demo") is None
    assert {name for name in sys.modules if name.startswith("gradio.")} == before
