//! States that differ in nothing that matters are made one, which leaves fewer of them.

use crate::model::{Model, State};
use crate::worker::{Phase, Worker};

impl State {
    /// Skips what a process does not care about and drops what everyone has read, so that states that differ in nothing
    /// else are one.
    pub fn normalize(&mut self, model: &Model) {
        let State { log, readers, coordinators, workers, .. } = self;
        for (me, reader) in readers.iter_mut().enumerate().take(model.scope.readers as usize) {
            while log.at(reader.position).is_some_and(|record| reader.ignores(me as u8, record, model)) {
                reader.position += 1;
            }
        }
        for coordinator in coordinators.iter_mut().filter(|coordinator| coordinator.is_reading()) {
            while log.at(coordinator.position).is_some_and(|record| coordinator.ignores(record)) {
                coordinator.position += 1;
            }
        }
        for (me, worker) in workers.iter_mut().enumerate().filter(|(_, worker)| worker.is_reading()) {
            while log.at(worker.position).is_some_and(|record| worker.ignores(me as u8, record)) {
                worker.position += 1;
            }
        }
        for worker in workers.iter_mut().filter(|worker| worker.phase == Phase::Done) {
            *worker = Worker { phase: Phase::Done, fence: worker.fence, sending: worker.sending, ..Worker::default() };
        }
        self.drop_read(model);
    }

    fn drop_read(&mut self, model: &Model) {
        let mut read = self.log.end();
        for (_, reader) in model.readers(self) {
            read = read.min(reader.position);
        }
        for coordinator in self.coordinators.iter().filter(|coordinator| coordinator.is_reading()) {
            let oldest = coordinator.open.iter().map(|open| open.offset).min();
            read = read.min(coordinator.position).min(oldest.unwrap_or(read));
        }
        for worker in self.workers.iter().filter(|worker| worker.is_reading()) {
            read = read.min(worker.position);
        }
        let replays = model.scope.window > 0 && self.faults.restarts > 0;
        let dropped = self.log.drop_read(read, replays, model);
        for position in self.readers.iter_mut().map(|reader| &mut reader.position) {
            *position = position.saturating_sub(dropped);
        }
        for coordinator in &mut self.coordinators {
            coordinator.position = coordinator.position.saturating_sub(dropped);
            for open in &mut coordinator.open {
                open.offset -= dropped;
            }
        }
        for position in self.workers.iter_mut().map(|worker| &mut worker.position) {
            *position = position.saturating_sub(dropped);
        }
    }
}
