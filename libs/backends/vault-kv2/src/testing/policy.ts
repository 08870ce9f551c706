/** Everything below the engine that the adapter ever asks for. Also in docs/backends/vault-kv2.md. */
export const policyFor = (mount: string): string => `
path "${mount}/data/*" { capabilities = ["create", "read", "update"] }
path "${mount}/metadata/*" { capabilities = ["list"] }
`;
