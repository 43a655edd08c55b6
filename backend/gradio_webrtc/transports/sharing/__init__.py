"""One source for many viewers: encoded once, sent to each."""
