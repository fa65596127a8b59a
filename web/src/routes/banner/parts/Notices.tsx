import { memo } from 'react';

import { useValue } from '../../../live/value';
import { NoticeLine } from '../later';
import { noticesOf } from '../state/notices';
import { useLine, usePost } from '../state/post';
import { ringer } from '../state/sound';
import { useRings } from '../state/useRings';
import { useBrowserTrouble } from '../state/useBrowser';
import classes from './Notices.module.css';
import { useNoticeTime, useStanding } from './useStanding';

interface NoticesProps {
  readonly changePhone: () => void;
}

/** Everything that keeps calls away or soon will, with what can be done about it. */
export const Notices = memo(function Notices({ changePhone }: NoticesProps) {
  const post = usePost();
  const standing = useStanding();
  const page = useValue(post.pop.keptBack);
  const unsaved = useValue(post.unsaved);
  const blocked = useValue(ringer.blocked);
  const ring = useRings();
  const trouble = useBrowserTrouble();
  const line = useLine();
  const notices = noticesOf(standing, line, useNoticeTime(standing), { page, unsaved, mute: ring && blocked, trouble });
  if (notices.length === 0) return null;
  return (
    <div className={classes['notices']}>
      {notices.map((notice) => <NoticeLine key={notice.kind} notice={notice} changePhone={changePhone} />)}
    </div>
  );
});
