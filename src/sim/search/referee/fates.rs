//! Whether the bank and the stores behave as they were set to.

use super::Referee;
use super::orders::Of;
use crate::domain::ids::OrderId;
use crate::domain::order::{OrderState, Reason};
use crate::domain::participant::Participant;
use crate::domain::personality::{Decimal, Fate, OutageMode, Personality};
use crate::domain::time::Timestamp;

/// How long a change of behaviour may take to be known everywhere once it is answered, microseconds of the world.
const KNOWN_US: u64 = 1_000;

/// When what was due is given by the outages alone; never while it is out in another way than that answers wait.
fn given(how: &Personality, due: Timestamp) -> Result<Timestamp, OutageMode> {
    let mut given = due;
    // The one listed first counts, and its end may lie in another one.
    while let Some(out) = how.outages.iter().find(|out| out.from <= given && given < out.until) {
        match out.mode {
            OutageMode::Hold => given = out.until,
            mode => return Err(mode),
        }
    }
    Ok(given)
}

impl Referee {
    /// How a participant has behaved since before an order was placed, if that did not change since.
    fn behaviour_for(&self, who: Participant, order: OrderId) -> Option<&Personality> {
        let behaved = self.behaves.get(&who)?;
        let (how, _) = behaved.last()?;
        let (told, told_us) = *self.told_behaviour.get(&who)?;
        let course = self.orders.get(&order)?;
        let is_known = told == behaved.len() && told_us + KNOWN_US < course.heard_us;
        (is_known && course.is_inside(who)).then_some(&**how)
    }

    /// A participant does for an order what it was asked to confirm: it must be given to it, and by now.
    pub(super) fn judge_fate(&mut self, who: Participant, order: OrderId, at: Timestamp) {
        let Some(course) = self.orders.get(&order) else { return };
        let (submitted, draw) = (course.submitted.clone(), self.folds.orders.get(&order).map(OrderState::draw));
        let (Some(how), Some(draw)) = (self.behaviour_for(who, order), draw) else { return };
        let due = Of { order, submitted: submitted.clone(), before: None, at }.due_of(who);
        let outage = match given(how, due) {
            Err(mode) => Some(format!("out, {mode}")),
            Ok(given) if at < given || given > submitted.confirm_by => Some(format!("to answer at {given}")),
            Ok(_) => None,
        };
        let share = |share: Decimal| share.number();
        let others =
            how.refuse.map_or(0.0, |refuse| share(refuse.share)) + how.silent.map_or(0.0, |silent| share(silent.share));
        let never = (others >= 1.0).then(|| format!("never to do what is asked, {how:?}"));
        let fate = how.fate(draw, who, due, at);
        let drawn = (fate != Fate::Answer).then(|| format!("drawn to do otherwise, {fate:?}"));
        if let Some(said) = outage.or(never).or(drawn) {
            let said = format!("{who:?} served order {order}, due at {due}, at {at}: it was {said}");
            self.finds("everybody behaves as they were set to", "order", at, said);
        }
    }

    /// A participant says to an order that its service failed: that must be how it behaves.
    pub(super) fn judge_failure(&mut self, of: &Of, who: Participant) {
        let draw = self.folds.orders.get(&of.order).map(OrderState::draw);
        let (Some(how), Some(draw)) = (self.behaviour_for(who, of.order), draw) else { return };
        let due = of.due_of(who);
        let fate = how.fate(draw, who, due, of.at);
        if given(how, due) != Err(OutageMode::Refuse) && fate != Fate::Refuse {
            let said = format!("{who:?} failed order {}, drawn to do otherwise, {fate:?}: {how:?}", of.order);
            self.finds("everybody behaves as they were set to", "order", of.at, said);
        }
    }

    /// Judges a refusal for a failure.
    pub(super) fn judge_refusal(&mut self, of: &Of, who: Participant, reason: Reason) {
        if reason != Reason::ServiceFailed {
            return;
        }
        if !self.characters.contains(&who) {
            let said = format!("order {}: {who:?} failed, which never was to", of.order);
            self.finds("no refusal without a cause", "order", of.at, said);
        }
        self.judge_failure(of, who);
    }
}
