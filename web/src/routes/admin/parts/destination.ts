import type { Schema } from '../../../api/client';

export type Destination = Schema<'Destination'>;

/** A destination while it is filled in; type null is none. */
export interface DestinationValue {
  readonly type: Destination['type'] | null;
  readonly id: string | null;
  readonly number: string;
}

export function destinationValue(destination: Destination | null | undefined): DestinationValue {
  return { type: destination?.type ?? null, id: destination?.id ?? null, number: destination?.number ?? '' };
}

/** What is sent: only what belongs to the type. */
export function destinationBody({ type, id, number }: DestinationValue): Schema<'DestinationInput'> | null {
  switch (type) {
    case null:
      return null;
    case 'group':
    case 'operator':
      return { type, id: id ?? '' };
    case 'number':
      return { type, number };
    case 'hangup':
      return { type };
  }
}
