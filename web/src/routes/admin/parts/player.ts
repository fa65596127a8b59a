// The one player of the administration: who listens to a sound does not hear another with it.
import { useValue, Value } from '../../../live/value';

interface Playing {
  readonly id: string;
  /** Seconds from its beginning. */
  readonly at: number;
}

const playing = new Value<Playing | null>(null);
let audio: HTMLAudioElement | undefined;

/** Plays a sound from its beginning; fails when it cannot be played. */
export async function play(id: string): Promise<void> {
  audio?.pause();
  const now = new Audio(`/api/v1/sounds/${encodeURIComponent(id)}/audio`);
  audio = now;
  const tell = (value: Playing | null): void => {
    if (audio === now) playing.set(value);
  };
  now.ontimeupdate = () => tell({ id, at: now.currentTime });
  now.onended = () => tell(null);
  now.onerror = () => tell(null);
  tell({ id, at: 0 });
  try {
    await now.play();
  } catch (error) {
    // Stopping what has not begun yet is no failure.
    if (audio !== now || (error instanceof DOMException && error.name === 'AbortError')) return;
    tell(null);
    throw error;
  }
}

/** Stops a sound, if it is the one that plays. */
export function stop(id: string): void {
  if (playing.get()?.id !== id) return;
  audio?.pause();
  audio = undefined;
  playing.set(null);
}

export function usePlaying(): Playing | null {
  return useValue(playing);
}
