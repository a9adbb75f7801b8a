import { CircleAlert } from 'lucide-react';
import {
  cloneElement,
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  useId,
} from 'react';
import { flushSync } from 'react-dom';
import './field.css';

type Labelled = { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean };

// Shows what is wrong and puts the focus into the first such field. Flushed, since a frame may be drawn
// before React has marked the fields: the focus would stay where it was.
export function showFaults(form: HTMLFormElement | null, show: () => void): void {
  flushSync(show);
  form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
}

// Label, control, hint and error, tied together for eyes and screen readers alike.
export function Field({
  label,
  hint,
  error,
  children,
  narrow,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactElement<Labelled>;
  narrow?: boolean;
}) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={`field${narrow ? ' narrow' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          <CircleAlert size={14} aria-hidden />
          {error}
        </p>
      )}
    </div>
  );
}

// Asks for the focus: in a dialog, too (ui/dialog).
export const ASKS = 'data-asks-focus';

export function Input({
  className = '',
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  const asks = rest.autoFocus ? { [ASKS]: true } : {};
  return <input className={`input ${className}`} {...asks} {...rest} />;
}

export function Select({
  options,
  className = '',
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & {
  options: readonly { value: string; label: string }[];
}) {
  return (
    <select className={`input select ${className}`} {...rest}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function Checkbox({
  children,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { children: ReactNode }) {
  return (
    <label className="check">
      <input type="checkbox" {...rest} />
      <span>{children}</span>
    </label>
  );
}

export function Radio({
  children,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { children: ReactNode }) {
  return (
    <label className="check">
      <input type="radio" {...rest} />
      <span>{children}</span>
    </label>
  );
}
