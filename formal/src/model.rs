//! The protocol as a state machine: what a state is, what may happen next, and what must hold in every state.

use crate::action::Action;
use crate::coordinator::{self, Coordinator, Role};
use crate::properties;
use crate::reader::{self, CacheEntry, Reader};
use crate::record::{Fence, Knowledge, Log, Record};
use crate::rules::Rule;
use crate::scopes::{Faults, Scope};
use crate::time;
use crate::worker::{Phase, Store, Worker, MAX_WRITES};
use crate::worker_actions;
use stateright::Property;
use std::sync::atomic::AtomicBool;

pub const MAX_READERS: usize = 2;
const NOBODY: u8 = u8::MAX;
const COORDINATORS: usize = 2;
const WORKERS: usize = 2;
const TAGS: usize = MAX_WRITES + 1;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    pub log: Log,
    pub readers: [Reader; MAX_READERS],
    pub coordinators: [Coordinator; COORDINATORS],
    pub workers: [Worker; WORKERS],
    pub store: Store,
    /// Ticks since the fill of each entry that was ever stored began, and 1; 0 where there is none.
    cache: [[u8; TAGS]; TAGS],
    /// The highest write that was acknowledged, that was refused, and that any read has returned.
    pub acknowledged: Fence,
    pub aborted: Fence,
    pub returned: Fence,
    /// A record that is written twice, and has to arrive once more.
    pub repeated: Option<Record>,
    /// What may still go wrong.
    pub faults: Faults,
}

/// The protocol in one scope.
pub struct Model {
    pub scope: Scope,
    /// Which properties have been discovered, by their place.
    pub discovered: [AtomicBool; 6],
}

impl Model {
    pub fn new(scope: Scope) -> Model {
        Model { scope, discovered: Default::default() }
    }

    pub fn obeys(&self, rule: Rule) -> bool {
        !self.scope.without.contains(&rule)
    }

    /// T + ε, in ticks: how long after a heartbeat a lease may last.
    pub fn longest_lease(&self) -> u8 {
        self.scope.lease + if self.obeys(Rule::ClockError) { self.scope.clock_error } else { 0 }
    }

    pub fn readers<'a>(&self, state: &'a State) -> impl Iterator<Item = (u8, &'a Reader)> {
        state.readers.iter().enumerate().take(self.scope.readers as usize).map(|(me, reader)| (me as u8, reader))
    }

    /// The second coordinator took over longer ago than the window, the first one has not noticed, and the reader has just
    /// begun. A GRANT comes every T/4, also to nobody, so that there is one within the window.
    fn forget_epoch(&self, state: &mut State) {
        state.log.append(Record::Epoch { epoch: 2 });
        state.log.append(Record::Grant { epoch: 2, reader: NOBODY, nonce: 0 });
        state.coordinators[1] =
            Coordinator { role: Role::InOffice, epoch: 2, owner: 1, position: 1, ..Default::default() };
        for reader in &mut state.readers {
            (reader.position, reader.known) = (1, Knowledge::default());
        }
    }

    /// What brings a write on. There is an end to it: each of these uses up something that is finite.
    pub fn progress(&self, state: &State, actions: &mut Vec<Action>) {
        for (me, reader) in self.readers(state) {
            if let Some(record) = state.log.at(reader.position).filter(|_| !reader.cut) {
                actions.push(Action::ReaderReads { reader: me, record });
            }
        }
        coordinator::progress(state, self, actions);
        worker_actions::progress(state, self, actions);
        actions.extend(state.repeated.map(|record| Action::RepeatedAppends { record }));
        if time::passes(state, self) {
            actions.push(Action::Tick);
        }
        if actions.is_empty() {
            worker_actions::timers(state, self, actions);
        }
    }
}

