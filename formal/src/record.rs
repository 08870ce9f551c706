//! The log: its records, and what a process knows of the key once it has read some of them.

use crate::model::Model;
use crate::rules::Rule;
use arrayvec::ArrayVec;
use std::fmt;

/// A fence is the number of a write, from 1; 0 stands for none. The value that a write stores is its number too.
pub type Fence = u8;

/// One PREPARE: its owner, its fence, and how many PREPAREs of that fence the owner had written before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PrepareId {
    pub owner: u8,
    pub fence: Fence,
    pub attempt: u8,
}

/// A record of the log. All of them concern one key of one shard and one mutation partition. Epochs and owners are
/// numbered from 1 in the order of their EPOCH and OWNER records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    Epoch { epoch: u8 },
    Grant { epoch: u8, reader: u8, nonce: u8 },
    Owner { owner: u8 },
    Prepare(PrepareId),
    Cleared { epoch: u8, prepare: PrepareId },
    Commit { owner: u8, fence: Fence },
    Abort { owner: u8, fence: Fence },
}

impl Record {
    /// Whether a reader that starts without it might miss it: only then its age matters. Where there is one coordinator the
    /// epoch is no question.
    pub fn fades(&self, model: &Model) -> bool {
        match self {
            Record::Prepare(_) | Record::Commit { .. } | Record::Abort { .. } => true,
            _ => model.scope.coordinators > 1,
        }
    }
}

impl fmt::Display for PrepareId {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "fence {}, worker {}, attempt {}", self.fence, self.owner, self.attempt)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Record::Epoch { epoch } => write!(out, "EPOCH({epoch})"),
            Record::Grant { epoch, reader, nonce } => {
                write!(out, "GRANT(epoch {epoch}, reader {reader}, nonce {nonce})")
            }
            Record::Owner { owner } => write!(out, "OWNER(worker {owner})"),
            Record::Prepare(prepare) => write!(out, "PREPARE({prepare})"),
            Record::Cleared { epoch, prepare } => write!(out, "CLEARED(epoch {epoch}; {prepare})"),
            Record::Commit { owner, fence } => write!(out, "COMMIT(fence {fence}, worker {owner})"),
            Record::Abort { owner, fence } => write!(out, "ABORT(fence {fence}, worker {owner})"),
        }
    }
}

/// What follows from a prefix of the log: for a reader, a worker, or whoever replays that prefix.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Knowledge {
    /// The highest epoch read; 0 before the first.
    pub epoch: u8,
    /// The latest owner of the partition; 0 before the first.
    pub owner: u8,
    /// The highest fence that a COMMIT ended.
    pub fence: Fence,
    /// The highest fence prepared and not ended.
    pub blocked: Fence,
    /// The highest fence that an ABORT ended.
    pub aborted: Fence,
}

impl Knowledge {
    /// Takes a record's epoch or owner into account: both only grow. Answers whether the record is valid.
    pub fn admit(&mut self, record: Record, model: &Model) -> bool {
        match record {
            Record::Epoch { epoch } | Record::Cleared { epoch, .. } => raise(&mut self.epoch, epoch),
            Record::Grant { epoch, .. } if model.obeys(Rule::EpochMemory) => {
                raise(&mut self.epoch, epoch) || !model.obeys(Rule::GrantEpoch)
            }
            Record::Grant { epoch, .. } => epoch >= self.epoch,
            Record::Owner { owner }
            | Record::Prepare(PrepareId { owner, .. })
            | Record::Commit { owner, .. }
            | Record::Abort { owner, .. } => raise(&mut self.owner, owner) || !model.obeys(Rule::Owner),
        }
    }

    /// Takes a valid PREPARE, COMMIT or ABORT into account (rule 6). Answers whether it kills the key's flights (rule 3).
    pub fn read(&mut self, record: Record, model: &Model) -> bool {
        match record {
            Record::Prepare(PrepareId { fence, .. }) => {
                if fence <= self.fence && model.obeys(Rule::LatePrepare) {
                    return false;
                }
                self.blocked = self.blocked.max(fence);
                true
            }
            Record::Commit { fence, .. } => {
                self.fence = self.fence.max(fence);
                if self.blocked <= fence || !model.obeys(Rule::FenceBlock) {
                    self.blocked = 0;
                }
                true
            }
            Record::Abort { fence, .. } => {
                self.aborted = self.aborted.max(fence);
                if self.blocked == fence {
                    self.blocked = 0;
                }
                false
            }
            _ => false,
        }
    }
}

fn raise(known: &mut u8, to: u8) -> bool {
    let valid = to >= *known;
    *known = to.max(*known);
    valid
}

/// Records that a scope may hold unread at most; the check ends with an error where this does not suffice.
const CAPACITY: usize = 20;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    pub record: Record,
    /// Ticks since it was appended, in scopes with a window.
    pub age: u8,
}

/// The log from the first record that anyone may still read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Log {
    pub entries: ArrayVec<Entry, CAPACITY>,
    /// What the dropped prefix says, to whoever replays the log without a window.
    pub base: Knowledge,
}

impl Log {
    pub fn append(&mut self, record: Record) {
        self.entries.push(Entry { record, age: 0 });
    }

    /// The record at that place; none where the log ends.
    pub fn at(&self, position: u8) -> Option<Record> {
        self.entries.get(position as usize).map(|entry| entry.record)
    }

    pub fn end(&self) -> u8 {
        self.entries.len() as u8
    }

    /// Drops what everyone has read of the first `read` records; but not what a reader that starts still replays, where there
    /// is a window and a reader may start. Answers how many were dropped.
    pub fn drop_read(&mut self, read: u8, replays: bool, model: &Model) -> u8 {
        let mut place = 0;
        let before = self.entries.len();
        let Log { entries, base } = self;
        entries.retain(|entry| {
            place += 1;
            let drops = place <= read && !(replays && entry.age <= model.scope.window && entry.record.fades(model));
            if drops && base.admit(entry.record, model) {
                base.read(entry.record, model);
            }
            !drops
        });
        (before - self.entries.len()) as u8
    }

    /// Where a reader that starts begins to read.
    pub fn replay_from(&self, model: &Model) -> u8 {
        let old = |entry: &Entry| entry.age > model.scope.window;
        self.entries.iter().rposition(old).map_or(0, |place| place as u8 + 1)
    }
}
