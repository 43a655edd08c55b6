"""Functions and generators that run on somebody's ``concurrent.futures.Executor``."""
