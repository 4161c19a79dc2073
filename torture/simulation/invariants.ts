import type { LedgerEntry } from '../../sandbox/agora/billing.ts';
import { isEnded, type Session } from '../../src/recording/session.ts';
import { isItsUid } from './is-its-uid.ts';
import type { Simulation } from './simulation.ts';

/** What a person did, so that it can be told from what the bot did. Milliseconds. */
export interface Deeds {
  /** Recordings that somebody was told have started: session id of the lead. */
  started: ReadonlyMap<string, { channelName: string; at: number }>;
  /** Stops that people asked for, by the lead's id: the first one. */
  stopped: ReadonlyMap<string, number>;
  /** Those of them that the bot said it had heard; left out: all. */
  heard?: ReadonlyMap<string, number>;
}

/** What has been seen of each session before: none may go back. */
export type Seen = Map<string, { revision: number; ended: string | undefined }>;

/**
 * What must hold at every moment. Judged by Agora's ledger, Slack's transcript and the bytes in the store, never by what a bot believes of
 * itself. Answers one sentence for each promise that is broken. Nothing that was said is unsaid, so secrets may be looked for at the end.
 */
export async function brokenNow(
  sim: Simulation,
  seen: Seen,
  how: {
    secrets?: 'look for them' | 'another time';
    /** True of a task that is being put out of its channel: no record has to stop it any more. */
    isLeaving?: (task: LedgerEntry) => boolean;
  } = {},
): Promise<string[]> {
  const broken: string[] = [];
  const sessions = await sim.sessions();
  const all = [...sessions.values()];

  // I1: every task that runs has a record that will stop it.
  for (const task of sim.agora.ledger()) {
    if (task.endedAt !== undefined) continue;
    const known = all.some((s) => s.channelName === task.cname && isFollowed(s, task));
    if (!known && !how.isLeaving?.(task))
      broken.push(`I1: task ${task.sid} of ${task.cname} runs, and no record will stop it`);
  }

  // I7: what has ended stays so, and no older write wins.
  for (const s of all) {
    const before = seen.get(s.id);
    const ended = isEnded(s) ? s.state : undefined;
    if (before && s.revision < before.revision) broken.push(`I7: ${s.id} went back to revision ${s.revision}`);
    if (before?.ended !== undefined && ended !== before.ended) {
      broken.push(`I7: ${s.id} had ended as ${before.ended}, and is ${s.state} now`);
    }
    seen.set(s.id, { revision: s.revision, ended });
  }

  return [...broken, ...(how.secrets !== 'another time' ? await secretsOut(sim) : [])];
}

/** I8: no secret leaves. One sentence for each that is in the log, in the store or at Slack. */
async function secretsOut(sim: Simulation): Promise<string[]> {
  const broken: string[] = [];
  const said = [JSON.stringify(sim.log), ...(await sim.dump()), JSON.stringify(sim.slack.calls)];
  for (const secret of sim.secrets) {
    const base64 = Buffer.from(secret).toString('base64');
    if (said.some((text) => text.includes(secret) || text.includes(base64)))
      broken.push(`I8: a secret left: ${secret}`);
  }
  return broken;
}

/** True when this session is going to look after the task: it is its own, or a stray of its own. */
function isFollowed(s: Session, task: { sid: string; uid: string }): boolean {
  const own = !isEnded(s) && (s.uid === task.uid || ('sid' in s && s.sid === task.sid));
  return own || s.strays.some((t) => t.uid === task.uid || t.sid === task.sid);
}

/** Which messages of the bot's this one is, or tells together. */
function keysOf({ metadata }: { metadata?: { event_payload: Record<string, unknown> } }): string[] {
  const { key, keys } = metadata?.event_payload ?? {};
  return typeof key === 'string' ? [key] : typeof keys === 'string' ? keys.split(' ') : [];
}

/** What a card says at the end. */
const endWords: Partial<Record<Session['state'], RegExp>> = {
  completed: /iles/,
  empty: /nothing was recorded/,
  failed: /What to do|Stopped before it began|not known whether it began|yet there are files/,
};

/**
 * What must hold when all is well again and some minutes have passed. `lateness`: how late a stop that was due at `due` and made at `ended` may
 * have been, ms, after all that went wrong.
 */
