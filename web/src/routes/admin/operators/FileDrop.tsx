import { Button, FileButton, Text } from '@mantine/core';
import { IconFileSpreadsheet, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './import.module.css';

interface FileDropProps {
  /** The file chosen so far. */
  readonly name: string | undefined;
  readonly busy: boolean;
  readonly chosen: (file: File) => void;
}

/** A file by its button, or dropped anywhere on the page: dropped beside the mark, the browser would leave for it. */
export function FileDrop({ name, busy, chosen }: FileDropProps) {
  const { t } = useTranslation('admin');
  const [over, setOver] = useState(false);
  const again = useRef<() => void>(null);
  const latest = useRef({ chosen, busy });
  useEffect(() => {
    latest.current = { chosen, busy };
  });
  useEffect(() => {
    const stop = new AbortController();
    const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const on = (event: 'dragover' | 'dragleave' | 'drop', listen: (event: DragEvent) => void): void =>
      window.addEventListener(event, listen, { signal: stop.signal });
    on('dragover', (event) => {
      if (!files(event)) return;
      event.preventDefault();
      setOver(!latest.current.busy);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      if (!files(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file && !latest.current.busy) latest.current.chosen(file);
    });
    return () => stop.abort();
  }, []);
  return (
    <div className={classes['drop']} data-over={over}>
      <IconFileSpreadsheet size={28} stroke={1.5} aria-hidden className={classes['icon']} />
      <div className={classes['what']}>
        {name === undefined
          ? <Text size="sm">{t('operators.import.drop')}</Text>
          : <Text size="sm" fw={600} className={classes['name'] ?? ''}>{name}</Text>}
      </div>
      <FileButton
        accept=".csv,text/csv"
        resetRef={again}
        onChange={(file) => {
          if (file) chosen(file);
          // The same file, mended, can be chosen once more.
          again.current?.();
        }}
      >
        {(props) => (
          <Button {...props} variant={name === undefined ? 'filled' : 'default'} disabled={busy} leftSection={<IconUpload size={16} aria-hidden />}>
            {name === undefined ? t('operators.import.choose') : t('operators.import.chooseOther')}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
