//! What goes wrong while a simulation is made in this mall, and how everybody behaves as before afterwards.
//!
//! Who behaves otherwise because of a simulation is in the journal: the events that say so name it as their cause. So a mall
//! that was killed meanwhile knows it at its next start.

use super::here::Here;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::domain::event::MallEvent;
use crate::domain::participant::Participant;
use crate::domain::personality::Personality;
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
use tokio::time::{Instant, sleep};

/// For how long the mall may be too busy to be told how somebody behaves.
const TOLD_WITHIN: Duration = Duration::from_secs(30);
/// The pause before it is told again.
const AGAIN: Duration = Duration::from_millis(200);
/// Events that are read at a time.
const PAGE: usize = 1_000;
/// The events that say how somebody behaves.
const NAMES: [&str; 2] = ["mall.personality_set", "mall.personality_reset"];

/// How somebody behaved before a simulation had them behave otherwise.
#[derive(Clone, Debug)]
pub struct Touched {
    /// As before.
    before: Personality,
    /// As it was told last.
    told: Personality,
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
            let now = behaves(self.mall, participant);
            let known = self.touched.borrow_mut().remove(&participant);
            let before = match known {
                // Somebody else has told them otherwise meanwhile, and is not contradicted.
                Some(known) if known.told != now => {
                    said.push(format!("{} was told otherwise by somebody else, and left so.", named(participant)));
                    left.insert(participant);
                    known.before
                }
                Some(known) => known.before,
                None => now,
            };
            if left.contains(&participant) {
                continue;
            }
            // Where nothing goes wrong any more it is as before.
            let told = if personality.is_plain() { before.clone() } else { *personality };
            self.touched.borrow_mut().insert(participant, Touched { before, told: told.clone() });
            if let Err(error) = tell(self.mall, participant, &told).await {
                said.push(format!("{} could not be told how to behave: {error}.", named(participant)));
            }
        }
        said
    }

    /// Leaves everybody as they were.
    pub async fn restore(&self) -> Vec<String> {
        restore(self.mall, &self.touched.take()).await
    }
}

fn behaves(mall: &Mall, participant: Participant) -> Personality {
    let all = mall.personalities();
    let of = all.into_iter().find(|behaves| behaves.participant == participant);
    of.map(|behaves| Personality::clone(&behaves.known.personality)).unwrap_or_default()
}

async fn tell(mall: &Mall, participant: Participant, personality: &Personality) -> Result<(), MallError> {
    let since = Instant::now();
    loop {
        let told = async {
            let by = staff::admit(mall, SIMULATION)?;
            mall.set_personality(participant, personality.clone(), None, staff::quiet(|_| ()), by).await
        };
        match told.await {
            Ok(_) => return Ok(()),
            Err(MallError::Busy | MallError::Append(_)) if since.elapsed() < TOLD_WITHIN => sleep(AGAIN).await,
            Err(error) => return Err(error),
        }
    }
}

/// Leaves everybody as they were, but for those whom somebody else has told otherwise meanwhile; answers who could not be.
async fn restore(mall: &Mall, all: &BTreeMap<Participant, Touched>) -> Vec<String> {
    let mut said = Vec::new();
    for (participant, Touched { before, told }) in all {
        if behaves(mall, *participant) != *told {
            continue;
        }
        if let Err(error) = tell(mall, *participant, before).await {
            said.push(format!("{} could not be told to behave as before: {error}.", named(*participant)));
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
    let (mut before, mut touched) = (BTreeMap::<Participant, Personality>::new(), BTreeMap::new());
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
                let before = before.get(&participant).cloned().unwrap_or_default();
                touched.insert(participant, Touched { before, told });
            } else {
                touched.remove(&participant);
                before.insert(participant, told);
            }
        }
    }
    touched.retain(|_, touched| touched.before != touched.told);
    Ok(restore(&here.mall, &touched).await)
}
