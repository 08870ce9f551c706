//! The scopes: in which the rules suffice, and in which one that is left out is missed.

use crate::rules::Rule;

/// How often what can go wrong may go wrong.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Faults {
    /// The first reader restarts.
    pub restarts: u8,
    /// A call to the store times out; it may still reach it.
    pub timeouts: u8,
    /// The store refuses a call for good.
    pub refusals: u8,
    /// A CLEARED is lost.
    pub lost_cleareds: u8,
    /// A record is written twice, the second time at any later moment.
    pub repeated_records: u8,
    /// PREPARE is sent again though nothing was lost.
    pub early_prepares: u8,
    /// The clock of a leased reader misses a tick.
    pub missed_ticks: u8,
    /// The log does not reach the first reader any more.
    pub cuts: u8,
    /// A worker dies whose successor has begun.
    pub deaths: u8,
    /// Ticks in all; 255: no limit.
    pub ticks: u8,
}

pub const NO_FAULTS: Faults = Faults {
    restarts: 0,
    timeouts: 0,
    refusals: 0,
    lost_cleareds: 0,
    repeated_records: 0,
    early_prepares: 0,
    missed_ticks: 0,
    cuts: 0,
    deaths: 0,
    ticks: u8::MAX,
};

/// What is explored. Every scope has reads that join flights, and a cache that returns any entry ever stored.
#[derive(Clone, Debug)]
pub struct Scope {
    pub name: &'static str,
    pub readers: u8,
    pub writes: u8,
    /// Heartbeats of each reader, and so leases.
    pub heartbeats: u8,
    pub coordinators: u8,
    pub workers: u8,
    /// T and ε, in ticks.
    pub lease: u8,
    pub clock_error: u8,
    /// The replay window, in ticks; 0: nothing is ever forgotten.
    pub window: u8,
    /// The life of an entry, and the apply deadline, in ticks, where there is a window.
    pub ttl: u8,
    pub deadline: u8,
    /// It begins with an EPOCH in the log that is older than the window.
    pub epoch_forgotten: bool,
    pub faults: Faults,
    pub without: &'static [Rule],
}

impl Scope {
    /// Its name; without rules, what is left out as well.
    pub fn title(&self) -> String {
        match self.without {
            [] => self.name.to_string(),
            without => {
                let names: Vec<String> = without.iter().map(|rule| rule.name()).collect();
                format!("without {}: {}", names.join(", "), self.name)
            }
        }
    }
}

const ONE: Scope = Scope {
    name: "1 reader, 1 write, 1 lease",
    readers: 1,
    writes: 1,
    heartbeats: 1,
    coordinators: 1,
    workers: 1,
    lease: 1,
    clock_error: 0,
    window: 0,
    ttl: 0,
    deadline: 0,
    epoch_forgotten: false,
    faults: NO_FAULTS,
    without: &[],
};
const TWO_LEASES: Scope = Scope { name: "2 leases", heartbeats: 2, ..ONE };
const TWO_WRITES: Scope = Scope { name: "2 writes", writes: 2, ..ONE };
const TWO_READERS: Scope = Scope { name: "2 readers", readers: 2, ..ONE };
const TWO_COORDINATORS: Scope = Scope { name: "2 coordinators", coordinators: 2, ..ONE };
const TWO_WORKERS: Scope = Scope { name: "2 workers", workers: 2, ..ONE };
const EPOCH_FORGOTTEN: Scope =
    Scope { name: "an EPOCH older than the window", epoch_forgotten: true, ..TWO_COORDINATORS };
/// The window outlasts the life of an entry and the apply deadline.
const WINDOW: Scope = Scope { name: "a window", window: 1, ..ONE };

/// Faults of one kind, each once.
const RESTART: Faults = Faults { restarts: 1, ..NO_FAULTS };
const TIMEOUT: Faults = Faults { timeouts: 1, ..NO_FAULTS };
const REFUSAL: Faults = Faults { refusals: 1, ..NO_FAULTS };
const TIMEOUT_AND_REFUSAL: Faults = Faults { timeouts: 1, refusals: 1, ..NO_FAULTS };
const LOST_CLEARED: Faults = Faults { lost_cleareds: 1, ..NO_FAULTS };
const REPEATED_RECORD: Faults = Faults { repeated_records: 1, ..NO_FAULTS };
const MISSED_TICK: Faults = Faults { missed_ticks: 1, ..NO_FAULTS };
const CUT: Faults = Faults { cuts: 1, ..NO_FAULTS };
const DEATH: Faults = Faults { deaths: 1, ..NO_FAULTS };

