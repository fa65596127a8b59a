import { ActionIcon, Text, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconArrowDown, IconArrowUp, IconBriefcase, IconEyeOff, IconGripVertical, IconLogin2 } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { Dot } from '../../../ui/Dot';
import type { PauseType } from '../parts/kinds';
import classes from './PauseTypeRows.module.css';
import { useOrder } from './useOrder';
import { moved, nameIn } from './values';

/** The pause types in their order, which is changed by dragging or with the arrows. */
export function PauseTypeRows({ types: stored }: { readonly types: readonly PauseType[] }) {
  const { t } = useTranslation('admin');
  const { types, write } = useOrder(stored);
  const body = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [news, setNews] = useState('');
  const name = (type: PauseType): string => nameIn(currentLanguage(), type) || t('pauseTypes.unnamed');

  const move = (from: number, to: number): void => {
    const type = types[from];
    if (!type || to < 0 || to >= types.length || to === from) return;
    write(moved(types, from, to));
    setNews(t('pauseTypes.moved', { name: name(type), position: to + 1, total: types.length }));
  };
  // The arrow that was pressed is followed to its new place; at the end the other one takes over.
  const press = (from: number, to: number, way: 'up' | 'down'): void => {
    move(from, to);
    requestAnimationFrame(() => {
      const row = body.current?.children[to];
      const same = row?.querySelector<HTMLButtonElement>(`[data-way="${way}"]:not(:disabled)`);
      (same ?? row?.querySelector<HTMLButtonElement>('[data-way]:not(:disabled)'))?.focus();
    });
  };

  return (
    <>
      <ol ref={body} className={classes['rows']} aria-label={t('pauseTypes.title')}>
        {types.map((type, i) => (
          // Dragging is for the mouse alone; the arrows do the same by keyboard.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <li
            key={type.id}
            className={classes['row']}
            draggable
            data-dragged={dragged === i}
            data-over={over === i && dragged !== i ? (dragged !== null && dragged < i ? 'below' : 'above') : undefined}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', type.id);
              setDragged(i);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(i);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) move(dragged, i);
            }}
          >
            <IconGripVertical size={18} aria-hidden className={classes['grip']} />
            <Link to="/admin/pause-types/$id" params={{ id: type.id }} draggable={false} className={classes['link']}>
              <Dot colour={type.colour} />
              <span>{name(type)}</span>
            </Link>
            <Facts type={type} />
            <span className={classes['limit']}>{type.maxMinutes === null ? t('pauseTypes.noLimit') : t('pauseTypes.minutes', { count: type.maxMinutes })}</span>
            <span className={classes['arrows']}>
              <ActionIcon
                variant="subtle" color="gray" data-way="up" disabled={i === 0}
                aria-label={t('pauseTypes.up', { name: name(type) })} onClick={() => press(i, i - 1, 'up')}
              >
                <IconArrowUp size={18} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle" color="gray" data-way="down" disabled={i === types.length - 1}
                aria-label={t('pauseTypes.down', { name: name(type) })} onClick={() => press(i, i + 1, 'down')}
              >
                <IconArrowDown size={18} aria-hidden />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ol>
      <Text size="sm" c="dimmed" mt="sm">{t('pauseTypes.orderHelp')}</Text>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
    </>
  );
}

function Facts({ type }: { readonly type: PauseType }) {
  const { t } = useTranslation('admin');
  const hidden = nameIn(currentLanguage(), type) === '';
  return (
    <span className={classes['facts']}>
      {type.login && <span className={classes['fact']}><IconLogin2 size={16} aria-hidden />{t('pauseTypes.isLogin')}</span>}
      {type.productive && <span className={classes['fact']}><IconBriefcase size={16} aria-hidden />{t('pauseTypes.isProductive')}</span>}
      {hidden && <span className={classes['fact']}><IconEyeOff size={16} aria-hidden />{t('pauseTypes.isHidden')}</span>}
    </span>
  );
}
