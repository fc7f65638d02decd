import type { handleUnaryCall } from '@grpc/grpc-js';
import { failed, type Node, suffer } from './node.ts';
import { features, gossip as messages, shared } from './wire.ts';

type Method = readonly [service: string, method: string, features?: readonly string[]];

/** Source: server, Transport/Grpc/ServerFeatures.cs: names in lower case. */
const methods: readonly Method[] = [
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.streams.streams', 'read', ['position', 'events']],
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'batchappend', ['deadline_duration']],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'tombstone'],
];

const appendRecordsMethod: Method = ['kurrentdb.protocol.v2.streams.streamsservice', 'appendrecords'];

export const supportedMethods =
  (node: Node): handleUnaryCall<shared.Empty, features.SupportedMethods> =>
  async (call, answer) => {
    try {
      const fault = node.faults.features.take();
      if (fault) await suffer(node, fault, { peer: call.getPeer(), protocol: 'v1' });
      const supported = new features.SupportedMethods();
      supported.setEventStoreServerVersion(node.version);
      for (const [service, name, extras = []] of node.appendRecords
        ? [...methods, appendRecordsMethod]
        : methods) {
        const method = new features.SupportedMethod();
        method.setServiceName(service);
        method.setMethodName(name);
        method.setFeaturesList([...extras]);
        supported.addMethods(method);
      }
      answer(null, supported);
    } catch (error) {
      answer(failed(error));
    }
  };

/** Who is in the cluster, and who leads it. Source: client, dist/Client/discovery.js */
export const gossip =
  (node: Node): handleUnaryCall<shared.Empty, messages.ClusterInfo> =>
  (_call, answer) => {
    const members = node.members();
    const info = new messages.ClusterInfo();
    for (const { host, port, leads, isAlive } of node.faults.gossip?.(members) ?? members) {
      const { LEADER, FOLLOWER } = messages.MemberInfo.VNodeState;
      const endpoint = new messages.EndPoint();
      endpoint.setAddress(host);
      endpoint.setPort(port);
      const id = new shared.UUID();
      id.setString(`00000000-0000-4000-8000-${String(port).padStart(12, '0')}`);
      const member = new messages.MemberInfo();
      member.setInstanceId(id);
      member.setTimeStamp(String(BigInt(node.now()) * 10_000n));
      member.setState(leads ? LEADER : FOLLOWER);
      member.setIsAlive(isAlive);
      member.setHttpEndPoint(endpoint);
      info.addMembers(member);
    }
    answer(null, info);
  };
