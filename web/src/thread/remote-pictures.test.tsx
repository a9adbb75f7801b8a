import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { switchLanguage } from '../i18n';
import { RemotePictures } from './remote-pictures';

const show = (of: Partial<Parameters<typeof RemotePictures>[0]>) =>
  render(
    <RemotePictures
      remote={1}
      loadable={1}
      left={1}
      known
      busy={false}
      tried={false}
      load={() => {}}
      {...of}
    />,
  ).container;

describe('SEC2 pictures that lie elsewhere', () => {
  beforeEach(() => switchLanguage('en'));
  it('are told of, and can be asked for', () => {
    expect(show({ remote: 2 }).querySelector('.message-note')).toBeTruthy();
    screen.getByText(/^2 remote pictures are not loaded/);
    screen.getByRole('button', { name: 'Load pictures' });
  });
  it('take no box where none of them is ever loaded: a line says so, and why', () => {
    const shown = show({ loadable: 0, left: 0 });
    expect(shown.querySelector('.message-note')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
    const line = screen.getByText('1 remote picture is never loaded').closest('p');
    expect(line?.title).toMatch(/^1 remote picture is not loaded, so that nobody learns/);
  });
  it('say nothing where there are none', () => {
    expect(show({ remote: 0, loadable: 0, left: 0 }).textContent).toBe('');
  });
  it('are said to have come, also where something is left that is never loaded', () => {
    show({ loadable: 0, left: 0, tried: true });
    expect(screen.getByRole('status').textContent).toBe('The pictures are loaded, and kept here.');
  });
});
