import { Fragment, type ReactNode } from 'react';

// Web and mail addresses in plain text become links; punctuation at their end stays outside.
const ADDRESS = /(https?:\/\/[^\s<>"]+|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,})/giu;

export function linked(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = match[0].replace(/[.,;:!?'")\]}]+$/, '');
    const at = match.index;
    if (!found) continue;
    parts.push(text.slice(from, at));
    parts.push(
      <a
        key={at}
        href={found.includes('://') ? found : `mailto:${found}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        {found}
      </a>,
    );
    from = at + found.length;
  }
  parts.push(text.slice(from));
  return parts;
}

export function PlainText({ text }: { text: string }) {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .trimEnd()
    .split(/\n{2,}/);
  return (
    <div className="plain-text">
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
        <p dir="auto" key={index}>
          {linked(paragraph).map((part, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
            <Fragment key={at}>{part}</Fragment>
          ))}
        </p>
      ))}
    </div>
  );
}
