import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { ResourceList } from './ResourceList';
import { serve, show } from './test';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

const things: readonly Thing[] = [{ id: 'a', name: 'Éclair', size: 10 }, { id: 'b', name: 'apple', size: 9 }, { id: 'c', name: 'Zebra', size: 100 }];
const columns = [
  { id: 'name', label: 'Name', width: '1fr', cell: (thing: Thing) => thing.name, sort: (thing: Thing) => thing.name },
  { id: 'size', label: 'Size', width: '1fr', cell: (thing: Thing) => thing.size, sort: (thing: Thing) => thing.size },
];
const text = (thing: Thing) => thing.name;
let done: readonly Thing[] = [];

function List({ rows = things, error = null }: { readonly rows?: readonly Thing[] | undefined; readonly error?: unknown }) {
  return (
    <ResourceList
      name="things"
      title="Things"
      query={{ data: error === null ? rows : undefined, error, refetch: () => undefined }}
      columns={columns}
      text={text}
      label={text}
      open={() => '/other'}
      create={{ to: '/other', label: 'New thing' }}
      count={(n) => `${n} things`}
      empty={{ title: 'No things yet' }}
      bulk={(chosen, clear) => <button type="button" onClick={() => {
        done = chosen;
        clear();
      }}>Do it</button>}
    />
  );
}

afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

const names = () => screen.getAllByRole('link').map((link) => link.textContent);

test('sorts by a header, with the keyboard, and says so', async () => {
  serve({});
  const user = userEvent.setup();
  await show(() => <List />);
  expect(names()).toEqual(['Éclair', 'apple', 'Zebra']);
  screen.getByRole('button', { name: 'Name' }).focus();
  await user.keyboard('{Enter}');
  expect(names()).toEqual(['apple', 'Éclair', 'Zebra']);
  expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
  await user.keyboard('{Enter}');
  expect(names()).toEqual(['Zebra', 'Éclair', 'apple']);
  expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
  await user.click(screen.getByRole('button', { name: 'Size' }));
  expect(names()).toEqual(['apple', 'Éclair', 'Zebra']);
});

test('is searched from the key, without accents, and shows all again', async () => {
  serve({});
  const user = userEvent.setup();
  await show(() => <List />);
  await user.keyboard('/');
  expect(screen.getByRole('textbox', { name: 'Search' })).toHaveFocus();
  await user.keyboard('ECL');
  expect(names()).toEqual(['Éclair']);
  expect(screen.getByText('1 things of 3')).toBeInTheDocument();
  await user.keyboard('x');
  await user.click(screen.getByRole('button', { name: 'Show all' }));
  expect(names()).toHaveLength(3);
});

test('arrows go from row to row, Space chooses, and what is chosen is acted on', async () => {
  serve({});
  const user = userEvent.setup();
  await show(() => <List />);
  screen.getByRole('link', { name: 'Éclair' }).focus();
  await user.keyboard('{ArrowDown}');
  expect(screen.getByRole('link', { name: 'apple' })).toHaveFocus();
  await user.keyboard(' {End}');
  expect(screen.getByRole('link', { name: 'Zebra' })).toHaveFocus();
  await user.keyboard(' ');
  expect(screen.getByText('2 selected')).toBeInTheDocument();
  // Out of sight is not chosen.
  await user.type(screen.getByRole('textbox', { name: 'Search' }), 'apple');
  await user.click(screen.getByRole('button', { name: 'Do it' }));
  expect(done.map(({ id }) => id)).toEqual(['b']);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Do it' })).toBeNull());
});

test('"n" opens a new one, Enter opens a row', async () => {
  serve({});
  const user = userEvent.setup();
  const router = await show(() => <List />);
  await user.keyboard('n');
  await screen.findByText('the other page');
  expect(router.state.location.pathname).toBe('/other');
});

test('an empty list says what to do next, a failed one can be asked again', async () => {
  serve({});
  await show(() => <List rows={[]} />);
  expect(screen.getByText('No things yet')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'New thing' })).toBeInTheDocument();
});

test('a list that failed offers to try again', async () => {
  serve({});
  await show(() => <List error={new Error('no')} />);
  expect(within(screen.getByRole('alert')).getByRole('button', { name: 'Try again' })).toBeInTheDocument();
});
