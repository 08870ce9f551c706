//! Time, in ticks that pass on all clocks at once, but for one reader's where a scope lets clocks err.

use crate::action::Action;
use crate::model::{Model, State};
use crate::record::Record;
use crate::rules::Rule;
use crate::worker::Phase;

/// Whether a tick may pass and changes anything.
pub fn passes(state: &State, model: &Model) -> bool {
    if state.faults.ticks == 0 || is_held(state, model) {
        return false;
    }
    let mut later = state.clone();
    tick(&mut later, None, model);
    later.faults.ticks = state.faults.ticks;
    later != *state
}

/// Rule 13's repeated PREPARE comes in time, and so does a COMMIT: the model knows no worker that is paused for a window.
fn is_held(state: &State, model: &Model) -> bool {
    model.scope.window > 0
        && model.obeys(Rule::Hold)
        && state.workers.iter().any(|worker| {
            let sends = worker.may_change_store() && matches!(worker.sending, Some(Record::Prepare(_)));
            sends || worker.must_hold(model)
        })
}

pub fn faults(state: &State, model: &Model, actions: &mut Vec<Action>) {
    if state.faults.missed_ticks > 0 && passes(state, model) {
        let leased = model.readers(state).filter(|(_, reader)| reader.lease > 0);
        actions.extend(leased.map(|(reader, _)| Action::TickMissed { reader }));
    }
}

/// One tick; the reader `missed_by` does not notice it.
pub fn tick(state: &mut State, missed_by: Option<u8>, model: &Model) {
    let longest = model.longest_lease();
    let behind = behind(state);
    if state.faults.ticks != u8::MAX {
        state.faults.ticks -= 1;
    }
    for (me, reader) in state.readers.iter_mut().enumerate() {
        let notices = missed_by != Some(me as u8);
        for heartbeat in &mut reader.heartbeats {
            heartbeat.age = (heartbeat.age + 1).min(longest);
            heartbeat.reader_age = (heartbeat.reader_age + notices as u8).min(model.scope.lease);
        }
        reader.lease = reader.lease.saturating_sub(notices as u8);
    }
    for (me, coordinator) in state.coordinators.iter_mut().enumerate() {
        coordinator.wait = coordinator.wait.saturating_sub(1);
        for lease in &mut coordinator.leases {
            *lease = lease.saturating_sub(1);
        }
        for lease in coordinator.open.iter_mut().flat_map(|open| &mut open.leases) {
            *lease = lease.saturating_sub(1);
        }
        // A reader that is cut off goes on asking, and is granted a lease as often as it asks, unless rule 9 forbids it.
        for (place, reader) in state.readers.iter().enumerate().filter(|(_, reader)| reader.cut) {
            if !reader.heartbeats.is_empty() && !(model.obeys(Rule::Withhold) && behind[me][place]) {
                coordinator.leases[place] = longest;
            }
        }
    }
    if model.scope.window > 0 {
        age(state, model);
    }
}

fn behind(state: &State) -> [[bool; 2]; 2] {
    let mut behind = [[false; 2]; 2];
    for (me, coordinator) in state.coordinators.iter().enumerate() {
        for reader in 0..state.readers.len() {
            behind[me][reader] = coordinator.is_behind(reader as u8, state);
        }
    }
    behind
}

/// What grows old within the window: records, entries, flights, PREPAREs, and what a reader knows of the key.
fn age(state: &mut State, model: &Model) {
    let oldest = model.scope.window + 1;
    let (ttl, expires) = (model.scope.ttl, model.obeys(Rule::Expiry));
    for entry in state.log.entries.iter_mut().filter(|entry| entry.record.fades(model)) {
        entry.age = (entry.age + 1).min(oldest);
    }
    for entry in state.entry_ages().filter(|_| expires) {
        *entry = if *entry > ttl { 0 } else { *entry + 1 };
    }
    for reader in &mut state.readers {
        if reader.known.fence > 0 || reader.known.blocked > 0 {
            reader.key_age = (reader.key_age + 1).min(oldest);
        }
        if let Some(flight) = &mut reader.flight {
            flight.age = (flight.age + 1).min(ttl + 1);
        }
    }
    for worker in &mut state.workers {
        if worker.phase == Phase::Preparing || worker.may_change_store() {
            worker.prepare_age = (worker.prepare_age + 1).min(oldest);
        }
    }
}
