/** Audio samples as 16-bit PCM, and bytes as base64: what a websocket's JSON can carry. */

/** Float samples of -1 to 1 as little-endian 16-bit PCM; louder ones are clipped. */
export function toPcm16(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    view.setInt16(index * 2, value, true);
  });
  return bytes;
}

/** The samples in little-endian 16-bit PCM; half a sample at the end is left out. */
export function fromPcm16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, index) => {
    return view.getInt16(index * 2, true) / 32768;
  });
}

/** As many bytes as a function takes arguments at once in every browser. */
const AT_ONCE = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return btoa(text);
}

/** The bytes of base64; `null` when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
