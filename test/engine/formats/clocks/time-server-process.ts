/** A time server as a process of its own, for a network of its own: `PORT SECONDS_AHEAD`. Says "ready" once it listens. */
import { createSocket } from 'node:dgram';
import { answerOf } from './time-server.ts';

const [port, ahead] = process.argv.slice(2).map(Number);
const socket = createSocket('udp4');
socket.on('message', (request, from) => {
  socket.send(answerOf(request, ahead ?? 0), from.port, from.address);
});
socket.bind(port, () => process.stdout.write('ready\n'));
