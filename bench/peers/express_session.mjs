// express-session: with its MemoryStore, with Redis where REDIS_URL is set, or with PostgreSQL where PG_URL is.
// NO_TOUCH leaves out that each request prolongs its session. USERS_URL: the user is read from that database.
import express from 'express';
import session from 'express-session';
import { PATH, port, up, USER } from './user.mjs';
import { findUser, idOf } from './users.mjs';

const { NO_TOUCH, PG_URL, REDIS_URL, USERS_URL } = process.env;
const disableTouch = NO_TOUCH === '1';

async function redisStore(url) {
  const { RedisStore } = await import('connect-redis');
  const { createClient } = await import('redis');
  const client = createClient({ url });
  await client.connect();
  return new RedisStore({ client, disableTouch });
}

async function postgresStore(conString) {
  const { default: connect } = await import('connect-pg-simple');
  const Store = connect(session);
  return new Store({ conString, createTableIfMissing: true, disableTouch });
}

const store = REDIS_URL ? await redisStore(REDIS_URL) : PG_URL ? await postgresStore(PG_URL) : undefined;
const find = await findUser(USERS_URL);
const app = express();
app.use(
  session({
    secret: 'a key of thirty-two characters!!',
    resave: false,
    saveUninitialized: false,
    ...(store ? { store } : {}),
  }),
);
app.post('/login', (request, response) => {
  request.session.userId = request.query.user === undefined ? USER.id : idOf(Number(request.query.user));
  response.json({});
});
app.get(PATH, async (request, response) => {
  const user = await find(request.session.userId);
  if (user) response.json(user);
  else response.status(401).json({});
});
app.listen(port, '127.0.0.1', up);
