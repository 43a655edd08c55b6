"""Threads for user code, and what the event loop waits on: wake-ups, queues and timers."""
