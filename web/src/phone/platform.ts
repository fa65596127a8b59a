// What the phone needs of a browser. Everything else in this folder can be tried without one.

/** Whether the page may use the microphone; browsers that do not tell are asked by using it. */
export type Permission = 'granted' | 'prompt' | 'denied' | 'unknown';

/** A device as a person knows it: identifiers change with the profile, labels with the language. */
export interface Device {
  readonly id: string;
  readonly label: string;
}

export interface Devices {
  readonly inputs: readonly Device[];
  readonly outputs: readonly Device[];
  /** What tells the system's own microphone from the one it preferred before. */
  readonly usual: string;
}

/** The connection of one session. */
export interface Peer {
  /** What the server hears of us; null while there is nothing to say. */
  carry(track: MediaStreamTrack | null): Promise<void>;
  /** What we hear. */
  readonly heard: MediaStreamTrack;
  /** The offer, complete with its candidates. */
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  stats(): Promise<Iterable<Record<string, unknown>>>;
  close(): void;
}

export type PeerState = 'connecting' | 'connected' | 'lost';

export interface Wanted {
  readonly device: string | null;
  /** Echo and noise are taken out. */
  readonly clean: boolean;
}

export interface Platform {
  /** Why this page can be no phone at all; null where it can. */
  readonly obstacle: 'insecure' | 'unsupported' | null;
  permission(): Promise<Permission>;
  microphone(wanted: Wanted): Promise<MediaStreamTrack>;
  devices(): Promise<Devices>;
  /** Calls back when devices come or go, or the permission changes. */
  watch(changed: () => void): () => void;
  peer(told: (state: PeerState) => void): Peer;
  /** Lets a track be heard on a device ('' is the browser's own choice); null is silence. Resolves to whether it may sound. */
  sound(track: MediaStreamTrack | null, output: string): Promise<boolean>;
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
  id(): string;
}
