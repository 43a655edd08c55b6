/** A connection's id: unguessable, made fresh by the page for each connection. */

/** The part of `Crypto` needed; `randomUUID` is missing on insecure origins. */
export interface Randomness {
  randomUUID?: () => string;
  getRandomValues(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** 128 random bits as text of `[0-9a-f-]`. */
export function newId(source: Randomness): string {
  if (source.randomUUID) return source.randomUUID();
  const bytes = source.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
