// A file goes to the server as it is, again for each part of it that is answered: the server keeps nothing of it.
import { client, type Schemas, unwrap } from '../api/client';

export type What = 'candidates' | 'jobs';
export type Lines = Schemas['ImportedLines'];
export type Line = Schemas['ImportedLine'];
export type Outcome = Line['outcome'];

export const MOST_OCTETS = 5 * 1024 * 1024;

async function part(
  what: What,
  file: Blob,
  query: { dry_run: boolean; from: number; made?: number },
  signal: AbortSignal,
) {
  const request = {
    params: { query },
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

// Answer after answer, from this line on; `told` hears of each. `made`: so many were new before.
export async function send(
  what: What,
  file: Blob,
  {
    dryRun,
    from,
    made,
    signal,
  }: { dryRun: boolean; from: number; made: number; signal: AbortSignal },
  told: (lines: Lines) => void,
): Promise<void> {
  for (let next: number | null = from; next !== null; ) {
    const query = { dry_run: dryRun, from: next, ...(dryRun && { made }) };
    const lines: Lines = await part(what, file, query, signal);
    if (signal.aborted) return;
    made += lines.new;
    told(lines);
    next = lines.next;
  }
}
