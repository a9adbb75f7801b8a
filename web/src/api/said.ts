// What the reader has said of conversations is shown at once, and an answer that was asked for before the
// server knew of it doesn't undo it.
import type { Schemas } from './client';

type Row = Schemas['ThreadRow'];

let questions = 0;
/** The number of a question, taken before it is asked. */
export const ask = (): number => ++questions;

export class Said<T> {
  // `known`: the last question that was asked before the server had agreed; absent until then.
  private readonly all = new Map<string, { stands: T; known?: number }>();

  say(thread: string, stands: T): void {
    this.all.set(thread, { stands });
  }
  /** The server has agreed, or refused: `stands` is what it says by now. */
  settle(thread: string, stands: T): void {
    if (this.all.has(thread)) this.all.set(thread, { stands, known: questions });
  }
  /** Whether it still has to be told. */
  underWay(thread: string): boolean {
    const said = this.all.get(thread);
    return said !== undefined && said.known === undefined;
  }
  /** What the answer to that question doesn't know yet. */
  since(asked: number, thread: string): T | undefined {
    const said = this.all.get(thread);
    return said && asked <= (said.known ?? asked) ? said.stands : undefined;
  }
  forget(): void {
    this.all.clear();
  }
}

/** Where conversations go (api/turning.ts). */
export const turning = new Said<Row['triage']>();
/** Which are unread (api/reading.ts), and up to where that was said; all of it, if it isn't. */
export type Read = { unread: boolean; seen?: number | undefined };
export const reading = new Said<Read>();

/** It was said by who has left. */
export function forgetSaid(): void {
  turning.forget();
  reading.forget();
}

/** Whether something has come since what was said, which it isn't said of. */
export const cameSince = ({ came }: Pick<Row, 'came'>, { unread, seen }: Read): boolean =>
  !unread && seen !== undefined && came > seen;

/** What the reader said, in a row; and in a conversation, which also says who said it. */
export const unreadAs = (unread: boolean) => ({ unread, marked_unread: unread });

/** An answer as it would be if the server had known. Lists of the team don't say whose turn it is. */
export function upToDate<R extends Pick<Row, 'id' | 'triage' | 'unread' | 'came'>>(
  row: R,
  asked: number,
): R {
  const turn = row.triage === null ? undefined : turning.since(asked, row.id);
  const read = reading.since(asked, row.id);
  return {
    ...row,
    ...(turn === undefined ? {} : { triage: turn }),
    ...(read === undefined || cameSince(row, read) ? {} : unreadAs(read.unread)),
  };
}
