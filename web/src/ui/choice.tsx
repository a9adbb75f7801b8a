// One of a few, chosen right there. (A menu: Radix' Select writes a style sheet as HTML, which the page's
// Trusted Types refuse.)
import { ChevronDown } from 'lucide-react';
import { Menu, MenuChoice } from './menu';
import './choice.css';

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: { value: string; label: string };
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="choice"
          aria-label={`${label}: ${value.label}`}
          title={value.label}
        >
          <span className="truncate" dir="auto">
            {value.label}
          </span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
    >
      <MenuChoice label={label} value={value.value} options={options} onChange={onChange} />
    </Menu>
  );
}
