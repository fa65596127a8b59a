import type { Device, Devices, Peer, PeerState, Permission, Platform, Wanted } from './platform';

// The phone's platform in a real browser.

// Host candidates are found at once; the server needs none of them to answer.
const gatherWithin = 500;

const codecs = /^audio\/(PCMA|PCMU|telephone-event)$/i;

/** The page begins the handshake: it knows the server's address, not the other way round. */
export function activeSetup(sdp: string): string {
  return sdp.replaceAll('a=setup:actpass', 'a=setup:active');
}

/** The codecs of telephones, A-law first; empty where the browser does not let choose. */
export function phoneCodecs(able: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  const rank = ({ mimeType }: RTCRtpCodec): number => ['audio/pcma', 'audio/pcmu'].indexOf(mimeType.toLowerCase()) + 3 * Number(/event/i.test(mimeType));
  return able.filter(({ mimeType, clockRate }) => codecs.test(mimeType) && clockRate === 8000).toSorted((a, b) => rank(a) - rank(b));
}

/** "default" and "communications" are names of devices that are in the list as well. */
export function devicesOf(all: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[]): Devices {
  const of = (kind: MediaDeviceKind): Device[] => all
    .filter((device) => device.kind === kind && device.deviceId !== 'default' && device.deviceId !== 'communications')
    .map(({ deviceId: id, label }) => ({ id, label }));
  const inputs = of('audioinput');
  const usual = all.find(({ kind, deviceId }) => kind === 'audioinput' && deviceId === 'default');
  return { inputs, outputs: of('audiooutput'), usual: usual?.label ?? inputs[0]?.id ?? '' };
}

class BrowserPeer implements Peer {
  private readonly connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  private readonly transceiver: RTCRtpTransceiver;

  constructor(told: (state: PeerState) => void) {
    const { connection } = this;
    this.transceiver = connection.addTransceiver('audio', { direction: 'sendrecv' });
    const able = phoneCodecs(RTCRtpReceiver.getCapabilities('audio')?.codecs ?? []);
    if (able.length > 0 && 'setCodecPreferences' in this.transceiver) this.transceiver.setCodecPreferences(able);
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      told(state === 'connected' ? 'connected' : state === 'new' || state === 'connecting' ? 'connecting' : 'lost');
    });
  }

  get heard(): MediaStreamTrack {
    return this.transceiver.receiver.track;
  }

  carry(track: MediaStreamTrack | null): Promise<void> {
    return this.transceiver.sender.replaceTrack(track);
  }

  async offer(): Promise<string> {
    const { connection } = this;
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    await new Promise<void>((resolve) => {
      if (connection.iceGatheringState === 'complete') resolve();
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve());
      setTimeout(resolve, gatherWithin);
    });
    return activeSetup(connection.localDescription?.sdp ?? '');
  }

  accept(answer: string): Promise<void> {
    return this.connection.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  async stats(): Promise<Iterable<Record<string, unknown>>> {
    const entries: Record<string, unknown>[] = [];
    (await this.connection.getStats()).forEach((entry: Record<string, unknown>) => entries.push(entry));
    return entries;
  }

  close(): void {
    this.connection.close();
  }
}

async function microphoneStatus(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: 'microphone' });
  } catch {
    return null; // A browser that does not know this permission.
  }
}

export class Browser implements Platform {
  readonly obstacle = !globalThis.isSecureContext ? 'insecure' : !('RTCPeerConnection' in globalThis) || !('mediaDevices' in navigator) ? 'unsupported' : null;

  private speaker: HTMLAudioElement | undefined;

  async permission(): Promise<Permission> {
    return (await microphoneStatus())?.state ?? 'unknown';
  }

  async microphone({ device, clean }: Wanted): Promise<MediaStreamTrack> {
    const treatment = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean };
    const audio = { ...treatment, ...(device !== null && { deviceId: { exact: device } }) };
    const [track] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks();
    if (!track) throw new DOMException('no audio', 'NotFoundError');
    return track;
  }

  async devices(): Promise<Devices> {
    const all = devicesOf(await navigator.mediaDevices.enumerateDevices());
    // What cannot be chosen is not offered.
    return 'setSinkId' in HTMLMediaElement.prototype ? all : { ...all, outputs: [] };
  }

  watch(changed: () => void): () => void {
    let status: PermissionStatus | null = null;
    let watching = true;
    void microphoneStatus().then((found) => {
      if (!watching) return;
      status = found;
      status?.addEventListener('change', changed);
    });
    if (this.obstacle === null) navigator.mediaDevices.addEventListener('devicechange', changed);
    return () => {
      watching = false;
      status?.removeEventListener('change', changed);
      if (this.obstacle === null) navigator.mediaDevices.removeEventListener('devicechange', changed);
    };
  }

  peer(told: (state: PeerState) => void): Peer {
    return new BrowserPeer(told);
  }

  async sound(track: MediaStreamTrack | null, output: string): Promise<boolean> {
    const speaker = (this.speaker ??= new Audio());
    if (track === null) {
      speaker.srcObject = null;
      return true;
    }
    const now = speaker.srcObject instanceof MediaStream ? speaker.srcObject.getAudioTracks()[0] : undefined;
    if (now !== track) speaker.srcObject = new MediaStream([track]);
    try {
      if ('setSinkId' in speaker && speaker.sinkId !== output) await speaker.setSinkId(output);
    } catch {
      // The device has just gone: it sounds where it did.
    }
    try {
      await speaker.play();
      return true;
    } catch (error) {
      // Another track has taken its place meanwhile: that is no refusal.
      return !(error instanceof DOMException && error.name === 'NotAllowedError');
    }
  }

  now(): number {
    return performance.now();
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  }

  id(): string {
    return crypto.randomUUID();
  }
}
