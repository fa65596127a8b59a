import type { Schema } from '../../../api/client';
import { hoursBody, hoursValue, type HoursValue } from '../parts/hours/hours';
import type { ServiceNumber } from '../parts/kinds';
import { destinationBody, destinationValue, type DestinationValue } from '../parts/destination';

export interface NumberValues {
  readonly number: string;
  readonly label: string;
  readonly destination: DestinationValue;
  readonly overflow: DestinationValue;
  readonly openingHours: HoursValue;
  readonly record: boolean;
  readonly answer: ServiceNumber['answer'];
}

export const newNumber: NumberValues = {
  number: '', label: '', destination: { type: 'group', id: null, number: '' }, overflow: destinationValue(null), openingHours: hoursValue(null), record: false, answer: 'atOnce',
};

export function valuesOf({ number, label, destination, overflow, openingHours, record, answer }: ServiceNumber): NumberValues {
  return { number, label, destination: destinationValue(destination), overflow: destinationValue(overflow), openingHours: hoursValue(openingHours), record, answer };
}

export function bodyOf({ destination, overflow, openingHours, ...rest }: NumberValues): Schema<'NumberCreate'> {
  return { ...rest, destination: destinationBody(destination) ?? { type: 'hangup' }, overflow: destinationBody(overflow), openingHours: hoursBody(openingHours) };
}
