import { ModalsProvider } from '@mantine/modals';

import { AdminLayout } from './AdminLayout';

/** The administration with the place of its own dialogues. */
export function Frame() {
  return <ModalsProvider><AdminLayout /></ModalsProvider>;
}
