import { dialable, digits } from '../parts/rules';

// The emergency numbers no machine may call: those of everywhere, and those of the centre's country.
const everywhere = ['112', '911'];
const national: Readonly<Record<string, readonly string[]>> = {
  FR: ['15', '17', '18', '114', '115', '119', '191', '196'],
  IT: ['113', '118'],
  ES: ['061', '062', '091'],
  GB: ['999'],
};

interface Surroundings {
  /** The country of the centre. */
  readonly country: string | undefined;
  /** The numbers that lead into the centre: the service numbers, and the operator's own direct number. */
  readonly own: readonly string[];
}

/** The rule of a number the centre calls by itself. Which numbers are one is the server's to tell where the country has to be added. */
export const phoneNumber = ({ country, own }: Surroundings) => (value: unknown): string | undefined => {
  const rule = dialable(value);
  const number = typeof value === 'string' ? digits(value) : undefined;
  if (rule !== undefined || number === undefined) return rule;
  if ([...everywhere, ...(national[country ?? ''] ?? [])].includes(number)) return 'must not be an emergency number';
  if (own.some((other) => digits(other) === number)) return 'must not lead back into the centre: it is a service number or his direct number';
  return undefined;
};
