import { Button, FileButton, Text } from '@mantine/core';
import { IconUpload, type Icon } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

import classes from './FileDrop.module.css';

interface FileDropProps {
  /** The file chosen so far. */
  readonly name: string | undefined;
  readonly busy: boolean;
  /** Which files the button offers, as in ".csv,text/csv". */
  readonly accept: string;
  readonly icon: Icon;
  readonly words: { readonly drop: string; readonly choose: string; readonly chooseOther: string };
  /** Called for each file where several may come at once. */
  readonly chosen: (file: File) => void;
  readonly several?: boolean;
}

/** A file by its button, or dropped anywhere on the page: dropped beside the mark, the browser would leave for it. */
export function FileDrop({ name, busy, accept, icon: FileIcon, words, chosen, several = false }: FileDropProps) {
  const [over, setOver] = useState(false);
  const again = useRef<() => void>(null);
  const latest = useRef({ chosen, busy, several });
  useEffect(() => {
    latest.current = { chosen, busy, several };
  });
  useEffect(() => {
    const stop = new AbortController();
    const carries = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const on = (event: 'dragover' | 'dragleave' | 'drop', listen: (event: DragEvent) => void): void =>
      window.addEventListener(event, listen, { signal: stop.signal });
    on('dragover', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(!latest.current.busy);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(false);
      if (latest.current.busy) return;
      const files = [...(event.dataTransfer?.files ?? [])];
      for (const file of latest.current.several ? files : files.slice(0, 1)) latest.current.chosen(file);
    });
    return () => stop.abort();
  }, []);
  return (
    <div className={classes['drop']} data-over={over}>
      <FileIcon size={28} stroke={1.5} aria-hidden className={classes['icon']} />
      <div className={classes['what']}>
        {name === undefined
          ? <Text size="sm">{words.drop}</Text>
          : <Text size="sm" fw={600} className={classes['name'] ?? ''}>{name}</Text>}
      </div>
      <FileButton
        accept={accept}
        multiple={several}
        resetRef={again}
        onChange={(picked: File | File[] | null) => {
          for (const file of picked === null ? [] : [picked].flat()) chosen(file);
          // The same file, mended, can be chosen once more.
          again.current?.();
        }}
      >
        {(props) => (
          <Button {...props} variant={name === undefined ? 'filled' : 'default'} disabled={busy} leftSection={<IconUpload size={16} aria-hidden />}>
            {name === undefined ? words.choose : words.chooseOther}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
