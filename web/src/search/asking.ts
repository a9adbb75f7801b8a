// What is asked while somebody types (M-6): at once where nothing is under way; else the newest words alone, as
// soon as the answer is there, or after a while without waiting for it any longer.
import { useLayoutEffect, useRef, useState } from 'react';

// All in milliseconds.
export const PATIENCE = 150; // of newer words with the answer to older ones
export const GAP = 50; // between two questions: a key that is held asks twenty times a second at most
// Words that an input method may still change wait until nothing more is typed, as a phone's keyboard holds
// all words to be.
export const COMPOSED = 150;

const now = () => performance.now();

export class Asking {
  private wanted: string | undefined; // is asked next
  private notBefore = 0;
  private at = Number.NEGATIVE_INFINITY; // when the last was asked
  private underWay = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private asked: string,
    private readonly ask: (words: string) => void,
  ) {}

  /** More was typed. */
  want(words: string, composed = false): void {
    this.wanted = words;
    this.notBefore = composed ? now() + COMPOSED : 0;
    this.look();
  }

  /** Asks, whatever is under way. */
  askNow(words: string): void {
    this.wanted = words;
    this.go();
  }

  /** The answer to these is there, or none comes. */
  answered(words: string): void {
    if (words !== this.asked) return;
    this.underWay = false;
    this.look();
  }

  /** Somebody else has asked these; what is typed before that isn't asked any more. */
  told(words: string): void {
    this.stop();
    this.asked = words;
    this.underWay = false;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.wanted === undefined) return;
    const at = Math.max(this.notBefore, this.at + (this.underWay ? PATIENCE : GAP));
    const wait = at - now();
    if (wait <= 0 || this.wanted === this.asked) this.go();
    else this.timer = setTimeout(() => this.go(), wait);
  }

  private go(): void {
    const words = this.wanted;
    this.stop();
    if (words === undefined || words === this.asked) return;
    this.asked = words;
    this.at = now();
    this.underWay = true;
    this.ask(words);
  }
}

/** Of one who is told by `ask`; `first` has been asked already. */
export function useAsking(first: string, ask: (words: string) => void): Asking {
  const latest = useRef(ask);
  latest.current = ask;
  const [asking] = useState(() => new Asking(first, (words) => latest.current(words)));
  useLayoutEffect(() => () => asking.stop(), [asking]);
  return asking;
}

/** What is asked of `words`. Whoever asks says by `useAnswered` whether the answer is still to come. */
export function useAsked(words: string, composed: boolean): readonly [string, Asking] {
  const [asked, setAsked] = useState(words);
  const asking = useAsking(words, setAsked);
  useLayoutEffect(() => asking.want(words, composed), [asking, words, composed]);
  return [asked, asking];
}

export function useAnswered(asking: Asking, asked: string, underWay: boolean): void {
  useLayoutEffect(() => {
    if (!underWay) asking.answered(asked);
  }, [asking, asked, underWay]);
}

/** What lasts: a sign of what is over soon would only flicker. */
export function useLasting(state: boolean, milliseconds: number): boolean {
  const [lasting, setLasting] = useState(false);
  useLayoutEffect(() => {
    if (!state) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), milliseconds);
    return () => clearTimeout(timer);
  }, [state, milliseconds]);
  return state && lasting;
}
