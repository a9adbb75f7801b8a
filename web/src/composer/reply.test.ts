import { describe, expect, it } from 'vitest';
import { answeredOf, replyMailbox, replyRecipients, replySubject } from './reply';
import { htmlToText, ownHtml, textToHtml } from './text';

const person = (address: string, name = '') => ({ name, address });
const incoming = {
  direction: 'incoming' as const,
  from: [person('lea@c.example', 'Léa')],
  to: [person('anna@n.example'), person('mira@n.example')],
  cc: [person('boss@n.example'), person('lea@home.example')],
  people_left_out: 0,
};

describe('T-4 who a reply goes to', () => {
  it('answers the writer alone', () => {
    expect(replyRecipients(incoming, false, ['anna@n.example'], ['lea@c.example'])).toEqual({
      to: [person('lea@c.example', 'Léa')],
      cc: [],
    });
  });
  it('W-3 answers all without oneself, and never with a candidate in Cc', () => {
    const all = replyRecipients(
      incoming,
      true,
      ['Anna@n.example'],
      ['lea@c.example', 'lea@home.example'],
    );
    expect(all.to.map((one) => one.address)).toEqual(['lea@c.example', 'lea@home.example']);
    expect(all.cc.map((one) => one.address)).toEqual(['mira@n.example', 'boss@n.example']);
  });
  it('answers the writer where not all are listed', () => {
    const crowd = { ...incoming, people_left_out: 1 };
    expect(replyRecipients(crowd, true, ['anna@n.example'], ['lea@home.example'])).toEqual({
      to: [person('lea@c.example', 'Léa')],
      cc: [],
    });
  });
  it('goes on to the same people under one’s own message', () => {
    const mine = {
      ...incoming,
      direction: 'outgoing' as const,
      from: [person('anna@n.example')],
      to: [person('lea@c.example')],
      cc: [],
    };
    expect(replyRecipients(mine, false, ['anna@n.example'], []).to).toEqual([
      person('lea@c.example'),
    ]);
  });
  it.each([
    [['human', 'bounce'], 0],
    [['human', 'human', 'bounce', 'automatic'], 1],
    [['automatic', 'bounce'], 0],
    [['list', 'bounce'], 0],
    [['human', 'list'], 0],
    [['bounce'], 0],
    [[], -1],
  ] as const)('answers the newest that a person wrote, of %j', (kinds, wanted) => {
    const rows = kinds.map((kind) => ({ versions: [{ kind }] }));
    expect(answeredOf(rows)).toBe(rows[wanted]);
  });
  it.each([
    ['Hello', 'Re: Hello'],
    ['Re: Hello', 'Re: Hello'],
    ['AW: Hallo', 'AW: Hallo'],
    ['RE[2]: x', 'RE[2]: x'],
    ['Reply: x', 'Re: Reply: x'],
  ])('calls the reply to %s %s', (subject, wanted) => expect(replySubject(subject)).toBe(wanted));

  it('C-11 writes from the address that was written to', () => {
    const box = (id: string, address: string, state = 'active') =>
      ({ id, address, address_proof: 'sign_in', state }) as never;
    const boxes = [
      box('1', 'jobs@n.example'),
      box('2', 'anna@n.example'),
      box('3', 'mira@n.example', 'off'),
    ];
    expect(replyMailbox(incoming, boxes)).toBe('2');
    expect(replyMailbox(undefined, boxes)).toBe('1');
    expect(replyMailbox(undefined, [])).toBe('');
  });
});

describe('W-1 rich text and plain text', () => {
  it('turns what the editor makes into text', () => {
    const html =
      '<p>Dear <strong>Léa</strong>,</p><p>see <a href="https://x.example/a">this</a>:<br>soon</p><ul><li><p>one</p></li><li><p>two</p></li></ul><ol><li><p>first</p></li></ol><blockquote><p>old</p><p>words</p></blockquote>';
    expect(htmlToText(html)).toBe(
      'Dear Léa,\n\nsee this <https://x.example/a>:\nsoon\n\n- one\n- two\n\n1. first\n\n> old\n>\n> words',
    );
  });
  it('and back', () => {
    expect(textToHtml('a <b>\nc\n\nd')).toBe('<p>a &lt;b&gt;<br>c</p><p>d</p>');
    expect(htmlToText(textToHtml('a <b>\nc\n\nd'))).toBe('a <b>\nc\n\nd');
  });
  it('lets nothing foreign out or in', () => {
    expect(
      ownHtml(
        '<p onclick="x">a<img src=x onerror=alert(1)><script>1</script><a href="javascript:1">b</a></p>',
      ),
    ).toBe('<p>a<a>b</a></p>');
  });
});
