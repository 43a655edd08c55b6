import { describe, expect, it } from "vitest";
import {
  CandidateQueue,
  parseAnswer,
  parseIceConfiguration,
  parsePlace,
  type Candidate,
} from "./signaling";
import { settle } from "../testing/clock";
import { FULL } from "../testing/peers";

describe("answers", () => {
  it("gives the SDP of an answer", () => {
    expect(parseAnswer({ type: "answer", sdp: "v=0" })).toEqual({ kind: "ok", value: "v=0" });
  });

  it("gives a refusal's code, words and limit", () => {
    expect(parseAnswer(FULL)).toEqual({
      kind: "refused",
      problem: {
        code: "concurrency_limit_reached",
        message: "Someone else is connected.",
        limit: 1,
      },
    });
    expect(parseAnswer({ status: "failed" })).toEqual({
      kind: "refused",
      problem: { code: "refused" },
    });
  });

  it.each([undefined, null, "", [], {}, { type: "answer" }, { type: "offer", sdp: "v=0" }])(
    "takes %j for no answer",
    (body) => expect(parseAnswer(body)).toEqual({ kind: "unreachable" }),
  );

  it("reads a place in line", () => {
    expect(parsePlace({ status: "admitted" })).toMatchObject({ value: { status: "admitted" } });
    expect(parsePlace({ status: "waiting", position: 2 })).toMatchObject({ value: { position: 2 } });
    expect(parsePlace({ status: "waiting" })).toMatchObject({ value: { position: null } });
    expect(parsePlace({ status: "success" })).toEqual({ kind: "unreachable" });
  });

  it("reads an ICE configuration, which may be none", () => {
    const configuration = { iceServers: [{ urls: "turn:turn.example" }] };
    expect(parseIceConfiguration({ rtc_configuration: configuration })).toMatchObject({
      value: configuration,
    });
    expect(parseIceConfiguration({ rtc_configuration: null })).toMatchObject({ value: null });
    expect(parseIceConfiguration({ rtc_configuration: "x" })).toEqual({ kind: "unreachable" });
  });
});

describe("candidates", () => {
  const one: Candidate = { candidate: "candidate:1" };
  const two: Candidate = { candidate: "candidate:2" };

  function queue(): { sent: Candidate[]; arrive: (() => void)[]; queue: CandidateQueue } {
    const sent: Candidate[] = [];
    const arrive: (() => void)[] = [];
    const send = (candidate: Candidate): Promise<unknown> => {
      sent.push(candidate);
      return new Promise<void>((resolve) => arrive.push(resolve));
    };
    return { sent, arrive, queue: new CandidateQueue(send) };
  }

  it("wait for the answer, then trickle", async () => {
    const { sent, queue: candidates } = queue();
    candidates.add(one);
    await settle();
    expect(sent).toEqual([]);
    candidates.open();
    candidates.add(two);
    await settle();
    expect(sent).toEqual([one, two]);
  });

  it("end only after all of them have arrived", async () => {
    const { sent, arrive, queue: candidates } = queue();
    candidates.open();
    candidates.add(one);
    candidates.add(null);
    await settle();
    expect(sent).toEqual([one]);
    arrive[0]!();
    await settle();
    expect(sent).toEqual([one, null]);
  });

  it("are not sent after the close", async () => {
    const { sent, queue: candidates } = queue();
    candidates.add(one);
    candidates.close();
    candidates.open();
    candidates.add(two);
    await settle();
    expect(sent).toEqual([]);
  });

  it("may fail one by one without harm", async () => {
    const candidates = new CandidateQueue(() => Promise.reject(new Error("offline")));
    candidates.open();
    candidates.add(one);
    candidates.add(null);
    await settle();
  });
});
