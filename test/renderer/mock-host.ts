import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { WEB_SOCKET_PATH, WEB_SOCKET_PROTOCOL, webSocket } from '../../shared/channels.ts';
import type { BinderEntry, CaseSummary, Output, Verification } from '../../shared/contract.ts';
import { mimeType, securityHeaders } from '../../shared/headers.ts';
import { fail } from '../../shared/problem.ts';
import { serve, type Handlers } from '../../shared/rpc.ts';
import { fakeHandlers } from '../shared/fake-handlers.ts';
import {
  controlsOf,
  coverageOf,
  dayList,
  descriptionOf,
  hashOf,
  itemsOf,
  sourcesOf,
  summaryOf,
  systems,
  type MockSize,
} from './mock-case.ts';

/**
 * The contract answered from made-up data: for looking at the page and for tests of the page alone.
 * It is no engine: what the engine finds is tested with the engine.
 */

export interface MockOptions {
  readonly size?: MockSize;
  readonly isOpen?: boolean;
  readonly summary?: Partial<CaseSummary>;
  /** Milliseconds between two steps of a long call. */
  readonly stepMillis?: number;
  readonly identities?: Output<'identity.list'>;
}

type Job = {
  readonly signal: AbortSignal;
  readonly progress: (value: { step: string; fraction: number; secondsLeft: number; recordsDone: number }) => void;
};

const PDF_PIECES = ['%PDF-1.7 not a ', 'binder'];

