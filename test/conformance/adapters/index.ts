import type { Adapter } from '../adapter.ts';
import { prometheusTsdb } from './prometheus-tsdb.ts';

/** Every adapter, one line each. */
export const adapters: readonly Adapter[] = [prometheusTsdb];
