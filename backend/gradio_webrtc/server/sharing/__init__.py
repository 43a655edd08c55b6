"""One source for many viewers: which of them watch the same, and how long it runs."""
