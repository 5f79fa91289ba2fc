/**
 * What a host and its engine process say to each other. Frames of windows go past in it unread: under Electron each
 * window has a port of its own, behind the loopback host all tabs share one line and are told apart by number.
 */
import type { Problem } from './problem.ts';

/** What the engine is started with. It goes in a message: arguments and environments are readable by other users. */
export interface EngineOptions {
  readonly host: 'web' | 'electron';
  readonly cases: readonly { readonly key: string; readonly path: string; readonly title: string }[];
  /** Folder of the sample engagement and its case; made on first opening. */
  readonly sampleDir: string;
  /** Folders whose files a window may import by browsing; none where the host has a dialog of its own. */
  readonly evidence: readonly { readonly path: string; readonly title: string }[];
  /** Folder of the auditor's keys. */
  readonly identitiesDir: string;
  readonly readOnly: boolean;
}

/** From the host to its engine. */
export type HostMessage =
  /** Always the first. */
  | { readonly kind: 'start'; readonly options: EngineOptions }
  /** A window under Electron; its port comes along. */
  | { readonly kind: 'window' }
  | { readonly kind: 'frame'; readonly tab: number; readonly frame: unknown }
  | { readonly kind: 'tab-gone'; readonly tab: number }
  /** Answers `spawn-locked`; the port to the new process comes along. */
  | { readonly kind: 'locked'; readonly id: number }
  | { readonly kind: 'locked-failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'locked-exit'; readonly id: number; readonly reason: string }
  /** Answers `choose-evidence`: what the person chose in the host's dialog; empty when nothing. */
  | { readonly kind: 'evidence-chosen'; readonly id: number; readonly paths: readonly string[] }
  /** Files and folders that a person dropped on the window. */
  | { readonly kind: 'evidence-dropped'; readonly paths: readonly string[] }
  /** Close the case and end. */
  | { readonly kind: 'stop' };

/** From the engine to its host. */
export type EngineMessage =
  | { readonly kind: 'ready' }
  /** The engine could not begin; it ends after this. */
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'frame'; readonly tab: number; readonly frame: unknown }
  /** This tab broke the protocol. */
  | { readonly kind: 'tab-close'; readonly tab: number }
  | { readonly kind: 'spawn-locked'; readonly id: number }
  | { readonly kind: 'kill-locked'; readonly id: number }
  /** Show the dialog in which a person chooses evidence. */
  | { readonly kind: 'choose-evidence'; readonly id: number; readonly what: 'files' | 'folders' };
