"""The page of a ``Stream`` as its author sees it."""

from __future__ import annotations

import gradio as gr

from gradio_webrtc.component import WebRTC
from gradio_webrtc.ui.stream_page import StreamPage


class PageAccess:
    """The stream's page."""

    _page: StreamPage

    @property
    def ui(self) -> gr.Blocks:
        """The page, built when first asked for: ``stream.ui.launch()``.

        Assign a ``gr.Blocks`` to have a page of your own in its place.

        Raises:
            ConfigurationError: the handler does not fit the additional inputs.
        """
        return self._page.blocks()

    @ui.setter
    def ui(self, blocks: gr.Blocks) -> None:
        self._page.replace(blocks)

    @property
    def webrtc_component(self) -> WebRTC:
        """The stream's component on that page.

        Raises:
            ConfigurationError: a page of your own has none.
        """
        return self._page.component()
