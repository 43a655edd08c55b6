"""Asking end-of-turn detectors about spoken sentences that are over, and beginnings of some."""
