import type { Check } from '../parts/useRecordForm';

// What is plainly wrong is said at once; the server knows the whole rule.

export const host: Check = (value) =>
  (typeof value === 'string' && !/[\s/@]/.test(value.trim()) && !/^[^:]+:\d+$/.test(value.trim()) ? undefined : 'must be a host name or an IP address without a port');

export const source: Check = (value) =>
  (typeof value === 'string' && /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)(\/\d{1,3}(:\d{1,5})?)?$/i.test(value.trim())
    ? undefined : 'must be an address prefix such as 192.0.2.0/24, a port may follow: 192.0.2.10/32:5080');
