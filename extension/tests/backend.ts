// A real HTTP server in place of the backend: writes down what arrives and answers as told.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrived {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: string;
}

export interface Told {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
  text?: string;
}

export class Backend {
  readonly arrived: Arrived[] = [];
  /** Answers by "METHOD path"; anything else is 404. */
  readonly answers = new Map<string, Told | ((arrived: Arrived) => Told)>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const arrived = { method, path: url, headers, body: Buffer.concat(parts).toString() };
        this.arrived.push(arrived);
        const told = this.answers.get(`${method} ${url.split('?')[0]}`) ?? { status: 404, json: {} };
        const { status, json, text, headers: extra } = typeof told === 'function' ? told(arrived) : told;
        response.writeHead(status, { 'Content-Type': 'application/json', ...extra });
        response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
      });
    });
  }

  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      );
    });
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  sent(path: string): Arrived[] {
    return this.arrived.filter((one) => one.path.split('?')[0] === path);
  }
}
