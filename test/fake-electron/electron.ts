/**
 * A stand-in for the part of Electron's API that the shell uses. It keeps Electron's rules of order (what must come
 * before or after `ready` throws here as it does there) and writes down what it was told.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { FakePort } from './ports.ts';

/** What the shell did, in order. */
export const calls: [name: string, ...given: unknown[]][] = [];
/** What the scenario may reach into. */
export const fake = {
  ready: false,
  windows: [] as BrowserWindow[],
  utilities: [] as FakeUtility[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  beforeRequest: undefined as ((details: { url: string }, decide: (answer: unknown) => void) => void) | undefined,
  permissionRequest: undefined as
    ((contents: unknown, permission: string, decide: (yes: boolean) => void) => void) | undefined,
  permissionCheck: undefined as ((contents: unknown, permission: string, origin: string) => boolean) | undefined,
  devicePermission: undefined as (() => boolean) | undefined,
  /** Called with every port that reaches the page. */
  onPort: (_port: FakePort) => {},
};

const DELAY_MILLIS = 20;

function mustBe(ready: boolean, name: string): void {
  if (fake.ready !== ready) throw new Error(`${name} ${ready ? 'before' : 'after'} ready`);
}

export const app = Object.assign(new EventEmitter(), {
  isPackaged: true,
  enableSandbox: () => {
    mustBe(false, 'enableSandbox');
    calls.push(['enableSandbox']);
  },
  requestSingleInstanceLock: () => true,
  getPath: (name: string) => `/user/${name}`,
  quit: () => {
    let prevented = false;
    app.emit('before-quit', { preventDefault: () => (prevented = true) });
    calls.push(['quit', prevented]);
  },
  exit: (code: number) => calls.push(['exit', code]),
  whenReady: () =>
    new Promise<void>((resolve) =>
      setTimeout(() => {
        fake.ready = true;
        resolve();
      }, DELAY_MILLIS),
    ),
});

export const dialog = {
  showErrorBox: (title: string, text: string) => calls.push(['error', title, text]),
  showOpenDialog: async (_window: unknown, { properties }: { properties: readonly string[] }) => {
    calls.push(['choose', properties]);
    return { canceled: false, filePaths: ['/chosen/by/a/person.log'] };
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => {
    mustBe(false, 'registerSchemesAsPrivileged');
    calls.push(['schemes', schemes]);
  },
};

export const fakeSession = Object.assign(new EventEmitter(), {
  setPermissionRequestHandler: (handler: typeof fake.permissionRequest) => (fake.permissionRequest = handler),
  setPermissionCheckHandler: (handler: typeof fake.permissionCheck) => (fake.permissionCheck = handler),
  setDevicePermissionHandler: (handler: typeof fake.devicePermission) => (fake.devicePermission = handler),
  setSpellCheckerEnabled: (enabled: boolean) => calls.push(['spellChecker', enabled]),
  enableNetworkEmulation: (options: unknown) => calls.push(['network', options]),
  webRequest: { onBeforeRequest: (listener: typeof fake.beforeRequest) => (fake.beforeRequest = listener) },
  protocol: {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) => fake.handlers.set(scheme, handler),
  },
});

export const session = {
  fromPartition: (name: string, options: unknown) => {
    mustBe(true, 'session.fromPartition');
    calls.push(['partition', name, options]);
    return fakeSession;
  },
};

interface TransferredPort {
  readonly raw: MessagePort;
}

export class MessageChannelMain {
  readonly port1: TransferredPort;
  readonly port2: TransferredPort;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = { raw: port1 };
    this.port2 = { raw: port2 };
  }
}

class FakeUtility extends EventEmitter {
  readonly #worker: Worker;
  constructor(file: string, env: Record<string, string>) {
    super();
    this.#worker = new Worker(new URL('./utility.js', import.meta.url), { workerData: { file }, env });
    this.#worker.on('online', () => this.emit('spawn'));
    this.#worker.on('message', (message) => this.emit('message', message));
    this.#worker.on('exit', (code) => this.emit('exit', code));
  }
  postMessage(message: unknown, ports: readonly TransferredPort[] = []): void {
    const raw = ports.map((port) => port.raw);
    this.#worker.postMessage({ message, ports: raw }, raw);
  }
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}

export const utilityProcess = {
  fork: (file: string, args: readonly string[], options: { env: Record<string, string>; serviceName: string }) => {
    mustBe(true, 'utilityProcess.fork');
    calls.push(['fork', options.serviceName, args, Object.keys(options.env).sort()]);
    const utility = new FakeUtility(file, options.env);
    fake.utilities.push(utility);
    return utility;
  },
};

export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (menu: unknown) => calls.push(['menu', menu]),
};

export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return fake.windows;
  }
  readonly webContents = Object.assign(new EventEmitter(), {
    ipc: new EventEmitter(),
    mainFrame: {
      url: 'app://fieldwork/',
      postMessage: (channel: string, _message: unknown, ports: readonly TransferredPort[]) => {
        calls.push(['to page', channel, ports.length]);
        for (const { raw } of ports) fake.onPort(new FakePort(raw));
      },
    },
    send: (channel: string) => calls.push(['to page', channel, 0]),
    setWindowOpenHandler: (handler: (details: unknown) => unknown) =>
      calls.push(['open another window', handler({ url: 'https://evil.example' })]),
  });
  constructor(options: { webPreferences: unknown }) {
    super();
    mustBe(true, 'BrowserWindow');
    calls.push(['window', options.webPreferences]);
    fake.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  isDestroyed(): boolean {
    return false;
  }
  show(): void {
    calls.push(['show']);
  }
  focus(): void {
    calls.push(['focus']);
  }
  async loadURL(address: string): Promise<void> {
    calls.push(['load', address]);
    this.emit('ready-to-show');
    app.emit('loaded');
  }
}
