"""How long and for how many: states, time limit, waiting for a place, and what is given back."""

from __future__ import annotations

import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import echo_app, handler_threads, sessions
from tests.browser.pages import Component


def all_is_given_back(component: Component, server: WebRTC) -> None:
    component.visit.until(lambda: sessions(server) == 0, "the server to forget the session")
    component.visit.until(lambda: not handler_threads(), lambda: f"no {handler_threads()}")


def test_a_stream_goes_through_its_states_and_leaves_nothing(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app()
    component = visit(serve(demo)).component()
    assert component.status() == "Ready to listen"
    component.start()
    assert component.status() == "Connected"
    assert sessions(audio) == 1
    # At least emit has begun, or the thread that it waits in could not be missed afterwards.
    component.visit.until(handler_threads, "the handler's threads")
    component.stop()
    assert component.states() == [
        *("idle", "acquiring", "connecting", "connected", "closing", "idle")
    ]
    assert component.error() is None
    assert component.page.evaluate("probe.captures.every((each) => each.readyState === 'ended')")
    all_is_given_back(component, audio)


def test_a_second_stream_follows_the_first(serve: Serve, visit: Open) -> None:
    component = visit(serve(echo_app()[0])).component()
    for _ in range(2):
        component.start()
        component.visit.until(component.hears, "sound")
        component.stop()
    # The place was free when the first was over: nobody stands in line behind themselves.
    assert "waiting" not in component.states()


def test_the_time_limit_ends_the_stream_and_the_page_says_so(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app(time_limit=2)
    component = visit(serve(demo)).component()
    component.part("webrtc-start").click()
    component.passes("connected", "idle")
    assert "time limit of 2 seconds" in (component.notice() or "")
    assert component.error() is None
    all_is_given_back(component, audio)


@pytest.mark.parametrize("leaving", ["stops", "closes the tab"])
def test_the_next_person_waits_and_is_let_in_without_reloading(
    serve: Serve, visit: Open, leaving: str
) -> None:
    demo, audio = echo_app()
    url = serve(demo)
    first, second = visit(url).component(), visit(url).component()
    first.start()
    second.part("webrtc-start").click()
    second.reach("waiting")
    second.visit.until(
        lambda: second.status() == "All places are taken: you are next", "the place in line"
    )
    assert sessions(audio) == 1
    assert first.state() == "connected"
    if leaving == "stops":
        first.stop()
    else:
        first.page.close(run_before_unload=True)
    second.reach("connected")
    second.visit.until(second.hears, "sound")
    assert sessions(audio) == 1


def test_someone_who_waits_may_give_up(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app()
    url = serve(demo)
    first, second, third = (visit(url).component() for _ in range(3))
    first.start()
    for number, component in enumerate((second, third), 1):
        component.part("webrtc-start").click()
        component.visit.until(
            lambda each=component, place=number: (
                each.status()
                == (
                    "All places are taken: you are next"
                    if place == 1
                    else f"You are number {place} in line"
                )
            ),
            f"place {number} in line",
        )
    second.stop()
    first.stop()
    third.reach("connected")
    assert second.state() == "idle"
    assert sessions(audio) == 1


def test_without_a_limit_two_people_stream_at_once(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app(concurrency_limit=None)
    url = serve(demo)
    components = [visit(url).component() for _ in range(2)]
    for component in components:
        component.start()
    assert sessions(audio) == 2
    for component in components:
        component.visit.until(component.hears, "sound")


def test_a_closed_page_gives_everything_back(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app()
    url = serve(demo)
    watching, leaving = visit(url).component(), visit(url).component()
    leaving.start()
    leaving.visit.until(handler_threads, "the handler's threads")
    leaving.page.close(run_before_unload=True)
    all_is_given_back(watching, audio)


def test_a_page_that_vanishes_without_a_word_is_noticed(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app()
    url = serve(demo)
    watching, vanishing = visit(url).component(), visit(url).component()
    vanishing.start()
    # As a laptop lid does it: the page's process stands still and says no goodbye.
    vanishing.visit.vanish()
    watching.part("webrtc-start").click()
    watching.reach("waiting")
    # Sooner than ICE would notice by itself, which takes 30 s.
    watching.reach("connected", seconds=25)
    assert sessions(audio) == 1