/** Handlers over one made-up case. Each call of this makes a case of its own. */
export function mockHandlers(options: MockOptions = {}): Handlers {
  const size = options.size ?? { controls: 5, days: 181 };
  const stepMillis = options.stepMillis ?? 120;
  const controls = controlsOf(size);
  const identities = [...(options.identities ?? [])];
  const binders: BinderEntry[] = [];
  let summary = options.isOpen ? summaryOf(size, options.summary) : null;
  const control = (id: string) => controls.find((candidate) => candidate.control === id) ?? noSuch(`control ${id}`);
  const itemsOn = (id: string, day?: string) => {
    const index = day === undefined ? 0 : dayList(size).indexOf(day);
    const { deviations, populations } = control(id);
    return itemsOf(day ?? dayList(size)[0]!, populations[index] ?? 0, deviations[index] ?? 0);
  };
  return {
    ...fakeHandlers({}),
    'app.info': async () => ({ host: 'web', version: '0.1.0', runtime: 'node', duckdb: 'none' }),
    'case.list': async () => [
      {
        key: 'sample',
        title: 'Sample engagement: Northwind Clearing GmbH, 2026',
        location: '/home/auditor/.sample/northwind.fieldwork',
        kind: 'sample',
        exists: false,
      },
      { key: 'acme', title: 'Acme Payments, 2025', location: '/cases/acme-2025.fieldwork', kind: 'case', exists: true },
    ],
    'case.open': async ({ key }, job) => {
      if (key === 'acme') {
        fail({
          code: 'case_in_use',
          message: 'Process 4711 has this case open.',
          where: { file: '/cases/acme-2025.fieldwork' },
          remedy: 'Close it there, then open it again.',
        });
      }
      await steps(job, stepMillis, ['Writing the sample evidence', 'Importing evidence', 'Running the controls']);
      summary = summaryOf(size, options.summary);
      return summary;
    },
    'case.close': async () => {
      summary = null;
      return {};
    },
    'case.summary': async () => summary,
    'sources.list': async () => [...sourcesOf()],
    'rejects.list': async ({ sourceId, after, limit }) => {
      const total = sourcesOf().find((source) => source.sourceId === sourceId)?.rejected ?? 0;
      const rows = Array.from({ length: total }, (_, index) => ({
        sourceId: sourceId ?? 1,
        record: 70 + index * 31,
        reason: 'Its time "31/Feb/2026" is not in the calendar.',
        raw: `31/Feb/2026:10:00:0${index} web-1 sshd[91]: <script>alert(1)</script>`,
      }));
      return { total, rows: rows.slice(after, after + limit) };
    },
    'record.get': async ({ sourceId, record }) => {
      const source = sourcesOf().find((candidate) => candidate.sourceId === sourceId) ?? noSuch(`source ${sourceId}`);
      const text = `<host starttime="1772420409"><status state="up"/>\n\t<address addr="10.20.0.17" addrtype="ipv4"/>\n\t<ports>\n\t\t<port protocol="tcp" portid="8081"><state state="open" reason="syn-ack"/>\n\t\t<service name="http" product="&lt;img src=x onerror=alert(1)&gt;"/></port>\n\t</ports>\n<!-- note \u202Etxt.exe \u0007 \uFFFD -->\n</host>`;
      const { name, format, sha256 } = source;
      return {
        sourceId,
        record,
        sourceName: name,
        format,
        sha256,
        byte: 88_213,
        length: 412,
        text,
        truncated: false,
        validUtf8: false,
      };
    },
    'run.start': async (_input, job) => {
      await steps(
        job,
        stepMillis,
        controls.slice(0, 5).map((entry) => `Running ${entry.control}`),
      );
      return { runId: 'run-4', controls: controls.length, seconds: 2.5 };
    },
    'matrix.get': async () => ({ days: [...dayList(size)], controls: [...controls] }),
    'control.get': async ({ control: id }) => descriptionOf(control(id)),
    'controlDay.get': async ({ control: id, day }) => dayOf(control(id), day, itemsOn(id, day).length, dayList(size)),
    'results.page': async ({ control: id, day, status, after, limit }) => {
      const items = itemsOn(id, day).filter((item) => status === undefined || item.status === status);
      return { total: items.length, rows: items.slice(after, after + limit) };
    },
    'coverage.get': async () => coverageOf(size),
    'gaps.list': async () => ({ total: 0, rows: [] }),
    'coverage.intervals': async () => ({ total: 0, rows: [] }),
    'clock.list': async () => [],
    'expectations.list': async () => [],
    'gap.explain': async () => {
      throw new Error('The mock has no gap.');
    },
    'expectation.decide': async () => ({ decided: 0 }),
    'ledger.page': async ({ after, limit }) => {
      const rows = Array.from({ length: 431 }, (_, index) => ({
        seq: index + 1,
        at: `2026-07-01T08:${String(index % 60).padStart(2, '0')}:00Z`,
        kind: index === 0 ? 'case.created' : 'evidence.imported',
        by: 'auditor@station-4',
        what:
          index === 0
            ? 'Case for Northwind Clearing GmbH.'
            : `${systems[index % 12]}-auditd-${index}.log, 9,120 records, 0 rejected.`,
        hash: hashOf(index + 900),
      }));
      return { total: rows.length, rows: rows.slice(after, after + limit) };
    },
    'identity.list': async () => identities,
    'identity.create': async ({ name }) => {
      const identity = { key: `id-${identities.length + 1}`, name, notAfter: '2029-07-01T00:00:00Z' };
      identities.push(identity);
      return identity;
    },
    'binder.list': async () => binders,
    'binder.make': async ({ passphrase }, job) => {
      if (passphrase === 'wrong passphrase')
        fail({
          code: 'wrong_passphrase',
          message: 'The passphrase does not open this identity.',
          remedy: 'Type the one given when it was made.',
        });
      await steps(job, stepMillis, ['Composing the pages', 'Attaching results', 'Signing', 'Verifying']);
      const binder = binderEntry(binders.length + 1);
      binders.push(binder);
      return { binder, verification: verificationOf(binder, 'valid') };
    },
    'binder.verify': async ({ binderId }) =>
      verificationOf(binders.find((entry) => entry.binderId === binderId) ?? noSuch(binderId), 'invalid'),
    'binder.read': async function* () {
      for (const piece of PDF_PIECES) yield { base64: Buffer.from(piece).toString('base64') };
    },
  };
}

function noSuch(what: string): never {
  fail({ code: 'not_found', message: `There is no ${what}.`, remedy: 'Reload the page.' });
}

async function steps(job: Job, millis: number, names: readonly string[]): Promise<void> {
  const parts = names.length * 8;
  for (let part = 0; part < parts; part += 1) {
    job.signal.throwIfAborted();
    const step = names[Math.floor(part / 8)]!;
    job.progress({
      step,
      fraction: part / parts,
      secondsLeft: ((parts - part) * millis) / 1000,
      recordsDone: part * 4177,
    });
    await new Promise((resolve) => setTimeout(resolve, millis));
  }
}

