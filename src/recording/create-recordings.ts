import type { Announcer } from './announcer.ts';
import { createCapacity } from './capacity.ts';
import { emptyCapsule, renamed } from './capsule.ts';
import { createOutbox } from './create-outbox.ts';
import { createPartsKeeper } from './create-parts-keeper.ts';
import { createSession } from './create-session.ts';
import { createTeller } from './create-teller.ts';
import { eachSession } from './each-session.ts';
import { goesOn } from './goes-on.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { limits } from './limits.ts';
import { oweCard } from './owe.ts';
import { partsOf } from './parts-of.ts';
import { ownProject, readPlace } from './place.ts';
import { dueAt, pressingAt } from './planner.ts';
import type { Agenda, Notice } from './ports.ts';
import { type ReconcileParts, reconcile, taskOf } from './reconcile.ts';
import type { Recordings } from './recordings.ts';
import { holdsChannel, isEnded, type Session, type SessionIn, type StrayTask } from './session.ts';
import { takeSurvey } from './survey.ts';
import { findMissing, planAnew, putPressing, takeUpAll } from './take-up.ts';
import { tellOnce } from './tell-once.ts';
import { askStop } from './transitions/ask-stop.ts';
import { askChange, onPush } from './transitions/change.ts';
import { controlHours } from './transitions/control-window.ts';
import { hadUid } from './transitions/earlier-tasks.ts';
import { extend } from './transitions/extend.ts';
import { onNotice, saysMore } from './transitions/on-notice.ts';
import { beginCall, endCall } from './transitions/task-call.ts';
import { warnOfCredentials } from './warn-of-credentials.ts';

export interface RecordingsParts extends Omit<ReconcileParts, 'capacity' | 'wake'> {
  agenda: Agenda;
  announcer: Announcer;
  newId(): string;
}

/** A session that failed for want of a store or the like is looked at again after this. Milliseconds. */
const afterTrouble = 5_000;
/** A session whose record cannot be read, or that of one that it has to tell something, is looked at again after this. Milliseconds. */
const whileUnreadable = 60_000;
/** A turn waits so long for people to be told. Milliseconds. */
const tellingPatience = 2_000;
/** A session whose people are still being told is looked at again after this at the latest. Milliseconds. */
const lookWhileTelling = 15_000;
/** Slack sends a trigger again for some minutes at most; Agora a notification, for less. Milliseconds. */
const seenFor = 24 * 3_600_000;
/** So many recordings of the version before are looked through for one of a channel. */
const searched = 200;
/** Operators are told of the same shortage again after this. Milliseconds. */
const warnedFor = 6 * 3_600_000;

/**
 * The recordings of this process. Commands, clicks, notifications, ticks and restarts all do the same here: change what is wanted or known,
 * save it, and have {@link reconcile} settle the rest.
 */
