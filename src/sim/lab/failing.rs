//! What goes wrong while a simulation is made in this mall, and how everybody behaves as before afterwards.
//!
//! Who behaves otherwise because of a simulation is in the journal: the events that say so name it as their cause. So a mall
//! that was killed meanwhile knows it at its next start.

use super::here::Here;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::domain::event::MallEvent;
use crate::domain::participant::Participant;
use crate::domain::personality::{Outage, Personality};
use crate::domain::upcast::decode;
use crate::ports::reads::ReadError;
use crate::ports::reads::events::EventFilter;
use crate::ports::stop::Stop;
use crate::sim::door::Door;
use crate::sim::door::inside::InsideDoor;
use crate::sim::run::faults::{Change as Fault, FaultPlan, named};
use crate::sim::staff::{self, SIMULATION};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

/// For how long the mall may be too busy to be told how somebody behaves.
const TOLD_WITHIN: Duration = Duration::from_secs(30);
/// The pause before it is told again.
const AGAIN: Duration = Duration::from_millis(200);
/// An outage that is over for longer may be gone where another is added.
const DAY: Duration = Duration::from_hours(24);
/// Events that are read at a time.
const PAGE: usize = 1_000;
/// The events that say how somebody behaves.
const NAMES: [&str; 2] = ["mall.personality_set", "mall.personality_reset"];

/// Somebody whom a simulation had behave otherwise.
#[derive(Clone, Debug)]
pub struct Touched {
    /// As before.
    before: Personality,
    /// As it was told last; and what it was told since of which it is not certain that it heard.
    told: Vec<Personality>,
}

impl Touched {
    /// How somebody is to behave as before who behaves as `now`; none where somebody else has told them otherwise. An outage
    /// that somebody else added meanwhile is none of the simulation's, and stays.
    fn undone(&self, now: &Personality) -> Option<Personality> {
        if self.told.is_empty() || self.told.contains(now) {
            return Some(self.before.clone());
        }
        let bare = |of: &Personality| Personality { outages: Vec::new(), ..of.clone() };
        let added = |told: &Personality| -> Vec<Outage> {
            now.outages.iter().filter(|outage| !told.outages.contains(outage)).copied().collect()
        };
        // What is long over goes where another is added; whatever else is gone somebody has taken away.
        let is_added_to = |told: &&Personality| {
            let first = added(told).first().map(|outage| outage.from);
            let is_there = |outage: &Outage| {
                now.outages.contains(outage) || first.is_some_and(|first| outage.until.plus(DAY) <= first)
            };
            first.is_some() && bare(told) == bare(now) && told.outages.iter().all(is_there)
        };
        let of = self.told.iter().rfind(is_added_to)?;
        let mut before = self.before.clone();
        before.outages.extend(added(of));
        Some(before)
    }
}

/// What goes wrong meanwhile.
pub struct Failing<'a> {
    /// The mall.
    pub mall: &'a Arc<Mall>,
    /// The time in it.
    pub door: &'a InsideDoor,
    /// Who behaves otherwise because of it.
    pub touched: RefCell<BTreeMap<Participant, Touched>>,
}

