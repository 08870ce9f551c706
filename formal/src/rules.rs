//! The rules of the protocol that a scope can leave out, to show what each is needed for.

/// A rule, or a part of one, by the number that it has in the protocol. Where the simulation can leave it out as well,
/// `npm run simulate -- --without` knows it by the same name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// 1: a hit needs a lease.
    Lease,
    /// 1: a hit needs a key that is not blocked.
    Block,
    /// 1: a hit needs an entry that has not expired.
    Expiry,
    /// 2: a lease counts from when its heartbeat was sent.
    SendTime,
    /// 2: ε covers the error of a clock over one lease.
    ClockError,
    /// 3: an entry whose tag is below the reader's fence is not used.
    Tag,
    /// 3: PREPARE and COMMIT kill the flights of their key.
    Kill,
    /// 4: a flight is joined only where a hit would be served.
    Join,
    /// 5: a reader that starts replays the log before it accepts a lease.
    Replay,
    /// 5: a nonce is never used twice.
    UniqueNonces,
    /// 5: a GRANT tells the epoch to a reader whose replay began after the EPOCH.
    EpochMemory,
    /// A GRANT of an epoch that is over is void.
    GrantEpoch,
    /// 6: COMMIT unblocks PREPAREs of equal or lower fence only.
    FenceBlock,
    /// 6: a PREPARE at or below the reader's fence is a late duplicate.
    LatePrepare,
    /// 7: a coordinator waits T + ε after its own EPOCH.
    TakeOverWait,
    /// 7: a coordinator stops on reading a later EPOCH.
    Stop,
    /// 8: CLEARED waits for every instance that may hold a lease.
    Wait,
    /// 8: only leases granted before the PREPARE was read count.
    Snapshot,
    /// 8: a grant counts from the attempt to write it.
    Attempt,
    /// 9: an instance that is behind a PREPARE is granted nothing.
    Withhold,
    /// 11: the store is asked only after CLEARED.
    Cleared,
    /// 11: a CLEARED counts within the apply deadline only.
    Deadline,
    /// 11: PREPARE is written again when no CLEARED comes, or a new EPOCH does.
    PrepareAgain,
    /// 12: the store takes a write only where its fence is the highest.
    Condition,
    /// 12: a mutation that has ended is not applied again.
    Redelivery,
    /// 13: a call that timed out is unresolved; it does not end in ABORT.
    Uncertain,
    /// 13: no ABORT while an attempt of that fence, by any worker, is unresolved.
    Unresolved,
    /// 13: PREPARE is repeated while the store may change.
    Hold,
    /// What an earlier owner of a partition writes is void, and it stops.
    Owner,
}

impl Rule {
    /// Its name in kebab case, as on a command line.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}
