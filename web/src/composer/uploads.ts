// One file on its way up, with progress. XMLHttpRequest, because fetch can't tell how far it is.
import { BASE, type ProblemError, toProblem } from '../api/client';
import type { Upload } from './drafts';

// What the server's limits.hpp lets one message have with its files, as it goes out. They travel in
// Base64, in lines of 76 letters (RFC 2045 section 6.8): 57 octets take 78.
export const MESSAGE_OCTETS = 25 * 1024 * 1024;
export const FILES_OCTETS = Math.floor((MESSAGE_OCTETS / 78) * 57);

// How many octets of files are surely more than a message carries; 0 where they aren't. Where it is the
// words beside them that are too much, the server says so.
export function filesOver(files: readonly { octets: number }[]): number {
  const octets = files.reduce((sum, file) => sum + file.octets, 0);
  return Math.max(0, octets - FILES_OCTETS);
}

export type Sending = { promise: Promise<Upload>; abort: () => void };

export function upload(file: File, onProgress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const promise = new Promise<Upload>((resolve, reject) => {
    const fail = (problem: ProblemError) => reject(problem);
    request.open('POST', `${BASE}/uploads?filename=${encodeURIComponent(file.name || 'file')}`);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 201) resolve(request.response as Upload);
      else fail(toProblem(request.response, request.status));
    };
    request.onerror = () => fail(toProblem(undefined, 0));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    request.send(file);
  });
  return { promise, abort: () => request.abort() };
}
