"""Replies that are begun before it is known that a turn has ended."""
