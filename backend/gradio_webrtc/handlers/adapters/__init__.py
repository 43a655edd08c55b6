"""Every accepted callable, in the one shape that a session drives."""
