/** Gathers what a device captures, in steps of any length, into frames of one length. */
export class CaptureFramer {
  #frame: Float32Array<ArrayBuffer>;
  #filled = 0;

  constructor(
    private readonly length: number,
    private readonly full: (frame: Float32Array<ArrayBuffer>) => void,
  ) {
    this.#frame = new Float32Array(length);
  }

  push(samples: Float32Array): void {
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(this.length - this.#filled, samples.length - at);
      this.#frame.set(samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.length) continue;
      // Given away, so the next one needs memory of its own.
      const frame = this.#frame;
      this.#frame = new Float32Array(this.length);
      this.#filled = 0;
      this.full(frame);
    }
  }
}