impl Failing<'_> {
    /// Has everything go wrong at its time, as long as shoppers are there; answers what could not.
    pub async fn run(&self, plan: FaultPlan, home: &Stop) -> Vec<String> {
        let (mut said, mut left) = (Vec::new(), BTreeSet::new());
        for (at, change) in plan.changes {
            tokio::select! {
                biased;
                () = home.stopped() => break,
                () = self.door.until(at) => {}
            }
            // Nothing here kills the mall: such a scenario is refused before.
            let Fault::Behave(participant, personality) = change else { continue };
            if left.contains(&participant) {
                continue;
            }
            match self.tell(participant, &personality, home).await {
                Ok(true) => {}
                Ok(false) => {
                    // Nobody is contradicted.
                    said.push(left_so(participant));
                    left.insert(participant);
                }
                Err(error) => said.push(format!("{} could not be told how to behave: {error}.", named(participant))),
            }
        }
        said
    }

    /// Tells somebody how to behave; answers whether that was right, and nobody else has told them otherwise.
    async fn tell(&self, participant: Participant, wanted: &Personality, home: &Stop) -> Result<bool, MallError> {
        loop {
            let (now, version) = behaves(self.mall, participant);
            let known = self.touched.borrow_mut().remove(&participant);
            let known = known.unwrap_or_else(|| Touched { before: now.clone(), told: Vec::new() });
            let Some(before) = known.undone(&now) else { return Ok(false) };
            // Where nothing goes wrong any more it is as before.
            let mut told = if wanted.is_plain() { before.clone() } else { wanted.clone() };
            let added = before.outages.iter().filter(|outage| !known.before.outages.contains(outage));
            told.outages.extend(added.filter(|outage| !told.outages.contains(outage)).copied().collect::<Vec<_>>());
            let mut all = known.told;
            all.push(told.clone());
            let touched = |told| Touched { before: before.clone(), told };
            self.touched.borrow_mut().insert(participant, touched(all));
            match tell(self.mall, participant, &told, version, home).await {
                Ok(()) => {
                    // What it was told before is somebody else's word from now on, whoever says it.
                    self.touched.borrow_mut().insert(participant, touched(vec![told]));
                    return Ok(true);
                }
                // Somebody was faster: what they said is looked at.
                Err(MallError::VersionMismatch { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Leaves everybody as they were.
    pub async fn restore(&self) -> Vec<String> {
        restore(self.mall, &self.touched.take()).await
    }
}

fn left_so(participant: Participant) -> String {
    format!("{} was told otherwise by somebody else, and left so.", named(participant))
}

/// How somebody behaves, and since which version of the mall's stream.
fn behaves(mall: &Mall, participant: Participant) -> (Personality, u64) {
    let all = mall.personalities();
    let of = all.into_iter().find(|behaves| behaves.participant == participant);
    of.map(|behaves| (Personality::clone(&behaves.known.personality), behaves.known.version)).unwrap_or_default()
}

/// Tells somebody how to behave who behaves as of that version; again while the mall is busy, but not once `hurry` is given.
async fn tell(
    mall: &Arc<Mall>,
    participant: Participant,
    personality: &Personality,
    version: u64,
    hurry: &Stop,
) -> Result<(), MallError> {
    let since = Instant::now();
    loop {
        let (mall, personality) = (mall.clone(), personality.clone());
        // Whoever waits for it may be gone before it is written: what has begun is carried to its end all the same, or the mall
        // would not know what its own stream says.
        let told = spawn_local(async move {
            let by = staff::admit(&mall, SIMULATION)?;
            let seen = Some([version].into_iter().collect());
            mall.set_personality(participant, personality, seen, staff::quiet(|_| ()), by).await
        });
        match told.await.unwrap_or(Err(MallError::TimedOut)) {
            Ok(_) => return Ok(()),
            Err(MallError::Busy | MallError::Append(_)) if since.elapsed() < TOLD_WITHIN && !hurry.is_stopped() => {
                sleep(AGAIN).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Leaves everybody as they were, but for those whom somebody else has told otherwise meanwhile; answers who could not be.
async fn restore(mall: &Arc<Mall>, all: &BTreeMap<Participant, Touched>) -> Vec<String> {
    let mut said = Vec::new();
    for (participant, touched) in all {
        loop {
            let (now, version) = behaves(mall, *participant);
            let Some(before) = touched.undone(&now) else {
                said.push(left_so(*participant));
                break;
            };
            if before == now {
                break;
            }
            match tell(mall, *participant, &before, version, &Stop::default()).await {
                Ok(()) => break,
                // Somebody was faster: what they said is looked at.
                Err(MallError::VersionMismatch { .. }) => {}
                Err(error) => {
                    said.push(format!("{} could not be told to behave as before: {error}.", named(*participant)));
                    break;
                }
            }
        }
    }
    said
}

/// Leaves everybody as they were whom a simulation that was cut short had behave otherwise; answers who could not be.
///
/// # Errors
/// The read model could not answer.
pub async fn put_right(here: &Here) -> Result<Vec<String>, ReadError> {
    let stream_id = Some(here.reads.log().await?.log_id);
    let names: Vec<String> = NAMES.into_iter().map(str::to_owned).collect();
    let mut wanted = BTreeMap::<Participant, Personality>::new();
    let mut all = BTreeMap::<Participant, Touched>::new();
    let mut after = None;
    loop {
        let filter = EventFilter { stream_id, names: names.clone(), after, ..EventFilter::default() };
        let events = here.reads.events(filter, PAGE).await?.events;
        let Some(last) = events.last() else { break };
        after = Some(last.position);
        for event in &events {
            let (participant, told) = match decode(&event.name, &event.payload) {
                Ok(MallEvent::PersonalitySet(set)) => (set.participant, set.personality),
                Ok(MallEvent::PersonalityReset(reset)) => (reset.participant, Personality::default()),
                _ => continue,
            };
            if *event.causation_id == *SIMULATION {
                let before = wanted.get(&participant).cloned().unwrap_or_default();
                let touched = all.entry(participant).or_insert_with(|| Touched { before, told: Vec::new() });
                // Restored, everything after that is somebody's own wish.
                if told == touched.before {
                    all.remove(&participant);
                } else {
                    touched.told = vec![told];
                }
                continue;
            }
            // An outage that is added to what a simulation told is no word on the rest of it.
            let touched = all.remove(&participant);
            let undone = touched.as_ref().filter(|touched| !touched.told.contains(&told));
            if let Some(before) = undone.and_then(|touched| touched.undone(&told)) {
                all.insert(participant, Touched { before: before.clone(), told: vec![told] });
                wanted.insert(participant, before);
            } else {
                wanted.insert(participant, told);
            }
        }
    }
    Ok(restore(&here.mall, &all).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::personality::OutageMode;
    use crate::domain::time::Timestamp;

    #[test]
    fn what_somebody_else_wants_stays_and_what_the_simulation_said_goes() {
        let outage = |from: i64| Outage { from: Timestamp(from), until: Timestamp(from + 5), mode: OutageMode::Hold };
        let seeded =
            |seed, outages: &[Outage]| Personality { seed, outages: outages.to_vec(), ..Personality::default() };
        let touched =
            Touched { before: seeded(1, &[]), told: vec![seeded(2, &[outage(10)]), seeded(3, &[outage(20)])] };
        for ours in &touched.told {
            assert_eq!(touched.undone(ours), Some(seeded(1, &[])), "whichever of them it heard of");
        }
        let added = seeded(3, &[outage(20), outage(30)]);
        assert_eq!(touched.undone(&added), Some(seeded(1, &[outage(30)])));
        for theirs in [
            seeded(4, &[]),
            seeded(3, &[]),
            seeded(3, &[outage(30)]),
            Personality::default(),
            seeded(4, &[outage(20), outage(30)]),
        ] {
            assert_eq!(touched.undone(&theirs), None, "{theirs:?}");
        }
    }
}