const fn ticks(ticks: u8, faults: Faults) -> Faults {
    Faults { ticks, ..faults }
}

/// Scopes in which nothing may be found.
pub fn sufficient() -> Vec<Scope> {
    let much = Faults { early_prepares: 1, missed_ticks: 1, lost_cleareds: 1, restarts: 1, ..TIMEOUT_AND_REFUSAL };
    let restart_timeout_refusal = Faults { restarts: 1, ..TIMEOUT_AND_REFUSAL };
    vec![
        Scope { name: "2 readers, a time-out, a refusal", faults: TIMEOUT_AND_REFUSAL, ..TWO_READERS },
        Scope { name: "2 readers, 2 writes", writes: 2, ..TWO_READERS },
        Scope { name: "2 readers, 2 leases each", heartbeats: 2, ..TWO_READERS },
        Scope { name: "3 writes, 2 leases", writes: 3, ..TWO_LEASES },
        TWO_COORDINATORS,
        EPOCH_FORGOTTEN,
        Scope { name: "2 workers, a restart, a time-out, a refusal", faults: restart_timeout_refusal, ..TWO_WORKERS },
        Scope { name: "2 workers, the first one dies", faults: DEATH, ..TWO_WORKERS },
        Scope { name: "2 writes, a record written twice", faults: REPEATED_RECORD, ..TWO_WRITES },
        Scope { name: "every fault of clock, reader, store and CLEARED", clock_error: 1, faults: much, ..ONE },
        Scope { name: "a reader cut off from the log", faults: CUT, ..ONE },
        Scope { name: "a window, a restart, 2 ticks", faults: ticks(2, RESTART), ..WINDOW },
        Scope { name: "a window, a time-out, 2 ticks", faults: ticks(2, TIMEOUT), ..WINDOW },
        Scope { name: "a window, 2 leases, 2 ticks", faults: ticks(2, NO_FAULTS), heartbeats: 2, ..WINDOW },
    ]
}

/// Scopes in which what is left out is missed.
pub fn missing() -> Vec<Scope> {
    use Rule::*;
    vec![
        Scope { without: &[Lease], ..ONE },
        Scope { without: &[Block], ..ONE },
        Scope { without: &[Expiry], faults: ticks(2, NO_FAULTS), heartbeats: 2, ..WINDOW },
        Scope { without: &[SendTime], ..ONE },
        Scope { without: &[ClockError], clock_error: 1, faults: MISSED_TICK, ..ONE },
        Scope { without: &[Tag], ..TWO_READERS },
        Scope { without: &[Kill], ..TWO_LEASES },
        Scope { without: &[Join], ..ONE },
        Scope { without: &[Replay], faults: RESTART, ..TWO_LEASES },
        Scope { without: &[UniqueNonces], faults: RESTART, ..TWO_LEASES },
        Scope { without: &[EpochMemory], ..EPOCH_FORGOTTEN },
        Scope { without: &[GrantEpoch], ..TWO_COORDINATORS },
        Scope { without: &[FenceBlock], faults: REPEATED_RECORD, ..TWO_WRITES },
        Scope { without: &[LatePrepare], faults: REPEATED_RECORD, ..ONE },
        Scope { without: &[TakeOverWait], ..TWO_COORDINATORS },
        Scope { without: &[Stop], ..TWO_COORDINATORS },
        Scope { without: &[Wait], ..ONE },
        Scope { without: &[Attempt], ..ONE },
        Scope { without: &[Snapshot, Withhold], faults: CUT, ..ONE },
        Scope { without: &[Cleared], ..ONE },
        Scope { without: &[Deadline], faults: ticks(2, RESTART), ..WINDOW },
        Scope { without: &[PrepareAgain], ..TWO_COORDINATORS },
        Scope { without: &[PrepareAgain], faults: LOST_CLEARED, ..ONE },
        Scope { without: &[Condition], faults: TIMEOUT, ..TWO_WRITES },
        Scope { without: &[Redelivery], faults: REFUSAL, ..TWO_WORKERS },
        Scope { without: &[Uncertain], faults: TIMEOUT, ..ONE },
        Scope { without: &[Unresolved], faults: TIMEOUT_AND_REFUSAL, ..ONE },
        Scope { without: &[Hold], faults: ticks(2, RESTART), ..WINDOW },
        Scope { without: &[Owner], faults: TIMEOUT_AND_REFUSAL, ..TWO_WORKERS },
        Scope {
            name: "a window shorter than an entry's life",
            window: 1,
            ttl: 2,
            faults: ticks(2, NO_FAULTS),
            heartbeats: 2,
            ..WINDOW
        },
    ]
}
