//! What workers and the store may do.

use crate::action::Action;
use crate::model::{Model, State};
use crate::record::{Fence, Record};
use crate::rules::Rule;
use crate::worker::{Phase, Worker, MAX_ATTEMPTS};

/// What brings a write on: records that arrive, records that are read, calls that reach the store.
pub fn progress(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, worker) in state.workers.iter().enumerate() {
        let me = me as u8;
        if let Some(record) = worker.sending {
            actions.push(Action::WorkerAppends { worker: me, record });
        }
        if !worker.is_reading() {
            continue;
        }
        let unread = state.log.at(worker.position);
        if let Some(record) = unread {
            actions.push(Action::WorkerReads { worker: me, record });
        }
        if worker.sending.is_some() {
            continue;
        }
        let Worker { fence, .. } = *worker;
        let owner = me + 1;
        match worker.phase {
            // A new owner has read the log up to its own OWNER, so that it knows what has ended.
            Phase::Ready if worker.has_ended(model) => actions.push(Action::WriteSkipped { worker: me, fence }),
            Phase::Ready if worker.attempt < MAX_ATTEMPTS => actions.push(Action::PrepareSent { worker: me, fence }),
            Phase::Committing => actions.push(Action::EndSent { worker: me, record: Record::Commit { owner, fence } }),
            Phase::Aborting => actions.push(Action::EndSent { worker: me, record: Record::Abort { owner, fence } }),
            _ => {}
        }
        if worker.must_hold(model) && worker.phase != Phase::Ready {
            actions.push(Action::PrepareRepeated { worker: me, fence });
        }
    }
    for (fence, calls) in state.store.calls.iter().enumerate().filter(|(_, calls)| **calls > 0) {
        let fence = fence as Fence;
        let waiting = waiting_for(state, fence);
        if waiting.clone().count() < *calls as usize {
            actions.push(Action::StoreWrites { fence, waiter: None });
        }
        actions.extend(waiting.map(|worker| Action::StoreWrites { fence, waiter: Some(worker) }));
    }
}

/// Rule 11's timer: a PREPARE that no CLEARED came for is sent again, at the latest when nothing else happens.
pub fn timers(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, worker) in state.workers.iter().enumerate() {
        let waits = worker.phase == Phase::Preparing && worker.sending.is_none() && worker.attempt < MAX_ATTEMPTS;
        if waits && model.obeys(Rule::PrepareAgain) {
            actions.push(Action::PrepareTimedOut { worker: me as u8, fence: worker.fence });
        }
    }
}

/// What can go wrong, and the take-over.
pub fn faults(state: &State, model: &Model, actions: &mut Vec<Action>) {
    for (me, worker) in state.workers.iter().enumerate() {
        let me = me as u8;
        let Worker { fence, .. } = *worker;
        if state.faults.early_prepares > 0 && worker.phase == Phase::Preparing && worker.sending.is_none() {
            actions.push(Action::PrepareAgainEarly { worker: me, fence });
        }
        if worker.phase == Phase::Applying && state.store.calls[fence as usize] > 0 && state.faults.refusals > 0 {
            actions.push(Action::StoreRefuses { worker: me, fence });
        }
        let asked = worker.phase == Phase::Applying || (worker.phase == Phase::Committing && worker.sending.is_none());
        if asked && state.faults.timeouts > 0 {
            actions.push(Action::CallTimesOut { worker: me, fence });
        }
        if worker.phase == Phase::Absent && me < model.scope.workers {
            // Its offsets may not have been committed: any mutation up to the present one is delivered again.
            let newest = state.workers[0].fence.min(model.scope.writes);
            actions.extend((1..=newest).map(|fence| Action::WorkerStarts { worker: me, fence }));
        }
        let succeeded = state.workers.get(me as usize + 1).is_some_and(|next| next.phase != Phase::Absent);
        if succeeded && worker.is_reading() && state.faults.deaths > 0 {
            actions.push(Action::WorkerDies { worker: me });
        }
    }
}

