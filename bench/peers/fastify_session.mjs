// fastify with @fastify/session and its store in memory.
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import fastify from 'fastify';
import { PATH, port, up, USER } from './user.mjs';

const users = new Map([[USER.id, USER]]);
const app = fastify();
await app.register(cookie);
await app.register(session, {
  secret: 'a key of thirty-two characters!!',
  cookie: { secure: false },
  saveUninitialized: false,
});
app.post('/login', async (request) => {
  request.session.set('userId', USER.id);
  return {};
});
app.get(PATH, async (request, reply) => users.get(request.session.get('userId')) ?? reply.code(401).send({}));
await app.listen({ port, host: '127.0.0.1' });
up();
