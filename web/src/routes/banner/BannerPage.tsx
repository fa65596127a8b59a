import './styles';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { isOperator, whoQuery } from '../../api/session';
import { useValue } from '../../live/value';
import { Loading } from '../../ui/States';
import { Banner } from './Banner';
import { Elsewhere, Ended } from './Gates';
import { hasTakenPost, leavePost } from './state/taken';
import { Post, PostProvider, useLine, useMe } from './state/post';
import { useTab } from './state/tab';
import { TakePost } from './TakePost';

/** The operator's face: in one tab of a browser at a time. */
export function BannerPage() {
  const { tab, take } = useTab();
  if (tab === 'asking') return <Loading />;
  return tab === 'ours' ? <Session /> : <Elsewhere take={take} />;
}

function Session() {
  const queries = useQueryClient();
  const [post] = useState(() => {
    const who = queries.getQueryData(whoQuery.queryKey);
    return who && isOperator(who) ? new Post(who) : null;
  });
  useEffect(() => {
    post?.start();
    return () => post?.stop();
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
  const leaving = useValue(post.leaving);
  // A call is shown at once, whatever has been clicked before.
  if (busy && !taken) setTaken(true);

  useEffect(() => {
    if (line.state === 'ended') leavePost();
  }, [line.state]);

  if (line.state === 'ended') return <Ended reason={line.reason} mine={leaving} />;
  if (line.state === 'connecting') return <Loading />;
  return taken ? <Banner /> : <TakePost taken={() => setTaken(true)} />;
}
