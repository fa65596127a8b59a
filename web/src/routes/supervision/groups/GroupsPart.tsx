import { IconLayoutGrid, IconListDetails } from '@tabler/icons-react';
import { useCallback, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAdminister } from '../../../api/session';
import { currentLanguage } from '../../../i18n';
import type { FloorGroup } from '../../../live/floor';
import { useValue } from '../../../live/value';
import { Empty, Loading } from '../../../ui/States';
import { useArranged } from '../arranged';
import { Choice } from '../Choice';
import { HeldWord } from '../HeldWord';
import { useKept } from '../kept';
import { useLive } from '../live';
import part from '../Part.module.css';
import { useUser } from '../user';
import { AdminLink } from '../AdminLink';
import { byName, worstFirst } from './figures';
import classes from './Groups.module.css';
import { GroupRows } from './GroupRows';
import { GroupTile } from './GroupTile';

/** The groups, as boxes or as rows, those that need attention first. */
export function GroupsPart() {
  const { t } = useTranslation('supervision');
  const { floor, queues } = useLive();
  const user = useUser();
  const connection = useValue(floor.connection);
  const [layout, setLayout] = useKept('bandeau-supervision-layout', ['boxes', 'rows'], 'boxes');
  const [order, setOrder] = useKept('bandeau-supervision-order', ['worst', 'name'], 'worst');
  const ground = useRef<HTMLDivElement>(null);
  const language = currentLanguage();
  const collator = useMemo(() => new Intl.Collator(language, { numeric: true }), [language]);
  const arrange = useCallback(
    (groups: readonly FloorGroup[]) => (order === 'name' ? byName(groups, collator) : worstFirst(groups, (id) => queues.unserved(id), collator)),
    [order, collator, queues],
  );
  const { ids, late } = useArranged(floor.groups, arrange, ground);
  return (
    <section className={part['part']} aria-labelledby="groups-title">
      <div className={part['bar']}>
        <h2 id="groups-title" className={part['title']}>{t('groups.title')}</h2>
        <HeldWord held={late} />
        <span className={part['space']} />
        <Choice
          label={t('groups.order')}
          value={order}
          choose={setOrder}
          options={[{ value: 'worst', label: t('groups.worst') }, { value: 'name', label: t('groups.byName') }]}
        />
        <Choice
          label={t('groups.layout')}
          value={layout}
          choose={setLayout}
          options={[
            { value: 'boxes', label: t('groups.boxes'), icon: IconLayoutGrid },
            { value: 'rows', label: t('groups.rows'), icon: IconListDetails },
          ]}
        />
      </div>
      <div ref={ground}>
        {ids.length > 0 && layout === 'boxes' && <ul className={classes['tiles']}>{ids.map((id) => <GroupTile key={id} id={id} />)}</ul>}
        {ids.length > 0 && layout === 'rows' && <GroupRows ids={ids} />}
        {ids.length === 0 && connection.state === 'connecting' && <Loading />}
        {ids.length === 0 && connection.state !== 'connecting' && (
          <Empty
            title={t('groups.empty')}
            text={user && mayAdminister(user) ? t('groups.emptyCreate') : t('groups.emptyAsk')}
            action={<AdminLink />}
          />
        )}
      </div>
    </section>
  );
}
