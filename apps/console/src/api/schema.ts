// From the description of the API: npm run docs writes it.
export interface paths {
    "/coffer/v1/{tenant}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find records of who read and changed what
         * @description The latest first, of the last 64 MiB of this gateway’s first sink that is a file: records of the namespaces that the caller administers.
         */
        get: operations["searchAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/{tenant}/auditlogs/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find records as Kestra Enterprise Edition shows them
         * @description The latest first, of the last 64 MiB of this gateway’s first sink that is a file: records of the namespaces that the caller administers.
         */
        get: operations["searchAuditLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auditlogs/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find records as Kestra Enterprise Edition shows them
         * @description The latest first, of the last 64 MiB of this gateway’s first sink that is a file: records of the namespaces that the caller administers.
         */
        get: operations["searchAuditLogsInMain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/audit/hash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The keyed hash of a value, by which records of equal values can be found */
        post: operations["hashForAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/{tenant}/namespaces/{namespace}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find secrets of one namespace
         * @deprecated
         */
        get: operations["listNamespaceSecrets"];
        /** Create or replace a secret */
        put: operations["putSecret"];
        /** As PUT */
        post: operations["postSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find secrets of one namespace
         * @deprecated
         */
        get: operations["listNamespaceSecretsInMain"];
        /** Create or replace a secret */
        put: operations["putSecretInMain"];
        /** As PUT */
        post: operations["postSecretInMain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/{tenant}/namespaces/{namespace}/secrets/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a secret; deleting what is absent succeeds */
        delete: operations["deleteSecret"];
        options?: never;
        head?: never;
        /** Change the description and tags of a secret */
        patch: operations["patchSecret"];
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/secrets/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a secret; deleting what is absent succeeds */
        delete: operations["deleteSecretInMain"];
        options?: never;
        head?: never;
        /** Change the description and tags of a secret */
        patch: operations["patchSecretInMain"];
        trace?: never;
    };
    "/api/v1/{tenant}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find secrets of a tenant, in the namespaces that the caller may list */
        get: operations["listSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find secrets of a tenant, in the namespaces that the caller may list */
        get: operations["listSecretsInMain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/{tenant}/namespaces/{namespace}/inherited-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that a namespace sees, by the namespace that holds them */
        get: operations["inheritedSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{namespace}/inherited-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that a namespace sees, by the namespace that holds them */
        get: operations["inheritedSecretsInMain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the secrets of a tenant or a namespace, for tables
         * @description Those of namespaces that the caller may list. The header `Age` is there only while the log of writes is out of reach: for so many seconds, writes may be missing.
         */
        get: operations["searchSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The namespaces that the caller may list, or has a grant for
         * @description With the parents of each. `Age` and `unlisted` as in the search of secrets.
         */
        get: operations["listNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the caller may do in a namespace, and what its store takes
         * @description Whether or not the namespace holds anything.
         */
        get: operations["describeNamespace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}/ignored-drift/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Have lists not tell that a secret was changed without Coffer
         * @description Counts for this gateway alone. The secret is reported again once it changes in its store anew; a write or a restart forgets what was ignored.
         */
        put: operations["ignoreDrift"];
        post?: never;
        /**
         * Have lists tell again that a secret was changed without Coffer
         * @description Counts for this gateway alone. The secret is reported again once it changes in its store anew; a write or a restart forgets what was ignored.
         */
        delete: operations["regardDrift"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}/values/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a secret’s value
         * @description As JSON, or the value alone where `Accept` wants `text/plain` or `application/octet-stream` more. The `ETag` of the value alone is another one.
         */
        get: operations["resolveSecret"];
        /**
         * Write a value, which is the body itself
         * @description Creates a secret, or replaces its value: description and tags stay. The body is text in UTF-8, kept byte for byte, a line break at its end too.
         */
        put: operations["putValue"];
        post?: never;
        /** Delete a secret; deleting what is absent succeeds */
        delete: operations["deleteValue"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read up to 500 values; each is answered by itself
         * @description Items that do not fit into one answer are `too-large`, those that do not come in time `timeout`: ask for them in another request.
         */
        post: operations["resolveBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read all values of a namespace
         * @description All that were there when the call came, each as a read of its own has it, or an error: never a part. The `ETag` changes with any of them.
         */
        get: operations["resolveAll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/namespaces/{namespace}/cache/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Drop a secret from every cache, after a change in its store without Coffer */
        delete: operations["dropCached"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare the secrets of two or three namespaces, without revealing them
         * @description Needs `list` and `resolve` in each of them. Values are compared by a keyed fingerprint, which is not given out. Keys come in the order of code points, those that a namespace inherits among them. What is not read in time is `failed`.
         */
        get: operations["compareNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A stream of what changes, as server-sent events
         * @description Events of the namespaces that the caller may list: `change`, `delete`, `drift` and `resync`, with path and version, never a value; `writing`, `cleared` and `settled` are hints without an `id`, and so are `stale` and `fresh`: the log is out of reach, and back. The first is `ready`, the last, if there is one, `end` with a reason: `slow`, `revoked` or `closing`. docs/events.md says what each promises.
         */
        get: operations["watchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan or apply up to 500 changes; each is answered by itself
         * @description Each item needs its own permission, and a secret is named by one item at most. A copy is read back and compared; a move deletes its source after that, unless it was changed meanwhile. Items that do not come about in time are `failed` with `timeout` where they were not begun, and `pending` where their outcome is not known.
         */
        post: operations["changeSecrets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/webhooks/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events of webhooks that were given up, oldest first
         * @description Those about secrets of the namespaces that the caller administers; events about no secret are shown to whoever administers every tenant.
         */
        get: operations["listUndeliveredEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/webhooks/dead-letters/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post the event to its receiver again, once
         * @description Once the receiver has taken it the dead letter is gone; until then it is kept. It comes after whatever was told of its secret since: `sequence` says so.
         */
        post: operations["replayUndeliveredEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/webhooks/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget an event that was given up; forgetting what is not there succeeds */
        delete: operations["discardUndeliveredEvent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of a write */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Writes that failed for good, oldest first
         * @description Those of the namespaces that the caller administers. Mutations that name no secret are shown to whoever administers every tenant.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/dead-letters/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Queue the write again
         * @description Needs `write` (for a deletion `delete`) in the namespace of the letter as well. It counts as written now, also over what was written to its key since it failed. If it fails again it becomes a new dead letter.
         */
        post: operations["replayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a dead letter; forgetting what is not there succeeds */
        delete: operations["discardDeadLetter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is calling, and with which grants */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/access/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which grants allow or deny something
         * @description About oneself, or, with `admin` in that namespace, about others, of whose grants those are shown that cover it.
         */
        post: operations["explainAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who may do what, and where that is written
         * @description The grants of the configuration that counts at this gateway, in its order: those that cover a namespace which the caller administers, or one below it.
         */
        get: operations["listAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How somebody may sign in */
        get: operations["listSignInMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins a session of a browser, by an access token or a user and password
         * @description For pages of this origin, which send `X-Coffer-Csrf: 1`. Other clients need no session.
         */
        post: operations["signIn"];
        /**
         * Ends the session of the cookie
         * @description For pages of this origin, which send `X-Coffer-Csrf: 1`.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/issuers/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends a browser to an issuer, where somebody logs in */
        get: operations["startLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/issuers/{id}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where an issuer sends a browser back to */
        get: operations["endLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/access/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a token for a secret id of a role
         * @description The token counts for at most an hour, in every tenant that the role has grants in, with every gateway.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process works */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether reads can be served */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready/writes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether writes can be served */
        get: operations["readyWrites"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this is, and where the API is */
        get: operations["front"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ui": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads to the console */
        get: operations["consoleRedirect"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ui/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The console */
        get: operations["consoleIndex"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ui/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pages and files of the console */
        get: operations["consoleFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/coffer/v1/{tenant}/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Stores, this gateway, dead letters and keys, as they are */
        get: operations["showSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AuditHashInput: {
            value: string;
        };
        /** @description Creates or replaces, metadata included. */
        PutSecret: {
            /** @description If given, the one of the path. */
            namespace?: string | null;
            /** @description 1 to 256 characters, no control characters; its case counts. */
            key: string;
            /** @description The secret; JSON if its fields are to be read as subkeys. */
            value: string;
            description?: string | null;
            tags?: {
                key: string;
                value: string;
            }[] | null;
        };
        /** @description Changes metadata alone. */
        PatchSecret: {
            /** @description If given, the one of the path. */
            key?: string | null;
            /** @description If given, the one of the path. */
            namespace?: string | null;
            /** @description Kept where absent or null; empty clears it. */
            description?: string | null;
            /** @description Kept where absent or null; [] clears them. */
            tags?: {
                key: string;
                value: string;
            }[] | null;
        };
        ResolveBatch: {
            keys: {
                key: string;
                subkey?: string | null;
                namespace?: string | null;
            }[];
        };
        Changes: {
            items: components["schemas"]["ChangeItem"][];
        };
        ChangeItem: {
            /** @constant */
            action: "put";
            namespace: string;
            key: string;
            value: string;
            description?: string;
            tags?: {
                key: string;
                value: string;
            }[];
            /** @description Description and tags that are absent here are kept of a secret that is there, and not cleared. */
            keepsMetadata?: boolean;
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        } | {
            /** @constant */
            action: "patch";
            namespace: string;
            key: string;
            /** @description Kept where absent; empty clears it. */
            description?: string;
            /** @description Kept where absent; [] clears them. */
            tags?: {
                key: string;
                value: string;
            }[];
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        } | {
            /** @constant */
            action: "tag";
            namespace: string;
            key: string;
            add?: {
                key: string;
                value: string;
            }[];
            remove?: string[];
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        } | {
            /** @constant */
            action: "copy";
            /** @description The source; it needs `resolve`, and for a move `delete`. */
            from: {
                namespace: string;
                key: string;
            };
            namespace: string;
            key: string;
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        } | {
            /** @constant */
            action: "move";
            /** @description The source; it needs `resolve`, and for a move `delete`. */
            from: {
                namespace: string;
                key: string;
            };
            namespace: string;
            key: string;
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        } | {
            /** @constant */
            action: "delete";
            namespace: string;
            key: string;
            /** @description The version that the target must have. */
            ifMatch?: string;
            /**
             * @description The target must not exist.
             * @constant
             */
            ifNoneMatch?: "*";
        };
        SignIn: {
            /** @description An access token; alone. */
            token?: string;
            /** @description Name of a user of the configuration; needs `password`. */
            username?: string;
            password?: string;
        };
        RoleLogIn: {
            /** @description Its id in `coffer.access.roles`. */
            role: string;
            /** @description As `coffer role secret-id` shows it. */
            secretId: string;
        };
        AuditRecordPage: {
            results: components["schemas"]["AuditRecord"][];
            total: number;
        };
        /** @description Who did what; docs/operations/audit.md. Never a value. */
        AuditRecord: {
            time: string;
            /** @description The id of the request; items of a batch share it. */
            request: string;
            principal?: string;
            credential?: string;
            address: string;
            tenant?: string;
            namespace?: string;
            key?: string;
            action: string;
            /** @description `allow` or `deny`. */
            decision: string;
            outcome: string;
            foundIn?: string;
            version?: string;
            operation?: string;
            target?: string;
            detail?: string;
            hmac?: string;
            /** @description What was given out together. */
            readonly secrets?: {
                key: string;
                version: string;
                hmac?: string;
            }[];
            breakGlass?: boolean;
            chain: string;
            seq: number;
        };
        /** @description An error, as RFC 9457 describes it */
        Problem: {
            /** @description always about:blank; the code says what is wrong */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description stable; docs/http-errors.md lists them */
            code: string;
            /** @description the write in question, for GET …/operations/{id} */
            operation?: string;
            /** @description the id of the request, as the log has it */
            instance?: string;
        };
        AuditLogPage: {
            results: components["schemas"]["AuditLog"][];
            total: number;
        };
        /** @description A record as Kestra Enterprise Edition shows it. */
        AuditLog: {
            id: string;
            /** @description `CREATE`, `READ`, `UPDATE`, `DELETE`, `LIST` or `OTHER`. */
            type: string;
            detail: {
                resource: string;
                type: string;
                id: string;
            };
            userId: string;
            date: string;
            ipAddress: string;
        };
        /** @description An error, as Kestra answers it */
        KestraProblem: {
            /** @description the reason, a colon, the detail */
            message: string;
            _links: {
                self: {
                    href: string;
                };
            };
            /** @description always about:blank; the code says what is wrong */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description stable; docs/http-errors.md lists them */
            code: string;
            /** @description the write in question, for GET …/operations/{id} */
            operation?: string;
            /** @description the id of the request, as the log has it */
            instance?: string;
        };
        AuditHash: {
            hmacs: string[];
        };
        /** @description A secret without its value. */
        Secret: {
            key: string;
            namespace: string;
            description?: string;
            tags: {
                key: string;
                value: string;
            }[];
        };
        AcceptedWrite: {
            id: string;
            /** @constant */
            state: "pending";
        };
        SecretPage: {
            readOnly: boolean;
            results: components["schemas"]["Secret"][];
            total: number;
        };
        /** @description Keys by namespace: the one asked for and each of its parents. */
        InheritedSecrets: {
            [key: string]: string[];
        };
        SecretSearch: {
            secrets: components["schemas"]["SecretRow"][];
            total: number;
            /** @description `cursor` of the next page; absent on the last one. */
            next?: string;
            /** @description Whether the store of the namespace refuses writes. */
            readOnly: boolean;
            /** @description Stores that could not be listed, so that their secrets are missing. */
            unlisted: {
                store: string;
                code: string;
            }[];
        };
        /** @description A secret without its value. */
        SecretRow: {
            key: string;
            namespace: string;
            origin: {
                /** @enum {string} */
                kind: "here" | "child" | "inherited";
                /** @description The nearest parent that has the key as well. */
                shadows?: string;
            };
            description?: string;
            tags: {
                key: string;
                value: string;
            }[];
            store: components["schemas"]["StoreSummary"];
            /**
             * Format: date-time
             * @description When Coffer wrote this version, where that is known.
             */
            changed?: string;
            /** @description Absent where the secret is missing in its store. */
            version?: string;
            states: ("drifted" | "missing" | "ignored" | "writing")[];
        };
        StoreSummary: {
            name: string;
            /** @description As `PostgreSQL`. */
            type: string;
            readOnly: boolean;
        };
        NamespaceTree: {
            namespaces: components["schemas"]["NamespaceNode"][];
            /** @description Stores that could not be listed, so that their secrets are missing. */
            unlisted: {
                store: string;
                code: string;
            }[];
        };
        NamespaceNode: {
            namespace: string;
            /** @description Absent where the caller may not list. */
            secrets?: number;
            withChildren?: number;
            permissions: ("list" | "resolve" | "write" | "delete" | "admin")[];
            /** @description Absent without any permission. */
            store?: components["schemas"]["StoreSummary"];
        };
        NamespaceDescription: {
            namespace: string;
            permissions: ("list" | "resolve" | "write" | "delete" | "admin")[];
            /** @description Absent without any permission. */
            store?: {
                name: string;
                /** @description As `PostgreSQL`. */
                type: string;
                readOnly: boolean;
                limits: components["schemas"]["StoreLimits"];
            };
        };
        /** @description What the store takes; bytes are those of UTF-8. */
        StoreLimits: {
            valueBytes: number;
            descriptionBytes: number;
            tags: {
                count: number;
                /** @description In code points, as that of values. */
                keyLength: number;
                valueLength: number;
            };
        };
        ResolvedSecret: {
            key: string;
            /** @description Where the secret was found. */
            namespace: string;
            value: string;
            /** @description Opaque; equal versions are the same write. */
            version: string;
            /**
             * Format: date-time
             * @description When Coffer wrote this version, where that is known.
             */
            changed?: string;
        };
        /** @description In the order of the request: the secret, or what went wrong with it. */
        ResolvedItem: components["schemas"]["ResolvedSecret"] | {
            key: string;
            namespace: string;
            error: components["schemas"]["ItemProblem"];
        };
        ItemProblem: components["schemas"]["Problem"];
        /** @description By key. */
        AllValues: {
            values: {
                [key: string]: string;
            };
            versions: {
                [key: string]: string;
            };
            /** @description When Coffer wrote these versions, where that is known. */
            changed: {
                [key: string]: string;
            };
        };
        /** @description Which secrets of namespaces are alike; no value is given out. */
        Comparison: {
            namespaces: string[];
            keys: components["schemas"]["ComparedKey"][];
            total: number;
            next?: string;
        };
        ComparedKey: {
            key: string;
            /**
             * @description `missing`: in one of them; `unknown`: one was not read.
             * @enum {string}
             */
            verdict: "same" | "different" | "missing" | "unknown";
            /** @description In the order of the namespaces. */
            cells: components["schemas"]["ComparedCell"][];
        };
        ComparedCell: {
            /** @enum {string} */
            state: "here" | "inherited" | "missing" | "failed";
            /** @description The parent that holds an inherited one. */
            from?: string;
            version?: string;
            /** @description Cells of a key with the same number have equal values. */
            group?: number;
            /** @description Why its value was not read. */
            code?: string;
        };
        ChangesAnswer: {
            dryRun: boolean;
            counts: {
                create: number;
                change: number;
                same: number;
                delete: number;
                write: number;
                refused: number;
            };
            /** @description In the order of the request. */
            items: components["schemas"]["ChangeResult"][];
        };
        ChangeResult: {
            /** @enum {string} */
            action: "put" | "patch" | "tag" | "copy" | "move" | "delete";
            namespace: string;
            key: string;
            /** @enum {string} */
            effect: "create" | "change" | "same" | "delete" | "write" | "refused";
            /**
             * @description What became of it; a plan has none.
             * @enum {string}
             */
            result?: "applied" | "unchanged" | "failed" | "pending" | "refused";
            /** @description The version that a plan found, or that a change wrote. */
            version?: string;
            /** @description Ask `GET …/operations/{id}` what became of one that is pending. */
            operation?: string;
            error?: components["schemas"]["ChangeProblem"];
        };
        ChangeProblem: components["schemas"]["Problem"];
        UndeliveredEventPage: {
            results: components["schemas"]["UndeliveredEvent"][];
            total: number;
        };
        /** @description An event that a receiver did not take in time; never a value. */
        UndeliveredEvent: {
            id: string;
            /** @description The id of its webhook. */
            webhook: string;
            tenant?: string;
            namespace?: string;
            /** @description Absent, with tenant and namespace, for an event about no secret. */
            key?: string;
            /** @description Why the last attempt failed: `http` and the status, `timeout`, or the code of the connection’s error; `the receiver was away` where none was made. */
            reason: string;
            attempts: number;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            time: string;
        };
        Operation: {
            id: string;
            /** @enum {string} */
            state: "pending" | "applied" | "failed";
            /** @description Why it failed; docs/http-errors.md lists the codes. */
            code?: string;
        };
        DeadLetterPage: {
            results: components["schemas"]["DeadLetter"][];
            total: number;
        };
        /** @description A write that failed for good; never its value. */
        DeadLetter: {
            id: string;
            tenant?: string;
            namespace?: string;
            /** @description Absent, with tenant and namespace, when the mutation names no secret. */
            key?: string;
            /** @enum {string} */
            kind: "put" | "patch" | "delete" | "drop";
            /** @description Why it failed; docs/http-errors.md lists the codes. */
            code: string;
            /** @description The write that failed. */
            operation: string;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            time: string;
        };
        ReplayedDeadLetter: {
            /** @description Id of the operation. */
            id: string;
            /** @constant */
            state: "pending";
        };
        WhoAmI: {
            principal: string;
            /** @description Which of the principal’s credentials was presented. */
            credential?: string;
            /** @description Those that count in the tenant. */
            grants: components["schemas"]["Grant"][];
            /** @description Times of a browser’s session, whose id is `credential`. */
            session?: components["schemas"]["SessionTimes"];
        };
        Grant: {
            tenant: string;
            namespace: string;
            permissions: ("list" | "resolve" | "write" | "delete" | "admin")[];
            /** @description The place in the configuration, below the credential. */
            origin: string;
        };
        SessionTimes: {
            /**
             * Format: date-time
             * @description When it ends in any case.
             */
            until: string;
            /**
             * Format: date-time
             * @description When it ends unless there is another request.
             */
            idleUntil: string;
        };
        Explanation: {
            allowed: boolean;
            principal: string;
            grants: components["schemas"]["ExplainedGrant"][];
        };
        ExplainedGrant: {
            tenant: string;
            namespace: string;
            permissions: ("list" | "resolve" | "write" | "delete" | "admin")[];
            /** @description The place in the configuration, below the credential. */
            origin: string;
            /** @enum {string} */
            verdict: "allows" | "other-tenant" | "other-namespace" | "other-permissions" | "no-credential" | "no-subject" | "no-binding";
        };
        GivenGrantPage: {
            results: components["schemas"]["GivenGrant"][];
            total: number;
        };
        GivenGrant: {
            /** @enum {string} */
            kind: "token" | "user" | "role" | "issuer" | "certificate" | "breakGlass";
            /** @description As records name them; `jwt:ID:*` stands for all of whom an issuer says `when`. */
            principal: string;
            tenant: string;
            /** @description May have claims in it, as `ci.{{claims.repository | path}}`. */
            namespace: string;
            permissions: ("list" | "resolve" | "write" | "delete" | "admin")[];
            /** @description The place in the configuration. */
            origin: string;
            /** @description The claims that a binding asks for. */
            when?: string;
            /**
             * Format: date-time
             * @description From when on it does not count.
             */
            expires?: string;
            /** @description Addresses from which alone it counts. */
            cidrs?: string[];
            /**
             * Format: date-time
             * @description When this gateway last saw the token.
             */
            lastUsed?: string;
        };
        SignInMethods: {
            /** @description In the order of the configuration. */
            issuers: {
                id: string;
                label: string;
            }[];
            token: boolean;
            password: boolean;
        };
        SignedIn: {
            principal: string;
            session: components["schemas"]["SessionTimes"];
        };
        RoleToken: {
            /** @description To be sent as `Authorization: Bearer`. */
            token: string;
            /** @constant */
            tokenType: "Bearer";
            /** @description From when on it does not count any more. */
            expires: string;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "unavailable";
            details?: {
                [key: string]: string;
            };
        };
        SystemState: {
            /** @description Those that serve the tenant, and whose scope the caller administers. */
            stores: components["schemas"]["StoreState"][];
            /** @description Absent where they cannot be read. */
            deadLetters?: number;
            /** @description For who administers every tenant. */
            instance?: components["schemas"]["InstanceState"];
            /** @description For who administers every tenant. */
            processes?: components["schemas"]["ProcessesState"];
            /** @description Encryption keys of this process; for who administers every tenant. */
            keys?: {
                id: string;
                active: boolean;
            }[];
        };
        StoreState: {
            name: string;
            /** @description Absent: every tenant without a store of its own. */
            tenant?: string;
            /** @description With those below it; absent: all of the tenant. */
            namespace?: string;
            type: string;
            readOnly: boolean;
            /** @enum {string} */
            conditionalWrites: "atomic" | "checked" | "none";
            health: {
                /** @enum {string} */
                state: "ok" | "down";
                reason?: string;
            };
            /** @enum {string} */
            breaker: "closed" | "open";
            /** @description Calls in a second that the store’s published limits leave room for. */
            rates: {
                reads?: number;
                writes?: number;
                lists?: number;
            };
            /** @description Secrets of the tenant; absent before the store is listed. */
            secrets?: number;
            /** @description Secrets of the tenant changed without Coffer, as far as this gateway remembers them. */
            drift?: {
                appeared: number;
                changed: number;
                deleted: number;
            };
        };
        /** @description What this gateway counted since it started. */
        InstanceState: {
            version: string;
            reads: {
                l1: number;
                l2: number;
                store: number;
                hitRatio?: number;
            };
            leases: {
                shard: string;
                held: boolean;
            }[];
            staleReads: number;
            probe: {
                fresh: number;
                stale: number;
                failed: number;
            };
            writesWaiting: number;
            writesUnfinished: number;
            /** @description Mean time for which writes waited for readers; where this process coordinates. */
            writesWaitedMs?: number;
            eventStreams: number;
        };
        /** @description All processes, as far as the log shows them within its replay window. */
        ProcessesState: {
            /** @description Those that held a lease within the last 5 minutes, at most 1,000. */
            gateways: {
                /** @description Id of one life of a process. */
                id: string;
                /** @description Whether it is the one that answers. */
                self: boolean;
                /** @description Shards for which it holds a lease now. */
                leases: number;
                /** Format: date-time */
                lastSeen: string;
            }[];
            /** @description Since when each shard of the log has the coordinator that it has. */
            coordinators: {
                shard: number;
                /** @description Id of one life of the process; absent where its version of Coffer does not say it. */
                process?: string;
                /** Format: date-time */
                since: string;
            }[];
            /** @description Since when each partition of the queue has the worker that it has. */
            workers: {
                partition: number;
                /** @description Id of one life of the process; absent where its version of Coffer does not say it. */
                process?: string;
                /** Format: date-time */
                since: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    searchAudit: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description The namespace, with its children. */
                namespace?: string;
                /** @description The whole key; also of one of several in a record. */
                key?: string;
                /** @description Such as `token:ci`. */
                principal?: string;
                /** @description Such as `secret.read`. */
                action?: string;
                /** @description `allow` or `deny`. */
                decision?: "allow" | "deny";
                /** @description Such as `ok`. */
                outcome?: string;
                /** @description As `POST …/audit/hash` answers it. */
                hmac?: string;
                /** @description Records of this time or later. */
                from?: string;
                /** @description Records before this time. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecordPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchAuditLogs: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `date:desc`, the only order that there is. */
                sort?: "date:desc";
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLogPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    searchAuditLogsInMain: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `date:desc`, the only order that there is. */
                sort?: "date:desc";
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLogPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    hashForAudit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuditHashInput"];
            };
        };
        responses: {
            /** @description The `hmac` of records under each key that there is, the active one first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHash"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNamespaceSecrets: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `key:asc`; fields key, namespace, description; repeated or joined by commas. */
                sort?: string | string[];
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. The header `Age` is there only while the log of writes is out of reach: for so many seconds, writes may be missing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    putSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    postSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    listNamespaceSecretsInMain: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `key:asc`; fields key, namespace, description; repeated or joined by commas. */
                sort?: string | string[];
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. The header `Age` is there only while the log of writes is out of reach: for so many seconds, writes may be missing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    putSecretInMain: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    postSecretInMain: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    deleteSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description The secret is absent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    patchSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    deleteSecretInMain: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description The secret is absent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    patchSecretInMain: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchSecret"];
            };
        };
        responses: {
            /** @description A list of one: the secret as it now is, without its value. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    listSecrets: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `key:asc`; fields key, namespace, description; repeated or joined by commas. */
                sort?: string | string[];
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. The header `Age` is there only while the log of writes is out of reach: for so many seconds, writes may be missing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    listSecretsInMain: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description `key:asc`; fields key, namespace, description; repeated or joined by commas. */
                sort?: string | string[];
                /** @description filters[FIELD][OPERATOR]=value, filters[tags][OPERATOR][name]=value, filters[or][0][FIELD][OPERATOR]=value, or JSON objects {"field", "operation", "value"} joined by commas. Fields: namespace, key, description, tags, q. */
                filters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. The header `Age` is there only while the log of writes is out of reach: for so many seconds, writes may be missing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    inheritedSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Keys by namespace; levels that the caller may not list are empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InheritedSecrets"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    inheritedSecretsInMain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Keys by namespace; levels that the caller may not list are empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InheritedSecrets"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KestraProblem"];
                };
            };
        };
    };
    searchSecrets: {
        parameters: {
            query?: {
                /** @description Defaults to every namespace. */
                namespace?: string;
                /** @description Whether those below `namespace` are searched as well. */
                children?: "true" | "false";
                /** @description Whether the secrets are added that `namespace` sees in its parents. */
                inherit?: "true" | "false";
                /** @description The whole key, as it is written. */
                key?: string;
                /** @description A part of the key, the description or a tag, in any case. */
                q?: string;
                /** @description `KEY` or `KEY=VALUE`; of several, every one. */
                tag?: string | string[];
                /** @description drifted, missing, ignored, writing; of several, any. */
                state?: string | string[];
                /** @description `FIELD:asc` or `FIELD:desc`; fields key, namespace, description, changed, store; repeated or joined by commas. */
                sort?: string | string[];
                /** @description Rows of a page. */
                limit?: number;
                /** @description `next` of the page before, asked with the same order. */
                cursor?: string;
                /** @description Rows that are left out at the beginning; not with `cursor`. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretSearch"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNamespaces: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order of their names, parents first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamespaceTree"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    describeNamespace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As the configuration has it; no store is asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamespaceDescription"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ignoreDrift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state is `ignored`. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    regardDrift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state is what was changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolveSecret: {
        parameters: {
            query?: {
                /** @description A field of a value that is a JSON object. */
                subkey?: string;
                /** @description Whether parent namespaces are asked where this one has no such key. */
                inherit?: "true" | "false";
                /** @description Whether a cached copy is passed over. */
                refresh?: "true" | "false";
                /** @description Such as `30s`: the answer comes once the version is another one than `after`, or 304 at the end of the time. */
                wait?: string;
                /** @description With `wait`: a `version` or an `ETag`; empty for a secret that is not there yet. */
                after?: string;
            };
            header?: {
                /** @description An `ETag`, or several: the answer is 304 where the secret is at this version. */
                "if-none-match"?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The value, and where it was found. `ETag` is its version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolvedSecret"];
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            /** @description The version is the one of `If-None-Match` or `after`; nothing is given out. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated, corrupt */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable, throttled */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putValue: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description Written. `ETag` is that of the value alone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteValue: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description `respond-async`: answer 202 as soon as the write is queued. */
                prefer?: string;
                /** @description `"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists. */
                "if-match"?: string;
                /** @description `*`: the write is 412 if the secret exists when its turn comes. */
                "if-none-match"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedWrite"];
                };
            };
            /** @description The secret is absent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: conflict, read-only, operation-in-flight */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed: precondition-failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid, too-large, operation-mismatch */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolveBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveBatch"];
            };
        };
        responses: {
            /** @description In the order of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolvedItem"][];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large, answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolveAll: {
        parameters: {
            query?: {
                /** @description Whether what the namespace sees of its parents is part of it. */
                inherit?: "true" | "false";
                /** @description Only keys that begin so. */
                prefix?: string;
            };
            header?: {
                /** @description An `ETag`, or several: the answer is 304 where the secret is at this version. */
                "if-none-match"?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Values and versions by key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllValues"];
                };
            };
            /** @description All are as `If-None-Match` has them; nothing is given out. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated, corrupt */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable, throttled */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dropCached: {
        parameters: {
            query?: never;
            header?: {
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                /** @description Dotted: company.team sees the secrets of company. */
                namespace: string;
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No instance serves what it had cached before this call. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, fence-ahead, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compareNamespaces: {
        parameters: {
            query: {
                /** @description A namespace. */
                a: string;
                /** @description Another. */
                b: string;
                /** @description And perhaps a third. */
                c?: string;
                /** @description A part of the key, in any case. */
                q?: string;
                /** @description Keys of a page. */
                limit?: number;
                /** @description `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys, each with what every namespace has. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Bad Gateway: denied, unauthenticated */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, throttled, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    watchEvents: {
        parameters: {
            query?: {
                /** @description Defaults to every namespace. */
                namespace?: string;
                /** @description Whether those below `namespace` are watched as well. */
                children?: "true" | "false";
                /** @description The `id` of an earlier event: begin after it. Defaults to now. */
                since?: string;
            };
            header?: {
                /** @description As `since`, and wins over it. */
                "last-event-id"?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSecrets: {
        parameters: {
            query?: {
                /** @description Whether it is only said what would happen. */
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description A repeat with the same key finds the first one’s outcome; another payload with it is refused. */
                "idempotency-key"?: string;
                /** @description W3C trace context; ignored when malformed. */
                traceparent?: string;
            };
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Changes"];
            };
        };
        responses: {
            /** @description What would happen, or happened, in the order of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesAnswer"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large, answer-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled, rate-limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUndeliveredEvents: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndeliveredEventPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayUndeliveredEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receiver has taken it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discardUndeliveredEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no such dead letter. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: operation-expired */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued; `Location` is where its state can be asked. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayedDeadLetter"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discardDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no such dead letter. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainAccess: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    permission: "list" | "resolve" | "write" | "delete" | "admin";
                    namespace: string;
                    /** @description `token:ID`, `user:NAME` or `role:ID`; absent: the caller. */
                    principal?: string;
                    /** @description An issuer of the configuration, with `claims` of a caller of its. */
                    issuer?: string;
                    /** @description At most 12288 characters as JSON. */
                    claims?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Each grant that may be shown, and why it allows this or does not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAccess: {
        parameters: {
            query?: {
                /** @description From 1. */
                page?: number;
                /** @description Rows of a page. */
                size?: number;
                /** @description A part of the name of whom it is given to, in any case. */
                principal?: string;
                /** @description Grants that cover it, or may by a claim; defaults to any. */
                namespace?: string;
                /** @description Grants that give it; defaults to any. */
                permission?: "list" | "resolve" | "write" | "delete" | "admin";
            };
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and how many there are in all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GivenGrantPage"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSignInMethods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ways that the configuration has. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInMethods"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Who has signed in; the session is in a cookie. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: overloaded, audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no session any more, or there was none. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startLogin: {
        parameters: {
            query?: {
                /** @description The page to go to in the end, below /ui. */
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the issuer; or to the sign-in page with `error`, when it cannot be reached. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the page that it began on, signed in; or to the sign-in page with `error`. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleLogIn"];
            };
        };
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleToken"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Content Too Large: body-too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: unsupported-media-type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: audit-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No; `details` says what is missing, and names stores to those who administer what they serve. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No; `details` says what is missing, and names stores to those who administer what they serve. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    readyWrites: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No; `details` says what is missing, and names stores to those who administer what they serve. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus’ text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    front: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page or JSON, as `Accept` asks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/html": unknown;
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    consoleRedirect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `/ui/`. */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    consoleIndex: {
        parameters: {
            query?: never;
            header?: {
                "accept-encoding"?: string;
                "if-none-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file of the console; its page where the path names none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "text/javascript": unknown;
                    "text/css": unknown;
                    "image/svg+xml": unknown;
                };
            };
            /** @description As `If-None-Match` has it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    consoleFile: {
        parameters: {
            query?: never;
            header?: {
                "accept-encoding"?: string;
                "if-none-match"?: string;
            };
            path: {
                /** @description The whole rest of the path; percent-encoded once, or with raw slashes. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file of the console; its page where the path names none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "text/javascript": unknown;
                    "text/css": unknown;
                    "image/svg+xml": unknown;
                };
            };
            /** @description As `If-None-Match` has it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found: not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    showSystem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Default tenant: main. */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this gateway knows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemState"];
                };
            };
            /** @description Bad Request: malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Content: invalid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: login-throttled */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout: timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
