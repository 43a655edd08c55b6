"""Real-time audio and video between a browser and Python functions, as a Gradio component."""
