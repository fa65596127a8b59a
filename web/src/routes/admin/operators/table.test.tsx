import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';

import { Problem } from '../../../api/client';
import { operators, type Operator } from '../parts/kinds';
import { useList } from '../parts/resource';
import { serve, show, type Asked } from '../parts/test';
import { BulkChangeButton } from './BulkChange';
import { ImportPage } from './ImportPage';
import { faultsOf, type Line, type Report } from './table';

afterEach(() => {
  vi.unstubAllGlobals();
});

function report(...lines: readonly Line[]): Report {
  const of = (action: Line['action']) => lines.filter((line) => line.action === action).length;
  return { dryRun: true, stored: false, created: of('create'), updated: of('update'), unchanged: of('unchanged'), refused: of('refused'), lines: [...lines] };
}

const good: Line = { line: 2, login: 'jdupont', action: 'create', errors: [] };
const bad: Line = { line: 3, login: 'mmartin', action: 'refused', errors: [{ location: 'ringSeconds', message: 'must be from 5 to 120' }] };
const dry = ({ query }: Asked): boolean => query === '?dryRun=true';

function choose(text: string) {
  const input = document.querySelector('input[type="file"]');
  if (!input) throw new Error('no field for a file');
  fireEvent.change(input, { target: { files: [new File([text], 'operators.csv', { type: 'text/csv' })] } });
}

const importing = () => screen.getByRole('button', { name: 'Import' });

test('a preview says what is wrong, at its line and column, and nothing can be imported', async () => {
  const log = serve({ 'POST /operators/import': () => ({ body: report(good, bad) }) });
  await show(ImportPage);
  choose('login\r\njdupont\r\n');
  const row = (await screen.findByText('mmartin')).closest<HTMLElement>('[role="row"]');
  expect(row).toHaveTextContent('3');
  expect(within(row ?? document.body).getByText('ringSeconds')).toBeInTheDocument();
  expect(row).toHaveTextContent('From 5 to 120.');
  expect(screen.getByText(/1 line has to be corrected/)).toBeInTheDocument();
  expect(importing()).toHaveAttribute('aria-disabled', 'true');
  expect(log.map(({ query, body }) => ({ query, body }))).toEqual([{ query: '?dryRun=true', body: 'login\r\njdupont\r\n' }]);

  fireEvent.click(screen.getByRole('radio', { name: 'To correct (1)' }));
  expect(screen.queryByText('jdupont')).toBeNull();
  expect(screen.getByText('mmartin')).toBeInTheDocument();
});

test('what was previewed is imported, and the result is said', async () => {
  const log = serve({ 'POST /operators/import': (asked) => ({ body: { ...report(good), dryRun: dry(asked), stored: !dry(asked) } }) });
  await show(ImportPage);
  choose('login\r\njdupont\r\n');
  expect(await screen.findByText(/1 operator will be created\..*password by e-mail/)).toBeInTheDocument();
  fireEvent.click(importing());
  const result = await screen.findByRole('heading', { name: 'Import finished' });
  await waitFor(() => expect(result).toHaveFocus());
  expect(screen.getByText(/1 operator created\./)).toBeInTheDocument();
  expect(log.filter(({ path }) => path === '/operators/import').map(({ query, body }) => [query, body])).toEqual([
    ['?dryRun=true', 'login\r\njdupont\r\n'], ['?dryRun=false', 'login\r\njdupont\r\n'],
  ]);
});

test('what was changed by others since the preview is shown anew, and nothing was stored', async () => {
  serve({ 'POST /operators/import': (asked) => ({ body: dry(asked) ? report(good) : { ...report(bad), dryRun: false } }) });
  await show(ImportPage);
  choose('login\r\njdupont\r\n');
  await screen.findByText('jdupont');
  fireEvent.click(importing());
  expect(await screen.findByText(/nothing was saved/)).toBeInTheDocument();
  expect(screen.getByText('mmartin')).toBeInTheDocument();
  expect(importing()).toHaveAttribute('aria-disabled', 'true');
});

test('a file in which nothing differs cannot be imported', async () => {
  serve({ 'POST /operators/import': () => ({ body: report({ ...good, action: 'unchanged' }) }) });
  await show(ImportPage);
  choose('login\r\njdupont\r\n');
  expect(await screen.findByText(/Nothing to do/)).toBeInTheDocument();
  expect(importing()).toHaveAttribute('aria-disabled', 'true');
});

test('a file that cannot be read is refused with its column, and the technical columns in words', async () => {
  const answers = [
    { status: 422, body: { title: 'Unprocessable Entity', status: 422, code: 'validation', errors: [{ location: 'header.nom', message: 'is not a column of operators' }] } },
    { status: 403, body: { title: 'Forbidden', status: 403, code: 'forbidden', detail: 'only the technical team' } },
    { status: 500, body: { title: 'Internal Server Error', status: 500, code: 'internal' } },
    { body: report(good) },
  ];
  serve({ 'POST /operators/import': () => answers.shift() ?? {} });
  await show(ImportPage);
  choose('login,nom\r\n');
  expect(await screen.findByRole('alert')).toHaveTextContent('Column nom: Operators have no such column.');
  choose('login,screenPop.incomingUrl\r\n');
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('belong to the technical team'));
  choose('login\r\njdupont\r\n');
  fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('jdupont')).toBeInTheDocument();
});

test('a file that is too large is not sent', async () => {
  const log = serve({});
  await show(ImportPage);
  choose('x'.repeat(5 * 1024 * 1024 + 1));
  expect(await screen.findByText(/larger than 5 MiB/)).toBeInTheDocument();
  expect(log).toEqual([]);
});

