/** Loaded before a bot: its machine's clock is wrong by CLOCK_OFF milliseconds. */
const off = Number(process.env.CLOCK_OFF);
const RealDate = globalThis.Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [target.now() + off] : given),
  apply: (target) => new target(target.now() + off).toString(),
  get: (target, name) => (name === 'now' ? () => target.now() + off : Reflect.get(target, name)),
});
