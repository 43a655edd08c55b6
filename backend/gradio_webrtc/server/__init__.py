"""One stream's server: its sessions, who waits for a place, and outputs to be fetched."""
