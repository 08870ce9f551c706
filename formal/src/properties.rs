//! What must hold in every state, and what a scope must reach.

use crate::model::{Model, State};
use crate::reader::{CacheEntry, Reader};
use crate::record::Fence;
use stateright::Property;
use std::sync::atomic::Ordering;

/// What a scope must reach, so that it shows something.
pub const ACKNOWLEDGED: &str = "every write is acknowledged";
pub const SERVED: &str = "a cache serves the last write";

pub fn all() -> Vec<Property<Model>> {
    vec![
        Property::always("(a) a read is older than an acknowledged write", |model: &Model, state: &State| {
            let stale = model.answers(state, |value, acknowledged, _| value < acknowledged);
            !model.is_first(0, stale)
        }),
        Property::always("(b) a read is older than a read before it", |model: &Model, state: &State| {
            let inverted = model.answers(state, |value, _, returned| value < returned);
            !model.is_first(1, inverted)
        }),
        Property::always("(c) a write never ends, or a key stays blocked", |model: &Model, state: &State| {
            !model.is_first(2, model.stands_still(state))
        }),
        Property::always("(d) a write that was refused took effect", |model: &Model, state: &State| {
            !model.is_first(3, state.aborted > 0 && state.store.value == state.aborted)
        }),
        Property::sometimes(ACKNOWLEDGED, |model: &Model, state: &State| {
            model.is_first(4, state.acknowledged == model.scope.writes)
        }),
        Property::sometimes(SERVED, |model: &Model, state: &State| {
            let serves = |reader: &Reader| {
                let last = |entry: CacheEntry| entry.value == model.scope.writes && reader.hits(entry, model);
                state.cached().any(last)
            };
            model.is_first(5, model.readers(state).any(|(_, reader)| serves(reader)))
        }),
    ]
}

impl Model {
    /// Whether a discovery is the first one of its property. The checker would keep the latest of those that it makes in one
    /// batch; breadth first, the first one is the shortest.
    fn is_first(&self, place: usize, discovered: bool) -> bool {
        discovered && !self.discovered[place].swap(true, Ordering::Relaxed)
    }

    /// (c) Nothing more happens by itself, and yet a write has not ended, or a reader that reads the log holds the key
    /// blocked. Since progress ends, this finds whatever can stand still once faults end, in every order of events.
    fn stands_still(&self, state: &State) -> bool {
        let ended = state.workers.iter().all(|worker| !worker.is_reading());
        let blocked = self.readers(state).any(|(_, reader)| reader.known.blocked > 0 && !reader.cut);
        if (ended && !blocked) || state.faults.ticks == 0 {
            return false;
        }
        let mut actions = Vec::new();
        self.progress(state, &mut actions);
        actions.is_empty()
    }

    /// Whether any read that may be answered in this state is `wrong`, by its value and by what had been acknowledged and
    /// returned when it began.
    fn answers(&self, state: &State, wrong: impl Fn(Fence, Fence, Fence) -> bool) -> bool {
        let now = |value| wrong(value, state.acknowledged, state.returned);
        now(state.store.value)
            || self.readers(state).any(|(_, reader)| {
                let flight = reader.flight.as_ref().and_then(|flight| Some((flight.value?, flight)));
                state.cached().any(|entry| reader.hits(entry, self) && now(entry.value))
                    || flight.is_some_and(|(value, flight)| wrong(value, flight.acknowledged, flight.returned))
            })
    }
}
