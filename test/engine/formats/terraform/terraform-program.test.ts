/** The real program, with the provider that is built in: its plan, its run and its state say what was done. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { terraform } from '../../../../engine/formats/terraform/terraform.ts';
import { collectRows } from '../collect-rows.ts';

const program = ['terraform', 'tofu'].find((name) => {
  const { status } = spawnSync(name, ['version'], { stdio: 'pipe' });
  return status === 0;
});
const missing =
  program === undefined
    ? 'neither terraform nor tofu is installed, so no plan of theirs is read as it comes.'
    : undefined;
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

describe.skipIf(missing !== undefined)('terraform, with two resources of its own', () => {
  let folder = '';
  const SECRET = 'correct-horse-battery';

  const run = (...options: readonly string[]): Buffer =>
    execFileSync(program!, options, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
    });

  const configure = (count: number): void =>
    writeFileSync(
      join(folder, 'main.tf'),
      `variable "secret" {
  type      = string
  sensitive = true
  default   = "${SECRET}"
}
resource "terraform_data" "web" {
  count = ${count}
  input = { name = "web-\${count.index}", key = var.secret }
}
`,
    );

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fieldwork-terraform-'));
    configure(2);
    run('init', '-input=false');
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('plans, applies, and has what it says', () => {
    const before = BigInt(Date.now() - 1000) * 1000n;
    run('plan', '-input=false', '-out=plan');
    const plan = collectRows(terraform, run('show', '-json', 'plan'));
    expect(plan.rows('events').map(({ activity, target }) => [activity, target])).toEqual([
      ['create', 'terraform_data.web[0]'],
      ['create', 'terraform_data.web[1]'],
      ['plan', undefined],
    ]);
    expect((plan.rows('events')[0]!['time'] as bigint) >= before).toBe(true);
    const applied = collectRows(terraform, run('apply', '-json', 'plan'));
    const done = applied.rows('events').filter(({ code }) => code === 'apply_complete');
    expect(done.map(({ target, outcome }) => `${String(target)} ${String(outcome)}`).sort()).toEqual([
      'terraform_data.web[0] success',
      'terraform_data.web[1] success',
    ]);
    const states = [run('show', '-json'), readFileSync(join(folder, 'terraform.tfstate'))];
    for (const state of states) {
      const all = collectRows(terraform, state, { takenAt: before });
      expect(all.rows('config_items').map((row) => row['resource_name'])).toEqual([
        'terraform_data.web[0]',
        'terraform_data.web[1]',
      ]);
      for (const { configuration } of all.rows('config_items')) expect(configuration).not.toContain(SECRET);
    }
    configure(1);
    run('plan', '-input=false', '-out=plan');
    const next = collectRows(terraform, run('show', '-json', 'plan'));
    expect(next.rows('events').map(({ activity, target }) => [activity, target])).toContainEqual([
      'delete',
      'terraform_data.web[1]',
    ]);
  }, 120_000);
});
