/**
 * Plugins for Gradio's own build and development server.
 */

/** Only what is used of Gradio's shared parts gets into the bundle: importing them does nothing. */
const trimGradioParts = {
  name: "trim-gradio-parts",
  enforce: "pre",
  async resolveId(source, importer, options) {
    if (!/^@gradio\/(atoms|icons|utils)$/.test(source)) return null;
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return resolved && { ...resolved, moduleSideEffects: false };
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
        .replace(/<script>window\.gradio_(?:config|api_info) = \{\{.*?\}\};<\/script>/g, ""),
  },
  transform(code) {
    if (!code.includes("`_NORMAL_`")) return null;
    return { code: code.replace("`_NORMAL_`", '"_CC_"'), map: null };
  },
};

export default {
  plugins: [trimGradioParts, mendDevServer],
  svelte: { preprocess: [] },
};
