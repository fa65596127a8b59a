import '@mantine/core/styles/Notification.layer.css';
import '@mantine/notifications/styles.layer.css';

import { Notifications } from '@mantine/notifications';

export { notifications } from '@mantine/notifications';

/** Where short messages are shown: at the bottom, where no dialogue is. */
export function Toasts() {
  return <Notifications position="bottom-left" />;
}
