/** The placeholders of an address, each with the value of an imagined call. */
export const examples: Readonly<Record<string, string>> = {
  caller: '+33612345678',
  called: '+33170200200',
  service: '+33170200200',
  callId: 'EXAMPLE',
  direction: 'in',
  operatorId: 'EXAMPLE',
  operatorLogin: 'jdupont',
  operatorName: 'Jeanne Dupont',
  groupId: 'EXAMPLE',
  groupName: 'Accueil',
  language: 'fr',
  waitSeconds: '12',
};

/** The longest address, in bytes. */
const longest = 2048;

/** The rule of the server that a template of an address breaks; an empty one opens nothing and breaks none. */
export function broken(value: unknown): string | undefined {
  const template = typeof value === 'string' ? value.trim() : '';
  if (template === '') return undefined;
  if (new TextEncoder().encode(template).length > longest) return `must have at most ${longest} bytes`;
  if (/[\p{Cc}\p{Cs} \\\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/u.test(template)) return 'must not hold spaces, backslashes or control characters';
  const [scheme = '', ...rest] = template.split('://');
  if (rest.length === 0 || !/^https?$/i.test(scheme)) return 'must begin with https:// or http://';
  const host = rest.join('://').split(/[/?#]/)[0] ?? '';
  if (/[{}]/.test(host)) return 'must not hold a placeholder before the path';
  if (/[{}]/.test(template.replace(/{[^}]*}/g, ''))) return 'must close every { with a } and hold no other';
  const names = [...template.matchAll(/{([^}]*)}/g)].map((found) => found[1] ?? '');
  if (names.some((name) => !Object.hasOwn(examples, name))) return `must hold no other placeholders than {${Object.keys(examples).join('} {')}}`;
  return URL.canParse(filled(template)) ? undefined : 'must be a complete address with a host';
}

function filled(template: string): string {
  return template.replace(/{(\w+)}/g, (all, name: string) => encodeURIComponent(examples[name] ?? all));
}

/** The address with the examples in it; undefined while it is none that could be opened. */
export function expand(template: string): string | undefined {
  const text = template.trim();
  return text === '' || broken(text) !== undefined ? undefined : filled(text);
}
