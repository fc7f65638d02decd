import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** The ceiling: a Socket.IO server that acknowledges what it is sent, and does nothing else. */
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  socket.on('gift:send', (claim, answer) => answer(claim));
  socket.emit('welcome', {});
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
process.send?.((http.address() as AddressInfo).port);
process.once('disconnect', () => process.exit(0));
