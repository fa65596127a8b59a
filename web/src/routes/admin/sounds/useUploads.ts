import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import { Problem } from '../../../api/client';
import { sounds } from '../parts/kinds';
import { took } from '../parts/resource';
import { largest, upload } from './upload';

export interface Upload {
  readonly id: number;
  readonly name: string;
  /** From 0 to 1; at 1 the server looks at the file. */
  readonly part: number;
  readonly state: 'waiting' | 'sending' | 'done' | 'failed';
  readonly error?: unknown;
}

/** Files on their way to the server, one after the other. */
export function useUploads() {
  const queries = useQueryClient();
  const [all, setAll] = useState<readonly Upload[]>([]);
  const count = useRef(0);
  const last = useRef<Promise<void>>(Promise.resolve());
  const stop = useRef<() => void>(undefined);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      stop.current?.();
    };
  }, []);
  const tell = (id: number, part: Partial<Upload>): void => setAll((list) => list.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const send = async (id: number, file: File): Promise<void> => {
    if (gone.current) return;
    try {
      if (file.size > largest) throw new Problem(413, 'too_large', '');
      tell(id, { state: 'sending' });
      const sending = upload(file, (part) => tell(id, { part }));
      stop.current = sending.stop;
      took(queries, sounds.name, await sending.sound);
      tell(id, { state: 'done', part: 1 });
    } catch (error) {
      tell(id, { state: 'failed', error });
    }
  };
  const add = (file: File): void => {
    const id = ++count.current;
    setAll((list) => [...list, { id, name: file.name, part: 0, state: 'waiting' }]);
    last.current = last.current.then(() => send(id, file));
  };
  return { all, add, dismiss: (id: number) => setAll((list) => list.filter((one) => one.id !== id)) };
}
