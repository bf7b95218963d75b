// Bare node:http: no session, no router.
import { createServer } from 'node:http';
import { port, up, USER } from './user.mjs';

createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(USER));
}).listen(port, '127.0.0.1', up);
