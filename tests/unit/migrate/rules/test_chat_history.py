from tests.unit.migrate.checking import rules

HEAD = "import gradio as gr\nfrom gradio_webrtc import Stream, WebRTC\nchat = gr.Chatbot()\n"


def told(program: str) -> list[int]:
    return [line for line, name, _ in rules(HEAD + program) if name == "chat-history"]


def test_a_chatbot_among_the_inputs_is_told() -> None:
    assert told('Stream(f, modality="audio", additional_inputs=[chat])\n') == [4]
    assert told('w = WebRTC(modality="audio")\nw.stream(f, inputs=[w, chat], outputs=[w])\n') == [5]


def test_one_among_the_outputs_only_is_not() -> None:
    assert told('Stream(f, modality="audio", additional_outputs=[chat])\n') == []
    assert (
        told('text = gr.Textbox()\nStream(f, modality="audio", additional_inputs=[text])\n') == []
    )
