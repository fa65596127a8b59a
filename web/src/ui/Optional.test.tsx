import { MantineProvider } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { useState } from 'react';
import { initReactI18next } from 'react-i18next';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import common from '../locales/en/common.json';
import { optional } from './Optional';
import { ToastPlace } from './ToastPlace';
import { toasts } from './toast';

beforeEach(async () => {
  await i18next.use(initReactI18next).init({
    lng: 'en', fallbackLng: false, resources: { en: { common } }, defaultNS: 'common', interpolation: { escapeValue: false },
  });
});

afterEach(async () => {
  (await toasts()).clean();
  vi.restoreAllMocks();
});

const wrapped = (content: React.ReactNode) => render(<MantineProvider env="test"><ToastPlace />{content}</MantineProvider>);

interface DialogProps {
  readonly close: () => void;
}

/** Opens a dialogue whose code arrives as `load` says, from the second time on for certain. */
function dialogue(load: () => Promise<React.ComponentType<DialogProps>>) {
  const Dialogue = optional(load);
  return function Opener() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <p>the page</p>
        <button type="button" onClick={() => setOpen(true)}>open</button>
        {open && <Dialogue close={() => setOpen(false)} />}
      </>
    );
  };
}

const Dialogue = () => <p>the dialogue</p>;

test('a dialogue that does not arrive closes and says so, and is fetched anew when it is opened again', async () => {
  const load = vi.fn<() => Promise<typeof Dialogue>>().mockRejectedValueOnce(new TypeError('Failed to fetch')).mockResolvedValue(Dialogue);
  const Opener = dialogue(load);
  const user = userEvent.setup();
  wrapped(<Opener />);
  await user.click(screen.getByRole('button', { name: 'open' }));
  expect(await screen.findByText(common.problem.part_missing)).toBeInTheDocument();
  expect(screen.getByText('the page')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'open' }));
  expect(await screen.findByText('the dialogue')).toBeInTheDocument();
  expect(load).toHaveBeenCalledTimes(2);
});

test('a part of a page that does not arrive offers to try again where it stands', async () => {
  const load = vi.fn<() => Promise<() => React.ReactNode>>().mockRejectedValueOnce(new TypeError('Failed to fetch')).mockResolvedValue(() => <p>the chart</p>);
  const Chart = optional(load);
  const user = userEvent.setup();
  wrapped(<Chart fallback={<p>soon</p>} />);
  expect(screen.getByText('soon')).toBeInTheDocument();
  await user.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('the chart')).toBeInTheDocument();
});

test('what goes wrong within a dialogue ends with it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Opener = dialogue(() => Promise.resolve(() => {
    throw new Error('broken');
  }));
  const user = userEvent.setup();
  wrapped(<Opener />);
  await user.click(screen.getByRole('button', { name: 'open' }));
  expect(await screen.findByText(common.problem.internal)).toBeInTheDocument();
  expect(screen.getByText('the page')).toBeInTheDocument();
});

test('what has been prepared is shown at once', async () => {
  const load = vi.fn(() => Promise.resolve(Dialogue));
  const Ready = optional(load);
  Ready.prepare();
  await waitFor(() => expect(load).toHaveBeenCalled());
  await Promise.resolve();
  wrapped(<Ready />);
  expect(screen.getByText('the dialogue')).toBeInTheDocument();
  expect(load).toHaveBeenCalledTimes(1);
});
