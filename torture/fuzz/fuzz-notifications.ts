import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { damaged, jsonAround } from './damaged.ts';
import { openBot } from './open-bot.ts';
import { type Fuzz, together, tryAll } from './try-all.ts';

const names = [
  'noticeId',
  'productId',
  'eventType',
  'notifyMs',
  'payload',
  'cname',
  'uid',
  'sid',
  'sequence',
  'details',
  'module',
  'errorCode',
  'errorLevel',
  'errorMsg',
  'exitStatus',
  'newUid',
  'leaveCode',
  'fileList',
  'fileName',
];
const eventTypes = [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 30, 31, 32, 33, 40, 41, 42, 43, 70, 90, 100];

/** Bodies of notifications about the task with this sid, or about nothing that is known: right ones, odd ones, damaged ones. */
export function oddNotifications(sid: string, cname = 'kept-101', uid = '1000001'): fc.Arbitrary<Buffer> {
  const sids = fc.constantFrom<unknown>(sid, sid, sid, 'another', '', null, 7, { sid });
  const details = jsonAround(names, fc.constantFrom<unknown>(0, 1, 4, 5, '7', 'backuped'));
  const files = fc.constantFrom<unknown>(undefined, [{ fileName: 'a.m3u8' }], 'a.m3u8', [7], {}, [{ fileName: 7 }]);
  const body = fc
    .record({
      noticeId: fc.oneof(fc.uuid(), fc.constantFrom<unknown>('', null, 7, 'same')),
      productId: fc.constantFrom<unknown>(3, 3, 3, 3, 1, '3', null),
      eventType: fc.oneof(fc.constantFrom<unknown>(...eventTypes), fc.constantFrom<unknown>('31', null, 1e300, -1)),
      notifyMs: fc.constantFrom<unknown>(0, 1, '1', null),
      sid: sids,
      cname: fc.constantFrom<unknown>(cname, 'nobody', '', null, 7, '<!channel>'),
      uid: fc.constantFrom<unknown>(uid, '7', 7, null),
      details: fc.oneof(
        details,
        files.map((fileList) => ({ fileList, exitStatus: 1, errorLevel: 5, errorCode: 2 })),
      ),
    })
    .map(({ noticeId, productId, eventType, notifyMs, ...p }) => ({
      noticeId,
      productId,
      eventType,
      notifyMs,
      payload: p,
    }));
  const text = fc.oneof(
    { weight: 4, arbitrary: body.map((v) => JSON.stringify(v)) },
    { weight: 1, arbitrary: body.chain((v) => damaged(JSON.stringify(v))) },
    {
      weight: 1,
      arbitrary: jsonAround(names, fc.constantFrom<unknown>(3, 31, 'n')).map((v) => JSON.stringify(v) ?? ''),
    },
  );
  return fc.oneof(
    { weight: 8, arbitrary: text.map((t) => Buffer.from(t)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b)) },
    { weight: 1, arbitrary: text.map((t) => Buffer.from(t, 'utf16le')) },
  );
}

/**
 * Notifications through the bot's real door. None that Agora did not sign is taken; and those that it signed, however odd, are answered, start
 * nothing and stop nothing.
 */
export const fuzzNotifications: Fuzz = async (how) => {
  const bot = await openBot();
  try {
    const { sid, uid, channelName } = bot.kept;
    const secret = bot.world.env.AGORA_NOTIFICATION_SECRET ?? '';
    const bodies = oddNotifications(sid, channelName, uid);
    const hex = (body: Buffer, key: string, hash = 'sha256') => createHmac(hash, key).update(body).digest('hex');
    const forgeries = bodies.chain((body) =>
      fc
        .oneof(
          damaged(hex(body, secret)).filter((s) => /^[\x20-\x7e]*$/.test(s) && s.trim() !== hex(body, secret)),
          fc.constantFrom(
            hex(body, 'other'),
            hex(body, ''),
            hex(body, secret, 'sha1'),
            hex(Buffer.concat([body, Buffer.from(' ')]), secret),
            hex(Buffer.from(JSON.stringify({ body: body.toString() })), secret),
            createHmac('sha256', secret).update(body).digest('base64'),
            '',
            '0'.repeat(64),
            `${hex(body, secret)},${hex(body, secret)}`,
          ),
          fc.constant(0).map(() => randomBytes(32).toString('hex')),
        )
        .map((signature) => ({ body, signature })),
    );
    const before = await bot.wishes();
    const forged = await tryAll('forged notifications, all refused', forgeries, how, async ({ body, signature }) => {
      const { status } = await bot.notify(body, signature);
      if (status !== 401) return `answered ${status}`;
      return undefined;
    });
    const huge = await bot.notify(Buffer.alloc(300_000, 32));
    const signed = await tryAll('odd notifications with a right signature', bodies, how, async (body) => {
      const { status } = await bot.notify(body);
      if (status !== 200 && status !== 400) return `answered ${status}`;
      const again = await bot.notify(body);
      return again.status === status ? undefined : `answered ${status}, and the same again ${again.status}`;
    });
    // The bot looks after it was told to; Agora says that all is well.
    for (let i = 0; i < 20 && (await bot.world.bot.recordings.get(bot.kept.id))?.state !== 'recording'; i++) {
      bot.world.clock.advance(15_000);
      await delay(1_100);
    }
    const violations = [
      ...(huge.status === 413 ? [] : [`a huge notification was answered ${huge.status}`]),
      ...((await bot.wishes()) === before ? [] : ['notifications changed what is wanted']),
      ...[await bot.harm()].flatMap((h) => (h === undefined ? [] : [`after the notifications ${h}`])),
      ...bot.troubles().slice(0, 3),
    ];
    return together([forged, signed, { figures: [], violations }]);
  } finally {
    await bot.close();
  }
};
