import type { Page } from 'playwright-core';

type Parts = Readonly<Record<string, unknown>>;

const isParts = (value: unknown): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is sent with some of its members replaced, in depth; what it does not hold is left out where it is a part only. */
function over(held: Parts, parts: Parts): Parts {
  return { ...held, ...Object.fromEntries(Object.entries(parts).map(([name, value]) => {
    const before = held[name];
    return [name, isParts(before) && isParts(value) ? over(before, value) : value];
  })) };
}

/**
 * Shows an operator's page states that take long to come by: what the server says of him is passed
 * on with some members replaced. For looking at screens only: here the server's word is not law.
 */
export async function altered(page: Page, first: Parts): Promise<{ alter: (parts: Parts) => void }> {
  let parts = first;
  let me: Parts = {};
  let tell: (text: string) => void = () => undefined;
  await page.route('**/api/v1/me', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: over((await response.json()) as Parts, parts) });
  });
  await page.routeWebSocket('**/api/v1/**', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => server.send(text));
    tell = (text) => socket.send(text);
    server.onMessage((text) => {
      const message = JSON.parse(String(text)) as Parts;
      if (!isParts(message['me'])) {
        socket.send(text);
        return;
      }
      me = { ...me, ...message['me'] };
      socket.send(JSON.stringify({ ...message, me: over(message['type'] === 'snapshot' ? me : message['me'], parts) }));
    });
  });
  return {
    alter: (next) => {
      parts = next;
      tell(JSON.stringify({ type: 'delta', me: over(me, parts) }));
    },
  };
}
