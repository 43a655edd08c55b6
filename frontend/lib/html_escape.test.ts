import { expect, test } from "vitest";
import { escapeHtml } from "./html_escape";

test("markup becomes text", () => {
  expect(escapeHtml(`<img src=x onerror="alert(1)">`)).toBe(
    "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;",
  );
  expect(escapeHtml("it's <b>bold</b> & &lt;")).toBe(
    "it&#39;s &lt;b&gt;bold&lt;/b&gt; &amp; &amp;lt;",
  );
});

test("other text stays as it is", () => {
  expect(escapeHtml("Grüße\nline two")).toBe("Grüße\nline two");
  expect(escapeHtml("")).toBe("");
});
