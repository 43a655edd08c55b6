/** What a component's value may tell the page to do, where it is no connection's id. */

const START = "start:";

/** The token in a command to start; `null` when `value` is none. */
export function startToken(value: unknown): string | null {
  if (typeof value !== "string" || !value.startsWith(START)) return null;
  return value.slice(START.length);
}
