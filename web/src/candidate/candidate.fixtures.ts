import type { Schemas } from '../api/client';
import type { Candidate } from '../api/queries';

/** A candidate with nothing about them but what is said. */
export const candidateOf = (id: string, about: Partial<Candidate> = {}): Candidate => ({
  id,
  external_id: null,
  name: id,
  created: '2026-11-20T10:00:00.000Z',
  addresses: [],
  applications: [],
  seen_by: [],
  followed: false,
  followers: [],
  followers_left_out: 0,
  merges: [],
  resting: null,
  skipped: null,
  ...about,
});

export const candidateFile = (
  index: number,
  filename: string,
  more: Partial<Schemas['CandidateFile']> = {},
): Schemas['CandidateFile'] => ({
  index,
  filename,
  type: 'application/pdf',
  octets: 2000,
  content_id: '',
  inline: false,
  file: null,
  added_by: null,
  message: `m${index}`,
  thread: 't1',
  date: '2026-01-02T03:04:05Z',
  cv: index === 0,
  internal: false,
  ours: false,
  ...more,
});
