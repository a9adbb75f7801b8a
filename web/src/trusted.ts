// Trusted Types (THREAT1): with `require-trusted-types-for 'script'` a browser takes no markup from a
// plain string. This is the page's one policy; it lets nothing through by itself, it only names who may:
//  - markup for a parser whose document never runs scripts (DOMParser), to be cleaned there;
//  - what has just been cleaned, into a frame without scripts.
// The cleaner (DOMPurify) works with this policy too. The editor's clipboard makes one of its own,
// "ProseMirrorClipboard": both names stand in the server's Content-Security-Policy.
const POLICY = 'hearback';

type Policy = { createHTML(markup: string): string; createScriptURL(url: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
export const policy = factory?.createPolicy(POLICY, {
  createHTML: (markup) => markup,
  createScriptURL: () => {
    throw new TypeError('No script is ever loaded from an address that was put together.');
  },
});

// A TrustedHTML where the browser knows that, typed as the string that the DOM's own types still ask for.
export function trusted(markup: string): string {
  return policy ? policy.createHTML(markup) : markup;
}
