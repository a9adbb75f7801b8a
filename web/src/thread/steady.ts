import { type RefObject, useEffect } from 'react';

// What arrives above a composer doesn't push it down: the scroller follows by what it grew. That is
// measured inside the conversation, where scrolling changes nothing. Where there is nothing to scroll
// yet, `room` below it makes some. While the composer is out of sight, the browser keeps what is read.
export function useSteadyComposer(
  scroller: RefObject<HTMLDivElement | null>,
  room: RefObject<HTMLDivElement | null>,
  writing: boolean,
) {
  useEffect(() => {
    const pane = scroller.current;
    const content = pane?.firstElementChild;
    const below = room.current;
    if (!pane || !content || !below || !writing) return;
    const top = () =>
      pane.querySelector('form.composer:not([hidden])')?.getBoundingClientRect().top;
    let stood: number | undefined; // the composer's place in the conversation
    let at = 0; // how far it was scrolled
    let seen = false;
    const look = () => {
      const now = top();
      seen = now !== undefined && now < pane.getBoundingClientRect().bottom;
      pane.classList.toggle('steady', seen);
      at = pane.scrollTop;
    };
    const follow = new ResizeObserver(() => {
      const now = top();
      if (now === undefined) return;
      const stands = now - content.getBoundingClientRect().top;
      if (seen && stood !== undefined && stands !== stood) {
        const most = pane.scrollHeight - pane.clientHeight;
        // Shorter than before, it may have been scrolled back by the browser: that isn't taken off twice.
        const from = pane.scrollTop === Math.min(at, most) ? at : pane.scrollTop;
        const wanted = from + stands - stood;
        if (wanted > most) below.style.height = `${below.offsetHeight + wanted - most}px`;
        pane.scrollTop = wanted;
      }
      stood = stands;
      look();
    });
    look();
    pane.addEventListener('scroll', look, { passive: true });
    follow.observe(content);
    return () => {
      pane.classList.remove('steady');
      pane.removeEventListener('scroll', look);
      follow.disconnect();
      below.style.height = '';
    };
  }, [scroller, room, writing]);
}

// Whether it is there, and not on its way.
export function focusText(pane: HTMLElement | null): boolean {
  const text = 'form.composer:not([inert]) :is([role=textbox], textarea)';
  const found = pane?.querySelector<HTMLElement>(text);
  found?.focus();
  return Boolean(found);
}
