/** A server's events as `text/event-stream` has them: their data out of pieces of text. */

/** Most characters of an event: Gradio's outputs name files by their address, so that none is as long. */
export const LONGEST = 16 * 1024 * 1024;

export class EventReader {
  #line = "";
  #data: string[] = [];
  #held = 0;

  /**
   * The data of the events that `text` completes; each character is looked at once. Throws a
   * `RangeError` where an event is longer than `longest`.
   */
  take(text: string, longest = LONGEST): string[] {
    const lines = text.split("\n");
    const rest = lines.pop()!;
    const events: string[] = [];
    for (const line of lines) {
      const event = this.#end(this.#line + line);
      this.#line = "";
      if (event !== null) events.push(event);
    }
    this.#line += rest;
    if (this.#held + this.#line.length > longest) throw new RangeError("The server sends an event that does not end.");
    return events;
  }

  /** Reads a whole line; returns the data of the event that it ends. */
  #end(ended: string): string | null {
    const line = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
    if (line.startsWith("data:")) {
      this.#data.push(line.slice("data:".length).replace(/^ /, ""));
      this.#held += line.length;
    }
    if (line !== "") return null;
    const event = this.#data.length > 0 ? this.#data.join("\n") : null;
    [this.#data, this.#held] = [[], 0];
    return event;
  }
}
