//! Plaza from the outside, in one binary: each module is an area.
//!
//! `saga` runs the real actors and the real journal under paused time; the others drive the real process over HTTP,
//! through `app`.

mod app;
mod cli;
mod concurrency;
mod crash;
mod events;
mod lists;
mod operation;
mod saga;
mod validation;
mod walkthrough;
