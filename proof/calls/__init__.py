"""Calls to a server in a process of its own: cut off at some stage, or going on for long."""
