//! What goes wrong in a run over REST: the mall is told how its bank and stores behave, and afterwards to behave as before; a
//! mall of the run's own is killed.

use super::error::LiveError;
use super::own_mall::OwnMall;
use super::staff::Staff;
use crate::domain::participant::Participant;
use crate::domain::personality::Personality;
use crate::ports::stop::Stop;
use crate::sim::door::rest::client::CallError;
use crate::sim::door::rest::clock::MallClock;
use crate::sim::run::faults::{Change, FaultPlan, named};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tokio::time::sleep;

/// What goes wrong meanwhile.
pub struct Failing<'a> {
    /// The mall, where it is the run's own.
    pub own: Option<&'a OwnMall>,
    /// Where it is.
    pub url: &'a str,
    /// Who tells it.
    pub staff: &'a Staff<'a>,
    /// Its clock.
    pub clock: &'a MallClock,
    /// How those behaved who were told to behave otherwise.
    pub touched: RefCell<BTreeMap<Participant, Value>>,
}

impl Failing<'_> {
    /// Has everything go wrong at its time, as long as shoppers are there; answers what could not.
    ///
    /// # Errors
    /// A mall of the run's own does not start again.
    pub async fn run(&self, plan: FaultPlan, home: &Stop) -> Result<Vec<String>, LiveError> {
        let mut said = Vec::new();
        for (at, change) in plan.changes {
            tokio::select! {
                biased;
                () = home.stopped() => break,
                () = self.clock.until(at) => {}
            }
            match (change, self.own) {
                (Change::Behave(participant, personality), _) => {
                    if let Err(error) = self.behave(participant, &personality).await {
                        said.push(format!("{} could not be told how to behave: {error}.", named(participant)));
                    }
                }
                (Change::Crash(down), Some(own)) => {
                    let address = self.url.trim_start_matches("http://").to_owned();
                    own.kill();
                    sleep(down).await;
                    own.start(&address).await?;
                }
                // Such a scenario is refused before.
                (Change::Crash(_), None) => {}
            }
        }
        Ok(said)
    }

    async fn behave(&self, participant: Participant, personality: &Personality) -> Result<(), CallError> {
        if !self.touched.borrow().contains_key(&participant) {
            let was = self.staff.personality(participant).await?;
            self.touched.borrow_mut().insert(participant, was);
        }
        self.staff.behave(participant, personality).await
    }

    /// Leaves everybody as they were; answers who could not be.
    pub async fn restore(&self) -> Vec<String> {
        let mut said = Vec::new();
        for (participant, was) in self.touched.take() {
            if let Err(error) = self.staff.set(participant, &was).await {
                said.push(format!("{} could not be told to behave as before: {error}.", named(participant)));
            }
        }
        said
    }
}
