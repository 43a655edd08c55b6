import { expect, it } from "vitest";
import { newId, type Randomness } from "./connection_id";

const real: Crypto = globalThis.crypto;

it("makes ids that the server accepts, on any origin", () => {
  // An insecure origin has getRandomValues but no randomUUID.
  const insecure: Randomness = { getRandomValues: (array) => real.getRandomValues(array) };
  const secure: Randomness = { ...insecure, randomUUID: () => real.randomUUID() };
  for (const source of [secure, insecure]) {
    const ids = new Set(Array.from({ length: 50 }, () => newId(source)));
    expect(ids.size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{32,36}$/);
  }
});
