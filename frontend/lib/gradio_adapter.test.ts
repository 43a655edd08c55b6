import { beforeEach, describe, expect, it } from "vitest";
import type { Message, MessageType } from "./connection/messages";
import { GradioAdapter, type GradioComponent } from "./gradio_adapter";

/** Gradio's class as far as it is used, remembering what it was told. */
class FakeGradio implements GradioComponent {
  readonly props: GradioComponent["props"] = { value: null, variant: null };
  readonly dispatched: [event: string, text: string | undefined, value: unknown][] = [];

  dispatch(event: string, text?: string): void {
    this.dispatched.push([event, text, this.props.value]);
  }
}

let gradio: FakeGradio;
let adapter: GradioAdapter;
let listened: [string, number][];
beforeEach(() => {
  gradio = new FakeGradio();
  listened = [];
  adapter = new GradioAdapter(gradio, () => ({
    announced: (count) => listened.push(["announced", count]),
    taken: (number) => listened.push(["taken", number]),
  }));
});

function message(type: MessageType, data: unknown = ""): Message {
  return { type, data, reason: null };
}

describe("a control message", () => {
  it("that asks for inputs is Gradio's tick", () => {
    adapter.receive(message("send_input"));
    expect(gradio.dispatched).toEqual([["tick", undefined, null]]);
  });

  it("that announces outputs says how many", () => {
    adapter.receive(message("fetch_output"));
    adapter.receive(message("fetch_output", 3));
    expect(listened).toEqual([["announced", 1], ["announced", 3]]);
  });

  it("that confirms an entry names it", () => {
    adapter.receive(message("submitted", 2));
    expect(listened).toEqual([["taken", 2]]);
  });

  it.each(["error", "warning", "info"] as const)("of type %s is a toast, as text", (kind) => {
    adapter.receive(message(kind, "<b>1 < 2</b>"));
    expect(gradio.dispatched).toEqual([[kind, "&lt;b&gt;1 &lt; 2&lt;/b&gt;", null]]);
  });

  it.each(["log", "stopword", "ping"] as const)("of type %s is no matter for Gradio", (type) => {
    adapter.receive(message(type, "listening"));
    expect([gradio.dispatched, listened]).toEqual([[], []]);
  });
});

describe("the value", () => {
  it("is the id of the connection", () => {
    adapter.identify("id-1");
    expect(gradio.props.value).toBe("id-1");
  });

  it("of a composer has room for what is submitted", () => {
    gradio.props.variant = "textbox";
    adapter.identify("id-1");
    expect(gradio.props.value).toEqual({ webrtc_id: "id-1", textbox: "", number: null });
  });

  it("is set before the stream, and then the app, are told of what was submitted", () => {
    adapter.send({ number: 4, text: "Hello" }, "id-1");
    const value = { webrtc_id: "id-1", textbox: "Hello", number: 4 };
    expect(gradio.dispatched).toEqual([
      ["tick", undefined, value],
      ["submit", undefined, value],
    ]);
  });
});