fn waiting_for(state: &State, fence: Fence) -> impl Iterator<Item = u8> + Clone + '_ {
    let waits = move |worker: &Worker| worker.phase == Phase::Applying && worker.fence == fence;
    state.workers.iter().enumerate().filter(move |(_, worker)| waits(worker)).map(|(me, _)| me as u8)
}

pub fn perform(action: Action, next: &mut State, model: &Model) {
    match action {
        Action::WorkerStarts { worker, fence } => {
            let claims = model.obeys(Rule::Owner);
            next.workers[worker as usize] = Worker {
                phase: if claims { Phase::Claiming } else { Phase::Ready },
                known: next.log.base,
                fence,
                unresolved: next.log.base.blocked == fence,
                sending: claims.then_some(Record::Owner { owner: worker + 1 }),
                ..Worker::default()
            };
        }
        Action::WorkerDies { worker } => {
            next.faults.deaths -= 1;
            next.workers[worker as usize].stop();
        }
        Action::WorkerAppends { worker, record } => {
            next.log.append(record);
            if let Record::Commit { fence, .. } = record {
                // The gateway answers once it reads COMMIT, at the earliest now, and passes over a void one.
                if worker + 1 >= next.owner() || !model.obeys(Rule::Owner) {
                    next.acknowledged = next.acknowledged.max(fence);
                }
            }
            if let Record::Abort { fence, .. } = record {
                if worker + 1 >= next.owner() || !model.obeys(Rule::Owner) {
                    next.aborted = next.aborted.max(fence);
                }
            }
            let sender = &mut next.workers[worker as usize];
            sender.sending = None;
            if matches!(record, Record::Commit { .. } | Record::Abort { .. }) && sender.is_reading() {
                sender.next_write(model);
            }
        }
        Action::WorkerReads { worker, record } => {
            let reader = &mut next.workers[worker as usize];
            let asked = reader.phase == Phase::Applying;
            reader.read(worker, record, model);
            if reader.phase == Phase::Applying && !asked {
                next.store.calls[reader.fence as usize] += 1;
            }
        }
        Action::WriteSkipped { worker, .. } => next.workers[worker as usize].next_write(model),
        Action::PrepareSent { worker, .. } => {
            let sender = &mut next.workers[worker as usize];
            sender.phase = Phase::Preparing;
            sender.send_prepare(worker);
        }
        Action::PrepareRepeated { worker, .. } | Action::PrepareTimedOut { worker, .. } => {
            next.workers[worker as usize].send_prepare(worker);
        }
        Action::PrepareAgainEarly { worker, .. } => {
            next.faults.early_prepares -= 1;
            next.workers[worker as usize].send_prepare(worker);
        }
        Action::EndSent { worker, record } => next.workers[worker as usize].sending = Some(record),
        // Rule 12: the write is conditional on the fence; a lower one is answered as superseded, and changes nothing.
        Action::StoreWrites { fence, waiter } => {
            next.store.calls[fence as usize] -= 1;
            if fence > next.store.value || !model.obeys(Rule::Condition) {
                next.store.value = fence;
            }
            if let Some(worker) = waiter {
                next.workers[worker as usize].phase = Phase::Committing;
            }
        }
        Action::StoreRefuses { worker, fence } => {
            next.faults.refusals -= 1;
            next.store.calls[fence as usize] -= 1;
            let asker = &mut next.workers[worker as usize];
            let ends = !asker.unresolved || !model.obeys(Rule::Unresolved);
            asker.phase = if ends { Phase::Aborting } else { Phase::Ready };
        }
        // The call may still reach the store, or has reached it and its answer is lost.
        Action::CallTimesOut { worker, .. } => {
            next.faults.timeouts -= 1;
            let asker = &mut next.workers[worker as usize];
            asker.unresolved = true;
            asker.phase = if model.obeys(Rule::Uncertain) { Phase::Ready } else { Phase::Aborting };
        }
        _ => unreachable!("{action} is no worker's"),
    }
}
