import { expect, it } from 'vitest';
import { tellsOfFile } from './promised';

it.each([
  ['I have attached our contract.', true],
  ['I’ve attached it', true],
  ['We attach the plan of the site.', true],
  ['Please find the contract attached.', true],
  ['See attached.', true],
  ['The contract is attached', true],
  ['Attached are two forms.', true],
  ['Attached please find the contract.', true],
  ['I’m attaching our offer', true],
  ['For the salary see the attachment.', true],
  ['The contract is attached to this message.', true],
  ['Anbei der Vertrag.', true],
  ['Im Anhang finden Sie den Vertrag.', true],
  ['Sie finden den Vertrag im Anhang.', true],
  ['Den Vertrag erhalten Sie im Anhang', true],
  ['Ich habe den Vertrag angehängt.', true],
  ['Vous trouverez ci-joint le contrat.', true],
  ['Vous trouverez le contrat en pièce jointe.', true],
  ['Veuillez trouver en annexe le contrat', true],
  ['We attach great importance to this.', false],
  ['Are you attached to your town? If you are attached to it, tell us.', false],
  ['Thank you for the attached CV.', false],
  ['Could you attach your CV?', false],
  ['We read what you attached.', false],
  ['Vielen Dank für Ihre Unterlagen im Anhang Ihrer Nachricht.', false],
  ['Bitte hängen Sie Ihren Lebenslauf an.', false],
  ['Merci pour votre CV en pièce jointe.', false],
  ['Der Anhang ließ sich nicht öffnen.', false],
  ['', false],
])('%s', (text, said) => expect(tellsOfFile(text)).toBe(said));

it('comes to an end with a long text', () => {
  const long = `${'find a '.repeat(100_000)}${'habe '.repeat(100_000)}${'trouver '.repeat(100_000)}`;
  expect(tellsOfFile(long)).toBe(false);
});
