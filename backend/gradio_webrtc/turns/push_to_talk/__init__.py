"""Turns that the person begins and ends by a button."""
