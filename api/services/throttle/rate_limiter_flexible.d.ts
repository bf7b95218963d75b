// The package's main entry declares RateLimiterStoreAbstract but does not export it, and loads every database's
// limiter (40 ms at start). These are the two files of it that we use, with the types it gives them.
declare module 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js' {
  export { RateLimiterStoreAbstract as default } from 'rate-limiter-flexible';
}
declare module 'rate-limiter-flexible/lib/RateLimiterRes.js' {
  export { RateLimiterRes as default } from 'rate-limiter-flexible';
}
