//! What may happen in one step.

use crate::record::{Fence, PrepareId, Record};
use std::fmt;

/// What happens in one step. Readers and coordinators are numbered from 0, workers in records from 1.
#[rustfmt::skip]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    UncachedRead,
    Hit { reader: u8, value: Fence },
    Heartbeat { reader: u8 },
    FlightBegins { reader: u8 },
    StoreAnswers { reader: u8, value: Fence },
    FlightJoined { reader: u8 },
    FlightEnds { reader: u8, stores: bool },
    FenceForgotten { reader: u8 },
    Restart { reader: u8 },
    CutFromLog { reader: u8 },
    ReaderReads { reader: u8, record: Record },

    CoordinatorStarts { coordinator: u8 },
    CoordinatorAppends { coordinator: u8, record: Record },
    CoordinatorReads { coordinator: u8, record: Record },
    GrantSent { coordinator: u8, reader: u8, nonce: u8 },
    GrantConfirmed { coordinator: u8, reader: u8 },
    ClearedSent { coordinator: u8, prepare: PrepareId },
    ClearedLost { coordinator: u8 },

    WorkerStarts { worker: u8, fence: Fence },
    WorkerDies { worker: u8 },
    WorkerAppends { worker: u8, record: Record },
    WorkerReads { worker: u8, record: Record },
    WriteSkipped { worker: u8, fence: Fence },
    PrepareSent { worker: u8, fence: Fence },
    PrepareRepeated { worker: u8, fence: Fence },
    PrepareTimedOut { worker: u8, fence: Fence },
    PrepareAgainEarly { worker: u8, fence: Fence },
    EndSent { worker: u8, record: Record },
    StoreWrites { fence: Fence, waiter: Option<u8> },
    StoreRefuses { worker: u8, fence: Fence },
    CallTimesOut { worker: u8, fence: Fence },

    /// A record on its way to the log will be in it twice.
    RecordRepeated { record: Record },
    RepeatedAppends { record: Record },
    Tick,
    /// A tick that the clock of one leased reader misses.
    TickMissed { reader: u8 },
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Action::ReaderReads { reader, record } => write!(out, "reader {reader} reads {record}"),
            Action::CoordinatorAppends { coordinator, record } => {
                write!(out, "{record} of coordinator {coordinator} is in the log")
            }
            Action::CoordinatorReads { coordinator, record } => write!(out, "coordinator {coordinator} reads {record}"),
            Action::ClearedSent { coordinator, prepare } => {
                write!(out, "coordinator {coordinator} sends CLEARED({prepare})")
            }
            Action::WorkerAppends { record, .. } => write!(out, "{record} is in the log"),
            Action::WorkerReads { worker, record } => write!(out, "worker {} reads {record}", worker + 1),
            Action::RecordRepeated { record } => write!(out, "{record} will be in the log twice"),
            Action::RepeatedAppends { record } => write!(out, "{record} is in the log again"),
            Action::EndSent { record, .. } => write!(out, "{record} is sent"),
            other => write!(out, "{other:?}"),
        }
    }
}
