import type { Flow } from './drive.ts';

const minutes = (n: number) => n * 60_000;
const hours = (n: number) => n * 3_600_000;

/** Everything that a recording can go through, short enough that dying at each of its calls can be tried. */
export const flows: readonly Flow[] = [
  {
    name: 'start, and stop at the deadline',
    async run(d) {
      await d.start('math-101', { duration: minutes(2) });
      await d.pass(minutes(3));
    },
  },
  {
    name: 'stop by a person',
    async run(d) {
      const id = await d.start('math-101');
      await d.until('math-101', (s) => s.state === 'recording');
      await d.stop(id);
    },
  },
  {
    name: 'stop before it began',
    async run(d) {
      const id = await d.start('math-101');
      await d.stop(id);
    },
  },
  {
    name: 'without notifications',
    options: { notifications: false },
    async run(d) {
      await d.start('math-101', { duration: minutes(2) });
      await d.pass(minutes(3));
    },
  },
  {
    name: 'the warning, and more time',
    async run(d) {
      const id = await d.start('math-101', { duration: minutes(2) });
      await d.pass(minutes(1.7));
      await d.ask((r) => r.extend(id, minutes(1), 'U0BEN'));
      await d.pass(minutes(3));
    },
  },
  {
    name: 'a lost reply to start',
    async run(d) {
      d.sim.agora.fault({ kind: 'drop', endpoint: 'start', after: true });
      await d.start('math-101', { duration: minutes(3) });
      await d.pass(minutes(5));
    },
  },
  {
    name: 'a lost reply to start, and no notifications',
    options: { notifications: false },
    async run(d) {
      d.sim.agora.fault({ kind: 'drop', endpoint: 'start', after: true });
      await d.start('math-101', { duration: minutes(4) });
      await d.pass(minutes(6));
    },
  },
  {
    name: 'a failover',
    async run(d) {
      await d.start('math-101', { duration: minutes(4) });
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.agora.fault({ kind: 'failover', sid: d.task('math-101').sid });
      await d.pass(minutes(5));
    },
  },
  {
    name: 'a recorder that dies, and another one in its place',
    async run(d) {
      await d.start('math-101', { duration: minutes(5), replace: 1 });
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.agora.fault({ kind: 'recorder_dies', sid: d.task('math-101').sid });
      await d.pass(minutes(6));
    },
  },
  {
    name: 'two recorders side by side',
    async run(d) {
      const id = await d.start('math-101', { redundant: true });
      await d.until('math-101', (s) => s.part === 2 && s.state === 'recording');
      await d.stop(id);
    },
  },
  {
    name: 'a change of recorders before a token runs out',
    sparse: 25,
    async run(d) {
      await d.start('math-101', { duration: hours(30), maxDuration: hours(30) });
      await d.until('math-101', (s) => s.state === 'recording');
      await d.downFor(hours(23) + minutes(25));
      d.mark();
      await d.until('math-101', (s) => s.part === 2 && s.state === 'recording');
      await d.until('math-101', (s) => s.part === 1 && 'endedAt' in s);
      const [lead] = [...(await d.sim.sessions()).values()].filter((s) => s.lead === null);
      if (lead) await d.stop(lead.id);
    },
  },
  {
    name: 'a queue for the only recorder',
    options: { maxConcurrent: 1 },
    async run(d) {
      await d.start('first', { duration: minutes(1) });
      await d.start('second', { duration: minutes(4) });
      await d.pass(minutes(6));
    },
  },
  {
    name: 'files in the backup',
    async run(d) {
      const id = await d.start('math-101');
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.agora.fault({ kind: 'upload_to_backup', sid: d.task('math-101').sid });
      await d.pass(20_000);
      await d.stop(id);
    },
  },
  {
    name: 'a slow upload',
    async run(d) {
      const id = await d.start('math-101');
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.agora.fault({ kind: 'slow_upload', sid: d.task('math-101').sid, seconds: 60 });
      await d.stop(id);
    },
  },
  {
    name: 'everybody leaves',
    async run(d) {
      await d.start('math-101');
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.agora.setPublishers('math-101', 0);
      await d.pass(minutes(8));
    },
  },
  {
    name: 'files that stay in the backup for days',
    sparse: 25,
    async run(d) {
      const id = await d.start('math-101');
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.bucket.setUploads('unreachable');
      await d.pass(20_000);
      await d.stop(id);
    },
  },
  {
    name: 'nobody published',
    async run(d) {
      const id = await d.start('empty-room');
      await d.until('empty-room', (s) => s.state === 'recording');
      await d.stop(id);
    },
  },
  {
    name: 'Agora’s word that nobody published is lost',
    sparse: 25,
    async run(d) {
      const id = await d.start('empty-room');
      await d.until('empty-room', (s) => s.state === 'recording');
      d.sim.agora.fault({ kind: 'answer', endpoint: 'stop', status: 504, body: { code: 62 }, after: true });
      await d.stop(id);
    },
  },
  {
    name: 'a bucket that refuses',
    sparse: 25,
    async run(d) {
      d.sim.bucket.setUploads('refused');
      await d.start('math-101', { duration: minutes(3) });
      await d.pass(minutes(4));
    },
  },
  {
    name: 'a change of the picture while it records',
    async run(d) {
      const id = await d.start('math-101', { duration: minutes(2) });
      await d.until('math-101', (s) => s.state === 'recording');
      await d.ask((r) => r.change(id, { layout: { mixedVideoLayout: 1 } }, 'U0ANA'));
      await d.pass(minutes(3));
    },
  },
  {
    name: 'Agora in trouble',
    async run(d) {
      d.sim.agora.fault({ kind: 'answer', endpoint: 'acquire', status: 500, body: { code: 500 } });
      d.sim.agora.fault({ kind: 'answer', endpoint: 'start', status: 500, body: { code: 502 } });
      d.sim.agora.fault({ kind: 'drop', endpoint: 'query', times: 2 });
      d.sim.agora.fault({ kind: 'answer', endpoint: 'stop', status: 504, body: { code: 62 }, after: true });
      await d.start('math-101', { duration: minutes(3) });
      await d.pass(minutes(5));
    },
  },
  {
    name: 'Slack away when the recording is lost',
    async run(d) {
      await d.start('math-101', { duration: minutes(3) });
      await d.until('math-101', (s) => s.state === 'recording');
      d.sim.slack.setDown(true);
      d.sim.agora.fault({ kind: 'recorder_dies', sid: d.task('math-101').sid });
      await d.pass(minutes(3));
      d.sim.slack.setDown(false);
      await d.pass(minutes(2));
    },
  },
];
