//! A reader: one gateway's caches of the key (rules 1 to 6). L1 and L2 are one cache, which may return any entry that any
//! reader ever stored: whatever Redis loses, delays or brings back is among that.

use crate::action::Action;
use crate::model::{Model, State};
use crate::record::{Fence, Knowledge, Log, Record};
use crate::rules::Rule;
use arrayvec::ArrayVec;

pub const MAX_HEARTBEATS: usize = 3;

/// A request for a lease. Its nonce is its place in the list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Heartbeat {
    /// Ticks since it was sent, T at most.
    pub age: u8,
    /// The same on the clock of the reader.
    pub reader_age: u8,
}

/// A call to the store and the reads that wait for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Flight {
    /// What the store has answered.
    pub value: Option<Fence>,
    /// The reader's fence when the flight began (rule 3).
    pub tag: Fence,
    /// It began leased and unblocked (rule 4).
    pub cacheable: bool,
    pub killed: bool,
    /// Ticks since it began, in scopes with a window.
    pub age: u8,
    /// What was acknowledged, and what had been returned, when the last of its reads began.
    pub acknowledged: Fence,
    pub returned: Fence,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Reader {
    /// Everything below it has been read.
    pub position: u8,
    /// Ticks until the lease ends, on the reader's clock; 0: none.
    pub lease: u8,
    pub known: Knowledge,
    pub flight: Option<Flight>,
    pub heartbeats: ArrayVec<Heartbeat, MAX_HEARTBEATS>,
    /// The log does not reach it any more, but its heartbeats reach the coordinators.
    pub cut: bool,
    /// Ticks since the latest record of the key was appended, in scopes with a window.
    pub key_age: u8,
}

/// An entry of the cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CacheEntry {
    pub tag: Fence,
    pub value: Fence,
}

impl Reader {
    /// Rules 1 and 4: whether any cache may be asked for the key.
    pub fn may_cache(&self, model: &Model) -> bool {
        (self.lease > 0 || !model.obeys(Rule::Lease)) && (self.known.blocked == 0 || !model.obeys(Rule::Block))
    }

    /// Rules 1 and 3: whether this entry may be answered now.
    pub fn hits(&self, entry: CacheEntry, model: &Model) -> bool {
        self.may_cache(model) && (entry.tag >= self.known.fence || !model.obeys(Rule::Tag))
    }

    /// Rule 4: whether a read that begins now may take the flight's answer.
    fn joins(&self, flight: &Flight, model: &Model) -> bool {
        (flight.cacheable && !flight.killed && self.may_cache(model)) || !model.obeys(Rule::Join)
    }

    /// Rule 3: whether the flight's answer may be stored under its tag.
    fn stores(&self, flight: &Flight, value: Fence, model: &Model) -> bool {
        let entry = CacheEntry { tag: flight.tag, value };
        flight.cacheable && !flight.killed && flight.age <= model.scope.ttl && self.hits(entry, model)
    }

    /// Takes the next record of the log, in log order.
    pub fn read(&mut self, me: u8, record: Record, age: u8, model: &Model) {
        self.position += 1;
        if !self.known.admit(record, model) {
            return;
        }
        if let Record::Grant { reader, nonce, .. } = record {
            // Rule 2. A nonce of an earlier life has expired, and one that was never sent grants nothing.
            if let (true, Some(heartbeat)) = (reader == me, self.heartbeats.get(nonce as usize)) {
                let since = if model.obeys(Rule::SendTime) { heartbeat.reader_age } else { 0 };
                self.lease = self.lease.max(model.scope.lease - since);
            }
        }
        if let Record::Prepare(_) | Record::Commit { .. } | Record::Abort { .. } = record {
            self.key_age = age;
            let kills = self.known.read(record, model);
            if let (true, Some(flight)) = (kills && model.obeys(Rule::Kill), &mut self.flight) {
                flight.killed = true;
            }
        }
    }

    /// Whether a record means nothing to this reader now and never will: epochs only grow.
    pub fn ignores(&self, me: u8, record: Record, model: &Model) -> bool {
        match record {
            Record::Cleared { epoch, .. } => epoch <= self.known.epoch,
            Record::Grant { epoch, reader, .. } => {
                epoch <= self.known.epoch
                    && (reader != me || (epoch < self.known.epoch && model.obeys(Rule::GrantEpoch)))
            }
            _ => false,
        }
    }