/** A file whose bytes arrive when the test says so. */
function slow(name: string, text: string) {
  const file = new File([text], name, { type: 'text/csv' });
  let arrive: (failed?: Error) => void = () => undefined;
  file.arrayBuffer = () => new Promise((resolve, reject) => {
    arrive = (failed) => (failed === undefined ? resolve(new TextEncoder().encode(text).buffer) : reject(failed));
  });
  fireEvent.change(document.querySelector('input[type="file"]') ?? document.body, { target: { files: [file] } });
  return { arrive: (failed?: Error) => act(async () => {
    arrive(failed);
    await Promise.resolve();
  }) };
}

test('of two files the one chosen last is looked through, whichever is read first', async () => {
  const log = serve({ 'POST /operators/import': () => ({ body: report(good) }) });
  await show(ImportPage);
  const first = slow('first.csv', 'login\r\nolder\r\n');
  const second = slow('second.csv', 'login\r\nnewer\r\n');
  await second.arrive();
  await first.arrive();
  await screen.findByText('jdupont');
  expect(screen.getByText('second.csv')).toBeInTheDocument();
  expect(screen.queryByText('first.csv')).toBeNull();
  expect(log.at(0)?.body).toContain('newer');
});

test('a file the browser cannot read is said to be so', async () => {
  serve({});
  await show(ImportPage);
  await slow('locked.csv', '').arrive(new DOMException('locked', 'NotReadableError'));
  expect(await screen.findByText(/could not read this file/)).toBeInTheDocument();
});

test('the places of what is wrong with a file', () => {
  const problem = new Problem(422, 'validation', '', [
    { location: 'header.a.b', message: '1' }, { location: 'line 7', message: '2' }, { location: 'body', message: '3' },
  ]);
  expect(faultsOf(problem)).toEqual([
    { place: 'header', name: 'a.b', rule: '1' }, { place: 'line', name: '7', rule: '2' }, { place: 'table', name: '', rule: '3' },
  ]);
});

const people = ['Anna', 'Bruno', 'Chiara'].map((fullName, index) => ({
  id: `o${index}`, fullName, pauseAtLogin: index === 0, alwaysConnected: false, askPhoneAtLogin: false, silenceLogout: false, persistentSession: false,
})) as unknown as readonly Operator[];

function Bulk({ done }: { readonly done: () => void }) {
  useList(operators);
  return <BulkChangeButton chosen={people} done={done} />;
}

async function chooseSetting(name: string) {
  fireEvent.click(await screen.findByRole('button', { name: 'Change a setting' }));
  fireEvent.click(await screen.findByRole('combobox', { name: 'Setting' }));
  fireEvent.click(await screen.findByRole('option', { name, hidden: true }));
}

test('one setting is changed for all chosen, and who refused it is named', async () => {
  const done = vi.fn();
  const log = serve({ 'PATCH /operators/o1': { status: 422, body: { title: 'x', status: 422, code: 'validation', errors: [{ location: 'body.ringSeconds', message: 'must be from 5 to 120' }] } } });
  await show(() => <Bulk done={done} />);
  await chooseSetting('Ring time');
  const field = await screen.findByRole('textbox', { name: /^Ring time/ });
  const next = screen.getByRole('button', { name: 'Continue' });
  fireEvent.change(field, { target: { value: '200' } });
  fireEvent.click(next);
  expect(field).toHaveAccessibleDescription(expect.stringContaining('From 5 to 120.') as string);
  fireEvent.change(field, { target: { value: '40' } });
  fireEvent.click(next);
  const question = await screen.findByText('Ring time: 40 s, for 3 operators?');
  await waitFor(() => expect(question).toHaveFocus());
  expect(log.filter(({ method }) => method === 'PATCH')).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: 'Change' }));
  expect(await screen.findByText('2 operators changed.')).toBeInTheDocument();
  expect(screen.getByText('Bruno').closest('li')).toHaveTextContent('From 5 to 120.');
  expect(log.filter(({ method }) => method === 'PATCH').map(({ path, body }) => [path, body])).toEqual(
    ['o0', 'o1', 'o2'].map((id) => [`/operators/${id}`, { ringSeconds: 40 }]),
  );
  expect(done).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Done' }));
  expect(done).toHaveBeenCalledOnce();
});

test('a change that works against another choice says for how many', async () => {
  serve({});
  await show(() => <Bulk done={() => undefined} />);
  await chooseSetting('Assumed always connected');
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
  expect(await screen.findByText('Required.')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('radio', { name: 'Yes' }));
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
  expect(await screen.findByText('Concerns 1 operator')).toBeInTheDocument();
  expect(screen.getByText(/prevails over/)).toBeInTheDocument();
});

test('an accidental key does not end a change of many; its button does, and it says how far it came', async () => {
  let answer: () => void = () => undefined;
  const done = vi.fn();
  serve({});
  const quick = globalThis.fetch;
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'PATCH') {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    }
    return quick(request);
  });
  await show(() => <Bulk done={done} />);
  await chooseSetting('Ring time');
  fireEvent.change(await screen.findByRole('textbox', { name: /^Ring time/ }), { target: { value: '20' } });
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Change' }));
  const stop = await screen.findByRole('button', { name: 'Stop' });
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Close' })).toBeNull());
  fireEvent.keyDown(stop, { key: 'Escape' });
  fireEvent.click(stop);
  act(() => answer());
  expect(await screen.findByText('1 operator changed.')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('button', { name: 'Done' }));
  expect(done).toHaveBeenCalledOnce();
});
