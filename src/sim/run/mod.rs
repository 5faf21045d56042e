//! What every run of a scenario is made of, in virtual time or over REST.
//!
//! * [`plan`]: what is asked for;
//! * [`stock`] and [`faults`]: what the mall is to sell, and what goes wrong;
//! * [`onlooker`], [`measures`], [`counts`], [`course`], [`remarkable`], [`warm_up`] and [`abort`]: what is seen and counted
//!   meanwhile, and ends it before its time; [`point`] and [`picture`]: what is shown of it;
//! * [`finish`], [`mod@judge`], [`knee`] and [`report`]: what was found.

pub mod abort;
mod bands;
pub mod counts;
pub mod course;
pub mod faults;
pub mod finish;
pub mod judge;
pub mod knee;
pub mod measures;
pub mod onlooker;
pub mod picture;
pub mod plan;
pub mod point;
pub mod remarkable;
pub mod report;
pub mod stock;
pub mod warm_up;
