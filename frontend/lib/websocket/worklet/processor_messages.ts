/** What the page and its audio thread call each other's parts, and say. */

export const CAPTURE = "gradio-webrtc-capture";
export const PLAYOUT = "gradio-webrtc-playout";

/** Samples to play, or an order; `ask` is answered with the seconds that wait to be played. */
export type ToPlayout = Float32Array | "clear" | "ask" | "close";
