import { describe, expect, test } from 'vitest';
import { readRedisAddress, redisSecrets, showRedisAddress } from '../../src/store/redis-address.ts';

describe('addresses of Redis', () => {
  test.each([
    ['redis://host', { kind: 'one', url: 'redis://host' }],
    ['rediss://:p%40ss@host:6380/2', { kind: 'one', url: 'rediss://:p%40ss@host:6380/2' }],
    [
      'redis+sentinel://a:26379,b:26380/mymaster',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26380 },
        ],
        master: 'mymaster',
        db: 0,
        tls: false,
        sentinel: {},
      },
    ],
    [
      'rediss+sentinel://bot:p%40s%2Fs@a.example.com,[::1]:1/my-master/3?sentinelUsername=s&sentinelPassword=q%26a',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a.example.com', port: 26379 },
          { host: '::1', port: 1 },
        ],
        master: 'my-master',
        db: 3,
        tls: true,
        username: 'bot',
        password: 'p@s/s',
        sentinel: { username: 's', password: 'q&a' },
      },
    ],
    ['redis+cluster://a', { kind: 'cluster', nodes: [{ host: 'a', port: 6379 }], tls: false }],
    [
      'rediss+cluster://:pw@a:7000,b:7001/',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        tls: true,
        password: 'pw',
      },
    ],
  ])('%s', (url, address) => {
    expect(readRedisAddress(url)).toEqual(address);
  });

  test.each([
    ['redis://', /^must be an address such as redis:\/\/host:6379; special characters of a password/],
    ['redis:///1', /^must be an address such as redis:/],
    ['redis://host:port', /^must be an address such as redis:/],
    ['redis://a:1,b:2', /^must be an address such as redis:/],
    ['redis+sentinel://a:26379', /^must name the master that Sentinel watches, as in redis\+sentinel:/],
    ['redis+sentinel:///mymaster', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a:port/m', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a:0/m', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a,,b/m', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a/m/x', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a/m/0/1', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://a/m?password=x', /^must be an address such as redis\+sentinel:/],
    ['redis+sentinel://:secret@word@a/m', /^must be an address such as redis\+sentinel:.*%40/],
    ['redis+sentinel://:secret%@a/m', /^must be an address such as redis\+sentinel:/],
    ['redis+cluster://a/2', /^must not name a database: a Redis Cluster has one only/],
    ['redis+cluster://a?x=1', /^must be an address such as redis\+cluster:/],
    ['redis+unix://a', /^must begin with redis:\/\/, redis\+sentinel:\/\/ or redis\+cluster:\/\//],
  ])('%s is refused, with what it must be and nothing of what it holds', (url, problem) => {
    const read = readRedisAddress(url);
    expect(read).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  test('what may be shown, and what must not', () => {
    const shown = (url: string) => {
      const read = readRedisAddress(url);
      return 'problem' in read ? read.problem : showRedisAddress(read);
    };
    expect(shown('redis://u:secret@host:6380/2')).toBe('host:6380');
    expect(shown('redis+sentinel://u:secret@a,[::1]:7/m')).toBe('a:26379, [::1]:7');
    expect(redisSecrets('redis://u:p%40ss@host')).toEqual(['p@ss']);
    expect(redisSecrets('redis+sentinel://u:one@a/m?sentinelPassword=two')).toEqual(['one', 'two']);
    expect(redisSecrets('redis+cluster://a')).toEqual([]);
    expect(redisSecrets('sqlite:data/x')).toEqual([]);
  });
});
