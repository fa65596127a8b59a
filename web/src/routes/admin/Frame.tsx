import { ModalsProvider } from '@mantine/modals';

import { AdminLayout } from './AdminLayout';

/** The administration with what asks its questions (ui/confirm). */
export function Frame() {
  return <ModalsProvider><AdminLayout /></ModalsProvider>;
}
