import './styles';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';

import { isOperator, whoQuery } from '../../api/session';
import { useValue } from '../../live/value';
import { Loading } from '../../ui/States';
import { Banner, Elsewhere, Ended, prepareCalls, prepareFirst, TakePost } from './later';
import { hasTakenPost, leavePost } from './state/taken';
import { Post, PostProvider, useLine, useMe } from './state/post';
import { useTab } from './state/tab';

/** The operator's face: in one tab of a browser at a time. */
export function BannerPage() {
  const { tab, take } = useTab();
  if (tab === 'asking') return <Loading />;
  return tab === 'ours' ? <Session /> : <Elsewhere take={take} fallback={<Loading />} />;
}

function Session() {
  const queries = useQueryClient();
  const [post] = useState(() => {
    const who = queries.getQueryData(whoQuery.queryKey);
    if (!who || !isOperator(who)) return null;
    prepareFirst(hasTakenPost(who.id) || who.activity !== 'idle');
    return new Post(who);
  });
  useEffect(() => {
    post?.start();
    // Once the first screen stands, and long before it is clicked away or somebody calls.
    const later = setTimeout(prepareCalls, 1500);
    return () => {
      clearTimeout(later);
      post?.stop();
    };
  }, [post]);
  if (!post) return <Loading />;
  return (
    <PostProvider value={post}>
      <Door post={post} />
    </PostProvider>
  );
}

function Door({ post }: { readonly post: Post }) {
  const line = useLine();
  const id = useMe((me) => me.id);
  const busy = useMe((me) => me.activity !== 'idle');
  const [taken, setTaken] = useState(() => hasTakenPost(id));
  const take = useCallback(() => setTaken(true), []);
  const leaving = useValue(post.leaving);
  // A call is shown at once, whatever has been clicked before.
  if (busy && !taken) setTaken(true);

  useEffect(() => {
    if (line.state === 'ended') leavePost();
  }, [line.state]);

  if (line.state === 'ended') return <Ended reason={line.reason} mine={leaving} fallback={<Loading />} />;
  if (line.state === 'connecting') return <Loading />;
  return taken ? <Banner fallback={<Loading />} /> : <TakePost taken={take} fallback={<Loading />} />;
}
