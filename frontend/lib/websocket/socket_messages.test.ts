import { describe, expect, it } from "vitest";
import contract from "../../../tests/contract/messages.json";
import { mediaMessage, parseIncoming, PING, startMessage, STOP } from "./socket_messages";

describe("what the server sends", () => {
  it("is audio, a session that is open, an answer to a ping, or an order to be silent", () => {
    expect(parseIncoming('{"event":"media","media":{"payload":"AP8="}}')).toEqual({
      kind: "media",
      payload: Uint8Array.of(0, 255),
    });
    for (const kind of ["started", "pong", "clear"]) {
      expect(parseIncoming(JSON.stringify({ event: kind }))).toEqual({ kind });
    }
  });

  it.each(contract.valid)("is a control message as on the data channel: $wire", ({ wire, message }) => {
    expect(parseIncoming(wire)).toEqual({ kind: "message", message });
  });

  it("is a refusal", () => {
    const meta = { error: "concurrency_limit_reached", message: "Full.", limit: 1 };
    expect(parseIncoming(JSON.stringify({ status: "failed", meta }))).toEqual({
      kind: "refused",
      problem: { code: "concurrency_limit_reached", message: "Full.", limit: 1 },
    });
    expect(parseIncoming('{"status":"failed"}')).toEqual({
      kind: "refused",
      problem: { code: "refused" },
    });
  });

  it.each([
    ...contract.invalid,
    ...['{"event":"media"}', '{"event":"media","media":7}', '{"event":"media","media":{"payload":"%"}}'],
    ...['{"event":"media","media":{"payload":null}}', '{"event":"dance"}', "7"],
  ])("is ignored where it is not known: %j", (wire) => {
    expect(parseIncoming(wire)).toBeNull();
  });
});

describe("what the page sends", () => {
  const start = { id: "abc", replaces: null, start: null, format: { encoding: "opus", rate: 48_000 } };

  it("opens a session, in place of another one where there is one", () => {
    expect(JSON.parse(startMessage(start))).toEqual({
      event: "start",
      websocket_id: "abc",
      format: {
        input: { encoding: "opus", sample_rate: 48_000 },
        output: { encoding: "opus", sample_rate: 48_000 },
      },
    });
    const over = JSON.parse(startMessage({ ...start, replaces: "old", start: "token" })) as object;
    expect(over).toMatchObject({ replaces: "old", start: "token" });
  });

  it("is audio, a heartbeat, and the end", () => {
    expect(JSON.parse(mediaMessage(Uint8Array.of(0, 255)))).toEqual({
      event: "media",
      media: { payload: "AP8=" },
    });
    expect([PING, STOP]).toEqual(['{"event":"ping"}', '{"event":"stop"}']);
  });
});