export function createRecordings(parts: RecordingsParts): Recordings {
  const { store, agenda, announcer, recorder, settings, now, log } = parts;
  const capacity = createCapacity((project) => settings.limitsOf(project).maxConcurrent);
  /** Turns of a session and calls to its task that are not part of a turn follow each other. */
  const alone = createKeyedLock();
  const wake = (id: string): void => agenda.wake(id);
  const teller = createTeller(createOutbox({ store, announcer, wake, now, log }));
  const keeper = createPartsKeeper({ store, wake, now });
  const reconcileParts: ReconcileParts = { ...parts, capacity, wake };

  /** Takes a session's turn: Agora first, then Slack. */
  async function takeTurn(id: string): Promise<number | undefined> {
    try {
      await keeper.follow(id);
      // People are told while Agora is asked: neither waits for the other's bad day.
      const settled = await Promise.allSettled([reconcile(id, reconcileParts, () => void teller.tell(id))]);
      const reported = await Promise.allSettled([keeper.report(id)]);
      const telling = teller.tell(id);
      const told = await Promise.allSettled([isSoon(telling)]);
      for (const r of [...settled, ...reported, ...told]) if (r.status === 'rejected') throw r.reason;
      const isTold = told[0].status === 'fulfilled' && told[0].value;
      if (!isTold) {
        void telling.then(
          () => wake(id),
          (error) => agenda.put(id, triedAgainAt(id, error)),
        );
      }
      const s = await store.get(id);
      if (!s && store.isUnreadable(id)) return now() + whileUnreadable;
      if (s) capacity.note(s);
      if (s) await warnOfCapacity(s.recipe.project);
      if (s) await warnOfCredentials(s, { store, announcer });
      // What is just being sent is no reason to look again; and if this process dies over it, another one has to.
      const rest = s && (isTold ? s : { ...s, outbox: [] });
      const due = rest && dueAt(rest);
      agenda.press?.(id, rest && pressingAt(rest));
      const isReported = reported[0].status === 'fulfilled' && reported[0].value;
      const moments = [
        due,
        isTold ? undefined : now() + lookWhileTelling,
        isReported ? undefined : now() + whileUnreadable,
      ];
      return earliest(moments);
    } catch (error) {
      return triedAgainAt(id, error);
    }
  }

  /** False: people are still being told when the turn has to end. Without `sleep` a turn waits. */
  async function isSoon(telling: Promise<void>): Promise<boolean> {
    const isTold = telling.then(() => true);
    return parts.sleep ? Promise.race([isTold, parts.sleep(tellingPatience).then(() => false)]) : isTold;
  }

  function triedAgainAt(id: string, error: unknown): number {
    log.error({ session: id, err: error }, 'A session could not be looked after; it is tried again soon');
    const later = now() + afterTrouble;
    agenda.press?.(id, later);
    return later;
  }
  agenda.start((id) => alone(id, () => takeTurn(id)));

  async function warnOfCapacity(project: string): Promise<void> {
    const { maxConcurrent } = settings.limitsOf(project);
    const used = capacity.used(project);
    if (used < limits.capacityWarning * maxConcurrent) return;
    const key = `capacity:${project}`;
    await tellOnce(store, key, warnedFor, () => {
      log.warn({ project, used, maxConcurrent }, 'Most of the recorders are in use');
      return announcer.warn({ kind: 'capacity', project, used, maxConcurrent });
    });
  }

  /** `went`: the wish was to record until then. */
  async function change(
    id: string,
    by: (s: Session) => Session,
  ): Promise<{ before: Session; after: Session; went: boolean } | undefined> {
    let before: Session | undefined;
    let went = false;
    const after = await store.update(id, (s) => {
      before = s;
      went = goesOn(s, now());
      return by(s);
    });
    return before && after ? { before, after, went } : undefined;
  }

  /** Has the session and all its parts look at what was changed. */
  function wakeAll(s: Session): void {
    wake(s.id);
    for (const o of s.others) if (!o.done) wake(o.id);
  }

  /**
   * Its answer to start was lost, and whoever sent it may be over or no longer hold the channel: only so can it be stopped at last. One that was put out
   * without its sid may have written files before.
   */
  async function ofStray({ uid, channelName }: Notice): Promise<Session | undefined> {
    const s = uid === undefined ? undefined : await store.byStray(uid);
    if (!s || uid === undefined || s.channelName !== channelName) return undefined;
    return s.strays.some((t) => t.uid === uid && !t.sid) || hadUid(s, uid) ? s : undefined;
  }

  /** The live recordings of a name: at most one in each project. */
  async function liveNamed(channelName: string, only?: string): Promise<Session[]> {
    const projects = only === undefined ? (settings.projects?.() ?? [ownProject]) : [only];
    const found = await Promise.all(projects.map((project) => store.byChannelName(channelName, project)));
    return found.filter((s) => s !== undefined);
  }

  /** A notification names no project: of several recordings of its name it is about the one that has its uid. */
  async function ofName({ channelName, uid }: Notice): Promise<Session | undefined> {
    const leads = channelName === undefined ? [] : await liveNamed(channelName);
    for (const lead of leads) {
      const s = (await partsOf(store, lead)).find((t) => t.uid === uid);
      if (s) return s;
    }
    return leads.length === 1 ? leads[0] : undefined;
  }

  /** One that was heard before may not have been saved: of it counts what is still not known. */
  async function addEvidence(notice: Notice, isNew: boolean): Promise<void> {
    const bySid = (notice.sid ? await store.bySid(notice.sid) : undefined) ?? (await ofStray(notice));
    const s = bySid ?? (await ofName(notice));
    if (!s) return;
    let isNews = isNew;
    await store.update(s.id, (t) => {
      const after = onNotice(t, notice, now());
      isNews = isNew || saysMore(t, after);
      return isNews ? after : t;
    });
    if (isNews) wake(s.id);
  }

  return {
    async start(r) {
      const s = createSession(r, parts.newId(), now(), settings);
      const answer = await store.create(s).catch((error: unknown) => {
        // A store that froze may have saved it all the same: then it is taken up, and not left to hold its channel.
        putPressing(agenda, s.id, now() + afterTrouble);
        throw error;
      });
      if (answer.created) {
        capacity.note(s);
        wake(s.id);
        return { kind: 'started', session: s };
      }
      const busy = await store.get(answer.busyId);
      // It ended between the two calls: the channel is free now.
      return busy && holdsChannel(busy) ? { kind: 'busy', session: busy } : this.start(r);
    },

    preview(r) {
      const s = createSession(r, parts.newId(), now(), settings);
      const { recipe, channelName } = s;
      // The real one follows from an id that there is not yet.
      return recorder.preview({ recipe, channelName, uid: 'made for each recording', hours: controlHours(s, now()) });
    },

    async stop(id, by) {
      const changed = await change(id, (s) => {
        if (!goesOn(s, now())) return s;
        return oweCard(askStop({ ...s, groupStop: { by, at: now() }, warnAt: null }, by, now()), now());
      });
      if (!changed) return { kind: 'unknown' };
      const { before, after, went } = changed;
      if (!went) return { kind: over(before) ? 'ended' : 'stopping', session: after };
      wakeAll(after);
      return { kind: 'asked', session: after };
    },

    async extend(id, ms, by) {
      const changed = await change(id, (s) => extend(s, ms, by, now()));
      if (!changed) return { kind: 'unknown' };
      const { before, after, went } = changed;
      if (!went) return { kind: over(before) ? 'ended' : 'stopping', session: after };
      if (after.stopAt === before.stopAt) return { kind: 'at_max', session: after };
      wakeAll(after);
      return { kind: after.stopAt - before.stopAt < ms ? 'capped' : 'extended', session: after };
    },

    async change(id, wanted, by) {
      const changed = await change(id, (s) =>
        goesOn(s, now()) ? askChange(s, typeof wanted === 'function' ? wanted(s) : wanted, by, now()) : s,
      );
      if (!changed) return { kind: 'unknown' };
      const { before, after, went } = changed;
      if (!went) return { kind: over(before) ? 'ended' : 'stopping', session: after };
      if (after === before || after.revision === before.revision) return { kind: 'same', session: after };
      wakeAll(after);
      return { kind: 'asked', session: after };
    },

    async push(id, rtmpUrl, by) {
      const lead = await store.get(id);
      if (!lead) return { kind: 'unknown' };
      if (!goesOn(lead, now())) return { kind: over(lead) ? 'ended' : 'stopping', session: lead };
      const all = await partsOf(store, lead);
      const running = all.find((s) => s.state === 'recording' || s.state === 'suspect');
      if (!running || !('sid' in running) || running.sid === undefined || running.resourceId === undefined) {
        return { kind: 'not_yet', session: lead };
      }
      const { sid, resourceId } = running;
      const task = taskOf({ ...running, sid, resourceId });
      const reply = await alone(running.id, async () => {
        const begun = await beginCall(store, running.id, now());
        if (!begun) return undefined;
        const answer = await recorder.update(
          { ...task, change: { rtmpPublishConfig: { outputs: [{ rtmpUrl }] } } },
          'person',
        );
        await store.update(running.id, (t) => {
          const free = endCall(t, begun.call);
          return answer.class === 'done' ? onPush(free, by, now()) : free;
        });
        return answer;
      });
      if (!reply) return { kind: 'busy', session: lead };
      // For who has to push it again when another recorder takes its place.
      if (reply.class === 'done') await store.update(lead.id, (t) => (t.pushed ? t : { ...t, pushed: true }));
      wakeAll(lead);
      return reply.class === 'done'
        ? { kind: 'done', session: lead }
        : { kind: 'refused', session: lead, refusal: reply };
    },

    async recover(c, by, card) {
      const all = emptyCapsule(c, by, card, now(), settings);
      const [lead, ...others] = all;
      if (!lead) return;
      const answer = await store.create(lead, others);
      if (!answer.created) {
        const { busyId } = answer;
        if (busyId === lead.id) {
          // Another click was faster; or what is there cannot be read, and is left as it is.
          return (await store.get(lead.id)) ? undefined : this.recover(renamed(c), by, card);
        }
        // Something new records in the channel. It sees to the old tasks' end, which may take more than one try.
        const strays = all.flatMap((s) => (s.state === 'stopping' ? [strayOf(s, now())] : []));
        const kept = await store.update(busyId, (t) => ({
          ...t,
          strays: [...t.strays.filter((old) => strays.every((n) => n.uid !== old.uid)), ...strays],
        }));
        if (!kept) return this.recover(c, by, card);
        wake(busyId);
        return;
      }
      wakeAll(lead);
    },

    get: (id) => store.get(id),
    parts: async (s) => partsOf(store, s.lead === null ? s : ((await store.get(s.lead)) ?? s)),
    byChannelName: (name) => store.byChannelName(name),
    async named(typed) {
      const { channelName, project } = readPlace(typed);
      const live = await liveNamed(channelName, project);
      if (live.length > 0) return live;
      const last =
        (await store.last(channelName, project)) ??
        // The version before did not keep which one was the last.
        (await store.recent(searched)).find(
          (s) => s.channelName === channelName && (project === undefined || s.recipe.project === project),
        );
      return last ? [last] : [];
    },

    async live() {
      const found: Session[] = [];
      await eachSession(store, await store.unsettledIds(), (_id, s) => {
        if (s?.lead === null && !over(s)) found.push(s);
      });
      return found.sort((a, b) => b.requestedAt - a.requestedAt);
    },

    recent: (limit) => store.recent(limit),

    async accept(notice) {
      const isNew = await store.firstTime(`notice:${notice.noticeId}`, seenFor);
      await addEvidence(notice, isNew);
    },

    firstTime: (key) => store.firstTime(`slack:${key}`, seenFor),

    resume: () => takeUpAll({ store, agenda, capacity, now, log }),

    async lookAnew() {
      for (const id of await store.unsettledIds()) wake(id);
    },

    tick: () => agenda.beat(),

    audit: () => findMissing({ store, agenda, now, log }),

    async survey() {
      // The store knows what all processes record; this one alone would warn too late, and give wrong places in the queue.
      const count = capacity.recount();
      const survey = await takeSurvey(store, now(), (s) => {
        count.see(s);
        planAnew(s, { agenda, now });
      });
      count.end();
      return survey;
    },

    async settled() {
      await agenda.settled();
      await teller.settled();
    },
  };
}

/** A task that another session is to stop. Its mode and project may be others. */
function strayOf(s: SessionIn<'stopping'>, now: number): StrayTask {
  const { uid, resourceId, sid, recipe } = s;
  return { uid, resourceId, sid, mode: recipe.mode, project: recipe.project, tries: 0, nextAt: now };
}

/** Nothing runs and nothing is on its way any more. */
function over(s: Session): boolean {
  return isEnded(s) && s.others.every((o) => o.done);
}

function earliest(moments: (number | undefined)[]): number | undefined {
  const known = moments.filter((m) => m !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
