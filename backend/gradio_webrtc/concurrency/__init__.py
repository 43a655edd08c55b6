"""Threads for user code, and what the event loop waits on: wake-ups, slots and queues."""
