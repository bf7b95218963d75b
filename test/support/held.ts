import type { IncomingMessage, ServerResponse } from 'node:http';
import { until } from './until.js';

/** Holds every request until the test answers it. */
export class Held {
  readonly paths: (string | undefined)[] = [];
  readonly responses: ServerResponse[] = [];
  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    this.paths.push(request.url);
    this.responses.push(response);
  };

  async arrived(count: number): Promise<void> {
    await until(() => this.responses.length === count);
  }
}
