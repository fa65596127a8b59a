import { ActionIcon, Button, Input } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';

import { ruleText } from '../../../../ui/rules';
import classes from './hours.module.css';
import { useTranslation } from 'react-i18next';

interface RowsProps<R> {
  readonly title: string;
  readonly help: string;
  readonly rows: readonly R[];
  /** The rule each row breaks, as far as it is to be shown. */
  readonly faults: readonly (string | undefined)[];
  readonly row: (row: R, at: number) => ReactNode;
  readonly add: { readonly label: string; readonly row: () => R };
  /** What the button that takes a row away is called. */
  readonly removal: (row: R, at: number) => string;
  readonly change: (rows: readonly R[]) => void;
}

/** A list that is filled in line by line: the cursor goes into a new line, and on from one that is taken away. */
export function Rows<R>({ title, help, rows, faults, row, add, removal, change }: RowsProps<R>) {
  const { t } = useTranslation();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const target = useRef<'new' | 'add' | ''>('');
  useEffect(() => {
    if (target.current === '') return;
    const lines = box.current?.querySelectorAll<HTMLElement>('li');
    const wanted = target.current === 'new' ? lines?.item(lines.length - 1).querySelector<HTMLElement>('input, select') : undefined;
    (wanted ?? box.current?.querySelector<HTMLElement>('[data-add-row]'))?.focus();
    target.current = '';
  });
  return (
    <div ref={box} role="group" aria-labelledby={id}>
      <Input.Label component="div" id={id}>{title}</Input.Label>
      {rows.length > 0 && (
        <ul className={classes['rows']}>
          {rows.map((one, at) => {
            const fault = faults[at];
            return (
              <li key={at}>
                <div className={classes['row']}>
                  {row(one, at)}
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    className={classes['remove'] ?? ''}
                    aria-label={removal(one, at)}
                    onClick={() => {
                      target.current = 'add';
                      change(rows.toSpliced(at, 1));
                    }}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </div>
                {fault !== undefined && <Input.Error>{ruleText(t, fault)}</Input.Error>}
              </li>
            );
          })}
        </ul>
      )}
      <Button
        variant="default"
        size="xs"
        data-add-row
        leftSection={<IconPlus size={14} aria-hidden />}
        className={classes['add'] ?? ''}
        onClick={() => {
          target.current = 'new';
          change([...rows, add.row()]);
        }}
      >
        {add.label}
      </Button>
      <Input.Description component="div">{help}</Input.Description>
    </div>
  );
}
