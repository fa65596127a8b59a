import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The customer's own site, which the pages of calls belong to: it notes what it was asked for. */
export class Customer {
  /** The addresses that were asked for, without what browsers ask for by themselves. */
  readonly asked: URL[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.url);
      if (url.pathname !== '/favicon.ico') this.asked.push(url);
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><html lang="fr"><title>CRM</title><h1>${url.pathname.replaceAll(/[^a-z]/g, '')}</h1>`);
    });
  }

  static async open(): Promise<Customer> {
    const customer = new Customer();
    customer.server.listen(0, '127.0.0.1');
    await once(customer.server, 'listening');
    return customer;
  }

  /** By a name, so that it is another site than the banner's. */
  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
