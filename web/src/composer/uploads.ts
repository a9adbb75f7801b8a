// One file on its way up, with progress. XMLHttpRequest, because fetch can't tell how far it is.
import { BASE, type ProblemError, toProblem } from '../api/client';
import type { Upload } from './drafts';

export const MOST_OCTETS = 25 * 1024 * 1024;

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
