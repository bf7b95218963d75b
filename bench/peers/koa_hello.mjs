// Bare Koa and its router: no session.
import { Router } from '@koa/router';
import Koa from 'koa';
import { PATH, port, up, USER } from './user.mjs';

const router = new Router();
router.get(PATH, (ctx) => {
  ctx.body = USER;
});
new Koa().use(router.routes()).listen(port, '127.0.0.1', up);
