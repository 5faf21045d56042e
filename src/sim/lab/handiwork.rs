//! What people do to the bank, the stores and the clock while a simulation runs in their mall: what is seen of it is not to
//! be understood without.

use crate::domain::clock::Speed;
use crate::domain::event::{MallEvent, StreamKind};
use crate::domain::participant::Participant;
use crate::domain::personality::{OutageMode, Personality};
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::sim::staff::SIMULATION;

/// How many are told one by one; of more the oldest are forgotten.
const TURNS: usize = 500;

/// From a time on something is otherwise, or as before, until it is said of the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Since when.
    pub at: Timestamp,
    /// What it is about.
    pub of: String,
    /// How it is; as before, if nothing.
    pub said: Option<String>,
}

/// What was done by hand.
#[derive(Debug, Default)]
pub struct Handiwork(Vec<Turn>);

impl Handiwork {
    /// Takes on an event of the mall's own stream; what the simulation itself does is none. `name` knows what stores are
    /// called.
    pub fn hear(&mut self, event: &RecordedEvent, plain: Speed, name: impl Fn(Participant) -> Option<String>) {
        if event.stream != StreamKind::Mall || *event.causation_id == *SIMULATION {
            return;
        }
        let at = event.occurred_at;
        let called = |who: Participant| match who {
            Participant::Bank => "The bank".to_owned(),
            Participant::Store(_) => name(who).unwrap_or_else(|| "A store".to_owned()),
        };
        match decode(&event.name, &event.payload) {
            Ok(MallEvent::ClockSet(set)) => {
                let said = match set.speed {
                    speed if speed == plain => None,
                    Speed::PAUSED => Some("The clock stands still".to_owned()),
                    speed => Some(format!("The clock at {speed} times")),
                };
                self.turn(at, "clock".to_owned(), said);
            }
            Ok(MallEvent::PersonalitySet(set)) => self.behave(at, &called(set.participant), &set.personality),
            Ok(MallEvent::PersonalityReset(reset)) => {
                self.behave(at, &called(reset.participant), &Personality::default());
            }
            Err(_) => {}
        }
    }

    fn behave(&mut self, at: Timestamp, who: &str, personality: &Personality) {
        let Personality { delay, refuse, silent, lose_answer, repeat_answer, outages, seed: _ } = personality;
        let otherwise = if refuse.is_some() || silent.is_some() || lose_answer.is_some() || repeat_answer.is_some() {
            Some(format!("{who} behaves otherwise"))
        } else {
            delay.is_some().then(|| format!("{who} takes another time"))
        };
        self.turn(at, who.to_owned(), otherwise);
        let of = format!("{who}: out");
        // An outage that was to come is no more, unless it is said again.
        self.0.retain(|turn| turn.of != of || turn.at <= at);
        self.turn(at, of.clone(), None);
        for outage in outages.iter().filter(|outage| outage.until > at) {
            let how = match outage.mode {
                OutageMode::Hold => "answers wait",
                OutageMode::Refuse => "it refuses",
                OutageMode::Silent => "it is silent",
            };
            self.turn(outage.from.max(at), of.clone(), Some(format!("{who} is out, {how}")));
            self.turn(outage.until, of.clone(), None);
        }
    }

    /// What is as it was said before is no turn.
    fn turn(&mut self, at: Timestamp, of: String, said: Option<String>) {
        let before = self.0.iter().filter(|turn| turn.of == of && turn.at <= at).max_by_key(|turn| turn.at);
        if before.and_then(|turn| turn.said.as_ref()) == said.as_ref() {
            return;
        }
        if self.0.len() == TURNS {
            self.0.remove(0);
        }
        self.0.push(Turn { at, of, said });
        self.0.sort_by_key(|turn| turn.at);
    }

    /// What is otherwise at a time, or was since another.
    #[must_use]
    pub fn between(&self, since: Timestamp, now: Timestamp) -> Vec<String> {
        let mut said: Vec<&Turn> = Vec::new();
        for turn in self.0.iter().filter(|turn| turn.at <= now) {
            // What ended before is over.
            said.retain(|before| before.of != turn.of || turn.at > since);
            said.push(turn);
        }
        let mut names: Vec<String> = said.into_iter().filter_map(|turn| turn.said.clone()).collect();
        names.dedup();
        names
    }

    /// All of it, oldest first.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::DomainEvent;
    use crate::domain::personality::Outage;
    use crate::domain::personality::event::{PersonalityReset, PersonalitySet};
    use uuid::Uuid;

    fn event(second: i64, event: &MallEvent, by: &str) -> RecordedEvent {
        RecordedEvent {
            position: 1,
            stream: StreamKind::Mall,
            stream_id: Uuid::nil(),
            version: 1,
            name: event.name().into(),
            payload: event.payload(),
            occurred_at: Timestamp(second),
            correlation_id: Uuid::nil(),
            causation_id: by.into(),
        }
    }

    #[test]
    fn what_people_do_lasts_until_they_say_otherwise_or_it_is_over() {
        let mut work = Handiwork::default();
        let mut hear = |second, what: &MallEvent, by| work.hear(&event(second, what, by), Speed::PLAIN, |_| None);
        let outages = vec![Outage { from: Timestamp(10), until: Timestamp(20), mode: OutageMode::Hold }];
        let out = |participant| {
            let personality = Personality { outages: outages.clone(), ..Personality::default() };
            MallEvent::PersonalitySet(PersonalitySet { participant, personality })
        };
        hear(10, &out(Participant::Bank), "request");
        hear(12, &out(Participant::Store(crate::domain::ids::StoreId(Uuid::nil()))), SIMULATION);
        assert_eq!(work.between(Timestamp(0), Timestamp(9)), Vec::<String>::new());
        assert_eq!(work.between(Timestamp(14), Timestamp(15)), ["The bank is out, answers wait"]);
        assert_eq!(work.between(Timestamp(19), Timestamp(25)), ["The bank is out, answers wait"], "a part of the time");
        assert_eq!(work.between(Timestamp(21), Timestamp(25)), Vec::<String>::new());
        let reset = MallEvent::PersonalityReset(PersonalityReset { participant: Participant::Bank });
        work.hear(&event(15, &reset, "request"), Speed::PLAIN, |_| None);
        assert_eq!(work.between(Timestamp(16), Timestamp(18)), Vec::<String>::new());
        let turns: Vec<(i64, bool)> = work.turns().iter().map(|turn| (turn.at.0, turn.said.is_some())).collect();
        assert_eq!(turns, [(10, true), (15, false)]);
    }
}
