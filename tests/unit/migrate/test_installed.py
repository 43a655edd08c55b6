from packaging.specifiers import SpecifierSet

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
