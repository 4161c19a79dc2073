import type { Guard } from './guard.ts';

/** The time that deadlines go by: the machine's, Redis's, and what Agora says of them. */
export const clockGuards: readonly Guard[] = [
  {
    name: 'deadlines do not jump with the machine’s clock',
    promise: 'I3',
    keeps: 'A clock that is set an hour ahead ends every recording.',
    file: 'src/clock.ts',
    text: 'if (Math.abs(drift) <= (followsShared ? correction / 2 : correction)) {',
    instead: 'if (Math.abs(drift) >= 0) {',
    tests: [{ file: 'test/clock.test.ts', test: 'does not jump %s with it, and says so once' }],
  },
  {
    name: 'a jump of the clock that others confirm is followed',
    promise: 'I3',
    keeps: 'A machine that slept stops its recordings hours late.',
    file: 'src/clock.ts',
    text: 'if (right) {',
    instead: 'if (right && !right) {',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'follows a jump when others say the same: the machine had slept, or had been wrong',
      },
    ],
  },
  {
    name: 'one jump of the clock after another is a jump of its own',
    promise: 'I3',
    keeps: 'A machine whose clock was wrong sleeps, and begins its next recording with a clock that is behind.',
    file: 'src/clock.ts',
    text: 'if (jumped === undefined || Math.abs(drift - jumped) > correction) {',
    instead: 'if (jumped === undefined) {',
    tests: [{ file: 'test/clock.test.ts', test: 'one jump may follow another: each is said, and somebody is asked' }],
  },
  {
    name: 'a machine that drifts goes by the shared clock',
    promise: 'I3',
    keeps: 'Of two replicas the one whose clock drifts stops recordings minutes before their time.',
    file: 'src/clock.ts',
    text: 'if (Math.abs(apart) > agreement) {',
    instead: 'if (Math.abs(apart) > 0) {',
    tests: [{ file: 'test/clock.test.ts', test: 'goes by the shared clock again and again where the machine drifts' }],
  },
  {
    name: 'the shared clock is followed in steps alone',
    promise: 'I3',
    keeps: 'A Redis whose clock jumps an hour ahead ends every recording.',
    file: 'src/clock.ts',
    text: 'if (Math.abs(apart) > agreement) {',
    instead: 'if (Math.abs(apart) > Infinity) {',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'does not follow a shared clock that jumps, nor one that Agora says is wrong',
      },
    ],
  },
  {
    name: 'of the machine and the shared clock the closer one is followed',
    promise: 'I3',
    keeps: 'A replica that is two seconds off goes by Redis only until the first answers of Agora.',
    file: 'src/clock-witness.ts',
    text: ' && by(time) > margin',
    instead: '',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'does not follow a machine that Agora agrees with less than with the shared clock',
      },
    ],
  },
  {
    name: 'Agora is asked when the shared clock jumps',
    promise: 'I3',
    keeps: 'A machine that stood still stops its recordings late, though Redis knows the time.',
    file: 'src/clock.ts',
    text: `        onJump?.();
        return;
      }
      follow('shared', time, own);`,
    instead: `        return;
      }
      follow('shared', time, own);`,
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'a shared clock that jumps %s is not followed: Agora is asked, each minute until it decides',
      },
    ],
  },
  {
    name: 'Agora may confirm the shared clock as well',
    promise: 'I3',
    keeps:
      'A process that stood still is late for good, and a Redis that was overruled by mistake is never gone by again.',
    file: 'src/clock.ts',
    text: "(['machine', 'shared'] as const)",
    instead: "(['machine'] as ('machine' | 'shared')[])",
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'a shared clock that jumped is followed when Agora confirms it: the process stood still',
      },
      {
        file: 'test/clock.test.ts',
        test: 'a shared clock that was overruled is followed again when Agora says so several times',
      },
    ],
  },
  {
    name: 'a shared clock that was overruled stays so until it agrees well',
    promise: 'I3',
    keeps: 'A Redis that is about a second off has the whole queue looked at anew every few minutes.',
    file: 'src/clock.ts',
    text: 'if (Math.abs(off) <= correction / 2) overruled = false;',
    instead: 'if (Math.abs(off) <= correction) overruled = false;',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'does not go to and fro between the machine and a shared clock that is %i ms behind',
      },
    ],
  },
  {
    name: 'a single answer of Agora decides nothing between clocks that are seconds apart',
    promise: 'I3',
    keeps: 'One answer that was long on its way has a replica go by its machine, which is wrong.',
    file: 'src/clock-witness.ts',
    text: ' || last.times >= often',
    instead: ' || last.times >= 1',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'a single answer of Agora that was long on its way does not overrule a shared clock that is right',
      },
    ],
  },
  {
    name: 'the time of the shared clock is taken of the quickest answer at the start',
    promise: 'I3',
    keeps: 'One answer of Redis that is held up while the bot starts has all its deadlines late by as much.',
    file: 'src/share-time.ts',
    text: 'if (next.took < best.took) best = next;',
    instead: '',
    tests: [
      {
        file: 'test/share-time.test.ts',
        test: 'at the start it is asked several times, and the quickest answer is gone by',
      },
    ],
  },
  {
    name: 'half of the way of an answer is added to the shared clock',
    promise: 'I3',
    keeps: 'A replica that is far from Redis stops later than the others.',
    file: 'src/share-time.ts',
    text: 'time - (asked + heard) / 2',
    instead: 'time - heard',
    tests: [{ file: 'test/share-time.test.ts', test: 'half of the way that the answer took is added' }],
  },
  {
    name: 'Agora is asked before a shared clock that is far off is gone by',
    promise: 'I3',
    keeps: 'A bot that starts while Redis is an hour ahead ends every recording.',
    file: 'src/share-time.ts',
    text: 'i < asksAtStart && clock.doubted()',
    instead: 'i < 0',
    tests: [
      {
        file: 'test/share-time.test.ts',
        test: 'where it is in doubt Agora is asked before any deadline is gone by, until it has decided (%i)',
      },
    ],
  },
  {
    name: 'an Agora that is away at the start is not waited for',
    promise: 'I1',
    keeps: 'While Agora is away no bot starts whose clock is not Redis’s, and nobody’s commands are heard.',
    file: 'src/share-time.ts',
    text: 'if (!answered) return;',
    instead: '',
    tests: [{ file: 'test/share-time.test.ts', test: 'an Agora that is away is not waited for long' }],
  },
  {
    name: 'what was gone by in doubt is asked of until it is decided',
    promise: 'I3',
    keeps: 'A bot that started while Agora was away goes by a Redis that is an hour ahead until somebody records.',
    file: 'src/clock.ts',
    text: 'if (doubted) onJump?.();',
    instead: '',
    tests: [
      {
        file: 'test/clock.test.ts',
        test: 'what was gone by in doubt since the start is asked of once a minute, until Agora says that %s is right',
      },
    ],
  },
];
