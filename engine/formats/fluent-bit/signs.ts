/** What a message of Fluent Bit is a sign of, in words that a control can look for. */

export interface Sign {
  /** The code word. */
  readonly code: string;
  readonly activity: string;
  readonly outcome?: 'failure' | 'success';
}

const failed = (code: string, activity = 'export'): Sign => ({ code, activity, outcome: 'failure' });

const LOST_THING = String.raw`\b(?:chunk|record|log|message|event|data|task)s?\b`;
const LOSING = String.raw`\b(?:drop|discard)(?:s|ped|ping|ed|ing)?\b`;

/** What was collected is lost. */
const losses: readonly (readonly [RegExp, Sign])[] = [
  [
    /cannot be retried|retr(?:y|ies) (?:limit (?:reached|exceeded)|exhausted)|maximum (?:number of )?retries/i,
    failed('retry_exhausted', 'loss'),
  ],
  [new RegExp(`${LOST_THING}.{0,200}${LOSING}|${LOSING}.{0,200}${LOST_THING}`, 'is'), failed('chunk_dropped', 'loss')],
  [
    /no (?:available|enough) (?:space|chunk)|no enough space|no available chunk|no more space/i,
    failed('chunk_dropped', 'loss'),
  ],
  [/retry for task .{0,60}could not be re-?scheduled/i, failed('retry_failed', 'loss')],
];

/** In this order; the first whose pattern is found counts. */
const others: readonly (readonly [RegExp, Sign])[] = [
  // The pipeline does not run.
  [
    /pipeline failed|backend failed|initiali[sz]\w+ failed|failed initiali[sz]\w+|cannot initiali[sz]e/i,
    failed('pipeline_failed', 'start'),
  ],
  // Input stands still because the buffer is full, and goes on.
  [/\bresum(?:e|ed|ing)\b.{0,80}overlimit/i, { code: 'buffer_resumed', activity: 'resume', outcome: 'success' }],
  [/overlimit/i, failed('buffer_paused', 'pause')],
  // Delivery fails for now, or has come about after all.
  [/failed to flush chunk/i, failed('retry_scheduled')],
  [/flush chunk .{0,200}succeeded at retry/i, { code: 'retry_succeeded', activity: 'export', outcome: 'success' }],
  [/could not flush/i, failed('flush_failed')],
  [
    /broken connection|broken pipe|connection reset|unexpected eof|connection (?:closed|aborted)/i,
    failed('broken_connection'),
  ],
  [/timed? ?out|timeout after/i, failed('connection_timeout')],
  [
    /no upstream connections? available|could not connect|connection (?:refused|failed|error|initialization error)|cannot connect|getaddrinfo|unable to connect/i,
    failed('connection_failed'),
  ],
  [/\b(?:tls|ssl)\b.{0,200}(?:error|fail)|certificate verif/i, failed('tls_error')],
];

const HTTP_STATUS = /\b(?:HTTP )?status[=: ]{1,2}(\d{3})\b|\bHTTP (?:error )?(\d{3})\b/i;

const LOOKED_AT = 2000;

/** The sign of a message of a component. A reply of a server counts by its status: `http_403`. */
export function signOf(component: string | undefined, message: string): Sign | undefined {
  const said = message.slice(0, LOOKED_AT);
  const loss = find(losses, said);
  if (loss) return loss;
  const status = HTTP_STATUS.exec(said);
  const code = status ? Number(status[1] ?? status[2]) : 0;
  if (code >= 300 && code < 600) return failed(`http_${code}`);
  const sign = find(others, `${component === 'tls' ? 'tls ' : ''}${said}`);
  return sign ?? lifecycle(component, message);
}

function find(signs: readonly (readonly [RegExp, Sign])[], said: string): Sign | undefined {
  return signs.find(([pattern]) => pattern.test(said))?.[1];
}

/** Start and stop of the engine. Inputs also pause when it shuts down: that is no full buffer. */
function lifecycle(component: string | undefined, message: string): Sign | undefined {
  if (component === 'engine' && /^started\b/i.test(message)) return { code: 'engine_started', activity: 'start' };
  if (component === 'engine' && /service has stopped/i.test(message))
    return { code: 'engine_stopped', activity: 'stop' };
  if (component === 'engine' && /caught signal|will (?:stop|shutdown)/i.test(message))
    return { code: 'engine_stopping', activity: 'stop' };
  if (/^caught signal/i.test(message)) return { code: 'engine_stopping', activity: 'stop' };
  if (component === 'reload' || /hot[- ]reload/i.test(message)) return { code: 'reload', activity: 'change' };
  if (component === 'input' && /^pausing\b/i.test(message)) return { code: 'input_paused', activity: 'pause' };
  return component === 'input' && /^resum(?:e|ing)\b/i.test(message)
    ? { code: 'input_resumed', activity: 'resume' }
    : undefined;
}
