"""The pocket console demo: two people's pictures in four greens, painted by two other processes."""

from __future__ import annotations

import os
import re

import numpy as np

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.shown_frame import seen
from tests.support import demos
from tests.support.executor_work import is_gone
from tests.support.thread_fixtures import wait_until


def green(component: Component) -> bool:
    """Whether the whole picture is of the console's colours."""
    picture = seen(component)
    if picture is None:
        return False
    red, greens, blue = np.moveaxis(picture.astype(np.int16), 2, 0)
    return bool(np.mean((greens > red) & (greens > blue + 10)) > 0.95)


def test_other_processes_paint_the_pictures_of_two_people_green(serve: Serve, visit: Open) -> None:
    demo = demos.load("process_pool").demo
    url = serve(demo)
    # A person's calls never overlap: one alone may have all of them painted by one process.
    pages = [visit(url), visit(url)]
    for page in pages:
        page.component().start()

    def painters() -> set[int]:
        texts = [page.page.locator("body").inner_text() for page in pages]
        return {int(process) for process in re.findall(r"process (\d+)", " ".join(texts))}

    pages[0].until(lambda: len(painters()) > 1, lambda: f"two processes, not {painters()}")
    processes = painters()
    assert os.getpid() not in processes
    for page in pages:
        page.until(lambda page=page: green(page.component()), "a picture in greens")
    for page in pages:
        page.context.close()  # who is there when the app goes is told so
    demo.close(verbose=False)
    wait_until(lambda: all(map(is_gone, processes)), 60)
