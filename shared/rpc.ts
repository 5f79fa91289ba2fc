/** Calls over a channel: `createClient` in the window, `serve` in the engine. */
export { createClient, type CallOptions, type Client } from './rpc-client.ts';
export { serve, type Handlers, type Job } from './rpc-server.ts';
export { RpcError, type AnswerFrame, type Channel, type Frame, type RequestFrame, type RpcErrorCode } from './wire.ts';
