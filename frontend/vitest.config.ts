import { defineConfig } from "vitest/config";

// Only plain TypeScript is tested here, in Node: what needs a page is tested in a real browser.
export default defineConfig({
  test: { include: ["{lib,client}/**/*.test.ts"], environment: "node" },
});
