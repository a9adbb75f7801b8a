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
