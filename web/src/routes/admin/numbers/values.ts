import type { Schema } from '../../../api/client';
import type { ServiceNumber } from '../parts/kinds';
import { destinationBody, destinationValue, type DestinationValue } from './destination';

export interface NumberValues {
  readonly number: string;
  readonly label: string;
  readonly destination: DestinationValue;
  readonly overflow: DestinationValue;
  readonly record: boolean;
  readonly answer: ServiceNumber['answer'];
}

export const newNumber: NumberValues = {
  number: '', label: '', destination: { type: 'group', id: null, number: '' }, overflow: destinationValue(null), record: false, answer: 'atOnce',
};

export function valuesOf({ number, label, destination, overflow, record, answer }: ServiceNumber): NumberValues {
  return { number, label, destination: destinationValue(destination), overflow: destinationValue(overflow), record, answer };
}

export function bodyOf({ destination, overflow, ...rest }: NumberValues): Schema<'NumberCreate'> {
  return { ...rest, destination: destinationBody(destination) ?? { type: 'hangup' }, overflow: destinationBody(overflow) };
}
