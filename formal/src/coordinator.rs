//! A coordinator of the shard (rules 7 to 10). The second one takes over at any moment, and the first one lives on.

use crate::action::Action;
use crate::model::{Model, State, MAX_READERS};
use crate::reader::Reader;
use crate::record::{PrepareId, Record};
use crate::rules::Rule;
use arrayvec::ArrayVec;

/// PREPAREs that a coordinator holds unanswered; while it holds so many it reads no further one.
const MAX_OPEN: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Role {
    #[default]
    Absent,
    /// Its EPOCH was sent.
    Claiming,
    /// Its EPOCH is in the log.
    Claimed,
    InOffice,
    Stopped,
}

/// A PREPARE that has not been answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Open {
    pub offset: u8,
    pub prepare: PrepareId,
    /// The coordinator's `leases` when it read the PREPARE, on from then.
    pub leases: [u8; MAX_READERS],
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Coordinator {
    pub role: Role,
    pub position: u8,
    /// The epoch it writes in.
    pub epoch: u8,
    /// The latest owner of the partition that it has read.
    pub owner: u8,
    /// Ticks until T + ε after its own EPOCH (rule 7).
    pub wait: u8,
    pub open: ArrayVec<Open, MAX_OPEN>,
    /// Of each reader, ticks for which it may hold a lease.
    pub leases: [u8; MAX_READERS],
    /// Of each reader, how many nonces it has dealt with.
    pub nonces: [u8; MAX_READERS],
    /// GRANTs on their way to the log.
    pub granting: [Option<u8>; MAX_READERS],
    /// GRANTs in the log that it does not know to be there, where rule 8's part `attempt` is left out.
    pub granted: [bool; MAX_READERS],
    /// A CLEARED on its way to the log.
    pub clearing: Option<PrepareId>,
}

impl Coordinator {
    pub fn is_reading(&self) -> bool {
        !matches!(self.role, Role::Absent | Role::Stopped)
    }

    /// Whether a record means nothing to it now and never will.
    pub fn ignores(&self, record: Record) -> bool {
        !matches!(record, Record::Epoch { .. } | Record::Prepare(_) | Record::Owner { .. })
    }

    fn reads_on(&self, record: Record) -> bool {
        !(self.role == Role::InOffice && self.open.is_full() && matches!(record, Record::Prepare(_)))
    }

    fn read(&mut self, me: u8, record: Record, model: &Model) {
        let offset = self.position;
        self.position += 1;
        match record {
            Record::Epoch { epoch } if epoch == me + 1 => {
                self.role = Role::InOffice;
                self.epoch = epoch;
                self.wait = if model.obeys(Rule::TakeOverWait) { model.longest_lease() } else { 0 };
            }
            // Rule 7: it stops for good when it reads a later one.
            Record::Epoch { epoch } if self.role == Role::InOffice => {
                if model.obeys(Rule::Stop) {
                    self.stop();
                } else {
                    self.epoch = epoch;
                }
            }
            Record::Owner { owner } => self.owner = self.owner.max(owner),
            Record::Prepare(prepare) => {
                let valid = prepare.owner >= self.owner || !model.obeys(Rule::Owner);
                self.owner = self.owner.max(prepare.owner);
                if valid && self.role == Role::InOffice {
                    self.open.push(Open { offset, prepare, leases: self.leases });
                }
            }
            _ => {}
        }
    }

    /// What it has sent may still arrive.
    fn stop(&mut self) {
        *self = Coordinator {
            role: Role::Stopped,
            epoch: self.epoch,
            granting: self.granting,
            clearing: self.clearing,
            ..Coordinator::default()
        };
    }

    /// The reader's life has ended.
    pub fn release(&mut self, reader: usize) {
        self.leases[reader] = 0;
        for open in &mut self.open {
            open.leases[reader] = 0;
        }
    }

    /// Rule 8: each reader that may hold a lease has read past the PREPARE, or its lease is over. A reader tells its
    /// position at any time, so that what it has read is what the coordinator may know.
    fn clears(&self, open: &Open, state: &State, model: &Model) -> bool {
        let leases = if model.obeys(Rule::Snapshot) { &open.leases } else { &self.leases };
        let passed = model
            .readers(state)
            .all(|(reader, Reader { position, .. })| *position > open.offset || leases[reader as usize] == 0);
        self.wait == 0 && (passed || !model.obeys(Rule::Wait))
    }

    /// Whether the reader is behind a PREPARE that has not been answered.
    pub fn is_behind(&self, reader: u8, state: &State) -> bool {
        self.open.iter().any(|open| state.readers[reader as usize].position <= open.offset)
    }

