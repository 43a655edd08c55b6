/**
 * Plugins for Gradio's own build and development server.
 */

import { fileURLToPath } from "node:url";
import { workletScript } from "./worklet_script.js";

/**
 * Leaves out what the page never uses of Gradio's shared parts.
 *
 * `@gradio/utils` imports the locale of svelte-i18n to translate labels anew when the language
 * changes. A component's bundle would carry a copy of its own, which nobody tells of any language:
 * 110 kB that do nothing. The host has translated the labels before they come here.
 */
const STILL_LOCALE = "\0still-locale";
const trimGradioParts = {
  name: "trim-gradio-parts",
  apply: "build",
  enforce: "pre",
  resolveId(source, importer) {
    const fromUtils = importer?.includes("/@gradio/utils/") ?? false;
    return source === "svelte-i18n" && fromUtils ? STILL_LOCALE : null;
  },
  load(id) {
    if (id !== STILL_LOCALE) return null;
    return "export const locale = { subscribe: (run) => (run(null), () => {}) };";
  },
};

/**
 * Gives a TypeScript module with all that it imports as the text of one script: what an audio thread
 * loads has to be at an address of its own, and Gradio serves a component's files from no fixed one.
 */
const WORKLET = /\.ts\?worklet$/;
const workletAsText = {
  name: "worklet-as-text",
  enforce: "pre",
  async load(id) {
    if (!WORKLET.test(id)) return null;
    const text = await workletScript(id.replace(/\?worklet$/, ""));
    return `export default ${JSON.stringify(text)};`;
  },
};

/**
 * Mends `gradio cc dev`, whose page stays blank otherwise: Gradio's index.html is a template that
 * only its Python server fills in, and the marker that switches its bundle to custom components
 * is looked for with other quotes than the bundle has.
 */
const mendDevServer = {
  name: "mend-gradio-dev",
  apply: "serve",
  transformIndexHtml: {
    order: "pre",
    handler: (html) =>
      html
        .replace(/<base href="\{\{[^"]*\}\}"\s*\/?>/, '<base href="/" />')
        .replace(/<script>window\.gradio_(?:config|api_info) = \{\{.*?\}\};<\/script>/g, "")
        .replace(/\{\{[^{}]*(?:\{\}[^{}]*)?\| toorjson \}\}/g, '""'),
  },
  transform(code) {
    if (!code.includes("`_NORMAL_`")) return null;
    return { code: code.replace("`_NORMAL_`", '"_CC_"'), map: null };
  },
};

export default {
  plugins: [trimGradioParts, workletAsText, mendDevServer],
  svelte: { preprocess: [] },
  optimizeDeps: {
    exclude: ["svelte", "svelte/*"], // as Gradio's default
    // Packages are looked for from here before the page is served. Vite finds them only as the page
    // asks for them otherwise, and prepares them anew for it, in the middle of its loading.
    entries: [fileURLToPath(new URL("./Index.svelte", import.meta.url))],
  },
};
