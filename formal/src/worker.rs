//! A worker that owns the mutation partition (rules 11 to 14), and the store. The second one takes over at any moment,
//! and the first one lives on until it reads OWNER, or dies.

use crate::model::Model;
use crate::record::{Fence, Knowledge, PrepareId, Record};
use crate::rules::Rule;

pub const MAX_WRITES: usize = 3;
/// PREPAREs of one fence by one worker; one that needs more makes no progress.
pub const MAX_ATTEMPTS: u8 = 6;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Phase {
    #[default]
    Absent,
    /// Its OWNER was sent and not read back.
    Claiming,
    /// It is to prepare the write, for the first time or again.
    Ready,
    /// Its PREPARE was sent.
    Preparing,
    /// The store was asked.
    Applying,
    /// The store has taken the write, and COMMIT is due.
    Committing,
    /// The store has refused the write, and ABORT is due.
    Aborting,
    /// All writes have ended.
    Done,
    /// It has read the OWNER of another one, or died.
    Stopped,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Worker {
    pub phase: Phase,
    pub position: u8,
    pub known: Knowledge,
    /// The write it is about.
    pub fence: Fence,
    /// The number of its latest PREPARE of that write.
    pub attempt: u8,
    /// An attempt under this fence, by any worker, may still reach the store (rule 13).
    pub unresolved: bool,
    /// Ticks since its latest PREPARE was sent, in scopes with a window.
    pub prepare_age: u8,
    /// A record on its way to the log. Those of one worker keep their order, so the next one waits for it.
    pub sending: Option<Record>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Store {
    pub value: Fence,
    /// Of each fence, how many calls may still reach the store.
    pub calls: [u8; MAX_WRITES + 1],
}

impl Worker {
    pub fn is_reading(&self) -> bool {
        !matches!(self.phase, Phase::Absent | Phase::Done | Phase::Stopped)
    }

    fn prepare_id(&self, me: u8) -> PrepareId {
        PrepareId { owner: me + 1, fence: self.fence, attempt: self.attempt }
    }

    /// Whether a record means nothing to it now and never will: epochs and attempts only grow.
    pub fn ignores(&self, me: u8, record: Record) -> bool {
        match record {
            Record::Grant { epoch, .. } => epoch <= self.known.epoch,
            Record::Cleared { epoch, prepare } => {
                epoch <= self.known.epoch && !(self.phase == Phase::Preparing && prepare == self.prepare_id(me))
            }
            _ => false,
        }
    }

    pub fn read(&mut self, me: u8, record: Record, model: &Model) {
        self.position += 1;
        let epoch = self.known.epoch;
        let valid = self.known.admit(record, model);
        match record {
            Record::Owner { owner } if owner == me + 1 => self.phase = Phase::Ready,
            // An earlier owner stops on reading it.
            Record::Owner { owner } if owner > me + 1 && model.obeys(Rule::Owner) => self.stop(),
            Record::Cleared { prepare, .. } if valid => self.cleared(me, prepare, model),
            Record::Prepare(prepare) if valid && prepare.owner != me + 1 && prepare.fence == self.fence => {
                self.known.read(record, model);
                self.unresolved = true;
            }
            Record::Prepare(prepare) if !model.obeys(Rule::Cleared) && prepare == self.prepare_id(me) => {
                self.cleared(me, prepare, model);
            }
            _ if valid => {
                self.known.read(record, model);
            }
            _ => {}
        }
        // Rule 11: what waits for a CLEARED of an earlier epoch is prepared again.
        if self.known.epoch > epoch && epoch > 0 && self.phase == Phase::Preparing && model.obeys(Rule::PrepareAgain) {
            self.phase = Phase::Ready;
        }
    }

    /// Rule 11: only its own PREPARE's CLEARED, within the apply deadline from before that PREPARE was sent.
    fn cleared(&mut self, me: u8, prepare: PrepareId, model: &Model) {
        if self.phase != Phase::Preparing || prepare != self.prepare_id(me) {
            return;
        }
        let late = model.scope.window > 0 && self.prepare_age > model.scope.deadline && model.obeys(Rule::Deadline);
        self.phase = if late { Phase::Ready } else { Phase::Applying };
    }

    pub fn stop(&mut self) {
        *self = Worker { phase: Phase::Stopped, sending: self.sending, ..Worker::default() };
    }

    /// Rule 12: whether its write has ended before.
    pub fn has_ended(&self, model: &Model) -> bool {
        self.fence <= self.known.fence.max(self.known.aborted) && model.obeys(Rule::Redelivery)
    }

    pub fn next_write(&mut self, model: &Model) {
        let done = self.fence >= model.scope.writes;
        *self = Worker {
            phase: if done { Phase::Done } else { Phase::Ready },
            fence: self.fence + 1,
            attempt: 0,
            unresolved: false,
            prepare_age: 0,
            ..self.clone()
        };
    }

    pub fn send_prepare(&mut self, me: u8) {
        self.attempt += 1;
        self.prepare_age = 0;
        self.sending = Some(Record::Prepare(self.prepare_id(me)));
    }

    /// Whether a call of this worker may reach the store, or has reached it and no COMMIT says so.
    pub fn may_change_store(&self) -> bool {
        match self.phase {
            Phase::Applying | Phase::Committing => true,
            Phase::Ready | Phase::Preparing => self.unresolved,
            _ => false,
        }
    }

    /// Whether rule 13 demands a PREPARE before any more time passes: the store may change, and readers forget a PREPARE
    /// after the window. That the log takes it in time is assumed.
    pub fn must_hold(&self, model: &Model) -> bool {
        self.may_change_store()
            && self.prepare_age * 2 >= model.scope.window
            && model.scope.window > 0
            && model.obeys(Rule::Hold)
    }
}
