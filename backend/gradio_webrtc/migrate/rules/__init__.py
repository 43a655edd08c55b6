"""What differs, a subject a file: each takes a parsed program and yields findings."""
