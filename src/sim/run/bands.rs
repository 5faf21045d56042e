//! When something is otherwise by the scenario: faults and phases.

use super::report::Band;
use crate::sim::scenario::errands::phases;
use crate::sim::scenario::model::Scenario;
use std::time::Duration;

/// When something goes wrong by the scenario, or the rate changes.
pub fn bands(scenario: &Scenario) -> Vec<Band> {
    let whole = scenario.duration.0;
    let faults = scenario.faults.iter().flat_map(|(of, faults)| {
        faults.0.iter().map(move |fault| {
            let lasts = fault.crash.or(fault.lasts).map_or_else(|| whole.saturating_sub(fault.at.0), |lasts| lasts.0);
            Band::of(format!("{}: {}", of.get_ref(), fault.name()), fault.at.0, fault.at.0 + lasts)
        })
    });
    let phases = phases(scenario).map(|(name, from, until)| {
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(whole);
        Band::of(name.to_owned(), seconds(from), seconds(until))
    });
    faults.chain(phases).collect()
}
