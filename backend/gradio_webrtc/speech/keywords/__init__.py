"""Hearing a stop word in speech."""
