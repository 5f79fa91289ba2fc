/**
 * What goes over the wire between a window and the engine. Every frame is a plain JSON value, so a message port and a
 * web socket carry the same thing.
 */
import { z } from 'zod';
import { problemCodes, type ProblemCode } from './problem.ts';

z.config({ jitless: true });

/** Chunks of a stream that may be under way before the reader has taken one. */
export const STREAM_WINDOW = 4;

/** Requests one window may have open at a time; more is a fault of the window. */
export const MAX_OPEN_REQUESTS = 64;

const id = z.int().min(1);

/** From a window to the engine. */
export const requestFrameSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('req'), id, m: z.string().max(100), p: z.unknown() }),
  z.strictObject({ t: z.literal('cancel'), id }),
  z.strictObject({ t: z.literal('credit'), id, n: z.int().min(1).max(STREAM_WINDOW) }),
]);

/** Why a call failed: a problem's code, the connection closed, or a method nobody knows. */
export const rpcErrorCodes = [...problemCodes, 'closed', 'no_method'] as const;
export type RpcErrorCode = ProblemCode | 'closed' | 'no_method';

/** From the engine to a window. */
export const answerFrameSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('prog'), id, v: z.unknown() }),
  z.strictObject({ t: z.literal('chunk'), id, v: z.unknown() }),
  z.strictObject({ t: z.literal('ok'), id, v: z.unknown().optional() }),
  z.strictObject({
    t: z.literal('err'),
    id,
    code: z.enum(rpcErrorCodes),
    message: z.string(),
    remedy: z.string().optional(),
  }),
]);

export type RequestFrame = z.infer<typeof requestFrameSchema>;
export type AnswerFrame = z.infer<typeof answerFrameSchema>;
export type Frame = RequestFrame | AnswerFrame;

/** A two-way line that keeps order. `send` does nothing once it is closed; `onClose` is called once. */
export interface Channel {
  send(frame: Frame): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** A call that failed. `message` says what happened and where, `remedy` what to do next; show both. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly code: RpcErrorCode,
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}
