"""What is encoded once for many: which frames are kept for who comes late, and how many bits."""
