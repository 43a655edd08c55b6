"""What an app may have said in a connection at any time, and what became of it."""
