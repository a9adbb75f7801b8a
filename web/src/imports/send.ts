// A file goes to the server as it is, again for each part of it that is answered: the server keeps nothing of it.
import { client, type Schemas, unwrap } from '../api/client';

export type What = 'candidates' | 'jobs';
export type Lines = Schemas['ImportedLines'];
export type Line = Schemas['ImportedLine'];
export type Outcome = Line['outcome'];

export const MOST_OCTETS = 5 * 1024 * 1024;

async function part(what: What, file: Blob, dryRun: boolean, from: number, signal: AbortSignal) {
  const request = {
    params: { query: { dry_run: dryRun, from } },
    body: file as never,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'content-type': 'text/csv' },
    signal,
  };
  return unwrap(
    what === 'jobs'
      ? client.POST('/imports/jobs', request)
      : client.POST('/imports/candidates', request),
  );
}

// Answer after answer, from this line on; `told` hears of all lines so far.
export async function send(
  what: What,
  file: Blob,
  { dryRun, from, signal }: { dryRun: boolean; from: number; signal: AbortSignal },
  told: (lines: Lines) => void,
): Promise<void> {
  for (let next: number | null = from; next !== null; ) {
    const lines: Lines = await part(what, file, dryRun, next, signal);
    if (signal.aborted) return;
    told(lines);
    next = lines.next;
  }
}
