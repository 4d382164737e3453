/**
 * Kinds of connections that an endpoint can take, as bits; none of them: connections are refused. `Tls` is of the
 * application's own, `Mtls` that of a mesh (envoy.md 7.2).
 */
export const Takes = { Nothing: 0, Plaintext: 1, Mtls: 2, Tls: 4 } as const;
