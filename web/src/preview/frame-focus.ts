// Who put the focus into a file's frame. A frame can take it by itself, and what runs in there may be a stranger's by
// a mistake of the reader's (docs/decisions/0070): letters of a message would go there. So it keeps it where a person
// or the page put it, and gives it back at once else.
import { isWriting } from '../frame/shortcuts';

const TAB_TAKES = 1_000; // ms, to a frame that is busy
const HOVER_WITHIN = 1_000; // ms, likewise
const LOOKS_EVERY = 250; // ms: not every way into a frame is told
const MOST_TAKEN = 5; // times
const TAKEN_WITHIN = 2_000; // ms
const MOST_TAKEN_EVER = 20;

type Told = {
  onGreedy: () => void; // it takes the focus again and again
  onWheel: (left: number, top: number) => void; // over it, while it isn't reached by the pointer
};

const goesOn = (event: KeyboardEvent) =>
  event.key === 'Tab' && !event.ctrlKey && !event.metaKey && !event.altKey;

// Another file's, over or under this one: what had it last isn't that, or they would give it to each other.
const isFile = (at: Element | null) => at?.matches('.preview-pages > iframe');

export class FrameFocus {
  private held: HTMLElement | undefined; // had it last in the page
  private left = false; // the page has been, and nothing was done in it since
  private meant = false; // by whoever put it into the frame
  private tabbed = Number.NEGATIVE_INFINITY; // when
  private entered = Number.NEGATIVE_INFINITY; // when a pointer was last seen to come to the frame
  private reached = false; // by a pointer
  private touches = matchMedia('(hover: none)').matches; // the last pointer: a finger, which is over nothing
  private rested = ''; // where the pointer is
  private readonly taken: number[] = []; // when
  private readonly ends = new AbortController();

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly told: Told,
  ) {
    this.reach(this.touches && this.isInColumn(document.activeElement)); // the next file is swiped at once
    this.look();
    const listening = { capture: true, signal: this.ends.signal };
    addEventListener('keydown', this.onKey, listening);
    addEventListener('beforeinput', () => this.reach(false), listening);
    addEventListener('focusin', this.onFocus, listening);
    for (const what of ['pointerdown', 'pointerover', 'pointermove'] as const)
      addEventListener(what, this.onPointer, listening);
    addEventListener('mousedown', this.onPress, listening);
    addEventListener('wheel', this.onWheel, { ...listening, passive: true });
    addEventListener('blur', this.onWindow, { signal: this.ends.signal });
    addEventListener('focus', this.onWindow, { signal: this.ends.signal });
    const looks = setInterval(() => this.look(), LOOKS_EVERY);
    this.ends.signal.addEventListener('abort', () => clearInterval(looks));
  }

  /** By the page itself, where a person goes. */
  give(): void {
    this.meant = true;
    this.reach(true);
    this.frame.focus({ preventScroll: true });
  }

  /** Whether a person is in it. */
  isMeant(): boolean {
    this.look();
    return this.meant;
  }

  /** Before the frame had the focus: their letters belong there, and are no shortcuts. */
  wasWriting(): boolean {
    return isWriting(this.held?.isConnected ? this.held : document.body);
  }

  giveBack(): void {
    this.meant = false;
    this.left = false;
    this.held?.focus({ preventScroll: true });
    if (document.activeElement === this.frame) this.frame.blur();
  }

  /** While the frame is still there. */
  end(): void {
    this.ends.abort();
    if (document.activeElement === this.frame && this.wasWriting()) this.giveBack();
  }

  private look(): void {
    const at = document.activeElement;
    if (at === this.frame) {
      this.meant ||= this.isByPerson();
      if (!this.meant) this.takeBack();
    } else if (this.isDropped()) {
      this.takeBack();
    } else {
      this.meant = false;
      if (!isFile(at))
        this.held = at instanceof HTMLElement && at !== document.body ? at : undefined;
      if (this.wasWriting()) this.reach(false);
    }
  }

  // A frame may take it and let go of it: the page has the focus again then, and nothing of it.
  private isDropped(): boolean {
    return this.left && document.activeElement === document.body && this.held?.isConnected === true;
  }

  private isByPerson(): boolean {
    if (performance.now() - this.tabbed < TAB_TAKES) return true;
    return this.reached && (this.touches || this.isOver());
  }

  // A press may come sooner than a busy browser says that the frame, reached a moment ago, lies below the pointer.
  private isOver(): boolean {
    return this.frame.matches(':hover') || performance.now() - this.entered < HOVER_WITHIN;
  }

  private takeBack(): void {
    this.giveBack();
    const now = performance.now();
    this.taken.push(now);
    const lately = this.taken.filter((when) => now - when < TAKEN_WITHIN).length;
    if (lately > MOST_TAKEN || this.taken.length > MOST_TAKEN_EVER) this.told.onGreedy();
  }

  // What is pressed in the frame the page doesn't see. So it isn't reached by a pointer that has only rested there
  // since the last key, nor while somebody writes: the page sees it move, or press, and lets it in.
  private reach(reached: boolean): void {
    this.reached = reached;
    this.frame.style.pointerEvents = reached ? '' : 'none';
  }

  private isInColumn(at: EventTarget | null): boolean {
    return at instanceof Node && this.frame.closest('.preview')?.contains(at) === true;
  }

  private onKey = (event: KeyboardEvent) => {
    this.reach(false);
    // Between the frame's letting go and the next look: it is of the text, and no shortcut.
    if (this.isDropped()) {
      event.stopImmediatePropagation();
      return this.takeBack();
    }
    this.left = false;
    this.tabbed =
      goesOn(event) && !isWriting(event.target) ? performance.now() : Number.NEGATIVE_INFINITY;
  };

  private onFocus = ({ target }: FocusEvent) => {
    if (target === this.frame || !(target instanceof HTMLElement)) return;
    this.left = false;
    this.tabbed = Number.NEGATIVE_INFINITY; // that is where it went
    this.look();
  };

  // What moves below a pointer says "over" as well.
  private onPointer = ({ type, target, pointerType, screenX, screenY }: PointerEvent) => {
    const at = `${screenX} ${screenY}`;
    const presses = type === 'pointerdown';
    const acts = presses || (type === 'pointermove' && at !== this.rested);
    this.rested = at;
    if (presses) this.left = false;
    if (!acts) return;
    this.touches = pointerType === 'touch';
    const enters = target === this.frame.parentElement;
    this.entered = enters ? performance.now() : Number.NEGATIVE_INFINITY;
    if (enters) this.reach(!this.wasWriting());
    else if (presses && !this.isInColumn(target)) this.reach(false);
  };

  // On the frame, where it isn't reached.
  private onPress = (event: MouseEvent) => {
    if (event.target !== this.frame.parentElement) return;
    this.give();
    if (document.activeElement === this.frame) event.preventDefault(); // which would lead it to what holds the frame
  };

  private onWheel = ({ target, ctrlKey, deltaX, deltaY }: WheelEvent) => {
    if (ctrlKey || this.reached || target !== this.frame.parentElement) return;
    this.told.onWheel(deltaX, deltaY);
  };

  // Chromium 156 loses it wholly where it is given back while it goes: then the letters reach nobody.
  private onWindow = ({ type }: Event) => {
    if (type === 'blur') this.left = true;
    setTimeout(() => !this.ends.signal.aborted && this.look());
  };
}
