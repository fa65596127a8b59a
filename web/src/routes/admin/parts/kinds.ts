// The kinds of records, and the calls that read and write them. Each call stands
// here once, checked by the compiler against the server's document.
import { queryOptions } from '@tanstack/react-query';

import { answer, api, type Schema } from '../../../api/client';

/** What every record has. */
export interface Stored {
  readonly id: string;
  /** What the server took though it is hardly meant; of the kinds that have such. */
  readonly warnings?: readonly Schema<'Warning'>[];
}

interface Raw<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string;
}

/** One kind of record: R is what is read, C what creates one; a part of C changes one. */
export interface Kind<R extends Stored, C> {
  /** As in the path of the API; the key of what is kept of it. */
  readonly name: string;
  readonly list: (query: { cursor?: string; limit: number }) => Promise<Raw<Page<R>>>;
  readonly get: (id: string) => Promise<Raw<R>>;
  readonly create: (body: C) => Promise<Raw<R>>;
  readonly change: (id: string, body: Partial<C>, header: { 'If-Match'?: string }) => Promise<Raw<R>>;
  readonly remove: (id: string, header: { 'If-Match'?: string }) => Promise<Raw<unknown>>;
}

export type Operator = Schema<'Operator'>;
export type Group = Schema<'Group'>;
export type PauseType = Schema<'PauseType'>;
export type ServiceNumber = Schema<'Number'>;
export type Phone = Schema<'Phone'>;
export type Trunk = Schema<'Trunk'>;
export type User = Schema<'User'>;
export type Sound = Schema<'Sound'>;
export type Centre = Schema<'Centre'>;

const at = (id: string) => ({ params: { path: { id } } });
const as = (id: string, header: { 'If-Match'?: string }) => ({ params: { path: { id }, header } });

export const operators: Kind<Operator, Schema<'OperatorCreate'>> = {
  name: 'operators',
  list: (query) => api.GET('/api/v1/operators', { params: { query } }),
  get: (id) => api.GET('/api/v1/operators/{id}', at(id)),
  create: (body) => api.POST('/api/v1/operators', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/operators/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/operators/{id}', as(id, header)),
};

export const groups: Kind<Group, Schema<'GroupCreate'>> = {
  name: 'groups',
  list: (query) => api.GET('/api/v1/groups', { params: { query } }),
  get: (id) => api.GET('/api/v1/groups/{id}', at(id)),
  create: (body) => api.POST('/api/v1/groups', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/groups/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/groups/{id}', as(id, header)),
};

export const pauseTypes: Kind<PauseType, Schema<'PauseTypeCreate'>> = {
  name: 'pause-types',
  list: (query) => api.GET('/api/v1/pause-types', { params: { query } }),
  get: (id) => api.GET('/api/v1/pause-types/{id}', at(id)),
  create: (body) => api.POST('/api/v1/pause-types', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/pause-types/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/pause-types/{id}', as(id, header)),
};

export const numbers: Kind<ServiceNumber, Schema<'NumberCreate'>> = {
  name: 'numbers',
  list: (query) => api.GET('/api/v1/numbers', { params: { query } }),
  get: (id) => api.GET('/api/v1/numbers/{id}', at(id)),
  create: (body) => api.POST('/api/v1/numbers', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/numbers/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/numbers/{id}', as(id, header)),
};

export const phones: Kind<Phone, Schema<'PhoneCreate'>> = {
  name: 'phones',
  list: (query) => api.GET('/api/v1/phones', { params: { query } }),
  get: (id) => api.GET('/api/v1/phones/{id}', at(id)),
  create: (body) => api.POST('/api/v1/phones', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/phones/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/phones/{id}', as(id, header)),
};

export const trunks: Kind<Trunk, Schema<'TrunkCreate'>> = {
  name: 'trunks',
  list: (query) => api.GET('/api/v1/trunks', { params: { query } }),
  get: (id) => api.GET('/api/v1/trunks/{id}', at(id)),
  create: (body) => api.POST('/api/v1/trunks', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/trunks/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/trunks/{id}', as(id, header)),
};

export const users: Kind<User, Schema<'UserCreate'>> = {
  name: 'users',
  list: (query) => api.GET('/api/v1/users', { params: { query } }),
  get: (id) => api.GET('/api/v1/users/{id}', at(id)),
  create: (body) => api.POST('/api/v1/users', { body }),
  change: (id, body, header) => api.PATCH('/api/v1/users/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/users/{id}', as(id, header)),
};

/** A sound is created by its file: sounds/upload.ts. */
export const sounds: Omit<Kind<Sound, Schema<'SoundPatch'>>, 'create'> = {
  name: 'sounds',
  list: (query) => api.GET('/api/v1/sounds', { params: { query } }),
  get: (id) => api.GET('/api/v1/sounds/{id}', at(id)),
  change: (id, body, header) => api.PATCH('/api/v1/sounds/{id}', { ...as(id, header), body }),
  remove: (id, header) => api.DELETE('/api/v1/sounds/{id}', as(id, header)),
};

/** The centre is one record that is never made nor removed. */
export const centreQuery = queryOptions({
  queryKey: ['centre'],
  queryFn: () => answer(api.GET('/api/v1/centre')),
});
