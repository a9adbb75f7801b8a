import { Eye } from 'lucide-react';

// Who can read it, besides who gets it. `again`: in one line beside Send, on a phone, where the whole may be out of
// sight above.
export function Seers({ words, again = false }: { words: string; again?: boolean }) {
  return (
    <p className="small quiet grow compose-audience" aria-hidden={again || undefined}>
      <Eye size={14} aria-hidden />
      <span className={again ? 'truncate' : undefined}>{words}</span>
    </p>
  );
}