function dayOf(
  control: ReturnType<typeof controlsOf>[number],
  day: string,
  population: number,
  days: readonly string[],
): Output<'controlDay.get'> {
  const index = days.indexOf(day);
  const state = control.states[index] ?? noSuch(`day ${day}`);
  const isShort = state === 'partial' || state === 'deviation';
  const seen =
    state === 'no evidence' ? [] : isShort ? systems.filter((name) => name !== 'vpn-gw' && name !== 'db-2') : systems;
  const deviations = control.deviations[index] ?? 0;
  return {
    control: control.control,
    day,
    state,
    allStates: state === 'deviation' ? ['deviation', 'partial'] : [state],
    reasons: [
      ...(deviations > 0 ? [`${deviations} of ${population} items deviate and are not explained.`] : []),
      ...(seen.length < systems.length
        ? [`${systems.length - seen.length} of ${systems.length} systems in scope were not seen.`]
        : ['Evidence was there for every system in scope.']),
    ],
    population,
    tested: population,
    deviations,
    systemsExpected: [...systems],
    systemsSeen: [...seen],
  };
}

function binderEntry(number: number): BinderEntry {
  return {
    binderId: `binder-${number}`,
    fileName: `northwind-2026-binder-${number}.pdf`,
    madeAt: '2026-07-02T10:00:00Z',
    bytes: PDF_PIECES.join('').length,
    pages: 48,
    sha256: createHash('sha256').update(PDF_PIECES.join('')).digest('hex'),
    signer: 'Åsa Lindqvist',
  };
}

function verificationOf(binder: BinderEntry, verdict: Verification['verdict']): Verification {
  const isValid = verdict === 'valid';
  return {
    verdict,
    file: binder.fileName,
    sha256: binder.sha256,
    bytes: binder.bytes,
    checks: [
      {
        id: 'structure',
        title: 'The file is one PDF, without bytes after its end',
        outcome: 'passed',
        detail: '1 revision, 812,331 bytes.',
      },
      {
        id: 'signature',
        title: 'The signature matches the bytes it covers',
        outcome: isValid ? 'passed' : 'failed',
        detail: isValid
          ? 'SHA-256 of the signed range matches.'
          : 'SHA-256 of the signed range is 9f2c…, the signature says 51be….',
      },
      {
        id: 'manifest',
        title: 'Every attachment has the hash that the manifest lists',
        outcome: 'passed',
        detail: '19 of 19 attachments match.',
      },
      {
        id: 'trust',
        title: 'The signer’s certificate is one that you trust',
        outcome: 'not done',
        detail: 'No trust list was given.',
      },
    ],
    signatures: [
      {
        signer: 'Åsa Lindqvist',
        issuer: 'Åsa Lindqvist (self-signed)',
        serial: '4b:19:00:2f',
        certificateSha256: hashOf(77),
        claimedTime: '2026-07-02T10:00:00Z',
        level: 'PAdES B-B',
        trusted: 'no trust list given',
        coversWholeFile: true,
      },
    ],
  };
}

export interface MockHost {
  readonly url: string;
  /** Cuts every connection, as an engine does that ends. */
  cut(): void;
  close(): Promise<void>;
}

/** Serves a built renderer from `root` with the product's headers, and the mock behind its web socket. */
export async function startMockHost(root: string, options: MockOptions & { port?: number } = {}): Promise<MockHost> {
  const handlers = mockHandlers(options);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path === '/' ? '/index.html' : path;
    readFile(join(root, file)).then(
      (bytes) =>
        response
          .writeHead(200, { ...securityHeaders({ connect: "'self'" }), 'Content-Type': mimeType(file) })
          .end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server, path: WEB_SOCKET_PATH, handleProtocols: () => WEB_SOCKET_PROTOCOL });
  sockets.on('connection', (socket) => serve(webSocket(socket), handlers));
  await listen(server, options.port ?? 0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cut = () => sockets.clients.forEach((socket) => socket.terminate());
  return {
    url: `http://127.0.0.1:${port}/#k=mock`,
    cut,
    close: async () => {
      cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen({ host: '127.0.0.1', port }, resolve));
}
