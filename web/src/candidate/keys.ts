import { useRef } from 'react';

// The Idempotency-Key of what is asked for: its body's, so that the same that is asked for once more, after its
// answer got lost, is done once. What was refused has left no key with the server.
export function useKeys(): (body: unknown) => string {
  const keys = useRef(new Map<string, string>());
  return (body) => {
    const name = JSON.stringify(body);
    const key = keys.current.get(name) ?? crypto.randomUUID();
    keys.current.set(name, key);
    return key;
  };
}
