import createClient from 'openapi-fetch';

import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Schema<Name extends keyof Schemas> = Schemas[Name];

export type ProblemField = Schema<'ProblemField'>;

/** What the server answers when it refuses, or what stands for it when no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly ProblemField[];
  /** Seconds after which it may be tried again; 0 where the server did not say. */
  readonly retryAfter: number;

  constructor(status: number, code: string, detail: string, fields: readonly ProblemField[] = [], retryAfter = 0) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

/** No answer: the network, or the server, is away. */
export const codeUnreachable = 'unreachable';

/** A part of the page itself did not arrive. */
export const codePartMissing = 'part_missing';

/** Called with each 401: the session has ended under the page. */
let onLoggedOut: (() => void) | undefined;

export function whenLoggedOut(call: () => void): void {
  onLoggedOut = call;
}

/** Whether somebody listens whom the server tells of the session's end, and why. */
let listening: (() => boolean) | undefined;

// As long as a word takes that was said before the request was refused.
const toldWithin = 2000;

/** Who listens to the server is told why the session has ended, which no request is: he goes first. Returns how to stop it. */
export function goesFirst(listens: () => boolean): () => void {
  listening = listens;
  return () => {
    if (listening === listens) listening = undefined;
  };
}

function loggedOut(): void {
  const first = listening;
  if (!first?.()) {
    onLoggedOut?.();
    return;
  }
  setTimeout(() => {
    if (listening === first && first()) onLoggedOut?.();
  }, toldWithin);
}

/** Called with each refusal because the password must be replaced first. */
let onPasswordDue: (() => void) | undefined;

export function whenPasswordDue(call: () => void): void {
  onPasswordDue = call;
}

/** Nothing else is allowed before the password is replaced. */
export const codePasswordDue = 'password_change_required';

export const api = createClient<paths>({
  // Taken when it is called, so that tests can replace it.
  fetch: (request: Request) => globalThis.fetch(request),
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

function isProblem(body: unknown): body is Schema<'Problem'> {
  return typeof body === 'object' && body !== null && 'status' in body && 'title' in body;
}

/** Returns the data of an answer, or throws the Problem it is. */
export async function answer<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let got: Answer<Data>;
  try {
    got = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Problem(0, codeUnreachable, '');
  }
  if (got.response.ok) return got.data as Data;
  const { status } = got.response;
  if (isProblem(got.error)) {
    const { code, detail, errors, title } = got.error;
    if (status === 401 && code !== 'login_refused') loggedOut();
    if (code === codePasswordDue) onPasswordDue?.();
    throw new Problem(status, code ?? '', detail ?? title, errors ?? [], Number(got.response.headers.get('Retry-After') ?? 0));
  }
  throw new Problem(status, '', got.response.statusText);
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string;
}

/** Reads all pages of a list. */
export async function all<Item>(page: (cursor: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const { items: some, next } = await page(cursor);
    items.push(...some);
    cursor = next === '' ? undefined : next;
  } while (cursor !== undefined);
  return items;
}

/** The refused values by the name of their field, as in "phone.number". */
export function fieldProblems(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(error.fields.map(({ location, message }) => [location.replace(/^body\./, ''), message]));
}