export async function brokenAtTheEnd(
  sim: Simulation,
  deeds: Deeds,
  lateness: number | ((due: number, ended: number) => number),
): Promise<string[]> {
  const mayBeLate = typeof lateness === 'number' ? () => lateness : lateness;
  const broken: string[] = [];
  const sessions = await sim.sessions();
  const stored = sim.slack.stored().filter((m) => m.isApp);
  const transcript = ['C0CLASSES', 'C0OPS', 'D0ANA']
    .flatMap((channel) => sim.slack.messages(channel, 'U0ANA'))
    .filter((m) => m.is_app);

  for (const task of sim.agora.ledger()) {
    if (task.endedAt === undefined) broken.push(`I1: task ${task.sid} of ${task.cname} still runs and bills`);
  }
  for (const s of sessions.values()) {
    if (!isEnded(s)) broken.push(`I2: ${s.id} of ${s.channelName} is still ${s.state}`);
    if (s.outbox.length > 0) broken.push(`I4: ${s.id} still owes ${s.outbox.map((o) => o.message.kind).join(', ')}`);
    if (s.state !== 'failed' || s.failure.kind === 'cancelled') continue;
    // Its own alert, in the thread of its card or among those of a storm, and not that of another recording of the same channel.
    const { code } = s.failure;
    const { card } = (s.lead === null ? s : sessions.get(s.lead)) ?? s;
    const told = stored.some(
      (m) =>
        /^Problem with /.test(m.text) &&
        (m.thread_ts === card?.ts || keysOf(m).some((key) => key.startsWith(`${s.id}:`))) &&
        JSON.stringify(m.blocks).includes(code),
    );
    if (!told) broken.push(`I4: ${s.id} failed (${s.failure.kind}, ${code}), and nobody was told`);
  }

  // I6: nothing is told twice, by what the bot writes into the metadata of its messages.
  const times = new Map<string, number>();
  for (const key of stored.flatMap(keysOf)) times.set(key, (times.get(key) ?? 0) + 1);
  for (const [key, n] of times) if (n > 1) broken.push(`I6: ${key} was told ${n} times`);

  // I2: what lies in the bucket was told, also of a recording that failed.
  const said = JSON.stringify(transcript);
  for (const s of sessions.values()) {
    if (!isEnded(s)) continue;
    const sids = [s.sid, ...(s.earlierSids ?? [])].filter((sid) => sid !== undefined);
    for (const name of sim.bucket.objects.keys()) {
      if (!sids.some((sid) => name.includes(sid)) || !/\.(m3u8|mp4)$/.test(name) || said.includes(name)) continue;
      broken.push(`I2: ${name} of ${s.id} (${s.state}) lies in the bucket, and nobody was told of it`);
    }
  }

  for (const [id, { channelName }] of deeds.started) {
    const s = sessions.get(id);
    if (!s) {
      broken.push(`I2: ${id} was said to have started, and is not in the store`);
      continue;
    }
    const card = transcript.find((m) => m.ts === s.card?.ts && m.channel === s.card.channel);
    if (!card?.text.startsWith(`Recording of ${channelName}`)) broken.push(`I2: ${id} has no card`);
    // That of several parts says it of the part that went best.
    else if (s.others.length === 0 && endWords[s.state]?.test(JSON.stringify(card.blocks)) === false) {
      broken.push(`I2: the card of ${id} does not say how it ended (${s.state})`);
    }
    // I3: no stop before its time, unless somebody asked.
    const asked = deeds.stopped.get(id);
    for (const r of sim.agora.requests) {
      const body = r.body as { cname?: string; uid?: string };
      if (r.endpoint !== 'stop' || body.cname !== s.channelName || body.uid !== s.uid) continue;
      const due = Math.min(s.stopAt, asked ?? Infinity);
      if (r.at < due && s.failure === undefined && s.others.length === 0) {
        broken.push(`I3: ${id} was stopped ${Math.round((due - r.at) / 1000)} s early`);
      }
    }
    // I3: and none missed.
    const end = Math.min(s.stopAt, (deeds.heard ?? deeds.stopped).get(id) ?? Infinity);
    const ids = [s.id, ...s.others.map((o) => o.id)];
    for (const task of sim.agora.ledger().filter((t) => ids.some((one) => isItsUid(one, t.uid)))) {
      const ended = task.endedAt ?? Infinity;
      if (ended > end + mayBeLate(end, ended) && task.startedAt <= end) {
        broken.push(`I3: task ${task.sid} of ${id} ran past its end by ${Math.round((ended - end) / 1000)} s`);
      }
    }
  }

  // I6: two tasks of one wish bill side by side only where two are wanted or the older one is being put out.
  for (const a of sim.agora.ledger()) {
    const twins = sim.agora
      .ledger()
      .filter((b) => b !== a && b.sid !== a.sid && b.cname === a.cname && b.uid === a.uid);
    for (const b of twins) {
      if (b.startedAt < (a.endedAt ?? Infinity) && a.startedAt <= b.startedAt) {
        broken.push(`I6: ${a.sid} and ${b.sid} of ${a.cname} bill for the same attempt`);
      }
    }
  }
  return broken;
}
