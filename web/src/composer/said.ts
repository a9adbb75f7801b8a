// What the writer has said to the server with a message (T-4): up to where they know the conversation, and that
// they know it to be among colleagues. What may have gone is sent again with what was said then, from whatever
// tab: else it is another message (W-5).
import { useRef, useState } from 'react';
import type { Schemas } from '../api/client';
import type { Thread } from '../api/queries';
import { type Answers, type Lost, lostOf } from './drafts';
import type { OfServer } from './questions';
import { seenBy } from './reply';
import { answersOf, placeOf } from './send';

type Place = { thread?: string | undefined; candidate?: string | undefined };
// What was seen is of that conversation, and says nothing of another that it becomes part of.
type Said = Answers & { thread: string | undefined };

const nameOf = (lost: Lost | undefined) => JSON.stringify(lost ?? null);

export function useSaid(
  user: string,
  about: string,
  thread: Thread | undefined,
  answered: string | undefined,
) {
  const [begun] = useState<Said>(() => ({ thread: thread?.id, seen: seenBy(thread, answered) }));
  const said = useRef(begun);
  const asked = useRef<{ problem: Schemas['NewerProblem']; lost: Lost | undefined }>(undefined);
  const settled = useRef<string>(undefined); // what was lost before the server asked, and so hasn't gone
  return {
    /** Where it goes, and with what. */
    goesTo: (now: Place) => {
      const lost = lostOf(user, about);
      if (lost && nameOf(lost) !== settled.current)
        return { place: placeOf(lost), answers: answersOf(lost) };
      const { thread: seenIn, seen, internal } = said.current;
      const thread = settled.current === undefined ? now.thread : seenIn;
      return {
        place: placeOf({ ...now, thread }),
        answers: answersOf({ internal, seen: thread === seenIn ? seen : undefined }),
      };
    },
    asks: (problem: Schemas['NewerProblem']) => {
      asked.current = { problem, lost: lostOf(user, about) };
    },
    answers: (question: OfServer) => {
      const { problem: { thread, came } = {}, lost } = asked.current ?? {};
      const before = { ...said.current, internal: said.current.internal ?? lost?.internal };
      said.current =
        question === 'thread.internal'
          ? { ...before, internal: true }
          : { ...before, thread: thread ?? before.thread, seen: came };
      settled.current = nameOf(lost);
    },
  };
}
