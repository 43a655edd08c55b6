import { OutputFetcher } from "../additional_outputs";
import { RunningCalls } from "../running_calls";
import { FakeClock } from "./clock";

/** A server with some outputs, Gradio in front of it, and listeners that take them. */
export class OutputPage {
  readonly clock = new FakeClock();
  listeners = [7];
  rounds = 0;
  asked = 0;
  count: unknown = { waiting: 0, taken: 0 };
  readonly calls = new RunningCalls();
  readonly outputs = new OutputFetcher(
    this.clock,
    () => this.listeners,
    () => (this.rounds += 1),
    () => {
      this.asked += 1;
      return this.count instanceof Error ? Promise.reject(this.count) : Promise.resolve(this.count);
    },
    () => this.calls,
  );

  /** A call of the listener `id` begins and ends. */
  call(id: number, end = "complete"): void {
    this.outputs.progressed({ fn_index: id, status: "pending" });
    this.outputs.progressed({ fn_index: id, status: end });
  }
}
