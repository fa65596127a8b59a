import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

import { problemNow } from './problem';

const closeButtonProps = () => ({ 'aria-label': i18next.t('close') });

/** Says shortly that something was done. */
export function said(message: string): void {
  notifications.show({ message, color: 'lagoon', autoClose: 4000, closeButtonProps: closeButtonProps() });
}

/** Says what was refused, and leaves it until it is read. */
export function refused(error: unknown): void {
  notifications.show({ message: problemNow(error), color: 'red', autoClose: 10_000, closeButtonProps: closeButtonProps() });
}
