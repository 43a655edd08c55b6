/** A button that is held to talk: by a pointer, by a key, or by who can only press once. */

/** What holds it. Each holds it for itself, so that letting go of one does not end another. */
export type Holder = "pointer" | "key" | "press";

export class PushToTalk {
  readonly #holders = new Set<Holder>();
  #possible = false;

  /** `changed` is told when the button is held, and when it is let go. */
  constructor(private readonly changed: (pressed: boolean) => void) {}

  get pressed(): boolean {
    return this.#holders.size > 0;
  }

  /** Whether there is anybody to talk to. When there no longer is, the button is let go. */
  follow(possible: boolean): void {
    this.#possible = possible;
    if (!possible) this.releaseAll();
  }

  hold(by: Holder): void {
    if (!this.#possible) return;
    const before = this.pressed;
    this.#holders.add(by);
    if (!before) this.changed(true);
  }

  release(by: Holder): void {
    if (this.#holders.delete(by) && !this.pressed) this.changed(false);
  }

  /** A press that does not last, as assistive technology makes it: one begins, the next one ends. */
  toggle(): void {
    if (this.pressed) this.releaseAll();
    else this.hold("press");
  }

  /** The window has lost the focus, or nobody is there any more. */
  releaseAll(): void {
    const before = this.pressed;
    this.#holders.clear();
    if (before) this.changed(false);
  }
}

/** What of a keyboard's event decides whether it is about the button. */
export type KeyPress = Pick<
  KeyboardEvent,
  "code" | "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "defaultPrevented"
>;

/** Whether the key holds a button that has the focus. */
export function holdsFocused(event: KeyPress): boolean {
  return !hasModifier(event) && (event.code === "Space" || event.key === " " || event.key === "Enter");
}

/**
 * Whether the key holds the button from anywhere in the page: the space bar, unless it means something
 * where the focus is. `focus` is the innermost element that has it.
 */
export function holdsAnywhere(event: KeyPress, focus: Element | null): boolean {
  const space = event.code === "Space" || event.key === " ";
  return space && !hasModifier(event) && !event.defaultPrevented && !takesSpace(focus);
}

function hasModifier({ altKey, ctrlKey, metaKey, shiftKey }: KeyPress): boolean {
  return altKey || ctrlKey || metaKey || shiftKey;
}

/** Everything that a space is typed into, or that it presses, opens, chooses or plays. */
const TAKES_SPACE = [
  "input",
  "textarea",
  "select",
  "button",
  "summary",
  "option",
  "audio",
  "video",
  "iframe",
  "[contenteditable]:not([contenteditable='false'])",
  ...["button", "checkbox", "switch", "radio", "tab", "option", "combobox", "listbox", "slider"].map(
    (role) => `[role='${role}']`,
  ),
  ...["menuitem", "textbox", "searchbox", "spinbutton", "treeitem", "gridcell"].map(
    (role) => `[role='${role}']`,
  ),
].join(", ");

function takesSpace(focus: Element | null): boolean {
  return focus?.closest(TAKES_SPACE) != null;
}
