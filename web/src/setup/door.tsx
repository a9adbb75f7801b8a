import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, switchLanguage } from '../i18n';
import { notifyProblem } from '../ui/notice';
import './door.css';

let left = false;
// Whether the page that opens now is the one behind the door; asked once.
export function cameThroughDoor(): boolean {
  const came = left;
  left = false;
  return came;
}

// The page before one is in: sign-in and first-run setup.
export function Door({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  useEffect(
    () => () => {
      left = true;
    },
    [],
  );
  return (
    <div className="door">
      <main id="main" tabIndex={-1} className="door-box">
        <header>
          <img src="/icon.svg" alt="" width={40} height={40} />
          <h1>{title}</h1>
          <p className="quiet">{text}</p>
        </header>
        {children}
      </main>
      <footer className="door-foot">
        <label className="sr" htmlFor="door-language">
          {t('language')}
        </label>
        <select
          id="door-language"
          className="door-language"
          value={i18n.language}
          onChange={(event) => {
            const { value } = event.target;
            if (isLanguage(value)) switchLanguage(value).catch(notifyProblem);
          }}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </select>
      </footer>
    </div>
  );
}
