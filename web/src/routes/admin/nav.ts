import { IconHeadset, type Icon } from '@tabler/icons-react';

import type admin from '../../locales/fr/admin.json';

export interface Entry {
  /** A route of tree.tsx. */
  readonly to: '/admin/operators';
  readonly label: keyof typeof admin.frame.nav;
  readonly icon: Icon;
  /** Only for the technical team. */
  readonly technical?: true;
}

/** The navigation of the administration. An entry stands here as soon as its pages do. */
export const entries: readonly Entry[] = [
  { to: '/admin/operators', label: 'operators', icon: IconHeadset },
];
