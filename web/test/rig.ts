import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { inject } from 'vitest';

import type { Language } from '../src/i18n';

export interface Person {
  readonly id: string;
  readonly login: string;
  readonly password: string;
  readonly name: string;
  readonly language: Language;
  readonly role: string;
}

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

interface Ready {
  readonly control: string;
  readonly url: string;
  readonly people: Record<string, Person>;
  readonly groups: Record<string, Place>;
  readonly sparePhone: string;
}

/** One end of a call. Instants are milliseconds since 1970 on this machine, 0 for what has not happened. */
export interface SipCall {
  readonly id: string;
  /** Whose end: "caller", "carrier" (somebody outside who is called) or "phone:LOGIN". */
  readonly at: string;
  readonly state: 'calling' | 'ringing' | 'early' | 'established' | 'ended';
  readonly status: number;
  readonly called: string;
  readonly from: string;
  readonly beganAt: number;
  readonly answeredAt: number;
  /** When the first packet of the tone came that was listened for. */
  readonly heardAt?: number;
  readonly endedAt: number;
}

export interface Calling {
  readonly to: string;
  readonly caller?: string;
  readonly name?: string;
  readonly tone?: number;
  readonly patienceSeconds?: number;
}

/** What is heard: one tone or several at once, music in which some tones are not, or nothing. */
export type Sound =
  | { readonly tone: number }
  | { readonly tones: readonly number[] }
  | { readonly music: true; readonly without?: readonly number[] }
  | { readonly silence: true };

export type Behaviour = 'talk' | 'answer' | 'ring' | 'busy';

/** What each end sounds like, in hertz. */
export const tones = { caller: 450, operator: 700, called: 520 } as const;

/** The real program with real telephones around it, in processes of their own. */
export class Rig {
  private readonly process: ChildProcess;
  private readonly ready: Ready;
  private readonly complaints: string[];

  private constructor(process: ChildProcess, ready: Ready, complaints: string[]) {
    this.process = process;
    this.ready = ready;
    this.complaints = complaints;
  }

  /** The node's pages and browser phones are at an address of this machine. */
  static async start(host = '127.0.0.1'): Promise<Rig> {
    const child = spawn(inject('rig'), ['-binary', inject('binary'), '-host', host], { stdio: ['pipe', 'pipe', 'pipe'] });
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, 'line') as Promise<[string]>,
      once(child, 'exit').then(() => Promise.reject(new Error(`the rig has ended:\n${complaints.join('\n')}`))),
    ]);
    return new Rig(child, JSON.parse(first[0]) as Ready, complaints);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.stdin?.end();
    await gone;
  }

  get url(): string {
    return this.ready.url;
  }

  get sparePhone(): string {
    return this.ready.sparePhone;
  }

  person(login: string): Person {
    const found = this.ready.people[login];
    if (!found) throw new Error(`nobody is called ${login}`);
    return found;
  }

  /** What the program logged that it should not have, since it was asked last. */
  takeComplaints(): string[] {
    return this.complaints.splice(0);
  }

  people(role: string): Person[] {
    return Object.values(this.ready.people).filter((person) => person.role === role);
  }

  group(name: string): Place {
    const found = this.ready.groups[name];
    if (!found) throw new Error(`no group is called ${name}`);
    return found;
  }

  call(calling: Calling): Promise<SipCall> {
    return this.ask('POST', '/calls', calling);
  }

  calls(at: string): Promise<SipCall[]> {
    return this.ask('GET', `/calls?at=${encodeURIComponent(at)}`);
  }

  look(id: string): Promise<SipCall> {
    return this.ask('GET', `/calls/${id}`);
  }

  hangUp(id: string): Promise<SipCall> {
    return this.ask('POST', `/calls/${id}/hangup`);
  }

  /** Fails unless this end hears it soon, and nothing else. */
  hears(id: string, what: Sound): Promise<SipCall> {
    return this.ask('POST', `/calls/${id}/listen`, what);
  }

  phone(login: string, change: { readonly behaviour?: Behaviour; readonly registered?: boolean }): Promise<unknown> {
    return this.ask('POST', `/phones/${login}`, change);
  }

  /** How people outside answer who are called at a number. */
  outside(number: string, behaviour: Exclude<Behaviour, 'talk'>): Promise<unknown> {
    return this.ask('POST', '/outside', { number, behaviour });
  }

  stopNode(kill = false): Promise<unknown> {
    return this.ask('POST', '/node/stop', { kill });
  }

  startNode(): Promise<unknown> {
    return this.ask('POST', '/node/start');
  }

  /** The plain text of the last mail to an address, empty while there is none. */
  async mail(to: string): Promise<string> {
    return (await this.ask<{ text: string }>('GET', `/mail?to=${encodeURIComponent(to)}`)).text;
  }

  load(size: { readonly operators: number; readonly changesPerSecond: number; readonly callers: number }): Promise<unknown> {
    return this.ask('POST', '/load', size);
  }

  /** Ends the load; fails where one of its requests was refused. */
  endLoad(): Promise<unknown> {
    return this.ask('DELETE', '/load');
  }

  async loadChanges(): Promise<number> {
    return (await this.ask<{ changes: number }>('GET', '/load')).changes;
  }

  /** Ends every call. */
  async calm(): Promise<void> {
    const live = (await this.ask<SipCall[]>('GET', '/calls')).filter(({ state }) => state !== 'ended');
    await Promise.all(live.map(({ id }) => this.hangUp(id)));
  }

  private async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.ready.control + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer = (await response.json()) as Answer & { error?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.error ?? response.statusText}`);
    return answer;
  }
}
