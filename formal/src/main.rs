//! Checks the coherence protocol in every order of events, in small scopes. See README.md beside it.

mod action;
mod coordinator;
mod model;
mod normal_form;
mod properties;
mod reader;
mod record;
mod rules;
mod scopes;
mod time;
mod worker;
mod worker_actions;

use model::Model;
use scopes::Scope;
use stateright::{Checker, HasDiscoveries, Model as _, Path};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const PROGRESS_INTERVAL: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What the exploration of one scope came to.
struct Outcome {
    states: usize,
    depth: usize,
    elapsed: Duration,
    /// The shortest counterexample, and the property that it violates.
    violation: Option<(&'static str, Path<model::State, action::Action>)>,
    /// What the scope had to reach and did not.
    unreached: Vec<&'static str>,
}

/// With one thread the first counterexample is a shortest one.
fn explore(scope: Scope, threads: usize) -> Outcome {
    let began = Instant::now();
    let checker = Model::new(scope).checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
    let mut checker = checker.spawn_bfs();
    let mut reported = began;
    for handle in checker.handles() {
        while !handle.is_finished() {
            std::thread::sleep(POLL_INTERVAL);
            if reported.elapsed() >= PROGRESS_INTERVAL {
                reported = Instant::now();
                eprintln!("  ... {} states, depth {}", checker.unique_state_count(), checker.max_depth());
            }
        }
        handle.join().expect("a thread of the checker failed");
    }
    let discoveries = checker.discoveries();
    let is_wanted = |name: &str| [properties::ACKNOWLEDGED, properties::SERVED].contains(&name);
    let unreached =
        [properties::ACKNOWLEDGED, properties::SERVED].into_iter().filter(|name| !discoveries.contains_key(name));
    Outcome {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        elapsed: began.elapsed(),
        unreached: unreached.collect(),
        violation: discoveries
            .into_iter()
            .filter(|(name, _)| !is_wanted(name))
            .min_by_key(|(_, path)| path.clone().into_actions().len()),
    }
}

/// Prints a row of the table. Answers whether the scope came to what was expected of it.
fn report(name: &str, expects_violation: bool, outcome: &Outcome, trace: bool) -> bool {
    let (passed, found) = match &outcome.violation {
        Some((property, path)) => {
            (expects_violation, format!("{property}, in {} steps", path.clone().into_actions().len()))
        }
        None if expects_violation => (false, "nothing found: the rule is not missed".to_string()),
        None if outcome.unreached.is_empty() => (true, "nothing found, exhaustively".to_string()),
        None => (false, format!("never reached: {}", outcome.unreached.join("; "))),
    };
    let Outcome { states, depth, elapsed, .. } = outcome;
    let verdict = if passed { "ok    " } else { "FAILED" };
    println!("{verdict} {name:<58} {states:>9} states  depth {depth:>2}  {:>5.1} s  {found}", elapsed.as_secs_f64());
    if let (Some((_, path)), true) = (&outcome.violation, trace || !passed) {
        for (place, action) in path.clone().into_actions().iter().enumerate() {
            println!("         {:2}. {action}", place + 1);
        }
    }
    passed
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (options, words): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|argument| argument.starts_with("--"));
    let (trace, list) =
        (options.iter().any(|option| option == "--trace"), options.iter().any(|option| option == "--list"));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut passed, mut failed) = (0, 0);
    let sufficient = scopes::sufficient().into_iter().map(|scope| (scope, false));
    for (scope, expects_violation) in scopes::missing().into_iter().map(|scope| (scope, true)).chain(sufficient) {
        let name = scope.title();
        if !words.is_empty() && !words.iter().any(|word| name.contains(word)) {
            continue;
        }
        if list {
            println!("{name}");
            continue;
        }
        let outcome = explore(scope, if expects_violation { 1 } else { threads });
        if report(&name, expects_violation, &outcome, trace) {
            passed += 1;
        } else {
            failed += 1;
        }
    }
    if !list {
        if passed + failed == 0 {
            eprintln!("no scope has {} in its name; --list names them", words.join(" or "));
            failed = 1;
        }
        println!("{passed} passed, {failed} failed");
    }
    ExitCode::from((failed > 0) as u8)
}
