// One of many, in a list of the first that fit. Where there are more, a box finds the others at the server.
import { useState } from 'react';
import { MOST_SEARCHED } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Input, Select } from './field';

export type Labelled = {
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  autoFocus?: boolean;
};

/** What stands in the box, and what is asked for by it. */
export function useFinding() {
  const [text, onText] = useState('');
  return { text, onText, q: useDebounced(text.trim(), 150) };
}

export function FoundChoice({
  finding,
  find,
  value,
  options,
  onChange,
  ...labelled
}: {
  finding: Pick<ReturnType<typeof useFinding>, 'text' | 'onText'>;
  find: string | false; // what the box is called; none is needed where all stand in the list
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
} & Labelled) {
  return (
    <>
      {find && (
        <Input
          type="search"
          aria-label={find}
          placeholder={find}
          maxLength={MOST_SEARCHED}
          value={finding.text}
          onChange={(event) => finding.onText(event.target.value)}
          // Not the form around it: what is found is to be chosen first.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      <Select
        {...labelled}
        value={value}
        options={options}
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}
