// express-session: with its MemoryStore, or with Redis where REDIS_URL is set.
import express from 'express';
import session from 'express-session';
import { PATH, port, up, USER } from './user.mjs';

async function redisStore(url) {
  const { RedisStore } = await import('connect-redis');
  const { createClient } = await import('redis');
  const client = createClient({ url });
  await client.connect();
  return new RedisStore({ client });
}

const { REDIS_URL } = process.env;
const users = new Map([[USER.id, USER]]);
const app = express();
app.use(
  session({
    secret: 'a key of thirty-two characters!!',
    resave: false,
    saveUninitialized: false,
    ...(REDIS_URL ? { store: await redisStore(REDIS_URL) } : {}),
  }),
);
app.post('/login', (request, response) => {
  request.session.userId = USER.id;
  response.json({});
});
app.get(PATH, (request, response) => {
  const user = users.get(request.session.userId);
  if (user) response.json(user);
  else response.status(401).json({});
});
app.listen(port, '127.0.0.1', up);
