import { status as codes, Metadata } from '@grpc/grpc-js';
import type { Endpoint, Failure, Fault } from './faults.ts';
import { pack, serverErrors, status as wireStatus } from './wire.ts';

/** A call that ends otherwise than with what was asked for. */
export class CallFailed extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
  constructor(code: number, details: string, metadata: Metadata | Readonly<Record<string, string>> = {}) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = metadata instanceof Metadata ? metadata : Metadata.fromHttp2Headers(metadata);
  }
}

/** `v1`: reads, deletes and appends to one stream. `v2`: appends of records. */
export type Protocol = 'v1' | 'v2';

/** A status as the v2 services send it: with details that tell the error's kind. */
export const detailed = (
  code: number,
  text: string,
  details: { serializeBinary(): Uint8Array },
  name: string,
): CallFailed => {
  const status = new wireStatus.Status();
  status.setCode(code);
  status.setMessage(text);
  status.setDetails(pack(details, name));
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  return new CallFailed(code, text, metadata);
};

/** Source: server, Services/Transport/Grpc/RpcExceptions.cs `LeaderInfo`. */
const leaderInfo = ({ host, port }: Endpoint) =>
  new CallFailed(codes.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

/** Source: server, KurrentDB.Api.V2/Modules/ApiErrors.cs `NotLeaderNode`. */
const notLeaderNode = ({ host, port }: Endpoint) => {
  const info = new serverErrors.NotLeaderNodeErrorDetails.NodeInfo();
  info.setHost(host);
  info.setPort(port);
  const details = new serverErrors.NotLeaderNodeErrorDetails();
  details.setCurrentLeader(info);
  const text = `The server is not the leader node and cannot handle the request: ${host}:${port}`;
  return detailed(codes.FAILED_PRECONDITION, text, details, 'kurrent.rpc.NotLeaderNodeErrorDetails');
};

/** Source: server, Services/Transport/Grpc/RpcExceptions.cs `StreamDeleted`. */
export const streamDeleted = (stream: string) =>
  new CallFailed(codes.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const invalid = (text: string) => new CallFailed(codes.INVALID_ARGUMENT, text);

type AnsweredFailure = Exclude<Failure, 'silence' | 'late' | 'cut' | 'end' | 'not_leader'>;

/** Sources: server, Services/Transport/Grpc/RpcExceptions.cs and KurrentDB.Api.V2/Modules/ApiErrors.cs. */
const answered: Record<Protocol, Record<AnsweredFailure, readonly [code: number, text: string]>> = {
  v1: {
    refuse: [codes.UNAVAILABLE, 'Server is going down'],
    deadline_exceeded: [codes.DEADLINE_EXCEEDED, 'Deadline Exceeded'],
    timeout: [codes.ABORTED, 'Operation timed out'],
    busy: [codes.UNAVAILABLE, 'Server Is Too Busy'],
    not_ready: [codes.UNAVAILABLE, 'Server Is Not Ready'],
    access_denied: [codes.PERMISSION_DENIED, 'Access Denied'],
    unauthenticated: [codes.UNAUTHENTICATED, 'Unauthenticated'],
    invalid: [codes.INVALID_ARGUMENT, 'Invalid argument'],
    unimplemented: [codes.UNIMPLEMENTED, 'Service is unimplemented.'],
  },
  v2: {
    refuse: [codes.UNAVAILABLE, 'Server is going down'],
    deadline_exceeded: [codes.DEADLINE_EXCEEDED, 'Deadline Exceeded'],
    timeout: [codes.DEADLINE_EXCEEDED, 'Operation timed out: it waited for commit'],
    busy: [codes.UNAVAILABLE, 'The server is currently overloaded and cannot handle the request.'],
    not_ready: [codes.UNAVAILABLE, 'The server is not yet ready to handle requests.'],
    access_denied: [codes.PERMISSION_DENIED, 'Access denied'],
    unauthenticated: [codes.UNAUTHENTICATED, 'Unauthenticated'],
    invalid: [codes.INVALID_ARGUMENT, 'Invalid request'],
    unimplemented: [codes.UNIMPLEMENTED, 'Service is unimplemented.'],
  },
};

export const failureOf = (fault: Fault, protocol: Protocol): CallFailed => {
  const leader = fault.leader ?? { host: '127.0.0.1', port: 1 };
  switch (fault.failure) {
    case 'not_leader':
      return protocol === 'v1' ? leaderInfo(leader) : notLeaderNode(leader);
    case 'end':
      return new CallFailed(codes.OK, '');
    case 'silence':
    case 'late':
    case 'cut':
      throw new Error(`"${fault.failure}" is no answer.`);
    case 'access_denied': {
      // The v2 services tell it in their details only, which the client does not look at.
      const trailers = protocol === 'v1' ? { exception: 'access-denied' } : {};
      return new CallFailed(...answered[protocol].access_denied, trailers);
    }
    default:
      return new CallFailed(...answered[protocol][fault.failure]);
  }
};
