"""One connection's life, knowing nothing of aiortc, Gradio or FastAPI."""
