"""The Gradio events and server functions behind the component."""
