import type { Schema } from '../../../api/client';
import type { Trunk } from '../parts/kinds';

type Codec = Trunk['codecs'][number];

export interface TrunkValues extends Omit<Trunk, 'id' | 'createdAt' | 'updatedAt' | 'state' | 'username' | 'codecs'> {
  readonly username: string;
  /** In the order they are offered, as in "PCMA PCMU". */
  readonly codecs: string;
  /** The stored password is never read: it is kept, replaced or removed. */
  readonly secret: 'keep' | 'replace' | 'remove';
  readonly password: string;
}

export const codecChoices = ['PCMA PCMU', 'PCMU PCMA', 'PCMA', 'PCMU'] as const;

export const newTrunk: TrunkValues = {
  name: '', host: '', port: 5060, transport: 'udp', sources: [], username: '', digest: 'md5', register: false, maxCalls: null, priority: 1,
  codecs: 'PCMA PCMU', keepaliveSeconds: 60, format: 'e164+', forwardCaller: true, enabled: true, secret: 'replace', password: '',
};

export function valuesOf(trunk: Trunk): TrunkValues {
  const { name, host, port, transport, sources, digest, register, maxCalls, priority, keepaliveSeconds, format, forwardCaller, enabled } = trunk;
  return {
    name, host, port, transport, sources, digest, register, maxCalls, priority, keepaliveSeconds, format, forwardCaller, enabled,
    username: trunk.username ?? '', codecs: trunk.codecs.join(' '), secret: 'keep', password: '',
  };
}

export function bodyOf({ username, codecs, secret, password, ...rest }: TrunkValues): Schema<'TrunkCreate'> {
  return {
    ...rest,
    username: username.trim() === '' ? null : username,
    codecs: codecs.split(' ').filter((codec): codec is Codec => codec === 'PCMA' || codec === 'PCMU'),
    ...(secret === 'replace' && password !== '' && { password }),
    ...(secret === 'remove' && { password: null }),
  };
}
