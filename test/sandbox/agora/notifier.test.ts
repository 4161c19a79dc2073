import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNotifier, type Notifier, signatures } from '../../../sandbox/agora/notifier.ts';
import { createReceiver, createRig, type Notice, type Receiver, secret, until } from './rig.ts';

test('both signatures of the published example', () => {
  // Agora docs, notification center, "verify the signature": this body, this secret, these digests.
  const body =
    '{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
  expect(signatures(body, 'secret')).toEqual({
    'agora-signature': '033c62f40f687675f17f0f41f91a40c71c0f134c',
    'agora-signature-v2': '6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99',
  });
});

describe('delivery', () => {
  let receiver: Receiver;
  let notifier: Notifier;
  let clock = 1_000;
  beforeEach(async () => {
    receiver = await createReceiver();
    notifier = createNotifier(
      { url: receiver.url, secret },
      () => clock++,
      () => undefined,
      { retryWaits: [0, 5, 10] },
    );
  });
  afterEach(async () => {
    notifier.close();
    await receiver.close();
  });
  const sent = (): Notice[] => receiver.received.map((r) => JSON.parse(r.raw));

  test('what the body says is what was signed', async () => {
    notifier.send(31, { sid: 's', uid: 'é' });
    await until(() => notifier.counts().delivered === 1);
    const [{ raw, headers } = { raw: '', headers: {} }] = receiver.received;
    expect(JSON.parse(raw)).toEqual({
      noticeId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      productId: 3,
      eventType: 31,
      notifyMs: expect.any(Number),
      payload: { sid: 's', uid: 'é' },
    });
    const v2 = createHmac('sha256', secret).update(Buffer.from(raw)).digest('hex');
    expect([headers['content-type'], headers['agora-signature-v2']]).toEqual(['application/json', v2]);
  });

  test.each([
    ['HTTP 500', { status: 500, body: '{}' }],
    ['HTTP 201', { status: 201, body: '{}' }],
    ['a redirect', { status: 302, body: '{}' }],
    ['no JSON', { status: 200, body: 'OK' }],
  ])('%s is not success: it comes again, the same notice with a new notifyMs', async (_, answer) => {
    receiver.answers.push(answer, answer);
    notifier.send(40, {});
    await until(() => notifier.counts().delivered === 1);
    expect(new Set(sent().map((n) => n.noticeId)).size).toBe(1);
    expect(new Set(sent().map((n) => n.notifyMs)).size).toBe(3);
  });

  test('after three retries it is given up', async () => {
    receiver.answers.push(...Array(5).fill({ status: 401, body: '{}' }));
    notifier.send(40, {});
    await until(() => notifier.counts().failed === 1);
    expect([receiver.received.length, notifier.counts().delivered]).toEqual([4, 0]);
  });

  test('nobody there counts as failed', async () => {
    await receiver.close();
    notifier.send(40, {});
    await until(() => notifier.counts().failed === 1);
  });

  test('while paused they are lost', async () => {
    notifier.setPaused(true);
    notifier.send(40, {});
    notifier.setPaused(false);
    notifier.send(41, {});
    await until(() => notifier.counts().delivered === 1);
    expect(sent().map((n) => n.eventType)).toEqual([41]);
  });

  test('a body of ones own is delivered once, and says what the receiver answered', async () => {
    receiver.answers.push({ status: 401, body: 'no' });
    const forged = { 'agora-signature-v2': 'f'.repeat(64) };
    expect(await notifier.deliver('{"forged":true}', forged)).toBe(401);
    expect(receiver.received).toMatchObject([{ raw: '{"forged":true}', headers: forged }]);
    expect(await notifier.deliver('{}')).toBe(200);
    expect(receiver.received[1]?.headers).toMatchObject(signatures('{}', secret));
    await receiver.close();
    expect(await notifier.deliver('{}')).toBe(0);
  });

  test('closed in the middle of a retry it sends nothing more', async () => {
    receiver.answers.push({ status: 500, body: '{}' });
    const slow = createNotifier(
      { url: receiver.url, secret },
      () => 0,
      () => undefined,
      { retryWaits: [60_000] },
    );
    slow.send(40, {});
    await until(() => receiver.received.length === 1);
    slow.close();
    slow.send(41, {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([receiver.received.length, slow.counts()]).toEqual([1, { delivered: 0, failed: 0 }]);
  });
});

describe('the events of a recording', () => {
  test('carry who, which and in what order', async () => {
    const rig = await createRig();
    const task = await rig.start('math-101');
    await rig.pass(70);
    await task.stop();
    await rig.pass(2);
    const notices = await rig.notices(task.sid);
    const { sid } = task;
    expect(notices.map((n) => [n.eventType, n.payload.details.msgName])).toEqual([
      [40, 'recorder_started'],
      [44, 'recorder_video_stream_state_changed'],
      [43, 'recorder_audio_stream_state_changed'],
      [44, 'recorder_video_stream_state_changed'],
      [43, 'recorder_audio_stream_state_changed'],
      [42, 'recorder_slice_start'],
      [4, 'cloud_recording_file_infos'],
      [33, 'uploading_progress'],
      [41, 'recorder_leave'],
      [44, 'recorder_video_stream_state_changed'],
      [43, 'recorder_audio_stream_state_changed'],
      [44, 'recorder_video_stream_state_changed'],
      [43, 'recorder_audio_stream_state_changed'],
      [11, 'session_exit'],
      [31, 'uploaded'],
      [33, 'uploading_progress'],
    ]);
    expect(notices.map((n) => n.payload.sequence)).toEqual(notices.map((_, i) => i));
    const times = notices.map((n) => n.payload.sendts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const uploaded = notices[14]?.payload;
    expect(uploaded).toEqual({
      cname: 'math-101',
      uid: '101',
      sid,
      sequence: 14,
      sendts: expect.any(Number),
      serviceType: 2,
      serviceScene: 'rtc_record',
      details: {
        msgName: 'uploaded',
        status: 0,
        fileList: [
          {
            fileName: `${sid}_math-101.m3u8`,
            trackType: 'audio_and_video',
            uid: '0',
            mixedAllUser: true,
            isPlayable: true,
            sliceStartTime: expect.any(Number),
          },
        ],
      },
    });
    expect(notices[15]?.payload.details.progress).toBe(10_000);
    expect(notices[8]?.payload.details.leaveCode).toBe(24);
    await until(() => rig.agora.panel().notifications.delivered === 16);
    expect(rig.agora.panel().notifications.failed).toBe(0);
    await rig.close();
  });
});
