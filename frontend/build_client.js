/**
 * Builds the client for web pages: `node build_client.js FOLDER` writes it there as one module,
 * `index.js`, without dependencies. With `--package` it is left readable, and its types are written
 * beside it: that is the npm package, see `clients/typescript`.
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { workletScript } from "./worklet_script.js";

const HERE = import.meta.dirname;
const [folder, kind] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder to build into: node build_client.js FOLDER");
const target = resolve(folder);
const packaged = kind === "--package";

const workletAsText = {
  name: "worklet-as-text",
  setup(builder) {
    builder.onResolve({ filter: /\?worklet$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?worklet$/, "")),
      namespace: "worklet",
    }));
    builder.onLoad({ filter: /./, namespace: "worklet" }, async ({ path }) => ({
      contents: await workletScript(path),
      loader: "text",
    }));
  },
};

await build({
  absWorkingDir: HERE,
  entryPoints: ["client/index.ts"],
  outfile: join(target, "index.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !packaged,
  banner: { js: "/*! gradio-webrtc-client, MIT licence */" },
  plugins: [workletAsText],
});

if (packaged) {
  const compiler = join(HERE, "node_modules", "typescript", "bin", "tsc");
  const options = ["--project", join(HERE, "tsconfig.client.json"), "--outDir", join(target, "types")];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  nameFiles(join(target, "types"));
}

/**
 * Imports of declarations name files, as Node's way of finding modules asks for.
 * @param {string} types
 * @returns {void}
 */
function nameFiles(types) {
  for (const name of readdirSync(types, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(types, name);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/(from |import\()"(\.[^"]*)"/g, '$1"$2.js"'));
  }
}
