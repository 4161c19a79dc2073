import type { Survey } from '../recording/survey.ts';

/** What is timed, with the names of its labels. Names are OpenTelemetry's where it has some, in Prometheus' spelling. */
const histograms = {
  http_server_request_duration_seconds: {
    help: 'Duration of requests to the bot.',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
  },
  http_client_request_duration_seconds: {
    help: 'Duration of requests of the bot to Agora and Slack.',
    labels: ['server_address', 'url_template', 'http_response_status_code', 'error_type'],
  },
  recorder_port_duration_seconds: {
    help: 'Duration of calls of the core to what is outside of it.',
    labels: ['port', 'operation', 'outcome'],
  },
  agora_bucket_wait_seconds: {
    help: 'How long calls waited for the rate that Agora grants.',
    labels: ['priority'],
  },
} as const;

const counters = {
  store_op_timeouts_total: { help: 'Operations of the store that missed their deadline.', labels: [] },
  recorder_messages_undelivered_total: { help: 'Messages that reached nobody.', labels: ['kind'] },
} as const;

export type HistogramName = keyof typeof histograms;
export type CounterName = keyof typeof counters;
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  observe(name: HistogramName, labels: Labels, seconds: number): void;
  count(name: CounterName, labels?: Labels): void;
  /** The Prometheus exposition, with how things stand now. */
  scrape(
    survey: Survey | undefined,
    gauges: { clockSkew: number | undefined; lastSweep: number | undefined },
  ): Promise<{ contentType: string; text: string }>;
}

/** What follows from the store. */
const surveyed = [
  'recorder_strays',
  'recorder_overdue_seconds',
  'recorder_outbox_messages',
  'recorder_outbox_oldest_seconds',
] as const;

type Event = (to: Registered) => void;
type Registered = Awaited<ReturnType<typeof register>>;

/** OpenTelemetry's buckets for durations of HTTP, seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];
/** Before the first scrape so many events are kept. A bot that nobody scrapes does without prom-client's megabytes. */
const mostKept = 2_000;

/** Counts and times what the bot does. Nothing in a label names a channel, a person or a recording. */
export function createMetrics(): Metrics {
  let registered: Registered | undefined;
  const kept: Event[] = [];
  const happened = (event: Event) => {
    if (registered) event(registered);
    else if (kept.length < mostKept) kept.push(event);
  };
  return {
    observe: (name, labels, seconds) => happened((to) => to.histograms[name].observe(labels, seconds)),
    count: (name, labels = {}) => happened((to) => to.counters[name].inc(labels)),
    async scrape(survey, { clockSkew, lastSweep }) {
      registered ??= await register();
      for (const event of kept.splice(0)) event(registered);
      const { gauges, registry } = registered;
      gauges.recorder_sessions.reset();
      // While the store is away nobody knows how recordings stand; how its calls fail is told all the same.
      for (const name of surveyed) gauges[name].remove();
      if (survey) {
        for (const [state, n] of Object.entries(survey.states)) gauges.recorder_sessions.set({ state }, n);
        gauges.recorder_strays.set(survey.strays);
        gauges.recorder_overdue_seconds.set(survey.overdue / 1000);
        gauges.recorder_outbox_messages.set(survey.owed);
        gauges.recorder_outbox_oldest_seconds.set(survey.oldestOwed / 1000);
      }
      if (lastSweep !== undefined) gauges.recorder_last_sweep_timestamp_seconds.set(lastSweep / 1000);
      if (clockSkew !== undefined) gauges.recorder_clock_skew_seconds.set(clockSkew / 1000);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

async function register() {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const timed = (name: HistogramName) => {
    const { help, labels } = histograms[name];
    return new Histogram({ name, help, labelNames: [...labels] as string[], buckets, registers });
  };
  const counted = (name: CounterName) => {
    const { help, labels } = counters[name];
    return new Counter({ name, help, labelNames: [...labels] as string[], registers });
  };
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    registry,
    histograms: Object.fromEntries(
      (Object.keys(histograms) as HistogramName[]).map((name) => [name, timed(name)]),
    ) as Record<HistogramName, ReturnType<typeof timed>>,
    counters: Object.fromEntries(
      (Object.keys(counters) as CounterName[]).map((name) => [name, counted(name)]),
    ) as Record<CounterName, ReturnType<typeof counted>>,
    gauges: {
      recorder_sessions: gauge('recorder_sessions', 'Recordings that are not settled, by state.', ['state']),
      recorder_strays: gauge('recorder_strays', 'Recorders whose fate is not known, and that are being put out.'),
      recorder_overdue_seconds: gauge('recorder_overdue_seconds', 'How long the latest stop is overdue.'),
      recorder_outbox_messages: gauge('recorder_outbox_messages', 'Messages that Slack has not taken yet.'),
      recorder_outbox_oldest_seconds: gauge('recorder_outbox_oldest_seconds', 'How long the oldest of them waits.'),
      recorder_last_sweep_timestamp_seconds: gauge(
        'recorder_last_sweep_timestamp_seconds',
        'When all that was due was last taken up.',
      ),
      recorder_clock_skew_seconds: gauge(
        'recorder_clock_skew_seconds',
        "How far the machine's clock was from Agora's when it last answered.",
      ),
    },
  };
}
