import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      // An index that is checked by the code around it needs no second check.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      complexity: ["error", 14],
      "max-lines-per-function": ["error", { max: 50, skipComments: true, skipBlankLines: true }],
      "max-lines": ["error", { max: 300 }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.test.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["*.js", "*.config.ts"],
    ...ts.configs.disableTypeChecked,
    languageOptions: { ...ts.configs.disableTypeChecked.languageOptions, globals: globals.node },
    rules: { ...ts.configs.disableTypeChecked.rules, "@typescript-eslint/explicit-function-return-type": "off" },
  },
  {
    files: ["lib/**/*.ts"],
    rules: {
      // The browser is handed in, so that everything here can be tested without one.
      "no-restricted-globals": [
        "error",
        ...["window", "document", "navigator", "localStorage", "crypto", "performance", "fetch"],
        ...["setTimeout", "setInterval", "clearTimeout", "clearInterval", "requestAnimationFrame"],
        ...["RTCPeerConnection", "MediaStream", "AudioContext", "console"],
      ],
    },
  },
);
