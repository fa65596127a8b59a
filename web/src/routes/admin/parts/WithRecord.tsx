import type { ReactNode } from 'react';

import { Awaited } from '../../../ui/States';
import type { Kind, Stored } from './kinds';
import { Page } from './Page';
import { useRecord, type Versioned } from './resource';

interface WithRecordProps<R extends Stored, C> {
  readonly kind: Kind<R, C>;
  readonly id: string;
  /** The page's title and way back until the record has arrived. */
  readonly title: string;
  readonly back: Parameters<typeof Page>[0]['back'];
  readonly children: (known: Versioned<R>) => ReactNode;
}

/** Shows what is made of a record once it has been read. */
export function WithRecord<R extends Stored, C>({ kind, id, title, back, children }: WithRecordProps<R, C>) {
  const one = useRecord(kind, id);
  if (one.data) return children(one.data);
  return (
    <Page title={title} {...(back && { back })}>
      <Awaited query={one}>{() => null}</Awaited>
    </Page>
  );
}
