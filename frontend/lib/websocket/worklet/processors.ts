/**
 * What runs on the browser's audio thread: one processor gathers what is captured into frames, one
 * plays. Built into one script of its own, see `gradio.config.js`.
 */

import { CaptureFramer } from "../capture_framer";
import { PlayoutBuffer } from "../playout_buffer";
import { CAPTURE, PLAYOUT, type ToPlayout } from "./processor_messages";

// TypeScript knows no AudioWorkletGlobalScope: https://www.w3.org/TR/webaudio/#AudioWorkletGlobalScope
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor,
): void;

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #framer: CaptureFramer;

  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    const { frame } = processorOptions as { frame: number };
    this.#framer = new CaptureFramer(frame, (samples) => {
      this.port.postMessage(samples, [samples.buffer]);
    });
  }

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const samples = input?.[0];
    if (samples) this.#framer.push(samples);
    return true;
  }
}

class PlayoutProcessor extends AudioWorkletProcessor {
  readonly #buffer = new PlayoutBuffer(sampleRate);
  #closed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToPlayout>) => {
      if (data === "clear") this.#buffer.clear();
      else if (data === "close") this.#closed = true;
      else if (data === "ask") this.port.postMessage(this.#buffer.waiting);
      else this.#buffer.push(data);
    };
  }

  process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    const out = output?.[0];
    if (out) this.#buffer.pull(out);
    return !this.#closed;
  }
}

registerProcessor(CAPTURE, CaptureProcessor);
registerProcessor(PLAYOUT, PlayoutProcessor);
