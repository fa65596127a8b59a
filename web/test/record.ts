import { expect, onTestFinished } from 'vitest';

import type { components } from '../src/api/schema';
import type { Stage } from './stage';

type Operator = components['schemas']['Operator'];
type Change = components['schemas']['OperatorPatch'];

/** Changes an operator's record as the administration does; after the test it is as it was. */
export async function changes(stage: Stage, login: string, change: Change): Promise<void> {
  const params = { path: { id: stage.rig.person(login).id } };
  const { data } = await stage.api.client.GET('/api/v1/operators/{id}', { params });
  if (!data) throw new Error(`no record of ${login}`);
  const before = Object.fromEntries(Object.keys(change).map((name) => [name, data[name as keyof Operator]]));
  const write = async (body: Change): Promise<void> => {
    const { response } = await stage.api.client.PATCH('/api/v1/operators/{id}', { params, body });
    expect(response.status, JSON.stringify(body)).toBe(200);
  };
  await write(change);
  onTestFinished(() => write(before));
}
