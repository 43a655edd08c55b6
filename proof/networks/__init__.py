"""Sound, pictures and outages in a real Chromium behind a bad network. See proof/README.md.

``python -m proof networks`` runs all of it; ``python -m proof.networks PART`` one of ``sound``,
``words``, ``pictures``, ``rates``, ``viewers``, ``quality`` and ``outages``.
"""

from __future__ import annotations

from collections.abc import Callable

from proof.parts import Finding


def parts() -> dict[str, Callable[[], list[Finding]]]:
    """Return what is measured, by name."""
    from proof.networks import outages, pictures, quality, rates, sound, viewers, words

    return {
        "sound": sound.run,
        "words": words.run,
        "pictures": pictures.run,
        "rates": rates.run,
        "viewers": viewers.run,
        "quality": quality.run,
        "outages": outages.run,
    }


def run(seconds: float) -> list[Finding]:
    """Measure everything; ``seconds`` does not matter, what is said and the outages have theirs."""
    del seconds
    return [finding for part in parts().values() for finding in part()]
