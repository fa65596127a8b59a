import { MantineProvider } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { changeLanguage, loadWords, startWords } from '../../i18n';
import type { Ended } from '../../ui/ended';
import { Login } from './LoginPage';

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

const sent: Sent[] = [];
let answers: Response[] = [];

function problem(status: number, code: string, errors: readonly { location: string; message: string }[] = [], headers = {}): Response {
  return Response.json(
    { type: 'about:blank', title: 'refused', status, code, detail: 'refused', errors },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}

const loggedIn = (mustChangePassword = false) => Response.json({ role: 'operator', name: 'Awa', mustChangePassword });

beforeEach(async () => {
  localStorage.clear();
  await startWords();
  await loadWords('login', 'rules');
  await changeLanguage('fr');
  sent.length = 0;
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ path: new URL(request.url).pathname, body: await request.json() });
    const next = answers.shift();
    if (!next) throw new Error('more was asked than answered');
    return next;
  });
});

afterEach(() => vi.unstubAllGlobals());

function open(ended?: Ended) {
  const entered = vi.fn(() => Promise.resolve());
  render(<MantineProvider env="test"><Login ended={ended} entered={entered} /></MantineProvider>);
  return { entered, user: userEvent.setup({ delay: null }) };
}

async function fillIn(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.type(screen.getByLabelText('Identifiant'), ' Awa ');
  await user.type(screen.getByLabelText('Mot de passe'), 'a mailed password{Enter}');
}

test('logs in and goes on', async () => {
  answers = [loggedIn()];
  const { entered, user } = open();
  await fillIn(user);
  await waitFor(() => expect(entered).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ path: '/api/v1/login', body: { login: 'Awa', password: 'a mailed password' } }]);
});

test('asks the server nothing while something is missing', async () => {
  const { user } = open();
  await user.click(screen.getByRole('button', { name: 'Se connecter' }));
  expect(screen.getByText('Indiquez votre identifiant.')).toBeVisible();
  expect(screen.getByText('Indiquez votre mot de passe.')).toBeVisible();
  await waitFor(() => expect(screen.getByLabelText('Identifiant')).toHaveFocus());
  expect(sent).toEqual([]);
});

test('says that login or password is wrong, and asks for the password again', async () => {
  answers = [problem(401, 'login_refused')];
  const { entered, user } = open('clock');
  expect(screen.getByRole('status')).toHaveTextContent('Votre session est terminée : heure de déconnexion automatique.');
  await fillIn(user);
  expect(await screen.findByRole('alert')).toHaveTextContent('Identifiant ou mot de passe incorrect.');
  expect(screen.queryByRole('status')).toBeNull();
  await waitFor(() => expect(screen.getByLabelText('Mot de passe')).toHaveFocus());
  expect(entered).not.toHaveBeenCalled();
});

test('says for how many minutes there were too many attempts', async () => {
  answers = [problem(429, 'too_many_attempts', [], { 'Retry-After': '754' })];
  const { user } = open();
  await fillIn(user);
  expect(await screen.findByRole('alert')).toHaveTextContent('Réessayez dans 13 minutes.');
});

test('asks for the centre only when the server does, and remembers it', async () => {
  answers = [problem(422, 'invalid', [{ location: 'body.centre', message: 'is required: this node serves several centres' }]), loggedIn()];
  const { entered, user } = open();
  expect(screen.queryByLabelText('Centre')).toBeNull();
  await fillIn(user);
  const centre = await screen.findByLabelText('Centre');
  expect(screen.getByText('Indiquez le nom du centre : ce serveur en sert plusieurs.')).toBeVisible();
  await waitFor(() => expect(centre).toHaveFocus());
  await user.type(centre, 'Lyon{Enter}');
  await waitFor(() => expect(entered).toHaveBeenCalledOnce());
  expect(sent[1]?.body).toEqual({ login: 'Awa', password: 'a mailed password', centre: 'Lyon' });
  expect(localStorage.getItem('bandeau-centre')).toBe('Lyon');
});

test('a mailed password is replaced in place, by the rules said before', async () => {
  answers = [loggedIn(true), problem(422, 'invalid', [{ location: 'body.new', message: 'must not be the old password' }]), new Response(null, { status: 204 })];
  const { entered, user } = open();
  await fillIn(user);
  expect(await screen.findByRole('heading', { level: 1 })).toHaveTextContent('Choisissez votre mot de passe');
  expect(screen.queryByLabelText('Mot de passe actuel')).toBeNull();
  expect(screen.getByText('compte de 12 à 128 caractères')).toBeVisible();
  const chosen = screen.getByLabelText('Nouveau mot de passe');
  const again = screen.getByLabelText('Nouveau mot de passe, une seconde fois');

  await user.type(chosen, 'too short{Enter}');
  expect(screen.getByText('De 12 à 128 caractères.')).toBeVisible();
  await user.clear(chosen);
  await user.type(chosen, 'a mailed password{Enter}');
  expect(screen.getByText("Le nouveau mot de passe doit être différent de l'ancien.")).toBeVisible();
  await user.clear(chosen);
  await user.type(chosen, 'a new long password');
  await user.type(again, 'another password{Enter}');
  expect(screen.getByText('Les deux saisies ne sont pas identiques.')).toBeVisible();
  expect(sent).toHaveLength(1);

  await user.clear(again);
  await user.type(again, 'a new long password{Enter}');
  expect(await screen.findByText("Le nouveau mot de passe doit être différent de l'ancien.")).toBeVisible();
  expect(sent[1]).toEqual({ path: '/api/v1/password', body: { current: 'a mailed password', new: 'a new long password' } });
  expect(entered).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Changer le mot de passe' }));
  await waitFor(() => expect(entered).toHaveBeenCalledOnce());
});

test("the language chosen is the page's, and stays", async () => {
  const { user } = open();
  await user.click(screen.getByRole('button', { name: 'Italiano' }));
  expect(await screen.findByRole('heading', { name: 'Accesso', level: 1 })).toBeVisible();
  expect(document.documentElement.lang).toBe('it');
  expect(document.title).toBe('Accesso · Bandeau');
  expect(localStorage.getItem('bandeau-language')).toBe('it');
});
