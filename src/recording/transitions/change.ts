import { wait } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { Session } from '../session.ts';
import { isEnded } from '../session.ts';
import type { ChangeKind, TaskSettings } from '../task-settings.ts';

/** What a turn can send, in this order. A push is not among them: its address is not kept, so it is sent while the person waits. */
const kinds = ['onhold', 'layout', 'subscribe'] as const satisfies ChangeKind[];
type Kept = (typeof kinds)[number];

/** After so many failures in a row the change is given up, and people are told. */
const maxTries = 6;

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** What people want of the running task. The same session back: it is so already. */
export function askChange(s: Session, patch: TaskSettings, by: string, now: number): Session {
  if (isEnded(s) && s.others.every((o) => o.done)) return s;
  const wanted = { ...s.wanted, ...patch };
  if (!differs(wanted, s.wanted)) return s;
  // Nobody asked for it, and it is so all the same: a page that began on hold. How another recorder of the wish is, this one does not know.
  const keys = Object.keys(patch) as (keyof TaskSettings)[];
  const isAlone = !isEnded(s) && s.others.every((o) => o.done);
  if (isAlone && keys.every((k) => s.wanted[k] === undefined && !differs(patch[k], s.applied[k]))) return s;
  return { ...s, wanted, wantedBy: by, change: { by, tries: 0, nextAt: now } };
}

/** What has to be sent next; undefined when all is in force, or no task runs that could be told. */
export function nextChange(s: Session): Kept | undefined {
  if (s.state !== 'recording' && s.state !== 'suspect') return undefined;
  return kinds.find((k) => s.wanted[k] !== undefined && differs(s.wanted[k], s.applied[k]));
}

/** Agora's answer to a change. `sent` is what was asked for; meanwhile something else may be wanted. */
export function onChange(s: Session, what: Kept, sent: TaskSettings, reply: Reply<null>, now: number): Session {
  const by = s.change?.by ?? null;
  switch (reply.class) {
    case 'done': {
      const applied: TaskSettings = { ...s.applied, [what]: sent[what] };
      if (what === 'layout') applied.layoutName = sent.layoutName;
      const next: Session = { ...s, applied };
      const settled = nextChange(next) === undefined ? withoutChange(next) : next;
      return oweNote(oweCard(settled, now), now, { type: 'changed', by, what, to: applied });
    }
    case 'user_mistake':
    case 'operator_mistake':
      return refused(s, what, reply, now);
    default: {
      // What was sent may have been done; sending it again does no harm.
      const tries = (s.change?.tries ?? 0) + 1;
      if (tries >= maxTries) return refused(s, what, reply, now);
      return { ...s, change: { by, tries, nextAt: now + wait('change', tries) } };
    }
  }
}

function refused(s: Session, what: Kept, reply: Exclude<Reply<null>, { class: 'done' }>, now: number): Session {
  const wanted: TaskSettings = { ...s.wanted, [what]: s.applied[what] };
  if (what === 'layout') wanted.layoutName = s.applied.layoutName;
  const { code, cause, next } = reply;
  // A pause whose answers were lost may be in force: from now on it is as Agora says.
  const back = withoutChange(what === 'onhold' ? withoutHold(s) : { ...s, wanted });
  const by = s.change?.by ?? null;
  return oweNote(oweCard(back, now), now, { type: 'change_refused', by, what, code, cause, next });
}

/** Nobody wants it paused, nor resumed, any more: the card is true, and whoever asks anew is heard. */
export function withoutHold<S extends Session>(s: S): S {
  const { onhold: _, ...wanted } = s.wanted;
  return { ...s, wanted, ...(s.lead === null ? {} : { heldInVain: true }) };
}

/** Agora has taken an address to push to, whatever it was before. */
export function onPush(s: Session, by: string, now: number): Session {
  const applied: TaskSettings = { ...s.applied, pushed: true };
  return oweNote(oweCard({ ...s, applied }, now), now, { type: 'changed', by, what: 'pushed', to: applied });
}

function withoutChange(s: Session): Session {
  const { change: _, ...rest } = s;
  return rest as Session;
}
