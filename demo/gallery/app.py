"""All demos in one app: a front page made of their READMEs, and a page for each."""

from __future__ import annotations

import html
import importlib.util
import sys
from pathlib import Path

import gradio as gr

DEMOS = Path(__file__).resolve().parents[1]
PICTURES = DEMOS.parent / "docs" / "assets" / "demos"
gr.set_static_paths([PICTURES])

STYLE = """
<style>
.demos {
  display: grid; gap: 20px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 290px), 1fr));
}
.demos a {
  display: flex; flex-direction: column; overflow: hidden; text-decoration: none !important;
  color: var(--body-text-color); background: var(--block-background-fill);
  border: 1px solid var(--border-color-primary); border-radius: var(--radius-lg);
}
.demos a:hover, .demos a:focus-visible {
  border-color: var(--color-accent); box-shadow: var(--shadow-drop-lg);
}
.demos img {
  aspect-ratio: 16 / 10; width: 100%; margin: 0; object-fit: cover; object-position: top;
  border-bottom: 1px solid var(--border-color-primary);
}
.demos h3 { margin: 0; padding: 12px 16px 0; text-align: left; }
.demos p { margin: 0; padding: 4px 16px 16px; text-align: left; opacity: 0.75; }
</style>
"""


def header(folder: Path) -> dict[str, str]:
    """Read the Spaces header of a demo's README."""
    lines = (folder / "README.md").read_text(encoding="utf-8").split("---")[1].strip().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def load(folder: Path) -> gr.Blocks:
    """Import a demo's app as if it were started in its folder."""
    spec = importlib.util.spec_from_file_location(folder.name, folder / "app.py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder))
    spec.loader.exec_module(module)
    sys.path.remove(str(folder))
    sys.path.append(str(folder))  # processes that a demo starts look for its modules
    return module.demo


def card(name: str, about: dict[str, str]) -> str:
    """Return the HTML of one demo's place on the front page."""
    title, text = html.escape(about["title"]), html.escape(about["short_description"])
    picture = f"gradio_api/file={PICTURES / name}.webp"
    return (
        f"<a href='{name}'><img src='{picture}' alt='' loading='lazy'>"
        f"<h3>{title}</h3><p>{text}</p></a>"
    )


found = {app.parent.name: header(app.parent) for app in sorted(DEMOS.glob("*/app.py"))}
del found["gallery"]
found = dict(sorted(found.items(), key=lambda each: each[1]["pinned"] != "true"))

with gr.Blocks(title="gradio_webrtc demos") as demo:
    gr.Markdown(
        "# gradio_webrtc\nReal-time audio and video between a browser and Python functions."
    )
    cards = "".join(card(name, about) for name, about in found.items())
    gr.HTML(f"{STYLE}<nav class='demos' aria-label='Demos'>{cards}</nav>")

for name, about in found.items():
    page = load(DEMOS / name)
    with demo.route(about["title"], name):
        page.render()

if __name__ == "__main__":
    demo.launch()