    /// Records on their way to the log; they arrive in any order.
    pub fn sent(&self) -> impl Iterator<Item = Record> + '_ {
        let Coordinator { epoch, .. } = *self;
        let claim = (self.role == Role::Claiming).then_some(Record::Epoch { epoch });
        let cleared = self.clearing.map(|prepare| Record::Cleared { epoch, prepare });
        let grants =
            self.granting.iter().enumerate().filter_map(move |(reader, nonce)| {
                nonce.map(|nonce| Record::Grant { epoch, reader: reader as u8, nonce })
            });
        claim.into_iter().chain(cleared).chain(grants)
    }
}

/// What brings a write on: records that arrive, records that are read, CLEARED.
pub fn progress(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, coordinator) in state.coordinators.iter().enumerate() {
        let me = me as u8;
        for record in coordinator.sent() {
            actions.push(Action::CoordinatorAppends { coordinator: me, record });
        }
        if !coordinator.is_reading() {
            continue;
        }
        if let Some(record) = state.log.at(coordinator.position).filter(|record| coordinator.reads_on(*record)) {
            actions.push(Action::CoordinatorReads { coordinator: me, record });
        }
        if coordinator.clearing.is_none() {
            for open in coordinator.open.iter().filter(|open| coordinator.clears(open, state, model)) {
                actions.push(Action::ClearedSent { coordinator: me, prepare: open.prepare });
            }
        }
    }
}

/// GRANTs, which only readers need.
pub fn grants(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, coordinator) in state.coordinators.iter().enumerate() {
        for (reader, Reader { heartbeats, .. }) in model.readers(state) {
            let place = reader as usize;
            if coordinator.granted[place] {
                actions.push(Action::GrantConfirmed { coordinator: me as u8, reader });
            }
            // Rule 9. With rule 8's part `snapshot` it may grant also to who is behind, since no writer waits for that.
            let withheld =
                !model.obeys(Rule::Snapshot) && model.obeys(Rule::Withhold) && coordinator.is_behind(reader, state);
            if coordinator.role != Role::InOffice || coordinator.granting[place].is_some() || withheld {
                continue;
            }
            for nonce in coordinator.nonces[place]..heartbeats.len() as u8 {
                if heartbeats[nonce as usize].age < model.longest_lease() {
                    actions.push(Action::GrantSent { coordinator: me as u8, reader, nonce });
                }
            }
        }
    }
}

/// What can go wrong, and the take-over.
pub fn faults(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, coordinator) in state.coordinators.iter().enumerate() {
        let me = me as u8;
        if coordinator.role == Role::Absent && me < model.scope.coordinators {
            actions.push(Action::CoordinatorStarts { coordinator: me });
        }
        if coordinator.clearing.is_some() && state.faults.lost_cleareds > 0 {
            actions.push(Action::ClearedLost { coordinator: me });
        }
    }
}

pub fn perform(action: Action, next: &mut State, model: &Model) {
    let longest = model.longest_lease();
    match action {
        Action::CoordinatorStarts { coordinator } => {
            let end = next.log.end();
            let starting = &mut next.coordinators[coordinator as usize];
            (starting.role, starting.position, starting.epoch) = (Role::Claiming, end, coordinator + 1);
        }
        Action::CoordinatorAppends { coordinator, record } => {
            next.log.append(record);
            let sender = &mut next.coordinators[coordinator as usize];
            match record {
                Record::Epoch { .. } => sender.role = Role::Claimed,
                Record::Cleared { .. } => sender.clearing = None,
                Record::Grant { reader, .. } => {
                    sender.granting[reader as usize] = None;
                    sender.granted[reader as usize] = !model.obeys(Rule::Attempt) && sender.role == Role::InOffice;
                }
                _ => {}
            }
        }
        Action::CoordinatorReads { coordinator, record } => {
            next.coordinators[coordinator as usize].read(coordinator, record, model);
        }
        Action::GrantSent { coordinator, reader, nonce } => {
            let age = next.readers[reader as usize].heartbeats[nonce as usize].age;
            let sender = &mut next.coordinators[coordinator as usize];
            sender.granting[reader as usize] = Some(nonce);
            sender.nonces[reader as usize] = nonce + 1;
            // T + ε from the receipt, which may have been at any time since the heartbeat was sent: the earliest one leaves
            // the coordinator the least to wait for.
            if model.obeys(Rule::Attempt) {
                let lease = &mut sender.leases[reader as usize];
                *lease = (*lease).max(longest - age);
            }
        }
        Action::GrantConfirmed { coordinator, reader } => {
            let sender = &mut next.coordinators[coordinator as usize];
            sender.granted[reader as usize] = false;
            sender.leases[reader as usize] = longest;
        }
        Action::ClearedSent { coordinator, prepare } => {
            let sender = &mut next.coordinators[coordinator as usize];
            sender.open.retain(|open| open.prepare != prepare);
            sender.clearing = Some(prepare);
        }
        Action::ClearedLost { coordinator } => {
            next.faults.lost_cleareds -= 1;
            next.coordinators[coordinator as usize].clearing = None;
        }
        _ => unreachable!("{action} is no coordinator's"),
    }
}
