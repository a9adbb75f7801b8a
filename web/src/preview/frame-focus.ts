// Who put the focus into a file's frame. A frame can take it by itself, and what runs in there may be a stranger's by
// a mistake of the reader's (docs/decisions/0070): letters of a message would go there. So it keeps it where a person
// or the page put it, and gives it back at once else.
import { inField, isWriting } from '../frame/shortcuts';

const TAB_TAKES = 1_000; // ms, to a frame that is busy
const LOOKS_EVERY = 250; // ms: not every way into a frame is told
const MOST_TAKEN = 5; // times
const TAKEN_WITHIN = 2_000; // ms

type Told = {
  onGreedy: () => void; // it takes the focus again and again
  onWheel: (left: number, top: number) => void; // over it, while it isn't reached by the pointer
};

const goesOn = (event: KeyboardEvent) =>
  event.key === 'Tab' && !event.ctrlKey && !event.metaKey && !event.altKey;

export class FrameFocus {
  private held: HTMLElement | undefined; // had it last in the page
  private meant = false; // by whoever put it into the frame
  private tabbed = Number.NEGATIVE_INFINITY; // when
  private byPointer = true;
  private rested = ''; // where the pointer is
  private taken: number[] = []; // when
  private readonly hovers = !matchMedia('(hover: none)').matches;
  private readonly ends = new AbortController();

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly told: Told,
  ) {
    this.look();
    this.handIsOn(!this.wasWriting());
    const listening = { capture: true, passive: true, signal: this.ends.signal };
    addEventListener('keydown', this.onKey, listening);
    addEventListener('beforeinput', () => this.handIsOn(false), listening);
    addEventListener('focusin', this.onFocus, listening);
    addEventListener('pointerdown', () => this.handIsOn(true), listening);
    addEventListener('pointerover', this.onPointer, listening);
    addEventListener('pointermove', this.onPointer, listening);
    addEventListener('wheel', this.onWheel, listening);
    addEventListener('blur', this.onWindow, { signal: this.ends.signal });
    addEventListener('focus', this.onWindow, { signal: this.ends.signal });
    const looks = setInterval(() => this.look(), LOOKS_EVERY);
    this.ends.signal.addEventListener('abort', () => clearInterval(looks));
  }

  /** By the page itself, where a person goes. */
  give(): void {
    this.meant = true;
    this.frame.focus({ preventScroll: true });
  }

  /** Whether what is pressed in it is a person's. */
  isMeant(): boolean {
    this.look();
    return this.meant && document.hasFocus();
  }

  /** Before the frame had the focus: their letters belong there, and are no shortcuts. */
  wasWriting(): boolean {
    return isWriting(this.held?.isConnected ? this.held : document.body);
  }

  giveBack(): void {
    this.meant = false;
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
    if (at !== this.frame) {
      this.meant = false;
      this.held = at instanceof HTMLElement && at !== document.body ? at : undefined;
    } else if (!this.meant) {
      this.meant = this.isByPerson();
      if (!this.meant) this.takeBack();
    }
  }

  private isByPerson(): boolean {
    if (performance.now() - this.tabbed < TAB_TAKES) return true;
    return this.byPointer && (!this.hovers || this.frame.matches(':hover'));
  }

  private takeBack(): void {
    this.giveBack();
    const now = performance.now();
    this.taken = [...this.taken.filter((when) => now - when < TAKEN_WITHIN), now];
    if (this.taken.length > MOST_TAKEN) this.told.onGreedy();
  }

  // What is pressed in the frame the page doesn't see. A pointer that has only rested there since the last key
  // pressed nothing: until it is moved, which is to be seen for that, the frame isn't reached by it.
  private handIsOn(pointer: boolean): void {
    this.byPointer = pointer;
    this.frame.style.pointerEvents = pointer ? '' : 'none';
  }

  private onKey = (event: KeyboardEvent) => {
    this.handIsOn(false);
    this.tabbed =
      goesOn(event) && !isWriting(event.target) ? performance.now() : Number.NEGATIVE_INFINITY;
  };

  private onFocus = ({ target }: FocusEvent) => {
    if (target === this.frame || !(target instanceof HTMLElement)) return;
    this.held = target;
    this.meant = false;
    this.tabbed = Number.NEGATIVE_INFINITY; // that is where it went
    if (inField(target)) this.handIsOn(false);
  };

  // What moves below a pointer says "over" as well.
  private onPointer = ({ type, screenX, screenY }: PointerEvent) => {
    const at = `${screenX} ${screenY}`;
    if (type === 'pointermove' && at !== this.rested) this.handIsOn(true);
    this.rested = at;
  };

  private onWheel = ({ target, ctrlKey, deltaX, deltaY }: WheelEvent) => {
    if (ctrlKey || this.byPointer || target !== this.frame.parentElement) return;
    this.told.onWheel(deltaX, deltaY);
  };

  // Chromium 156 loses it wholly where it is given back while it goes: then the letters reach nobody.
  private onWindow = () => {
    setTimeout(() => !this.ends.signal.aborted && this.look());
  };
}