    /// Rule 5: another life begins. The lease of the one before is given back, as by a reader that leaves in peace: to wait
    /// for it would only make CLEARED later.
    fn restart(&mut self, log: &Log, model: &Model) {
        self.lease = 0;
        self.flight = None;
        self.key_age = 0;
        (self.position, self.known) = if !model.obeys(Rule::Replay) {
            (log.end(), Knowledge::default())
        } else if model.scope.window > 0 {
            (log.replay_from(model), Knowledge::default())
        } else {
            (0, log.base)
        };
        if model.obeys(Rule::UniqueNonces) {
            for heartbeat in &mut self.heartbeats {
                (heartbeat.age, heartbeat.reader_age) = (model.scope.lease, model.scope.lease);
            }
        } else {
            self.heartbeats.clear();
        }
    }
}

/// What readers may do with their caches and the store.
pub fn reads(state: &State, model: &Model, actions: &mut Vec<Action>) {
    if state.store.value > state.returned {
        actions.push(Action::UncachedRead);
    }
    for (me, reader) in model.readers(state) {
        if reader.heartbeats.len() < model.scope.heartbeats as usize {
            actions.push(Action::Heartbeat { reader: me });
        }
        for entry in state.cached() {
            if entry.value > state.returned && reader.hits(entry, model) {
                actions.push(Action::Hit { reader: me, value: entry.value });
            }
        }
        match &reader.flight {
            None if reader.may_cache(model) || !model.obeys(Rule::Join) => {
                actions.push(Action::FlightBegins { reader: me })
            }
            None => {}
            Some(flight) => {
                actions.push(match flight.value {
                    None => Action::StoreAnswers { reader: me, value: state.store.value },
                    Some(value) => Action::FlightEnds { reader: me, stores: reader.stores(flight, value, model) },
                });
                let older = (flight.acknowledged, flight.returned) != (state.acknowledged, state.returned);
                if older && reader.joins(flight, model) {
                    actions.push(Action::FlightJoined { reader: me });
                }
            }
        }
        let knows = reader.known.fence > 0 || reader.known.blocked > 0;
        if model.scope.window > 0 && reader.key_age > model.scope.window && knows {
            actions.push(Action::FenceForgotten { reader: me });
        }
        if state.faults.restarts > 0 && me == 0 {
            actions.push(Action::Restart { reader: me });
        }
        if state.faults.cuts > 0 && me == 0 {
            actions.push(Action::CutFromLog { reader: me });
        }
    }
}

pub fn perform(action: Action, next: &mut State, model: &Model) {
    let (acknowledged, returned) = (next.acknowledged, next.returned);
    match action {
        Action::UncachedRead => next.returned = next.store.value,
        Action::Hit { value, .. } => next.returned = value,
        Action::Heartbeat { reader } => {
            next.readers[reader as usize].heartbeats.push(Heartbeat { age: 0, reader_age: 0 });
        }
        Action::FlightBegins { reader } => {
            let reader = &mut next.readers[reader as usize];
            let (tag, cacheable) = (reader.known.fence, reader.may_cache(model));
            reader.flight = Some(Flight { value: None, tag, cacheable, killed: false, age: 0, acknowledged, returned });
        }
        Action::StoreAnswers { reader, value } => {
            if let Some(flight) = &mut next.readers[reader as usize].flight {
                flight.value = Some(value);
            }
        }
        Action::FlightJoined { reader } => {
            if let Some(flight) = &mut next.readers[reader as usize].flight {
                (flight.acknowledged, flight.returned) = (acknowledged, returned);
            }
        }
        Action::FlightEnds { reader, stores } => {
            let flight = next.readers[reader as usize].flight.take();
            if let Some(Flight { value: Some(value), tag, age, .. }) = flight {
                next.returned = next.returned.max(value);
                if stores {
                    next.fill(CacheEntry { tag, value }, age);
                }
            }
        }
        // Rule 6: fences older than the window are forgotten.
        Action::FenceForgotten { reader } => {
            let known = &mut next.readers[reader as usize].known;
            (known.fence, known.blocked) = (0, 0);
        }
        Action::Restart { reader } => {
            next.faults.restarts -= 1;
            next.readers[reader as usize].restart(&next.log, model);
            for coordinator in &mut next.coordinators {
                coordinator.release(reader as usize);
            }
        }
        Action::CutFromLog { reader } => {
            next.faults.cuts -= 1;
            next.readers[reader as usize].cut = true;
        }
        _ => unreachable!("{action} is no reader's"),
    }
}
