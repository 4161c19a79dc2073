import fc from 'fast-check';

/**
 * One thing that happens, as plain data, so that a history that broke a promise can be kept as JSON. `bot`: which of those that live now, counted
 * round. Names of channels are few, so that deeds meet each other.
 */
export type Operation =
  /** People. `twice`: the same at the same moment, the second time at another bot where there is one. */
  | { do: 'start'; room: string; minutes: number; how: 'plain' | 'redundant' | 'replace'; bot: number; twice: boolean }
  | { do: 'stop'; room: string; bot: number; twice: boolean }
  | { do: 'extend'; room: string; minutes: number; bot: number; twice: boolean }
  | { do: 'layout'; room: string; layout: 0 | 1 | 2; bot: number }
  | { do: 'publish'; room: string; people: number }
  /** Notifications. Held ones are brought in another order, some twice, some with another noticeId, some never. */
  | { do: 'hold' }
  | { do: 'deliver'; order: number; lose: boolean }
  | { do: 'replay'; which: number; newId: boolean }
  /** Agora. */
  | { do: 'agora fails'; endpoint: Endpoint; how: 'dropped' | 'answer lost' | AgoraAnswer; times: number }
  | { do: 'agora down'; seconds: number }
  | { do: 'agora full'; seconds: number }
  | { do: 'task'; what: 'recorder_dies' | 'failover' | 'upload_to_backup' | 'slow_upload'; which: number }
  | { do: 'bucket'; how: 'unreachable' | 'unreadable'; seconds: number }
  /** Slack. */
  | {
      do: 'slack fails';
      method: SlackMethod;
      how: 'limited' | 'internal_error' | 'dropped' | 'answer lost';
      times: number;
    }
  | { do: 'slack down'; seconds: number }
  /** The store. `frozen`: what was sent to it is done when it thaws, though everybody has given up waiting. */
  | { do: 'store fails'; how: 'refused' | 'answer lost'; times: number }
  | { do: 'store frozen'; seconds: number }
  /** Processes and their machines. `crash`: at the nth call from now, and its supervisor starts it again. */
  | { do: 'crash'; bot: number; calls: number; at: 'before' | 'after the effect' | 'after the reply' }
  | { do: 'kill'; bot: number; downFor: number }
  | { do: 'replica' }
  | { do: 'freeze'; bot: number; seconds: number }
  | { do: 'sleep'; seconds: number }
  | { do: 'clock'; bot: number; off: number; seconds: number }
  | { do: 'pass'; seconds: number };

export type Endpoint = 'acquire' | 'start' | 'query' | 'updateLayout' | 'stop' | 'kicking-rule';
type AgoraAnswer = '404' | '429' | '500' | '503' | '504 done' | '65 done';
type SlackMethod = 'chat.postMessage' | 'chat.update' | 'conversations.history' | 'conversations.replies' | '*';

const room = fc.constantFrom('math', 'art', 'gym');
const bot = fc.nat({ max: 2 });
const twice = fc.boolean();
const seconds = (max: number) => fc.integer({ min: 1, max });
const times = fc.integer({ min: 1, max: 5 });
const endpoint = fc.constantFrom<Endpoint[]>('acquire', 'start', 'query', 'updateLayout', 'stop', 'kicking-rule');
const a = <K extends Operation['do']>(kind: K) => fc.constant(kind);

const people = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: a('start'),
      room,
      minutes: fc.integer({ min: 1, max: 3 }),
      how: fc.constantFrom('plain', 'plain', 'redundant', 'replace'),
      bot,
      twice,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: a('stop'), room, bot, twice }) },
  { weight: 2, arbitrary: fc.record({ do: a('extend'), room, minutes: fc.integer({ min: 1, max: 2 }), bot, twice }) },
  { weight: 1, arbitrary: fc.record({ do: a('layout'), room, layout: fc.constantFrom(0, 1, 2), bot }) },
  { weight: 1, arbitrary: fc.record({ do: a('publish'), room, people: fc.nat({ max: 2 }) }) },
);

const notifications = fc.oneof(
  fc.record({ do: a('hold') }),
  fc.record({ do: a('deliver'), order: fc.nat({ max: 1_000 }), lose: fc.boolean() }),
  fc.record({ do: a('replay'), which: fc.nat({ max: 50 }), newId: fc.boolean() }),
);

const faults = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: a('agora fails'),
      endpoint,
      how: fc.constantFrom('dropped', 'answer lost', '404', '429', '500', '503', '504 done', '65 done'),
      times,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: a('agora down'), seconds: seconds(120) }) },
  { weight: 1, arbitrary: fc.record({ do: a('agora full'), seconds: seconds(120) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: a('task'),
      what: fc.constantFrom('recorder_dies', 'failover', 'upload_to_backup', 'slow_upload'),
      which: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: a('bucket'),
      how: fc.constantFrom('unreachable', 'unreadable'),
      seconds: seconds(120),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: a('slack fails'),
      method: fc.constantFrom<SlackMethod[]>(
        'chat.postMessage',
        'chat.update',
        'conversations.history',
        'conversations.replies',
        '*',
      ),
      how: fc.constantFrom('limited', 'internal_error', 'dropped', 'answer lost'),
      times,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: a('slack down'), seconds: seconds(300) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: a('store fails'), how: fc.constantFrom('refused', 'answer lost'), times }),
  },
  { weight: 1, arbitrary: fc.record({ do: a('store frozen'), seconds: seconds(60) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: a('crash'),
      bot,
      calls: fc.integer({ min: 1, max: 12 }),
      at: fc.constantFrom('before', 'after the effect', 'after the reply'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: a('kill'), bot, downFor: seconds(200) }) },
  { weight: 2, arbitrary: fc.record({ do: a('replica') }) },
  { weight: 2, arbitrary: fc.record({ do: a('freeze'), bot, seconds: seconds(120) }) },
  { weight: 1, arbitrary: fc.record({ do: a('sleep'), seconds: seconds(200) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: a('clock'),
      bot,
      off: fc.constantFrom(-3_600_000, -30_000, 30_000, 3_600_000),
      seconds: seconds(300),
    }),
  },
);

const pass = fc.record({
  do: a('pass'),
  seconds: fc.oneof({ weight: 10, arbitrary: seconds(10) }, { weight: 4, arbitrary: seconds(60) }, seconds(240)),
});

/** Anything that can happen. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 14, arbitrary: people },
  { weight: 4, arbitrary: notifications },
  { weight: 14, arbitrary: faults },
  { weight: 12, arbitrary: pass },
) as fc.Arbitrary<Operation>;

/** Whether something goes wrong by it, and is not only done or waited for. */
export function isFault(op: Operation): boolean {
  return !['start', 'stop', 'extend', 'layout', 'publish', 'replica', 'pass', 'hold', 'deliver'].includes(op.do);
}
