import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';

import { serve, show, type Asked } from '../parts/test';
import { NextCall } from './NextCall';
import type { Preview } from './useNextCall';
import type { Values } from './values';

afterEach(() => {
  vi.unstubAllGlobals();
});

const members = ['ada', 'blaise', 'chloe'].map((operator) => ({ operator, level: 1, suspended: false }));

function candidate(name: string, rank: number | null, reason: string | null): Preview['candidates'][number] {
  return { operator: { id: name.toLowerCase(), name }, rank, reason, order: rank ?? 3, level: 2, idleSince: rank === null ? null : new Date().toISOString(), answeredToday: 4 };
}

const answers = (strategy: Values['strategy'], next: string[]): Preview => ({
  at: new Date().toISOString(), strategy, next, equallyLikely: strategy === 'random', candidates: [candidate('Ada', 1, null), candidate('Blaise', 2, null), candidate('Chloe', null, 'paused')],
});

function Page() {
  const [strategy, setStrategy] = useState<Values['strategy']>('fixed');
  const choices = ['fixed', 'random', 'everyone', 'fewest_calls', 'skill', 'rotating'] as const;
  return (
    <>
      {choices.map((one) => <button key={one} type="button" onClick={() => setStrategy(one)}>{one}</button>)}
      <NextCall id="g1" strategy={strategy} members={members} />
    </>
  );
}

test('says who would get the next call of the draft, what places each, and why the others do not', async () => {
  const log = serve({
    'POST /groups/preview': ({ body }: Asked) => {
      const { strategy } = body as { strategy: Values['strategy'] };
      return { body: answers(strategy, strategy === 'random' || strategy === 'everyone' ? ['ada', 'blaise'] : ['ada']) };
    },
  });
  const user = userEvent.setup();
  await show(Page);
  expect(await screen.findByText('It would ring at Ada.')).toBeInTheDocument();
  expect(log[0]?.body).toEqual({ id: 'g1', strategy: 'fixed', members });
  const able = () => within(screen.getByRole('list', { name: 'Can get it, in order' })).getAllByRole('listitem').map((item) => item.textContent);
  expect(able()).toEqual(['1Adaplace 1 in the list', '2Blaiseplace 2 in the list']);
  expect(within(screen.getByRole('list', { name: 'Not now' })).getByRole('listitem')).toHaveTextContent('ChloePaused');

  const turns: readonly [Values['strategy'], string, RegExp][] = [
    ['random', 'One of 2 operators, each equally likely.', /as likely as the others/],
    ['everyone', 'It would ring at 2 operators together.', /rings with the others/],
    ['fewest_calls', 'It would ring at Ada.', /4 calls answered today · free for \d/],
    ['skill', 'It would ring at Ada.', /level 2 · free for \d/],
    ['rotating', 'It would ring at Ada.', /after 1 call/],
  ];
  for (const [strategy, headline, why] of turns) {
    await user.click(screen.getByRole('button', { name: strategy }));
    await waitFor(() => expect(able()[1]).toMatch(why), { timeout: 5000 });
    expect(screen.getByText(headline)).toBeInTheDocument();
  }
});
