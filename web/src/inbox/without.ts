import type { Narrowing } from './turns';

export const without = (narrowing: Narrowing, by: keyof Narrowing): Narrowing => {
  const { [by]: _, ...others } = narrowing;
  return others;
};
