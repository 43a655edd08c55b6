"""Recording a session on the server, into one file."""
