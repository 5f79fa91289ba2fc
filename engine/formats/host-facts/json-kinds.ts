/** The kinds of output that are JSON. Each record is known by its own members, or by what the document is. */
import { aaStatusJson } from './aa-status-json.ts';
import { ansibleFacts } from './ansible-facts.ts';
import { dockerInspect } from './docker-inspect.ts';
import { findmnt } from './findmnt.ts';
import { ipJson } from './ip-json.ts';
import type { JsonKind } from './json-kind.ts';
import { lsblk } from './lsblk.ts';
import { luksJson } from './luks-json.ts';
import { osquery } from './osquery.ts';
import { rpmJson } from './rpm-json.ts';
import { systemctlJson } from './systemctl-json.ts';

/** A kind with a list of its own comes before those without. */
export const jsonKinds: readonly JsonKind[] = [
  lsblk,
  findmnt,
  ipJson,
  systemctlJson,
  rpmJson,
  aaStatusJson,
  luksJson,
  osquery,
  dockerInspect,
  ansibleFacts,
];
