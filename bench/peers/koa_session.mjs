// koa-session with a store in memory.
import { Router } from '@koa/router';
import Koa from 'koa';
import session from 'koa-session';
import { PATH, port, up, USER } from './user.mjs';

const sessions = new Map();
const store = {
  get: async (key) => sessions.get(key),
  set: async (key, value) => void sessions.set(key, value),
  destroy: async (key) => void sessions.delete(key),
};
const users = new Map([[USER.id, USER]]);
const app = new Koa();
app.keys = ['a key of thirty-two characters!!'];
const router = new Router();
router.post('/login', (ctx) => {
  ctx.session.userId = USER.id;
  ctx.body = {};
});
router.get(PATH, (ctx) => {
  const user = users.get(ctx.session.userId);
  if (user) ctx.body = user;
  else ctx.status = 401;
});
app.use(session({ store }, app)).use(router.routes());
app.listen(port, '127.0.0.1', up);
