import { describe, expect, it } from "vitest";
import { CONFIG } from "../testing/gradio_app";
import { findComponent } from "./gradio_config";

describe("a component", () => {
  it.each([
    ["voice", 2],
    ["Voice", 2],
    ["Radio", 5],
    [0, 2],
    [1, 5],
  ])("is found by its id, label or number: %s", (wanted, id) => {
    expect(findComponent(CONFIG, wanted).id).toBe(id);
  });

  it("needs no name where it is the only one", () => {
    const [, voice] = CONFIG.components;
    expect(findComponent({ components: [voice!] }, true).id).toBe(2);
  });

  it.each(["Camera", 2, -1, true as const])("that is not there is told, with those that are: %s", (wanted) => {
    expect(() => findComponent(CONFIG, wanted)).toThrow('0: "voice", 1: "Radio"');
    expect(() => findComponent({ components: [] }, wanted)).toThrow("no WebRTC component");
  });
});
