import { useEffect } from 'react';

import { useValue } from '../../../live/value';
import { answerCall } from './actions';
import { callOf } from './model';
import { useMe, usePost } from './post';
import { prefs } from './prefs';
import { ringer } from './sound';

/** Between the tone that announces the call and its answer. */
export const toneFor = 1000;

/** Answers a call that rings on this page, where he has chosen so: after a tone, so that nobody is put through unawares. */
export function useAutoAnswer(): void {
  const post = usePost();
  const { autoAnswer } = useValue(prefs);
  const id = useMe((me) => (me.activity === 'ringing' && me.phone.kind === 'browser' && callOf(me)?.answerable ? callOf(me)?.id : undefined));
  useEffect(() => {
    if (id === undefined || !autoAnswer) return undefined;
    ringer.tone();
    const timer = setTimeout(() => answerCall(post, id), toneFor);
    return () => clearTimeout(timer);
  }, [post, id, autoAnswer]);
}
