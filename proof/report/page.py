"""``docs/performance.md`` and its pictures, made of a file of results alone."""

from __future__ import annotations

from pathlib import Path

from proof.parts import PARTS
from proof.report.charts import described, save
from proof.report.results import PartResult, as_text

FOLDER = "assets/performance"
PAGE = "performance.md"
KEPT = "results.json"

INTRODUCTION = """\
# Performance

What is claimed of this package, and the figures that came of it. `make proof` measures, `make
performance` writes this page and its pictures from what the run left ([as JSON]({folder}/{kept}));
nobody edits it. How each part is measured is in `proof/README.md` and `bench/README.md` of the
source, and what the rows of the benchmark mean in [Benchmark](benchmark.md). On another machine the
figures are others: compare columns.
"""


def write(results: dict[str, PartResult], docs: Path) -> list[Path]:
    """Write the page, its pictures and the results below a folder of documentation; return all.

    Pictures of earlier results are removed.
    """
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.svg"), *folder.glob("*.png")):
        old.unlink()
    shown = ordered(results)
    written = [docs / PAGE, folder / KEPT]
    written[0].write_text(text(results), encoding="utf-8")
    written[1].write_text(as_text(shown), encoding="utf-8")
    for one in shown.values():
        for number, finding in enumerate(one.findings):
            if finding.chart is not None:
                written += save(finding.chart, folder / _stem(one, number))
    return written


def ordered(results: dict[str, PartResult]) -> dict[str, PartResult]:
    """Return the results of parts that there are, in the order in which they run."""
    return {name: results[name] for name in PARTS if name in results}


def text(results: dict[str, PartResult]) -> str:
    """Return the page."""
    shown = list(ordered(results).values())
    sections = [INTRODUCTION.format(folder=FOLDER, kept=KEPT), _summary(shown)]
    return "\n".join([*sections, *(_section(one) for one in shown)])


def _summary(shown: list[PartResult]) -> str:
    asked = [finding for one in shown for finding in one.findings if finding.bound]
    held = sum(finding.held for finding in asked)
    lines = [
        f"{held} of {len(asked)} bounds held.",
        "",
        "| part | bounds | seconds | measured | on |",
        "| --- | --- | ---: | --- | --- |",
    ]
    for one in shown:
        bounds = [finding for finding in one.findings if finding.bound]
        kept = f"{sum(finding.held for finding in bounds)} of {len(bounds)} held" if bounds else ""
        link = f"[{one.name}](#{one.name})"
        cells = [link, kept, f"{one.seconds:.0f}", _day(one), _machine(one)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _section(one: PartResult) -> str:
    lines = [
        f"## {_title(one)} {{ #{one.name} }}",
        "",
        f"`python -m proof {one.name}`: {one.about}.",
        "",
        "| what is claimed | figure | asked | |",
        "| --- | --- | --- | --- |",
    ]
    for finding in one.findings:
        cells = (finding.what, finding.value, finding.bound, finding.verdict)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for number, finding in enumerate(one.findings):
        if finding.chart is not None:
            path = f"{FOLDER}/{_stem(one, number)}"
            alt = described(finding.chart).replace("[", "(").replace("]", ")")
            lines += ["", f"[![{alt}]({path}.svg){{ loading=lazy }}]({path}.png)"]
    return "\n".join(lines) + "\n"


def _title(one: PartResult) -> str:
    return one.name.replace("_", " ").capitalize()


def _stem(one: PartResult, number: int) -> str:
    return f"{one.name}-{number + 1}"


def _day(one: PartResult) -> str:
    return one.date.partition("T")[0]


def _machine(one: PartResult) -> str:
    return ", ".join(
        f"{value} cores" if name == "cores" else value if name == "system" else f"{name} {value}"
        for name, value in one.machine.items()
    )
