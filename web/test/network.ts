import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';

// A browser in another house: its network is a namespace of its own, a router stands between it and this machine,
// and the line can be cut in the two ways lines are.

/** Set to 1, tests that need namespaces are left out: they take root, or CAP_NET_ADMIN and CAP_SYS_ADMIN. */
export const withoutNamespaces = process.env['BANDEAU_NO_NETNS'] === '1';

/** Names say whose they are, so that what a killed run has left is found. */
const mark = 'bandeau-test-';

function ip(...words: string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Removes the namespaces of runs that are no more; their links go with them. */
function sweep(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ');
    if (name.startsWith(mark) && !existsSync(`/proc/${name.slice(mark.length).split('-')[0] ?? ''}`)) ip('netns', 'del', name);
  }
}

export type Cut = 'unplugged' | 'silent';

export class Network {
  /** This machine's address, as the browser sees it. */
  readonly host: string;
  /** What starts the browser in it. */
  readonly browser: string;

  private readonly house = `${mark}${pid}-house`;
  private readonly router = `${mark}${pid}-router`;
  private readonly uplink = `bt${pid}`;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bandeau-network-'));

  private constructor() {
    // RFC 2544 keeps these addresses for tests; each process has eight of its own.
    const block = (pid % 16_384) * 8;
    const address = (n: number): string => `198.${18 + (block >> 16)}.${(block >> 8) & 255}.${(block & 255) + n}`;
    this.host = address(6);
    this.browser = join(this.folder, 'browser');
    try {
      sweep();
      for (const name of [this.house, this.router]) {
        ip('netns', 'add', name);
        ip('-n', name, 'link', 'set', 'lo', 'up');
      }
      ip('-n', this.house, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'inside', 'netns', this.router);
      ip('-n', this.house, 'addr', 'add', `${address(1)}/30`, 'dev', 'eth0');
      ip('-n', this.house, 'link', 'set', 'eth0', 'up');
      ip('-n', this.house, 'route', 'add', 'default', 'via', address(2));
      ip('-n', this.router, 'addr', 'add', `${address(2)}/30`, 'dev', 'inside');
      ip('-n', this.router, 'link', 'set', 'inside', 'up');
      ip('link', 'add', this.uplink, 'type', 'veth', 'peer', 'name', 'outside', 'netns', this.router);
      ip('-n', this.router, 'addr', 'add', `${address(5)}/30`, 'dev', 'outside');
      ip('-n', this.router, 'link', 'set', 'outside', 'up');
      ip('addr', 'add', `${this.host}/30`, 'dev', this.uplink);
      ip('link', 'set', this.uplink, 'up');
      ip('route', 'add', `${address(0)}/30`, 'via', address(5));
      this.forward(true);
      writeFileSync(this.browser, `#!/bin/sh\nexec ip netns exec ${this.house} ${process.env['CHROMIUM'] ?? '/usr/bin/chromium'} "$@"\n`);
      chmodSync(this.browser, 0o755);
    } catch (refused) {
      this.remove();
      const { stderr, message } = refused as Error & { stderr?: string };
      throw new Error('a network of its own cannot be made for the browser: that takes iproute2 and the right to make network namespaces ' +
        `(root); BANDEAU_NO_NETNS=1 leaves these tests out. ${(stderr ?? message).trim()}`, { cause: refused });
    }
  }

  static make(): Network {
    return new Network();
  }

  /** Cuts the line: the browser's machine sees that its plug is out, or packets vanish behind the router and nobody is told. */
  cut(how: Cut): void {
    if (how === 'unplugged') ip('-n', this.router, 'link', 'set', 'inside', 'down');
    else this.forward(false);
  }

  mend(): void {
    ip('-n', this.router, 'link', 'set', 'inside', 'up');
    this.forward(true);
  }

  remove(): void {
    for (const words of [['link', 'del', this.uplink], ['netns', 'del', this.house], ['netns', 'del', this.router]]) {
      try {
        ip(...words);
      } catch {
        // It had not been made.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A router that does not forward says nothing about it. */
  private forward(on: boolean): void {
    execFileSync('ip', ['netns', 'exec', this.router, 'sh', '-c', `echo ${on ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`]);
  }
}
