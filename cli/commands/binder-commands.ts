/** Commands for identities, binders and proofs. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  makeBinder,
  newIdentity,
  readBinder,
  readIdentity,
  reperformCase,
  verifyBinderFile,
  type Reperformance,
} from '../../engine/index.ts';
import type { Verification } from '../../shared/contract.ts';
import { fail } from '../../shared/problem.ts';
import { getPassphrase } from '../passphrase.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';
import { collect } from './case-commands.ts';

interface IdentityOptions {
  readonly name: string;
  readonly passphraseFile?: string;
}

async function identityNew(
  { engine, json }: CommandContext,
  file: string,
  options: IdentityOptions,
): Promise<ExitCode> {
  const passphrase = await getPassphrase(options.passphraseFile, 'Passphrase for the new identity');
  const made = await newIdentity(file, { name: options.name, passphrase }, engine.effects);
  if (json) printJson(made);
  else {
    print(`${made.file}: the key of ${made.name}, valid until ${made.notAfter}.`);
    print(
      `${made.rootCertificate}: its root certificate, to give to whoever verifies, with this fingerprint by another way:`,
    );
    print(`SHA-256 ${made.rootSha256 ?? made.certificateSha256}`);
  }
  return 0;
}

interface BinderOptions {
  readonly out: string;
  readonly identity: string;
  readonly passphraseFile?: string;
}

async function binder(context: CommandContext, path: string, options: BinderOptions): Promise<ExitCode> {
  const passphrase = await getPassphrase(options.passphraseFile, `Passphrase of ${options.identity}`);
  const identity = await readIdentity(options.identity, passphrase);
  const made = await withCase(context, path, async (target) => {
    const result = await makeBinder(context.engine, target, identity, context.job);
    await writeOut(options.out, await readBinder(target, result.binder.binderId));
    return result;
  });
  if (context.json) printJson(made);
  else {
    const { pages, bytes, signer, sha256 } = made.binder;
    print(`${options.out}: ${pages} pages, ${bytes} bytes, signed by ${signer}.`);
    print(`SHA-256 ${sha256}`);
  }
  return made.verification.verdict === 'valid' ? 0 : 1;
}

async function writeOut(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes).catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOSPC' ? 'disk_full' : 'unreadable',
      message: `The binder was made and is in the case, but cannot be written to ${file} (${error.code}).`,
      where: { file },
      remedy: 'Copy it from data/binders of the case, or name another file.',
    }),
  );
}

async function verify(
  { json }: CommandContext,
  file: string,
  options: { readonly trust?: readonly string[] },
): Promise<ExitCode> {
  const trust = await Promise.all((options.trust ?? []).map((path) => readTrusted(path)));
  const verification = await verifyBinderFile(file, trust);
  if (json) printJson(verification);
  else printVerification(verification);
  return verification.verdict === 'valid' ? 0 : 1;
}

async function readTrusted(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) =>
    fail({
      code: 'not_found',
      message: `The certificate cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Check the path.',
    }),
  );
}

/** A valid signature says nothing of who signed, until the certificate is compared with one that is trusted. */
function unchecked({ verdict, signatures }: Verification): string {
  const open = verdict === 'valid' && signatures.some(({ trusted }) => trusted === 'no trust list given');
  return open ? ' (who signed it was not checked: no --trust was given)' : '';
}

function printVerification(verification: Verification): void {
  print(`${verification.verdict}  ${verification.file}${unchecked(verification)}`);
  print(`SHA-256 ${verification.sha256}, ${verification.bytes} bytes`);
  for (const { outcome, title, detail } of verification.checks) print(`${outcome.padEnd(8)}  ${title}. ${detail}`);
  for (const signature of verification.signatures) {
    print(`Signed by ${signature.signer} (issuer ${signature.issuer}), ${signature.level}, ${signature.trusted}.`);
    print(`Certificate SHA-256 ${signature.certificateSha256}, claimed time ${signature.claimedTime ?? 'none'}.`);
  }
}

async function reperform(
  context: CommandContext,
  path: string,
  options: { readonly binder?: string },
): Promise<ExitCode> {
  const binderBytes = options.binder === undefined ? undefined : await readBinderFile(options.binder);
  const outcome = await withCase(context, path, (target) =>
    reperformCase(context.engine, target, binderBytes, context.job),
  );
  if (context.json) printJson(outcome);
  else printReperformance(outcome);
  return outcome.verdict === 'same' ? 0 : 1;
}

async function readBinderFile(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) =>
    fail({
      code: 'not_found',
      message: `The binder cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Check the path.',
    }),
  );
}

function printReperformance({ verdict, reason, sources, records, controls, against }: Reperformance): void {
  if (reason !== undefined) {
    print(`${verdict}: ${reason}`);
    return;
  }
  print(
    `${verdict}: ${sources} sources and ${records} records were read again, ${controls.length} controls were run again.`,
  );
  print(`Compared with ${against}.`);
  printTable(
    ['verdict', 'control', 'population', 'days'],
    controls.map((c) => [c.verdict, c.control, c.population, c.days]),
  );
  if (verdict !== 'same') note('fieldwork: the results differ from those that were recorded.');
}

/** Adds the commands of this file. */
export function addBinderCommands(program: Command): void {
  program
    .command('identity')
    .description("An auditor's key: `identity new`.")
    .command('new <file>')
    .description('Makes a key and its certificate, encrypted with a passphrase, as PKCS#12.')
    .requiredOption('--name <name>', 'whose key it is, as it stands in the signature')
    .option('--passphrase-file <file>', 'first line is the passphrase; asked for if left out')
    .option('--json', 'one JSON value on stdout')
    .action(action(identityNew));
  program
    .command('binder <case>')
    .description('Makes the binder of the last run, signs it, verifies it.')
    .requiredOption('--out <file>', 'the PDF to write')
    .requiredOption('--identity <file>', 'the PKCS#12 file to sign with')
    .option('--passphrase-file <file>', 'first line is the passphrase; asked for if left out')
    .option('--json', 'one JSON value on stdout')
    .action(action(binder));
  program
    .command('verify <file>')
    .description('Checks a binder from its bytes alone.')
    .option(
      '--trust <certificate>',
      'a certificate (PEM or DER) that signers must lead to; may be given again',
      collect,
    )
    .option('--json', 'one JSON value on stdout')
    .action(action(verify));
  program
    .command('reperform <case>')
    .description('Reads the evidence again in a fresh place, runs the controls again, and compares.')
    .option('--binder <file>', 'compare with the results that this binder states')
    .option('--json', 'one JSON value on stdout')
    .action(action(reperform));
}