impl State {
    /// Every entry that a cache may hold.
    pub fn cached(&self) -> impl Iterator<Item = CacheEntry> + '_ {
        let entries = (0..TAGS).flat_map(|tag| (0..TAGS).map(move |value| (tag, value)));
        let stored = entries.filter(|(tag, value)| self.cache[*tag][*value] > 0);
        stored.map(|(tag, value)| CacheEntry { tag: tag as Fence, value: value as Fence })
    }

    pub fn fill(&mut self, CacheEntry { tag, value }: CacheEntry, age: u8) {
        let slot = &mut self.cache[tag as usize][value as usize];
        *slot = if *slot == 0 { age + 1 } else { (*slot).min(age + 1) };
    }

    pub fn entry_ages(&mut self) -> impl Iterator<Item = &mut u8> {
        self.cache.iter_mut().flatten().filter(|age| **age > 0)
    }

    /// The latest owner in the log.
    pub fn owner(&self) -> u8 {
        let owners = self.log.entries.iter().filter_map(|entry| match entry.record {
            Record::Owner { owner } => Some(owner),
            _ => None,
        });
        owners.fold(self.log.base.owner, u8::max)
    }
}

impl stateright::Model for Model {
    type State = State;
    type Action = Action;

    /// The first coordinator is in office and the first worker owns the partition; nobody holds a lease.
    fn init_states(&self) -> Vec<State> {
        let known = Knowledge { epoch: 1, owner: 1, ..Knowledge::default() };
        let first = Coordinator { role: Role::InOffice, epoch: 1, owner: 1, ..Coordinator::default() };
        let owner = Worker { phase: Phase::Ready, known, fence: 1, ..Worker::default() };
        let reader = Reader { known, ..Reader::default() };
        let mut state = State {
            log: Log { entries: Default::default(), base: known },
            readers: [reader.clone(), reader],
            coordinators: [first, Coordinator::default()],
            workers: [owner, Worker::default()],
            store: Store::default(),
            cache: Default::default(),
            acknowledged: 0,
            aborted: 0,
            returned: 0,
            repeated: None,
            faults: self.scope.faults.clone(),
        };
        if self.scope.epoch_forgotten {
            self.forget_epoch(&mut state);
        }
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.progress(state, actions);
        reader::reads(state, self, actions);
        coordinator::grants(state, self, actions);
        coordinator::faults(state, self, actions);
        worker_actions::faults(state, self, actions);
        time::faults(state, self, actions);
        if state.faults.repeated_records > 0 && state.repeated.is_none() {
            let sent = state.coordinators.iter().flat_map(Coordinator::sent);
            let sent = sent.chain(state.workers.iter().filter_map(|worker| worker.sending));
            actions.extend(sent.map(|record| Action::RecordRepeated { record }));
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::ReaderReads { reader, record } => {
                let me = &mut next.readers[reader as usize];
                let age = next.log.entries[me.position as usize].age;
                me.read(reader, record, age, self);
            }
            Action::UncachedRead
            | Action::Hit { .. }
            | Action::Heartbeat { .. }
            | Action::FlightBegins { .. }
            | Action::StoreAnswers { .. }
            | Action::FlightJoined { .. }
            | Action::FlightEnds { .. }
            | Action::FenceForgotten { .. }
            | Action::Restart { .. }
            | Action::CutFromLog { .. } => reader::perform(action, &mut next, self),
            Action::CoordinatorStarts { .. }
            | Action::CoordinatorAppends { .. }
            | Action::CoordinatorReads { .. }
            | Action::GrantSent { .. }
            | Action::GrantConfirmed { .. }
            | Action::ClearedSent { .. }
            | Action::ClearedLost { .. } => coordinator::perform(action, &mut next, self),
            Action::RecordRepeated { record } => {
                next.faults.repeated_records -= 1;
                next.repeated = Some(record);
            }
            Action::RepeatedAppends { record } => {
                next.repeated = None;
                next.log.append(record);
            }
            Action::Tick => time::tick(&mut next, None, self),
            Action::TickMissed { reader } => {
                next.faults.missed_ticks -= 1;
                time::tick(&mut next, Some(reader), self);
            }
            _ => worker_actions::perform(action, &mut next, self),
        }
        next.normalize(self);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
