// Signing out by the palette, which has gone by then.
import { useEffect } from 'react';
import { useSignOut } from '../setup/sign-out';

export function SignOutNow(_: { onClose: () => void }) {
  const { signOut, question } = useSignOut();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => signOut(), []);
  return question;
}
