import { Value } from '../../../live/value';

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed';

const quiet = 1000;
// Somebody who never stops typing is saved all the same.
const longest = 5000;

/** What is being written: saved when the hand rests, one request at a time, the latest last. */
export class Draft<T> {
  readonly text: Value<T>;
  readonly state = new Value<SaveState>('saved');

  private readonly save: (value: T) => Promise<unknown>;
  private kept: T;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private limit: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<boolean> | undefined;

  constructor(first: T, save: (value: T) => Promise<unknown>) {
    this.text = new Value(first);
    this.kept = first;
    this.save = save;
  }

  edit(value: T): void {
    if (Object.is(value, this.text.get())) return;
    this.text.set(value);
    if (this.state.get() !== 'saving') this.state.set('unsaved');
    clearTimeout(this.rest);
    this.rest = setTimeout(() => void this.flush(), quiet);
    this.limit ??= setTimeout(() => void this.flush(), longest);
  }

  /** Saves what is not saved; resolves to whether nothing is left. */
  flush(): Promise<boolean> {
    clearTimeout(this.rest);
    clearTimeout(this.limit);
    this.limit = undefined;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<boolean> {
    while (!Object.is(this.text.get(), this.kept)) {
      const value = this.text.get();
      this.state.set('saving');
      try {
        await this.save(value);
      } catch {
        this.state.set('failed');
        return false;
      }
      this.kept = value;
    }
    this.state.set('saved');
    return true;
  }
}
