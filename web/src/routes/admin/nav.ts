import {
  IconBuilding, IconChartHistogram, IconCoffee, IconDeviceLandlinePhone, IconHash, IconHeadset, IconMail, IconMusic, IconRouter, IconUserShield, IconUsersGroup, type Icon,
} from '@tabler/icons-react';

import type admin from '../../locales/fr/admin.json';

export interface Entry {
  /** A route of tree.tsx. */
  readonly to:
    | '/admin/operators' | '/admin/groups' | '/admin/pause-types' | '/admin/numbers' | '/admin/phones' | '/admin/trunks' | '/admin/users'
    | '/admin/sounds' | '/admin/centre' | '/admin/outbox' | '/admin/what-if';
  readonly label: keyof typeof admin.frame.nav;
  readonly icon: Icon;
  /** Only for the technical team. */
  readonly technical?: true;
}

/** The navigation of the administration. An entry stands here as soon as its pages do. */
export const entries: readonly Entry[] = [
  { to: '/admin/operators', label: 'operators', icon: IconHeadset },
  { to: '/admin/groups', label: 'groups', icon: IconUsersGroup },
  { to: '/admin/pause-types', label: 'pauseTypes', icon: IconCoffee },
  { to: '/admin/numbers', label: 'numbers', icon: IconHash },
  { to: '/admin/phones', label: 'phones', icon: IconDeviceLandlinePhone },
  { to: '/admin/trunks', label: 'trunks', icon: IconRouter },
  { to: '/admin/sounds', label: 'sounds', icon: IconMusic },
  { to: '/admin/users', label: 'users', icon: IconUserShield },
  { to: '/admin/centre', label: 'centre', icon: IconBuilding },
  { to: '/admin/what-if', label: 'whatIf', icon: IconChartHistogram },
  { to: '/admin/outbox', label: 'outbox', icon: IconMail, technical: true },
];
