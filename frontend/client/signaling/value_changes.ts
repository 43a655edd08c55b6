/** Values that a Gradio app changes step by step: it sends what is new of each. */

import { StreamError } from "../errors";

type Step = string | number;

/** What changed of one value: an action, where, and with what. */
export type Edits = readonly (readonly [action: string, path: readonly Step[], value: unknown])[];

/**
 * The values after the edits of each. Throws a `StreamError` where they do not fit: Gradio 6.31 makes
 * such of lists in lists that shrink.
 */
export function changed(values: readonly unknown[], edits: readonly Edits[]): unknown[] {
  const fresh = structuredClone(values) as unknown[];
  while (fresh.length < edits.length) fresh.push(null);
  edits.forEach((each, place) => {
    for (const [action, path, value] of each) edit(fresh, [place, ...path], action, value);
  });
  return fresh;
}

function edit(root: unknown, path: readonly Step[], action: string, value: unknown): void {
  const last = path.at(-1)!;
  let target = root;
  for (const step of path.slice(0, -1)) target = read(target, step);
  if (action === "append") write(target, last, added(read(target, last), value));
  else if (action === "add" && Array.isArray(target)) target.splice(Number(last), 0, value);
  else if (action === "delete") remove(target, last);
  else write(target, last, value);
}

function holder(target: unknown, step: Step): Record<Step, unknown> {
  // A name like this would reach what all objects share.
  if (typeof target !== "object" || target === null || step === "__proto__") throw misfit(step);
  return target as Record<Step, unknown>;
}

function read(target: unknown, step: Step): unknown {
  const found = holder(target, step);
  if (!Object.hasOwn(found, step)) throw misfit(step);
  return found[step];
}

function write(target: unknown, step: Step, value: unknown): void {
  const found = holder(target, step);
  if (Array.isArray(found) && !Object.hasOwn(found, step)) throw misfit(step);
  found[step] = value;
}

function remove(target: unknown, step: Step): void {
  read(target, step);
  if (Array.isArray(target)) target.splice(Number(step), 1);
  else Reflect.deleteProperty(target as object, step);
}

function added(before: unknown, value: unknown): unknown {
  if (typeof before === "string" && typeof value === "string") return before + value;
  if (Array.isArray(before) && Array.isArray(value)) return [...(before as unknown[]), ...(value as unknown[])];
  throw misfit("append");
}

function misfit(step: Step): StreamError {
  const remedy = "Return whole values from the listener rather than yield them step by step.";
  return new StreamError("server_error", `Gradio sent a change that fits no value, at ${JSON.stringify(step)}.`, remedy);
}
