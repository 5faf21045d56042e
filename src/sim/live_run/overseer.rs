//! Who sees to it that a run over REST comes to its end, whatever the mall does.

use crate::domain::clock::Speed;
use crate::sim::door::rest::client::{CallError, Client};
use crate::sim::door::rest::clock::MallClock;
use crate::sim::door::rest::follower::{Heard, read_clock};
use crate::sim::run::onlooker::{Shared, Watch, locked};
use crate::sim::run::plan::Plan;
use awc::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often it is looked whether everything is settled, and how long nothing may happen that was due.
const LOOK: Duration = Duration::from_millis(100);
const STUCK: Duration = Duration::from_mins(2);
/// How long a mall may be away: it takes no longer to start again.
const AWAY: Duration = Duration::from_secs(30);
/// How often it is looked whether a run goes on.
const TICK: Duration = Duration::from_secs(1);
/// How many due instants a mall of the run's own is advanced over at a time.
const INSTANTS: u32 = 1_000;

/// When something is due next, and the newest position.
#[derive(Deserialize)]
struct Due {
    next_due_at: Option<Value>,
    position: u64,
}

/// Who sees to it that a run comes to its end.
pub struct Overseer<'a> {
    /// The run.
    pub plan: &'a Plan<'a>,
    /// Asks the mall.
    pub client: &'a Client,
    /// Whether the mall is the run's own.
    pub own: bool,
    /// Looks on.
    pub watch: &'a Watch,
    /// What was counted.
    pub measures: &'a Shared,
    /// How far the mall was followed.
    pub heard: &'a Heard,
    /// The mall's clock.
    pub clock: &'a MallClock,
}

/// How long nothing has changed.
struct Standstill<T> {
    seen: Option<T>,
    since: Instant,
}

impl<T: PartialEq> Standstill<T> {
    fn new() -> Self {
        Self { seen: None, since: Instant::now() }
    }

    /// How long it has been so.
    fn of(&mut self, seen: T) -> Duration {
        if self.seen.as_ref() != Some(&seen) {
            (self.seen, self.since) = (Some(seen), Instant::now());
        }
        self.since.elapsed()
    }
}

impl Overseer<'_> {
    /// Looks every second, and returns with what is to be said when the mall is not going to go on: nothing is heard of it,
    /// its time stands still, or verdicts are overdue and none comes.
    pub async fn stuck(&self) -> String {
        let faults = self.plan.document.scenario.faults.values().flat_map(|faults| &faults.0);
        let longest = faults.filter_map(|fault| fault.crash).map(|down| down.0).max().unwrap_or_default();
        let mut standing = Standstill::new();
        loop {
            sleep(TICK).await;
            self.watch.look();
            self.watch.show("shopping");
            let (submitted, settled, awaited, under_way) = {
                let measures = locked(self.measures);
                let all = measures.all();
                (all.submitted, all.settled, measures.awaited(), measures.under_way())
            };
            // Acknowledged, and not heard of.
            let is_missing = self.watch.ledger.orders() as u64 > submitted;
            let is_overdue = is_missing || awaited.is_some_and(|due| due <= self.clock.now());
            let is_paused = self.clock.speed() == Speed::PAUSED;
            let is_deaf = self.heard.is_deaf();
            let is_bad = is_deaf || is_paused || is_overdue;
            // As long as all is well, it is another moment.
            let moment = if is_bad { 0 } else { self.clock.now().0 };
            let patience = if is_deaf { AWAY } else { STUCK };
            if standing.of((settled, is_deaf, is_paused, is_overdue, moment)) < patience + longest {
                continue;
            }
            let why = match (is_deaf, is_paused) {
                (true, _) => "nothing was heard of the mall",
                (_, true) => "the mall's clock stood still",
                _ => "verdicts were overdue, and none came",
            };
            if is_deaf {
                self.client.give_up();
            }
            let seconds = (patience + longest).as_secs();
            return format!("For {seconds} s {why}: {under_way} shoppers were sent home.");
        }
    }

    /// Waits until everything that has happened so far was heard of.
    async fn hear(&self) -> Result<(), CallError> {
        let (_, position) = read_clock(self.client).await?;
        let mut standing = Standstill::new();
        while self.heard.position() < position && standing.of(self.heard.position()) < STUCK {
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until every order has its verdict and what was paid is delivered, or as long as the scenario says. A mall of
    /// the run's own is then advanced until nothing is due in it any more. Answers what is to be said of what is open.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn settle(&self) -> Result<Vec<String>, CallError> {
        let until = self.plan.document.settles_for().map(|span| self.clock.now().plus(span.0));
        self.hear().await?;
        let mut standing = Standstill::new();
        let left = loop {
            self.watch.show("settling");
            let (pending, unshipped, awaited) = {
                let measures = locked(self.measures);
                (measures.pending(), measures.unshipped(), measures.awaited())
            };
            // A mall of the run's own is advanced to what is to be shipped.
            let waiting = pending + if self.own { 0 } else { unshipped };
            let now = self.clock.now();
            if waiting == 0 || until.is_some_and(|until| now >= until) {
                break (0, 0);
            }
            // What is not due yet takes as long as it takes.
            let due = awaited.filter(|due| *due > now).map(|_| now);
            if standing.of((waiting, due)) > STUCK {
                break (pending, unshipped);
            }
            sleep(LOOK).await;
        };
        let mut said = Vec::new();
        match left {
            (0, 0) => {}
            (0, unshipped) => said.push(format!("{unshipped} orders were paid, and not delivered within two minutes.")),
            (pending, _) => said.push(format!("{pending} orders were overdue, and for two minutes no verdict came.")),
        }
        if self.own && until.is_none() && left == (0, 0) && !self.advance().await? {
            said.push("The mall's clock could not be advanced to where nothing is due any more.".to_owned());
        }
        let unpaid = {
            let measures = locked(self.measures);
            (measures.open() as u64).saturating_sub(measures.pending() + measures.unshipped())
        };
        if unpaid > 0 {
            said.push(format!("{unpaid} orders were accepted and not paid; they expire in their time."));
        }
        Ok(said)
    }

    /// Advances the mall's clock from instant to instant until nothing is due any more; answers whether it got there.
    async fn advance(&self) -> Result<bool, CallError> {
        let body = json!({"next": INSTANTS}).to_string().into_bytes();
        let mut standing = Standstill::new();
        loop {
            let Due { next_due_at, position } = self.client.get("/clock").await?;
            if next_due_at.is_none() {
                break;
            }
            if standing.of((next_due_at, position)) > STUCK {
                return Ok(false);
            }
            match self.client.insist(Method::POST, "/clock/advance", None, body.clone()).await {
                // It is on its way.
                Ok(_) => {}
                Err(CallError::Refused { code, .. }) if code == "clock_advancing" => {}
                Err(error) => return Err(error),
            }
            self.watch.show("settling");
            sleep(LOOK).await;
        }
        self.hear().await?;
        Ok(true)
    }
}
