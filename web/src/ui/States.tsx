import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { problemText } from './problem';
import { clockTime } from './time';

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center p="xl" role="status" aria-label={t('loading')}>
      <Loader type="dots" />
    </Center>
  );
}

interface EmptyProps {
  readonly title: ReactNode;
  readonly text?: string;
  /** The next thing to do. */
  readonly action?: ReactNode;
}

/** A list with nothing in it says what to do next. */
export function Empty({ title, text, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" p="xl" ta="center">
      <Text fw={600} component="div">{title}</Text>
      {text && <Text c="dimmed" size="sm" maw={420}>{text}</Text>}
      {action}
    </Stack>
  );
}

/** What could not be loaded, and the way to try again. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t('failed')} m="md" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problemText(t, error)}</Text>
        {retry && <Button size="xs" variant="default" onClick={retry}>{t('retry')}</Button>}
      </Stack>
    </Alert>
  );
}

interface AwaitedProps<Data> {
  readonly query: { readonly data: Data | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly children: (data: Data) => ReactNode;
}

/** What is made of data once they have arrived; until then that they are awaited, or why they do not come. */
export function Awaited<Data>({ query, children }: AwaitedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  return query.error === null ? <Loading /> : <Failure error={query.error} retry={() => void query.refetch()} />;
}

/** Said above data that no longer follow the server; the zone is the centre's, as of every other time. */
export function Stale({ at, zone }: { readonly at: number; readonly zone: string }) {
  const { t } = useTranslation();
  return (
    <Alert color="orange" variant="light" icon={<IconCloudOff aria-hidden />} py="xs" role="status">
      {t('stale', { time: clockTime(at, zone, true) })}
    </Alert>
  );
}
