"""The server programs that are measured. Each runs as a process of its own."""
