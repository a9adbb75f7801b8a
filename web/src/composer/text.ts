// Rich text to plain and back. Only for what our own editor makes and for the writer's signature.
import DOMPurify from 'dompurify';
import { policy, trusted } from '../trusted';

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

export function textToHtml(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replace(/\n/g, '<br>')}</p>`)
    .join('');
}

const KEPT = ['p', 'br', 'strong', 'b', 'em', 'i', 'u', 's', 'a', 'ul', 'ol', 'li', 'blockquote'];

// What may leave as ours, and what may come into the editor (a signature).
export function ownHtml(html: string): string {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: KEPT,
    ALLOWED_ATTR: ['href'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:)/i,
    ...(policy ? { TRUSTED_TYPES_POLICY: policy as never } : {}),
  });
}

export function htmlToText(html: string): string {
  const body = new DOMParser().parseFromString(trusted(html), 'text/html').body;
  return block(body)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? '').replace(/[ \t\r\n]+/g, ' ');
  if (!(node instanceof Element)) return '';
  if (node.tagName === 'BR') return '\n';
  const inside = [...node.childNodes].map(inline).join('');
  const href = node.tagName === 'A' ? (node.getAttribute('href') ?? '') : '';
  if (!href) return inside;
  const shown = href.replace(/^mailto:/, '');
  return inside.trim() === shown || inside.trim() === href ? inside : `${inside} <${shown}>`;
}

function block(node: Element): string {
  let out = '';
  let line = '';
  const flush = () => {
    if (line.trim())
      out += `${line
        .split('\n')
        .map((one) => one.trim())
        .join('\n')}\n\n`;
    line = '';
  };
  let item = 0;
  for (const child of node.childNodes) {
    const tag = child instanceof Element ? child.tagName : '';
    if (tag === 'UL' || tag === 'OL') {
      flush();
      out += `${block(child as Element).trimEnd()}\n\n`;
    } else if (tag === 'LI') {
      flush();
      item++;
      const mark = node.tagName === 'OL' ? `${item}. ` : '- ';
      const inside = block(child as Element).trim();
      out += `${mark}${inside.replace(/\n+/g, `\n${' '.repeat(mark.length)}`)}\n`;
    } else if (tag === 'BLOCKQUOTE') {
      flush();
      out += `${block(child as Element)
        .trim()
        .replace(/^/gm, '> ')
        .replace(/^> $/gm, '>')}\n\n`;
    } else if (/^(P|DIV|H[1-6]|PRE)$/.test(tag)) {
      flush();
      const inside = block(child as Element).trim();
      out += inside ? `${inside}\n\n` : '\n';
    } else {
      line += inline(child);
    }
  }
  flush();
  return out;
}

export const isBlank = (html: string) => htmlToText(html) === '';
