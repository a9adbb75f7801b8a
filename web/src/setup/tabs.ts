// What one tab of this browser tells the others: they share its session.
export type Word = { signedIn: string } | { signedOut: true }; // the user's id

const NAME = 'hearback.session';
let channel: BroadcastChannel | undefined;
const open = () => {
  channel ??= new BroadcastChannel(NAME);
  return channel;
};

export const tellTabs = (word: Word): void => open().postMessage(word);

export function hearTabs(listener: (word: Word) => void): () => void {
  const hear = ({ data }: MessageEvent<Word>) => listener(data);
  open().addEventListener('message', hear);
  return () => open().removeEventListener('message', hear);
}
