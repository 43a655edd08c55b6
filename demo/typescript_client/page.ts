// The page's program. Its types are checked by `make check`; the app takes them out and serves it.
import { connect, holdsAnywhere, holdsFocused, PushToTalk, StreamError } from "gradio-webrtc-client";
import type { Call, CallState, Turn } from "gradio-webrtc-client";

/** What the handler says beside the sound. */
interface Heard {
  readonly seconds: number;
  readonly walls: number;
}

const TURNS: Record<Turn, string> = {
  "": "Connected",
  listening: "Hold the button and call",
  speaking: "Calling…",
  thinking: "It travels…",
  replying: "The canyon answers",
};
const STATES: Partial<Record<CallState, string>> = {
  acquiring: "May I hear you?",
  connecting: "Connecting…",
  waiting: "Everybody is calling. You are next.",
  reconnecting: "The connection was lost. Trying again…",
  idle: "Ready",
  failed: "Ready",
};

function part<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}

const root = part("[data-testid=webrtc]");
const startButton = part<HTMLButtonElement>("[data-testid=webrtc-start]");
const stopButton = part<HTMLButtonElement>("[data-testid=webrtc-stop]");
const talkButton = part<HTMLButtonElement>("[data-testid=webrtc-talk]");
const element = part<HTMLAudioElement>("audio");
const walls = part<HTMLInputElement>("#walls");
const shown = part<HTMLOutputElement>("#shown");
const socket = part<HTMLInputElement>("#socket");
const status = part("#status");
const problem = part("#problem");
const calls = part<HTMLOListElement>("#calls");

// A theme may be asked for in the address, as in a page of Gradio's.
const theme = new URLSearchParams(location.search).get("__theme");
if (theme !== null) document.documentElement.dataset.theme = theme;

let call: Call | null = null;
const talking = new PushToTalk((pressed) => {
  call?.talk(pressed);
  talkButton.dataset.pressed = String(pressed);
});

async function start(): Promise<void> {
  problem.textContent = "";
  startButton.disabled = true;
  try {
    call = await connect(".", {
      by: socket.checked ? "websocket" : "webrtc",
      pushToTalk: true,
      element,
      inputs: "input_hook",
      inputValues: () => ({ walls: walls.valueAsNumber }),
      outputs: "outputs?webrtc_id={webrtc_id}",
      onOutput: (output) => note(output as Heard),
      onState: show,
      onTurn: (turn) => (status.textContent = TURNS[turn]),
      onWarning: complain,
      onEnd: ({ error, message }) => complain(error === null ? message : `${error.message} ${error.remedy}`),
    });
  } catch (error) {
    // What the end has told already; anything else is a mistake of this page's.
    if (!(error instanceof StreamError)) throw error;
  } finally {
    startButton.disabled = false;
  }
}

function show(state: CallState, { way }: Call): void {
  root.dataset.state = state;
  root.dataset.way = way;
  status.textContent = STATES[state] ?? TURNS[""];
  const over = state === "idle" || state === "failed";
  startButton.hidden = !over;
  stopButton.hidden = over;
  socket.disabled = !over;
  talkButton.disabled = state !== "connected";
  talking.follow(state === "connected");
}

function complain(words: string): void {
  problem.textContent = words;
}

function note({ seconds, walls: count }: Heard): void {
  const entry = document.createElement("li");
  entry.textContent = `${seconds.toFixed(1)} s, back from ${count} ${count === 1 ? "wall" : "walls"}`;
  entry.style.setProperty("--walls", String(count));
  calls.prepend(entry);
}

startButton.onclick = () => void start();
stopButton.onclick = () => void call?.hangUp();
walls.oninput = () => {
  shown.textContent = walls.value;
  if (call?.state === "connected") call.sendInput().catch((error: Error) => complain(error.message));
};

talkButton.onpointerdown = ({ pointerId, button }) => {
  if (button !== 0) return;
  // Wherever the finger slides, its release comes here.
  talkButton.setPointerCapture(pointerId);
  talking.hold("pointer");
};
talkButton.onpointerup = talkButton.onpointercancel = () => talking.release("pointer");
talkButton.onclick = ({ detail }) => {
  // Screen readers and switches press without holding; a pointer's click has a count.
  if (detail === 0) talking.toggle();
};
window.onkeydown = (event) => {
  const focus = document.activeElement;
  if (focus === talkButton ? !holdsFocused(event) : !holdsAnywhere(event, focus)) return;
  event.preventDefault();
  talking.hold("key");
};
window.onkeyup = ({ key }) => {
  if (key === " " || key === "Enter") talking.release("key");
};
window.onblur = () => talking.releaseAll();
