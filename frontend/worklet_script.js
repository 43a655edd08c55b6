/** A TypeScript module with all that it imports as the text of one script. */

import { build } from "esbuild";

/** What an audio thread loads, see `lib/websocket/worklet/`. */
export async function workletScript(entry) {
  const options = { bundle: true, format: "esm", minify: true, target: "es2022" };
  const { outputFiles } = await build({ entryPoints: [entry], write: false, ...options });
  return outputFiles[0].text;
}
