import createClient from 'openapi-fetch';
import { expect } from 'vitest';

import type { paths } from '../src/api/schema';
import type { Person } from './rig';

type Client = ReturnType<typeof createClient<paths>>;

/** The HTTP interface, used by somebody without a browser. */
export class Api {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async login(url: string, { login, password }: Person): Promise<Api> {
    const answer = await fetch(`${url}/api/v1/login`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }),
    });
    expect(answer.status, `log-in of ${login}`).toBe(200);
    const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    return new Api(createClient<paths>({ baseUrl: url, headers: { cookie } }));
  }

  async floor() {
    const { data } = await this.client.GET('/api/v1/floor');
    if (!data) throw new Error('no floor');
    return data;
  }

  /** Logs every operator out and waits until nobody is on the floor and no call goes on. */
  async clearFloor(): Promise<void> {
    await expect.poll(async () => {
      const { operators, calls } = await this.floor();
      const here = operators.filter(({ presence }) => presence !== 'logged_out');
      for (const { id } of here) {
        await this.client.POST('/api/v1/floor/operators/{id}/actions', { params: { path: { id } }, body: { action: 'logout' } });
      }
      return here.length + calls.length;
    }, { timeout: 30_000, interval: 50 }).toBe(0);
  }
}
