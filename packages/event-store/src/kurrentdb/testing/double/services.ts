import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { appendRecords } from './append-records.ts';
import { append } from './append-to-stream.ts';
import { batchAppend } from './batch-append.ts';
import { deleteStream, tombstoneStream } from './deleting.ts';
import { gossip, supportedMethods } from './introduction.ts';
import type { Node } from './node.ts';
import { read } from './reading.ts';
import { featuresService, gossipService, recordsService, streamsService } from './wire.ts';

/** What a read answers is encoded already. */
const asItIs = (message: Uint8Array): Buffer =>
  Buffer.from(message.buffer, message.byteOffset, message.byteLength);

export const services = (node: Node): readonly [ServiceDefinition, UntypedServiceImplementation][] => [
  [featuresService.ServerFeaturesService, { getSupportedMethods: supportedMethods(node) } as never],
  [gossipService.GossipService, { read: gossip(node) } as never],
  [
    {
      ...streamsService.StreamsService,
      read: { ...streamsService.StreamsService.read, responseSerialize: asItIs },
    } as unknown as ServiceDefinition,
    {
      read: read(node),
      append: append(node),
      batchAppend: batchAppend(node),
      delete: deleteStream(node),
      tombstone: tombstoneStream(node),
    } as never,
  ],
  ...(node.appendRecords
    ? [[recordsService.StreamsServiceService, { appendRecords: appendRecords(node) }] as never]
    : []),
];
