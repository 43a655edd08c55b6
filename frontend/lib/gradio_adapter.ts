/** What goes from the stream to Gradio: events, toasts, and the component's value. */

import type { WebRTCEvents, WebRTCProps } from "../index";
import type { Entry } from "./composer";
import { countOf, textOf, type Message } from "./connection/messages";
import { escapeHtml } from "./html_escape";

/** The part of Gradio's component class that is used. */
export interface GradioComponent {
  readonly props: Pick<WebRTCProps, "value" | "variant">;
  dispatch(event: keyof WebRTCEvents, text?: string): void;
}

export interface StreamListener {
  /** So many more outputs wait on the server. */
  announced(count: number): void;
  /** The server has taken the composer's entry with this number. */
  taken(number: number): void;
}

export class GradioAdapter {
  constructor(
    private readonly gradio: GradioComponent,
    private readonly listener: () => StreamListener,
  ) {}

  /** Shows a toast. The words come from user code and the browser: text, where Gradio takes HTML. */
  toast(kind: "error" | "warning" | "info", text: string): void {
    this.gradio.dispatch(kind, escapeHtml(text));
  }

  /** Takes a control message; `log` and `stopword` are shown by the page itself. */
  receive(message: Message): void {
    switch (message.type) {
      case "send_input":
        return this.gradio.dispatch("tick");
      case "fetch_output":
        return this.listener().announced(countOf(message));
      case "error":
      case "warning":
      case "info":
        return this.toast(message.type, textOf(message));
      case "submitted":
        return this.listener().taken(Number(message.data));
      default:
        return;
    }
  }

  /** Makes the id of the connection the component's value, so that listeners know whose they are. */
  identify(id: string): void {
    const { props } = this.gradio;
    const composing = props.variant === "textbox";
    props.value = composing ? { webrtc_id: id, textbox: "", number: null } : id;
  }

  /**
   * Submits what was typed. Gradio runs the listeners of one event one after the other, each to its
   * end: the stream is told by an event of its own, and does not wait for what the app does on `submit`.
   */
  send({ number, text }: Entry, webrtcId: string): void {
    this.gradio.props.value = { webrtc_id: webrtcId, textbox: text, number };
    this.gradio.dispatch("tick");
    this.gradio.dispatch("submit");
  }
}
