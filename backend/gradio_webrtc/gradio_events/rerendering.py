"""What ``gr.render`` does to a component: the instance before it, and keys that stay the same.

A re-render makes every component and every listener of it anew, in the own copy that the page has
of the configuration. With the same ``key`` a component keeps its id, without one it gets another.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

import gradio as gr
from gradio.blocks import Block, BlocksConfig
from gradio.context import LocalContext, get_blocks_context
from gradio.renderable import Renderable

from gradio_webrtc.errors import ConfigurationError

if TYPE_CHECKING:
    from gradio.block_function import BlockFunction

logger = logging.getLogger(__name__)

DRAWN_ANEW = "This part of the page was drawn anew, which ended the stream. Press start to go on."

Key = tuple[int | str, ...]


def renderable() -> Renderable | None:
    """Return the ``gr.render`` that runs now."""
    return LocalContext.renderable.get(None)


def previous_instance(key: Hashable | None) -> Block | None:
    """Return what this page has under ``key``, made by the run of this ``gr.render`` before."""
    ids = LocalContext.key_to_id_map.get(None)
    config = LocalContext.blocks_config.get(None)
    if key is None or not ids or config is None or renderable() is None:
        return None
    return config.blocks.get(ids.get(key, -1))  # type: ignore[call-overload]


def listener_key(component: Block, name: str) -> Key | None:
    """Return a key for a listener of ``component``, so that Gradio gives it the same number again.

    Without one, an event that is on its way when the page is drawn anew asks for a number that is
    gone, which Gradio answers with a ``KeyError``. Outside of ``gr.render`` there is none.
    """
    current, config = renderable(), get_blocks_context()
    if current is None or config is None:
        return None
    if component.key is not None:
        return ("gradio_webrtc", current._id, repr(component.key), name)
    siblings = list(_unkeyed(type(component), config, current))
    mine = [each for each in siblings if _container(each) is _container(component)]
    return ("gradio_webrtc", current._id, mine.index(component), name)


def replaced_instances(component: Block) -> list[Block]:
    """Return the components without a key that ``component`` and its siblings stand in for."""
    current, config = renderable(), get_blocks_context()
    if current is None or config is None or component.key is not None:
        return []
    kind = type(component)
    before = _unkeyed(kind, config, current)
    return [each for each in before if _container(each) is not _container(component)]


def check_inside_blocks(method: str) -> None:
    """Raise ``ConfigurationError`` unless an app is being built, to which ``method`` adds."""
    if get_blocks_context() is None:
        raise ConfigurationError(
            f"WebRTC.{method} must be called inside of the app: `with gr.Blocks() as demo:` around "
            "the component and this call."
        )


def tell_of_ending(name: str) -> None:
    """Tell the person, and the author how to prevent it."""
    logger.warning(
        "%s in gr.render was drawn anew without a key, which ended its stream. Give it a key, as "
        'in WebRTC(key="camera"), and its stream goes on across re-renders.',
        name,
    )
    if LocalContext.event_id.get(None) is not None:  # else there is no way to the page
        gr.Warning(DRAWN_ANEW)


def block_function(dependency_id: int) -> BlockFunction:
    """Return the listener that has just got this number, which it may lose.

    Gradio numbers all listeners anew when it renders one ``Blocks`` inside another.
    """
    config = get_blocks_context()
    assert config is not None
    return config.fns[dependency_id]


def _unkeyed(kind: type[Block], config: BlocksConfig, current: Renderable) -> Iterator[Block]:
    for block in list(config.blocks.values()):
        if isinstance(block, kind) and block.key is None and block.rendered_in is current:
            yield block


def _container(block: Block) -> Block:
    """Return the outermost block around ``block``; each run of a ``gr.render`` has its own."""
    while block.parent is not None:
        block = block.parent
    return block
