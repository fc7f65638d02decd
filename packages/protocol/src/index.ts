export * as http from './http.ts';
export * from './ids.ts';
export * from './refusals.ts';
export * from './roles.ts';
export * from './sockets.ts';
export * from './windows.ts';
