/** The sample binder, signed by an identity made for the tests; each made once a test file. */
import { spawnSync } from 'node:child_process';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import { createIdentity } from '../../../engine/binder/create-identity.ts';
import type { Identity } from '../../../engine/binder/identity.ts';
import { openIdentity } from '../../../engine/binder/open-identity.ts';
import { renderBinder } from '../../../engine/binder/render-binder.ts';
import { signBinder } from '../../../engine/binder/sign-binder.ts';
import { parseInstant } from '../../../shared/time.ts';
import { sampleBinder } from './sample-content.ts';

export const NOW = parseInstant('2026-07-14T09:30:00Z')!;
export const PASSPHRASE = 'größe und vorsicht';

export interface SealedSample {
  readonly p12: Uint8Array;
  readonly identity: Identity;
  readonly unsigned: Uint8Array;
  readonly signed: Uint8Array;
}

export async function sealedSample(): Promise<SealedSample> {
  const p12 = await createIdentity(
    { name: 'Åsa Lindqvist, Größe Audit LLP', passphrase: PASSPHRASE },
    { now: () => NOW },
  );
  const identity = await openIdentity(p12, PASSPHRASE);
  const unsigned = await renderSample();
  return { p12, identity, unsigned, signed: await signBinder(unsigned, identity, { claimedTime: NOW }) };
}

/** The same binder without the results of each control: quick to verify a few hundred times. */
export async function signedLightSample(identity: Identity): Promise<Uint8Array> {
  const { content } = sampleBinder();
  const unsigned = await renderBinder(content, await buildAttachments(content, []));
  return signBinder(unsigned, identity, { claimedTime: NOW });
}

export async function renderSample(): Promise<Uint8Array> {
  const { content, results } = sampleBinder();
  return renderBinder(content, await buildAttachments(content, results));
}

/** Why a test that needs a program cannot run here, or `undefined` where it can. */
export function missingTool(name: string, ...versionArguments: readonly string[]): string | undefined {
  // A program that answers with an exit code of its own is there; only one that cannot be started is missing.
  const { error } = spawnSync(name, versionArguments, { stdio: 'ignore' });
  return error ? `${name} is not installed` : undefined;
}
